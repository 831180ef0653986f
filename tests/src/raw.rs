//! Raw calls, for tests that act as hostile or careless code beside the safe layer.
//!
//! # Safety
//!
//! Posting any numbers to a port is allowed to anyone; what is `unsafe` here is calling the system at
//! all. Functions that could hurt the rest of the process say so.

use std::{
    ffi::CStr,
    mem::{size_of, zeroed},
    net::{SocketAddrV4, TcpStream},
    os::windows::io::{AsRawHandle, AsRawSocket, FromRawSocket, OwnedSocket, RawSocket},
    ptr::{null, null_mut},
    time::Instant,
};

use iocp::CompletionPort;
use iocp_sys as sys;
use iocp_sys::{HANDLE, OVERLAPPED, OVERLAPPED_ENTRY};

use crate::waiting::DEADLINE;

/// The Win32 code of the last failed call of this thread.
#[must_use]
pub fn last_error() -> u32 {
    // SAFETY:
    // * no arguments; reads a value of this thread.
    unsafe { sys::GetLastError() }
}

/// A function of a DLL that every program has loaded, by its name; with the signature that
/// `GetProcAddress` gives them all.
///
/// # Panics
///
/// If there is no such DLL.
#[must_use]
pub fn look_up(dll: &str, function: &CStr) -> sys::FARPROC {
    let name: Vec<u16> = dll.encode_utf16().chain([0]).collect();
    // SAFETY:
    // * the name ends with a zero.
    let module = unsafe { sys::GetModuleHandleW(name.as_ptr()) };
    assert!(!module.is_null(), "{dll}: {}", last_error());
    // SAFETY:
    // * the module stays loaded; the name ends with a zero.
    unsafe { sys::GetProcAddress(module, function.as_ptr().cast()) }
}

/// The version of Wine, or `None` on Windows.
pub(crate) fn wine_version() -> Option<String> {
    let found = look_up("ntdll.dll", c"wine_get_version")?;
    // SAFETY:
    // * Wine documents this export as a function without parameters that returns a C string.
    let function = unsafe {
        std::mem::transmute::<
            unsafe extern "system" fn() -> isize,
            unsafe extern "C" fn() -> *const std::ffi::c_char,
        >(found)
    };
    // SAFETY:
    // * ntdll exports this name with this signature under Wine.
    let version = unsafe { function() };
    // SAFETY:
    // * a string constant of ntdll.
    let version = unsafe { CStr::from_ptr(version) };
    Some(version.to_string_lossy().into_owned())
}

/// `CreateIoCompletionPort` on an existing port: the code if it fails.
///
/// # Errors
///
/// The Win32 code; 0 where the system gives none.
pub fn associate(handle: usize, port: usize, key: usize) -> Result<(), u32> {
    // Wine 8 leaves the code of an earlier call.
    // SAFETY:
    // * sets a value of this thread.
    unsafe { sys::SetLastError(0) };
    // SAFETY:
    // * handle values and a number; the system looks them up.
    let result = unsafe { sys::CreateIoCompletionPort(handle as HANDLE, port as HANDLE, key, 0) };
    if result.is_null() {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// `PostQueuedCompletionStatus` with anything in it.
///
/// # Panics
///
/// If the system refuses.
pub fn post(port: &CompletionPort, bytes: u32, key: usize, overlapped: usize) {
    let overlapped = overlapped as *mut OVERLAPPED;
    // SAFETY:
    // * the port is open; the system carries the numbers and looks at none of them.
    let posted = unsafe {
        sys::PostQueuedCompletionStatus(port.as_raw_handle().cast(), bytes, key, overlapped)
    };
    assert_ne!(posted, 0, "PostQueuedCompletionStatus: {}", last_error());
}

/// Puts an entry that was taken from the queue back into it.
pub fn repost(port: &CompletionPort, entry: &OVERLAPPED_ENTRY) {
    let bytes = entry.dwNumberOfBytesTransferred;
    post(port, bytes, entry.lpCompletionKey, entry.lpOverlapped as usize);
}

/// `GetQueuedCompletionStatusEx` beside the safe layer: takes `count` entries away from it.
///
/// # Panics
///
/// If they do not come in ten seconds.
#[must_use]
pub fn steal(port: &CompletionPort, count: usize) -> Vec<OVERLAPPED_ENTRY> {
    let end = Instant::now() + DEADLINE;
    let mut stolen = Vec::new();
    while stolen.len() < count {
        stolen.extend(dequeue(port, 20));
        assert!(
            Instant::now() < end,
            "{count} entries: not in {DEADLINE:?}; until then {stolen:?}"
        );
    }
    stolen
}

/// The same, for one entry, if there is one within a millisecond.
#[must_use]
pub fn try_steal(port: &CompletionPort) -> Option<OVERLAPPED_ENTRY> {
    dequeue(port, 1)
}

fn dequeue(port: &CompletionPort, timeout_ms: u32) -> Option<OVERLAPPED_ENTRY> {
    // SAFETY:
    // * plain numbers and a pointer: all zero is a value of it.
    let mut entry: OVERLAPPED_ENTRY = unsafe { zeroed() };
    let mut removed = 0;
    // SAFETY:
    // * room for one entry; the count is written during the call.
    let ok = unsafe {
        sys::GetQueuedCompletionStatusEx(
            port.as_raw_handle().cast(),
            &mut entry,
            1,
            &mut removed,
            timeout_ms,
            0,
        )
    };
    (ok != 0 && removed == 1).then_some(entry)
}

/// `GetQueuedCompletionStatusEx` with room for no entry: the count it claims, or its code.
///
/// # Errors
///
/// The Win32 code.
pub fn dequeue_into_nothing(port: &CompletionPort) -> Result<u32, u32> {
    // SAFETY:
    // * plain numbers and a pointer: all zero is a value of it.
    let mut entry: OVERLAPPED_ENTRY = unsafe { zeroed() };
    let mut removed = 0;
    // SAFETY:
    // * more room than the call is told of; the count is written during the call.
    let ok = unsafe {
        sys::GetQueuedCompletionStatusEx(
            port.as_raw_handle().cast(),
            &mut entry,
            0,
            &mut removed,
            0,
            0,
        )
    };
    if ok == 0 {
        return Err(last_error());
    }
    assert_eq!(entry.lpCompletionKey, 0, "nothing was written");
    Ok(removed)
}

/// `ConnectEx` as it is, on a socket that is not bound: the code of the refused call.
///
/// # Errors
///
/// The winsock code.
///
/// Ends the process if the call starts a connect.
pub fn connect_ex(socket: &OwnedSocket, to: SocketAddrV4) -> Result<(), i32> {
    let mut function: sys::LPFN_CONNECTEX = None;
    let mut bytes = 0;
    // SAFETY:
    // * in: an id; out: room for one function pointer, which the id asks for. Done at return.
    let result = unsafe {
        sys::WSAIoctl(
            socket_value(socket),
            sys::SIO_GET_EXTENSION_FUNCTION_POINTER,
            std::ptr::from_ref(&sys::WSAID_CONNECTEX).cast(),
            u32::try_from(size_of::<sys::GUID>()).unwrap(),
            std::ptr::from_mut(&mut function).cast(),
            u32::try_from(size_of::<usize>()).unwrap(),
            &mut bytes,
            null_mut(),
            None,
        )
    };
    assert_eq!(result, 0, "WSAIoctl");
    let function = function.unwrap();
    let mut address = [0_u8; 16];
    address[..2].copy_from_slice(&sys::AF_INET.to_le_bytes());
    address[2..4].copy_from_slice(&to.port().to_be_bytes());
    address[4..8].copy_from_slice(&to.ip().octets());
    // SAFETY:
    // * plain numbers: all zero is a value of it.
    let mut block: OVERLAPPED = unsafe { zeroed() };
    // SAFETY:
    // * an address of 16 bytes, nothing to send. The block lives until the call is refused; should it
    //   be started, the process ends below before the block is gone.
    let ok = unsafe {
        function(
            socket_value(socket),
            address.as_ptr().cast(),
            16,
            null(),
            0,
            null_mut(),
            &mut block,
        )
    };
    // SAFETY:
    // * no arguments; reads a value of this thread.
    let code = unsafe { sys::WSAGetLastError() };
    if ok == 0 && code != sys::WSA_IO_PENDING {
        return Err(code);
    }
    // The system may still write into the block: it must never be freed.
    eprintln!("the connect was started");
    std::process::abort();
}

/// Makes the close of this socket a reset: `SO_LINGER` with 0 seconds.
///
/// # Panics
///
/// If the system refuses.
pub fn reset_on_close(socket: &TcpStream) {
    let linger = sys::LINGER { l_onoff: 1, l_linger: 0 };
    // SAFETY:
    // * the option's value is read during the call.
    let result = unsafe {
        sys::setsockopt(
            socket_value(socket),
            sys::SOL_SOCKET,
            sys::SO_LINGER,
            std::ptr::from_ref(&linger).cast(),
            i32::try_from(size_of::<sys::LINGER>()).unwrap(),
        )
    };
    assert_eq!(result, 0, "setsockopt(SO_LINGER)");
}

/// The value of a socket.
#[must_use]
pub fn socket_value(socket: &impl AsRawSocket) -> usize {
    usize::try_from(socket.as_raw_socket()).unwrap()
}

/// A TCP socket of our own, with these flags of `WSASocketW`.
///
/// # Panics
///
/// If the system refuses.
#[must_use]
pub fn stream_socket(flags: u32) -> OwnedSocket {
    // std starts winsock with its first socket.
    drop(std::net::UdpSocket::bind("127.0.0.1:0"));
    // SAFETY:
    // * numbers only; no protocol structure.
    let socket = unsafe {
        sys::WSASocketW(
            i32::from(sys::AF_INET),
            sys::SOCK_STREAM,
            sys::IPPROTO_TCP,
            null(),
            0,
            flags,
        )
    };
    assert_ne!(socket, sys::INVALID_SOCKET, "WSASocketW");
    // A SOCKET is pointer-sized; std shows it as u64 or u32.
    #[allow(clippy::cast_possible_truncation)]
    let socket = socket as RawSocket;
    // SAFETY:
    // * a new socket that nobody else owns.
    unsafe { OwnedSocket::from_raw_socket(socket) }
}

/// `DuplicateHandle` of a socket: another handle of the same file object.
///
/// # Panics
///
/// If the system refuses.
#[must_use]
pub fn duplicate(socket: &impl AsRawSocket) -> OwnedSocket {
    let mut copy: HANDLE = null_mut();
    // SAFETY:
    // * no arguments; a constant.
    let process = unsafe { sys::GetCurrentProcess() };
    // SAFETY:
    // * both processes are this one; `copy` is written during the call.
    let ok = unsafe {
        sys::DuplicateHandle(
            process,
            socket_value(socket) as HANDLE,
            process,
            &mut copy,
            0,
            0,
            sys::DUPLICATE_SAME_ACCESS,
        )
    };
    assert_ne!(ok, 0, "DuplicateHandle: {}", last_error());
    // SAFETY:
    // * a new handle of a socket that nobody else owns.
    unsafe { OwnedSocket::from_raw_socket(copy as RawSocket) }
}

/// `CancelIoEx`: the code if it fails.
///
/// # Errors
///
/// The Win32 code.
pub fn cancel(socket: usize, overlapped: usize) -> Result<(), u32> {
    // SAFETY:
    // * the system compares the pointer with those of its pending requests; it does not follow it.
    if unsafe { sys::CancelIoEx(socket as HANDLE, overlapped as *const OVERLAPPED) } == 0 {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// `closesocket` on a value that somebody else owns.
///
/// # Safety
///
/// The owner must never use or close the value again: it may soon name another socket.
pub unsafe fn close_behind(socket: usize) {
    // SAFETY:
    // * the caller owns the socket and closes it once.
    let result = unsafe { sys::closesocket(socket) };
    assert_eq!(result, 0, "closesocket");
}
