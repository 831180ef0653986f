//! `ws2tcpip.h`: looking up names, also asynchronously; the length of a socket address.
//!
//! A look-up completes by an event or a routine, never by a packet: post one from the routine.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/ws2tcpip/nf-ws2tcpip-getaddrinfoexw>

use crate::guiddef::GUID;
use crate::minwinbase::OVERLAPPED;
use crate::winnt::{HANDLE, PCWSTR};
use crate::winsock2::TIMEVAL;
use crate::ws2def::ADDRINFOEXW;

/// Length of a socket address in bytes; signed on Windows.
pub type socklen_t = i32;

/// Runs on a thread of the system when a look-up is done; `dwError`: 0 = found; `dwBytes` is 0.
///
/// # Source
/// Windows 8. Header: `ws2tcpip.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2tcpip/nc-ws2tcpip-lplookupservice_completion_routine>
pub type LPLOOKUPSERVICE_COMPLETION_ROUTINE =
    Option<unsafe extern "system" fn(dwError: u32, dwBytes: u32, lpOverlapped: *const OVERLAPPED)>;

link! { "ws2_32.dll";
    /// Frees the addresses that [`GetAddrInfoExW`] told. Never fails.
    ///
    /// # Safety
    /// * `pAddrInfoEx` is null or such a list, not freed yet, and nobody uses it any more.
    ///
    /// # Source
    /// Windows Vista. DLL: `ws2_32.dll`. Header: `ws2tcpip.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ws2tcpip/nf-ws2tcpip-freeaddrinfoexw>
    pub fn FreeAddrInfoExW(pAddrInfoEx: *const ADDRINFOEXW);

    /// Looks up the addresses of a name, or the name of an address.
    ///
    /// `dwNameSpace`: [`NS_ALL`](crate::NS_ALL), [`NS_DNS`](crate::NS_DNS) …. `timeout`: null = no limit. 0 =
    /// done. With an `OVERLAPPED` (Windows 8) `WSA_IO_PENDING` (997) = in flight: the routine runs,
    /// or the event in `hEvent` is set, never both; no packet is queued. `lpHandle` is for
    /// [`GetAddrInfoExCancel`].
    ///
    /// # Errors
    /// Returns the code: `WSAHOST_NOT_FOUND` (11001), `WSATRY_AGAIN` (11002), `WSANO_RECOVERY`
    /// (11003), `WSANO_DATA` (11004), `WSA_E_CANCELLED`, `WSAETIMEDOUT`, `WSAEINVAL` (routine and
    /// event both, or a time limit without an `OVERLAPPED` before Windows 8),
    /// `WSANOTINITIALISED`. Queues no packet.
    ///
    /// # Safety
    /// * names are null or NUL-terminated UTF-16, not both null; `lpNspId`, `hints` and `timeout`
    ///   are null or may be read; `ppResult` may be written to.
    /// * with an `OVERLAPPED`: it, `ppResult` and `lpHandle` stay valid and untouched until the
    ///   routine has run or the event is set; the routine does not unwind.
    /// * without one, `lpCompletionRoutine` is `None` and `lpHandle` null.
    ///
    /// # Source
    /// Windows Vista. DLL: `ws2_32.dll`. Header: `ws2tcpip.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ws2tcpip/nf-ws2tcpip-getaddrinfoexw>
    pub fn GetAddrInfoExW(
        pName: PCWSTR,
        pServiceName: PCWSTR,
        dwNameSpace: u32,
        lpNspId: *const GUID,
        hints: *const ADDRINFOEXW,
        ppResult: *mut *mut ADDRINFOEXW,
        timeout: *const TIMEVAL,
        lpOverlapped: *const OVERLAPPED,
        lpCompletionRoutine: LPLOOKUPSERVICE_COMPLETION_ROUTINE,
        lpHandle: *mut HANDLE,
    ) -> i32;
}

link_late! { "ws2_32.dll";
    /// Asks to cancel a look-up: resolve at run time.
    ///
    /// 0 = asked; it still completes, most often with `WSA_E_CANCELLED`.
    ///
    /// # Errors
    /// Returns the code: `WSA_INVALID_HANDLE` (6), the look-up is done already.
    ///
    /// # Safety
    /// * `lpHandle` may be read and holds what [`GetAddrInfoExW`] wrote.
    ///
    /// # Source
    /// Windows 8. DLL: `ws2_32.dll`. Header: `ws2tcpip.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ws2tcpip/nf-ws2tcpip-getaddrinfoexcancel>
    pub fn GetAddrInfoExCancel(lpHandle: *const HANDLE) -> i32 as PFN_GetAddrInfoExCancel;

    /// Tells how a look-up ended: resolve at run time.
    ///
    /// 0 = done, the addresses are there.
    ///
    /// # Errors
    /// Returns the code: `WSAEINPROGRESS` (10036) while it is in flight, or one of
    /// [`GetAddrInfoExW`]. Queues no packet.
    ///
    /// # Safety
    /// * `lpOverlapped` is that of a look-up and may be read.
    ///
    /// # Source
    /// Windows 8. DLL: `ws2_32.dll`. Header: `ws2tcpip.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ws2tcpip/nf-ws2tcpip-getaddrinfoexoverlappedresult>
    pub fn GetAddrInfoExOverlappedResult(
        lpOverlapped: *const OVERLAPPED,
    ) -> i32 as PFN_GetAddrInfoExOverlappedResult;
}
