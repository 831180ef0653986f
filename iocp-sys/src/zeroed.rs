//! `Default` and `Debug` for plain C data that `derive` cannot serve.
//!
//! Raw pointers have no `Default`, unions have neither `Default` nor `Debug`. All-zero bytes are
//! the customary start state of Windows structs, so that is what `Default` gives.

/// Implements `Default` as all-zero bytes for structs and unions of integers, raw pointers and
/// optional function pointers (and arrays, structs and unions of those).
macro_rules! zeroed {
    ($($ty:ty),+ $(,)?) => {
        $(
            impl Default for $ty {
                #[inline]
                fn default() -> Self {
                    // SAFETY:
                    // * the type consists of integers, raw pointers and `Option`s of function
                    //   pointers only (the promise of this macro's caller); for each of them
                    //   all-zero bytes are a valid value: 0, null or `None`.
                    unsafe { core::mem::zeroed() }
                }
            }
        )+
    };
}

/// Implements `Debug` for unions: only the name, since which arm is valid is not recorded.
macro_rules! opaque_debug {
    ($($ty:ident),+ $(,)?) => {
        $(
            impl core::fmt::Debug for $ty {
                #[inline]
                fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                    f.debug_struct(stringify!($ty)).finish_non_exhaustive()
                }
            }
        )+
    };
}
