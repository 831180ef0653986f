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
            assert!(core::mem::size_of::<$ty>() == if cfg!(target_pointer_width = "64") { $s64 } else { $s32 });
            assert!(core::mem::align_of::<$ty>() == if cfg!(target_pointer_width = "64") { $a64 } else { $a32 });
            $($(
                assert!({
                    let whole = core::mem::MaybeUninit::<$ty>::uninit();
                    let base = whole.as_ptr();
                    // SAFETY:
                    // * `addr_of!` computes the place without reading it, within `whole`.
                    let field = unsafe { core::ptr::addr_of!((*base).$($field).+) };
                    // SAFETY:
                    // * both pointers are derived from `whole` and lie inside it.
                    let offset = unsafe { field.cast::<u8>().offset_from(base.cast::<u8>()) };
                    offset == if cfg!(target_pointer_width = "64") { $o64 } else { $o32 }
                });
            )+)?
        };
    };
}
