//! `basetsd.h`: integers as wide as a pointer.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winprog/windows-data-types>

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
