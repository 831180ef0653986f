//! Compile-time layout assertions: a wrong size, alignment or offset is a build error.
//!
//! Minimum Rust 1.71 has no `offset_of!` (1.77), hence `addr_of!` on a `MaybeUninit`.

/// Asserts size and alignment of a type, and optionally offsets of fields, per pointer width.
///
/// `layout!(OVERLAPPED: size 20 | 32, align 4 | 8; Internal: 0 | 0, hEvent: 16 | 24);`: the number
/// before the bar holds on 32-bit targets, the one after it on 64-bit targets.
macro_rules! layout {
    ($ty:ty: size $s32:literal | $s64:literal, align $a32:literal | $a64:literal
     $(; $($($field:ident).+: $o32:literal | $o64:literal),+ $(,)?)?) => {
        const _: () = {
            crate::layout::size::<$ty>($s32, $s64, $a32, $a64);
            $(
                let whole = core::mem::MaybeUninit::<$ty>::uninit();
                let base = whole.as_ptr();
                $(
                    // SAFETY:
                    // * `addr_of!` computes the place without reading it, within `whole`.
                    let field = unsafe { core::ptr::addr_of!((*base).$($field).+) };
                    // SAFETY:
                    // * both pointers are derived from `whole` and lie inside it.
                    unsafe { crate::layout::offset(base.cast(), field.cast(), $o32, $o64) };
                )+
            )?
        };
    };
}

/// Fails to compile if a type's size or alignment is not this.
// reason: Rust 1.71 does not count uses in unnamed constants.
#[allow(dead_code)]
pub(crate) const fn size<T>(size_32: usize, size_64: usize, align_32: usize, align_64: usize) {
    let wide = cfg!(target_pointer_width = "64");
    assert!(core::mem::size_of::<T>() == if wide { size_64 } else { size_32 });
    assert!(core::mem::align_of::<T>() == if wide { align_64 } else { align_32 });
}

/// Fails to compile if a field is not this far from the start.
///
/// # Safety
/// * both pointers lie inside the same variable.
// reason: as above.
#[allow(dead_code)]
pub(crate) const unsafe fn offset(base: *const u8, field: *const u8, on_32: isize, on_64: isize) {
    // SAFETY:
    // * both lie inside the same variable, as the caller promises.
    let offset = unsafe { field.offset_from(base) };
    assert!(offset == if cfg!(target_pointer_width = "64") { on_64 } else { on_32 });
}
