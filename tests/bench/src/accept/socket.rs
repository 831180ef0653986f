//! What hand-written servers share: a socket to accept into, its port, and the functions that only the provider has.
//!
//! # Safety
//!
//! Nothing is lent beyond a call.

// Sizes and flags that are small, in the SDK's own types: a check would be in what is measured.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

use std::{
    ffi::c_void,
    io::{Error, Result},
    mem::{size_of, MaybeUninit},
    ptr::{null, null_mut},
};

use iocp_sys::*;

/// The room `AcceptEx` wants for one IPv4 address.
pub(crate) const ADDRESS: usize = size_of::<SOCKADDR_IN>() + 16;

pub(crate) type AcceptEx = unsafe extern "system" fn(
    SOCKET,
    SOCKET,
    *mut c_void,
    u32,
    u32,
    u32,
    *mut u32,
    *mut OVERLAPPED,
) -> BOOL;

/// A new port that the listener belongs to.
pub(crate) fn port_of(listening: SOCKET) -> Result<HANDLE> {
    // SAFETY:
    // * asks for a new port.
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
    // SAFETY:
    // * two handles and a number.
    let same = unsafe { CreateIoCompletionPort(listening as HANDLE, port, 0, 0) };
    if port.is_null() || same.is_null() {
        return Err(Error::last_os_error());
    }
    Ok(port)
}

/// Waits for packets: those that have come.
#[inline]
#[allow(dead_code)] // reason: of two programs that have these one waits so
pub(crate) fn taken<const N: usize>(
    port: HANDLE,
    entries: &mut [MaybeUninit<OVERLAPPED_ENTRY>; N],
) -> Result<impl Iterator<Item = &OVERLAPPED_ENTRY>> {
    let mut count = 0;
    let at = entries.as_mut_ptr().cast();
    // SAFETY:
    // * the array has room for that many entries.
    let taken = unsafe { GetQueuedCompletionStatusEx(port, at, N as u32, &mut count, INFINITE, 0) };
    if taken == 0 {
        return Err(Error::last_os_error());
    }
    // SAFETY:
    // * the call wrote the first `count` entries.
    Ok(entries[..count as usize].iter().map(|entry| unsafe { entry.assume_init_ref() }))
}

/// A new socket, to accept into.
pub(crate) fn new_socket() -> Result<SOCKET> {
    let flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
    // SAFETY:
    // * numbers, and no protocol of our own.
    let socket = unsafe { WSASocketW(i32::from(AF_INET), SOCK_STREAM, 0, null(), 0, flags) };
    if socket == INVALID_SOCKET {
        return Err(Error::last_os_error());
    }
    Ok(socket)
}

/// Gives an accepted socket the options of its listener.
pub(crate) fn update(socket: SOCKET, listening: SOCKET) -> Result<()> {
    let (value, len) = (std::ptr::from_ref(&listening).cast(), size_of::<SOCKET>() as i32);
    // SAFETY:
    // * the option takes the listener's handle, of that size.
    match unsafe { setsockopt(socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, value, len) } {
        0 => Ok(()),
        _ => Err(Error::last_os_error()),
    }
}

/// Gives a socket to the port, and puts it into skip mode if that is wanted.
pub(crate) fn associate(socket: SOCKET, port: HANDLE, skips: bool) -> Result<()> {
    // SAFETY:
    // * two handles and a number.
    let associated = !unsafe { CreateIoCompletionPort(socket as HANDLE, port, 1, 0) }.is_null();
    let flags = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE;
    // SAFETY:
    // * a handle and flags.
    let is_set =
        !skips || unsafe { SetFileCompletionNotificationModes(socket as HANDLE, flags as u8) } != 0;
    match associated && is_set {
        true => Ok(()),
        false => Err(Error::last_os_error()),
    }
}

pub(crate) fn accept_ex(socket: SOCKET) -> Result<AcceptEx> {
    let function = extension(socket, &WSAID_ACCEPTEX)?;
    // SAFETY:
    // * the system gave this pointer for WSAID_ACCEPTEX, whose signature this is.
    Ok(unsafe { std::mem::transmute::<*mut c_void, AcceptEx>(function) })
}

/// The function that the socket's provider has under this name.
pub(crate) fn extension(socket: SOCKET, name: &GUID) -> Result<*mut c_void> {
    let mut function: *mut c_void = null_mut();
    let mut got = 0;
    // SAFETY:
    // * a GUID in, one function pointer out.
    let failed = unsafe {
        WSAIoctl(
            socket,
            SIO_GET_EXTENSION_FUNCTION_POINTER,
            std::ptr::from_ref(name).cast(),
            size_of::<GUID>() as u32,
            std::ptr::from_mut(&mut function).cast(),
            size_of::<*mut c_void>() as u32,
            &mut got,
            null_mut(),
            None,
        )
    };
    match failed != 0 || function.is_null() {
        true => Err(Error::last_os_error()),
        false => Ok(function),
    }
}
