//! `minwindef.h`: the basic integer types, module handles and file times.
//!
//! Windows keeps C's `long` at 32 bits on every architecture, so `DWORD` and `ULONG` are `u32` also
//! where a pointer has 64 bits. Signatures of this crate spell the Rust type; the aliases exist to
//! be found by the name that the SDK uses.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winprog/windows-data-types>

use crate::winnt::HANDLE;

/// Four-byte truth value: 0 is false, *anything else* is true.
///
/// Compare with `!= 0` or `== 0`, never with [`TRUE`]. Not to be confused with
/// [`BOOLEAN`](crate::winnt::BOOLEAN), which has one byte.
pub type BOOL = i32;
/// Unsigned 8-bit integer.
pub type BYTE = u8;
/// Unsigned 16-bit integer.
pub type WORD = u16;
/// Unsigned 32-bit integer; `unsigned long` in C.
pub type DWORD = u32;
/// Unsigned 32-bit integer; the same as [`DWORD`].
pub type ULONG = u32;
/// Unsigned 16-bit integer.
pub type USHORT = u16;
/// Pointer to a [`DWORD`].
pub type LPDWORD = *mut u32;
/// Pointer to a [`ULONG`].
pub type PULONG = *mut u32;
/// Untyped pointer.
pub type LPVOID = *mut core::ffi::c_void;

/// False, for parameters of type [`BOOL`].
pub const FALSE: BOOL = 0;
/// True, for *parameters* of type [`BOOL`]; results may be any other non-zero number.
pub const TRUE: BOOL = 1;

/// Loaded module (DLL or program): its base address, not an object handle.
///
/// Never pass it to `CloseHandle`.
pub type HMODULE = HANDLE;

/// Address of an exported function of unknown type; `None` if there is no such export.
///
/// The result of [`GetProcAddress`](crate::libloaderapi::GetProcAddress). What it takes and returns
/// is not known: transmute it to the `PFN_…` type of the function before the call.
///
/// # Source
/// Any Windows. Header: `minwindef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/libloaderapi/nf-libloaderapi-getprocaddress>
pub type FARPROC = Option<unsafe extern "system" fn() -> isize>;

/// Point in time or span, as two halves of a 64-bit count of 100 ns units.
///
/// As a point in time: units since 1601-01-01 00:00 UTC. As a timeout of
/// [`SetThreadpoolWait`](crate::threadpoolapiset::SetThreadpoolWait): negative = relative to now.
/// Aligned to four bytes only: do not cast a pointer to it to `*mut u64`.
///
/// # Layout
/// 8 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `minwindef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/minwinbase/ns-minwinbase-filetime>
#[repr(C)]
#[derive(Debug)]
pub struct FILETIME {
    /// Low 32 bits of the count (100 ns).
    pub dwLowDateTime: u32,
    /// High 32 bits of the count (100 ns).
    pub dwHighDateTime: u32,
}
layout!(FILETIME: size 8 | 8, align 4 | 4; dwLowDateTime: 0 | 0, dwHighDateTime: 4 | 4);
plain!(FILETIME);
