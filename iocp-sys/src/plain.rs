//! `Copy`, `Clone` and `Default` of plain C data, and `Debug` where `derive` cannot serve.
//!
//! Raw pointers have no `Default`, unions have neither `Default` nor `Debug`. All-zero bytes are
//! the customary start state of Windows structs, so that is what `Default` gives.
//!
//! `derive` writes a `Clone` and a `Default` that look at each field; those who depend on the crate
//! wait for the compiler to check them, and the outcome is the same.

/// Implements `Copy`, `Clone`, and `Default` as all-zero bytes, for structs and unions of integers,
/// raw pointers and optional function pointers (and arrays, structs and unions of those).
macro_rules! plain {
    ($ty:ident) => {
        impl Copy for $ty {}
        impl Clone for $ty {
            #[inline]
            fn clone(&self) -> Self {
                *self
            }
        }
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
