//! `winnt.h`: handles, strings, access rights, memory and job constants.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winprog/windows-data-types>

mod access;
mod attributes;
mod file_id;
mod job;
mod job_notify;
mod memory;
mod notify;
mod threadpool;

pub use access::*;
pub use attributes::*;
pub use file_id::*;
pub use job::*;
pub use job_notify::*;
pub use memory::*;
pub use notify::*;
pub use threadpool::*;

use core::ffi::c_void;

/// Reference to a kernel object of this process.
///
/// Values are recycled, the last closed first: a handle used after its close may name another
/// object. Invalid is null for some functions and
/// [`INVALID_HANDLE_VALUE`](crate::handleapi::INVALID_HANDLE_VALUE) for others.
pub type HANDLE = *mut c_void;
/// One-byte truth value of the native (`Nt…`) interface: 0 is false, anything else is true.
pub type BOOLEAN = u8;
/// Result of newer interfaces: 0 or more is a success.
pub type HRESULT = i32;
/// Pointer to bytes of a NUL-terminated string in the ANSI code page.
pub type PSTR = *mut u8;
/// Like [`PSTR`], not written through.
pub type PCSTR = *const u8;
/// Pointer to UTF-16 code units, NUL-terminated where the function says so.
pub type PWSTR = *mut u16;
/// Like [`PWSTR`], not written through.
pub type PCWSTR = *const u16;
/// Signed 64-bit integer; a union of halves in C, hence aligned to 8 bytes also on 32-bit x86.
///
/// As a timeout: units of 100 ns, negative = relative to now, positive = since 1601-01-01 UTC; a
/// null pointer to it = no timeout.
pub type LARGE_INTEGER = i64;

/// Largest number of handles that one `WaitForMultipleObjects` takes.
pub const MAXIMUM_WAIT_OBJECTS: u32 = 64;

/// Severity bits "error" of a status code, as an unsigned number.
///
/// `ERROR_SEVERITY_ERROR | FACILITY_NTWIN32 << 16 | win32` is an NTSTATUS that carries a Win32
/// code; `RtlNtStatusToDosError` gives the code back.
pub const ERROR_SEVERITY_ERROR: u32 = 0xC000_0000;

/// Flags of thread-pool waits and timers; a name of the Windows metadata.
pub type WORKER_THREAD_FLAGS = u32;
/// Run the callback on a thread-pool thread (the default).
pub const WT_EXECUTEDEFAULT: WORKER_THREAD_FLAGS = 0;
/// Run the callback on the waiting thread itself: it must be short and must not block.
pub const WT_EXECUTEINWAITTHREAD: WORKER_THREAD_FLAGS = 4;
/// Call back once, then stop waiting; the registration must still be removed.
pub const WT_EXECUTEONLYONCE: WORKER_THREAD_FLAGS = 8;
/// The callback may take long: the pool may start another thread meanwhile.
pub const WT_EXECUTELONGFUNCTION: WORKER_THREAD_FLAGS = 16;
/// Run the callback on a thread that does not end: what it submits outlives no thread.
pub const WT_EXECUTEINPERSISTENTTHREAD: WORKER_THREAD_FLAGS = 0x80;
/// Run the callback with the rights of the thread that registers it.
pub const WT_TRANSFER_IMPERSONATION: WORKER_THREAD_FLAGS = 0x100;

/// Asynchronous procedure call: runs on its thread when that waits alertably.
///
/// `Parameter`: the `dwData` of [`QueueUserAPC`](crate::QueueUserAPC).
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/nc-winnt-papcfunc>
pub type PAPCFUNC = Option<unsafe extern "system" fn(Parameter: usize)>;

/// Runs when a registered wait ends. `TimerOrWaitFired`: 0 = signalled, 1 = timed out.
///
/// # Source
/// Windows XP. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-registerwaitforsingleobject>
pub type WAITORTIMERCALLBACK =
    Option<unsafe extern "system" fn(lpParameter: *mut c_void, TimerOrWaitFired: BOOLEAN)>;
