//! Compile-time layout assertions: a wrong size, alignment or offset is a build error.
//!
//! Minimum Rust 1.71 has no `offset_of!` (1.77), hence `addr_of!` in memory of known address. Those
//! who depend on the crate wait for these assertions: so there is one constant per type, and one
//! call per field, with nothing in between.

/// Asserts size and alignment of a type, and optionally offsets of fields, per pointer width.
///
/// `layout!(OVERLAPPED: size 20 | 32, align 4 | 8; Internal: 0 | 0, hEvent: 16 | 24);`: the number
/// before the bar holds on 32-bit targets, the one after it on 64-bit targets.
macro_rules! layout {
    ($ty:ty: size $s32:literal | $s64:literal, align $a32:literal | $a64:literal
     $(; $($($field:ident).+: $o32:literal | $o64:literal),+ $(,)?)?) => {
        const _: () = {
            let _whole = crate::layout::whole::<$ty>($s32, $s64, $a32, $a64);
            $($(
                // SAFETY:
                // * `_whole` points to the start of `MEMORY`, and the compiler refuses a place
                //   outside of it; `addr_of!` computes the place without reading it.
                unsafe {
                    crate::layout::at(core::ptr::addr_of!((*_whole).$($field).+), $o32, $o64)
                };
            )+)?
        };
    };
}

/// Where a value of each type would fit.
// reason: Rust 1.71 does not count uses in unnamed constants.
#[allow(dead_code)]
#[repr(align(16))]
struct Memory([u8; 1024]);

/// Its start.
// reason: as above.
#[allow(dead_code)]
const MEMORY: *const u8 = {
    let memory: *const Memory = &Memory([0; 1024]);
    memory.cast()
};

// reason: as above.
#[allow(dead_code)]
const WIDE: bool = cfg!(target_pointer_width = "64");

/// Fails to compile if a type's size or alignment is not this. Returns the start of `MEMORY`.
// reason: as above.
#[allow(dead_code)]
pub(crate) const fn whole<T>(
    size_32: usize,
    size_64: usize,
    align_32: usize,
    align_64: usize,
) -> *const T {
    assert!(core::mem::size_of::<T>() == if WIDE { size_64 } else { size_32 });
    assert!(core::mem::align_of::<T>() == if WIDE { align_64 } else { align_32 });
    MEMORY.cast()
}

/// Fails to compile if a field is not this far from the start of `MEMORY`.
///
/// # Safety
/// * `field` points into `MEMORY`.
// reason: as above.
#[allow(dead_code)]
pub(crate) const unsafe fn at<F>(field: *const F, offset_32: isize, offset_64: isize) {
    // SAFETY:
    // * both lie inside `MEMORY`, as the caller promises.
    let offset = unsafe { field.cast::<u8>().offset_from(MEMORY) };
    assert!(offset == if WIDE { offset_64 } else { offset_32 });
}
