//! Starting and ending the use of Winsock, its last error, and the name of this machine.

use crate::winerror_wsa::WSA_ERROR;
use crate::winnt::PSTR;

/// What [`WSAStartup`] tells about the implementation. Nothing but the versions is of use.
///
/// The order of the fields differs between 64-bit and 32-bit targets.
///
/// # Layout
/// 408 bytes, align 8 (64-bit); 400 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 2000. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-wsadata>
#[cfg(target_pointer_width = "64")]
#[repr(C)]
#[derive(Debug)]
pub struct WSADATA {
    /// Version to use: low byte major, high byte minor.
    pub wVersion: u16,
    /// Highest version available, in the same form.
    pub wHighVersion: u16,
    /// Not used since version 2.
    pub iMaxSockets: u16,
    /// Not used since version 2.
    pub iMaxUdpDg: u16,
    /// Not used since version 2.
    pub lpVendorInfo: *mut u8,
    /// Name of the implementation, closed by a zero byte.
    pub szDescription: [i8; 257],
    /// Status of the implementation, closed by a zero byte.
    pub szSystemStatus: [i8; 129],
}

/// What [`WSAStartup`] tells about the implementation. Nothing but the versions is of use.
///
/// The order of the fields differs between 64-bit and 32-bit targets.
///
/// # Layout
/// 408 bytes, align 8 (64-bit); 400 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 2000. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-wsadata>
#[cfg(not(target_pointer_width = "64"))]
#[repr(C)]
#[derive(Debug)]
pub struct WSADATA {
    /// Version to use: low byte major, high byte minor.
    pub wVersion: u16,
    /// Highest version available, in the same form.
    pub wHighVersion: u16,
    /// Name of the implementation, closed by a zero byte.
    pub szDescription: [i8; 257],
    /// Status of the implementation, closed by a zero byte.
    pub szSystemStatus: [i8; 129],
    /// Not used since version 2.
    pub iMaxSockets: u16,
    /// Not used since version 2.
    pub iMaxUdpDg: u16,
    /// Not used since version 2.
    pub lpVendorInfo: *mut u8,
}
layout!(WSADATA: size 400 | 408, align 4 | 8;
    wVersion: 0 | 0, wHighVersion: 2 | 2, iMaxSockets: 390 | 4, iMaxUdpDg: 392 | 6,
    lpVendorInfo: 396 | 8, szDescription: 4 | 16, szSystemStatus: 261 | 273);
plain!(WSADATA);

link! {
    "ws2_32.dll";

    /// Starts the use of Winsock by this process; counted.
    ///
    /// `wVersionRequested`: the minor version in the high byte, the major one in the low. Ask for
    /// 2.2: `0x0202`. Every other function fails with `WSANOTINITIALISED` before.
    ///
    /// # Errors
    /// Returns the code itself (0: success), not through `WSAGetLastError`: `WSASYSNOTREADY`
    /// (10091), `WSAVERNOTSUPPORTED` (10092), `WSAEPROCLIM` (10067), `WSAEFAULT` (10014).
    ///
    /// # Safety
    /// * `lpWSAData` must point to a writable [`WSADATA`].
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsastartup>
    pub fn WSAStartup(wVersionRequested: u16, lpWSAData: *mut WSADATA) -> i32;

    /// Ends one use of Winsock; the last one closes the sockets of the process. 0 = done.
    ///
    /// # Errors
    /// [`SOCKET_ERROR`](super::SOCKET_ERROR): `WSANOTINITIALISED` (10093), `WSAENETDOWN` (10050).
    ///
    /// # Safety
    /// * Must pair with a [`WSAStartup`] of the caller's own, or others lose their sockets.
    /// * Do not call it from `DllMain`.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsacleanup>
    pub fn WSACleanup() -> i32;

    /// Returns the error of the last failed Winsock call of this thread.
    ///
    /// The same value as `GetLastError`; read it before any other call.
    ///
    /// # Errors
    /// None: it always returns a code, stale if nothing failed.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsagetlasterror>
    pub fn WSAGetLastError() -> WSA_ERROR;

    /// Tells the name of this machine, closed by a zero byte.
    ///
    /// `namelen` in bytes; 256 always suffice. In the ANSI code page. 0 = told.
    ///
    /// # Errors
    /// [`SOCKET_ERROR`](super::SOCKET_ERROR): `WSAEFAULT` (10014) too little room, `WSANOTINITIALISED`
    /// (10093), `WSAENETDOWN` (10050).
    ///
    /// # Safety
    /// * `name` has room for `namelen` bytes.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-gethostname>
    pub fn gethostname(name: PSTR, namelen: i32) -> i32;

    /// Sets the value that [`WSAGetLastError`] returns on this thread: `iError`, any number.
    ///
    /// # Errors
    /// None.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasetlasterror>
    pub fn WSASetLastError(iError: i32);
}
