//! How the layout of a structure is compared with the SDK's, for the width of the host.

/// The number for this pointer width.
pub(crate) fn here(bits32: usize, bits64: usize) -> usize {
    if cfg!(target_pointer_width = "64") {
        bits64
    } else {
        bits32
    }
}

/// `NAME: size, alignment; field: offset, ...;`, each number for `32 bit | 64 bit`.
macro_rules! check_layouts {
    ($($name:ident: $s32:literal | $s64:literal, $a32:literal | $a64:literal;
        $($($field:ident).+: $o32:literal | $o64:literal),*;)+) => {
        $({
            use crate::layouts::here;
            let name = stringify!($name);
            assert_eq!(size_of::<crate::sys::$name>(), here($s32, $s64), "size of {name}");
            assert_eq!(align_of::<crate::sys::$name>(), here($a32, $a64), "alignment of {name}");
            $(assert_eq!(
                offset_of!(crate::sys::$name, $($field).+),
                here($o32, $o64),
                "offset of {} in {name}",
                stringify!($($field).+),
            );)*
        })+
    };
}
