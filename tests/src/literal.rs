//! Comparing constants with the literal values of the SDK.

/// `NAME = value`: constants of `iocp-sys`, as numbers.
#[macro_export]
macro_rules! check_constants {
    ($($name:ident = $value:literal,)+) => {
        $(assert_eq!(
            $crate::literal::bits(iocp_sys::$name as i128),
            $crate::literal::bits($value),
            "{}",
            stringify!($name),
        );)+
    };
}

/// `-1` and `0xFFFF_FFFF` are written for each other in the SDK: both are the same here.
#[must_use]
pub fn bits(value: i128) -> i128 {
    if value < 0 {
        value + (1 << 32)
    } else {
        value
    }
}
