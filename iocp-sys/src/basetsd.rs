//! `basetsd.h`: integers as wide as a pointer.

/// Unsigned integer as wide as a pointer (completion keys are of this type).
///
/// An integer, not a pointer to one.
pub type ULONG_PTR = usize;
/// Pointer to a [`ULONG_PTR`].
pub type PULONG_PTR = *mut usize;
/// Unsigned integer as wide as a pointer.
pub type DWORD_PTR = usize;
/// Number of bytes in memory.
pub type SIZE_T = usize;
