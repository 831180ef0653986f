//! The calls that make and end connections: functions of the provider, looked up through a socket.

use std::{
    ptr::{null, null_mut},
    sync::atomic::{AtomicPtr, Ordering},
};

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, SOCKET};

use super::{issued, size_u32, win32, winsock};
use crate::os::{Code, Handle, Issued};

/// # Safety
///
/// As [`recv`](super::recv), for `2 * address_room` bytes at `addresses`; `socket` is open now: from
/// then on the system refers to what it names, not to its value.
pub(crate) unsafe fn accept(
    listener: Handle,
    socket: Handle,
    addresses: *mut u8,
    address_room: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let room = u32::try_from(address_room).unwrap_or(0);
    let function = match find_sockaddrs(listener).and_then(|()| accept_ex(listener)) {
        Ok(function) => function,
        Err(code) => return Issued::Code(code),
    };
    // Not documented as optional, so not null.
    let mut received = 0;
    // SAFETY:
    // * block and address room stay, and the sockets are open, as the caller promises.
    // * `received` is written during the call only.
    issued(win32(unsafe {
        function(
            listener.socket(),
            socket.socket(),
            addresses.cast(),
            0,
            room,
            room,
            &mut received,
            block,
        )
    }))
}

/// # Safety
///
/// As [`recv`](super::recv), for `len` bytes at `name`.
pub(crate) unsafe fn connect(
    socket: Handle,
    name: *const u8,
    len: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let function = match connect_ex(socket) {
        Ok(function) => function,
        Err(code) => return Issued::Code(code),
    };
    let len = i32::try_from(len).unwrap_or(0);
    // SAFETY:
    // * block and name stay as the caller promises; nothing is sent, so there is no buffer and no count.
    issued(win32(unsafe {
        function(socket.socket(), name.cast(), len, null(), 0, null_mut(), block)
    }))
}

/// # Safety
///
/// As [`recv`](super::recv), for the block alone.
pub(crate) unsafe fn disconnect(socket: Handle, reuse: bool, block: *mut OVERLAPPED) -> Issued {
    let function = match disconnect_ex(socket) {
        Ok(function) => function,
        Err(code) => return Issued::Code(code),
    };
    let flags = if reuse { sys::TF_REUSE_SOCKET } else { 0 };
    // SAFETY:
    // * the block stays as the caller promises; the last parameter is reserved and 0.
    issued(win32(unsafe { function(socket.socket(), block, flags, 0) }))
}

type ConnectEx = unsafe extern "system" fn(
    SOCKET,
    *const sys::SOCKADDR,
    i32,
    *const core::ffi::c_void,
    u32,
    *mut u32,
    *mut OVERLAPPED,
) -> sys::BOOL;

type AcceptEx = unsafe extern "system" fn(
    SOCKET,
    SOCKET,
    *mut core::ffi::c_void,
    u32,
    u32,
    u32,
    *mut u32,
    *mut OVERLAPPED,
) -> sys::BOOL;

type DisconnectEx = unsafe extern "system" fn(SOCKET, *mut OVERLAPPED, u32, u32) -> sys::BOOL;

/// The provider's `DisconnectEx`.
fn disconnect_ex(socket: Handle) -> Result<DisconnectEx, Code> {
    static FOUND: AtomicPtr<core::ffi::c_void> = AtomicPtr::new(null_mut());
    let function = extension(socket, &sys::WSAID_DISCONNECTEX, &FOUND)?;
    // SAFETY:
    // * the system gave this pointer for WSAID_DISCONNECTEX, whose signature this is.
    Ok(unsafe { std::mem::transmute::<*mut core::ffi::c_void, DisconnectEx>(function) })
}

/// The provider's `ConnectEx`.
fn connect_ex(socket: Handle) -> Result<ConnectEx, Code> {
    static FOUND: AtomicPtr<core::ffi::c_void> = AtomicPtr::new(null_mut());
    let function = extension(socket, &sys::WSAID_CONNECTEX, &FOUND)?;
    // SAFETY:
    // * the system gave this pointer for WSAID_CONNECTEX, whose signature this is.
    Ok(unsafe { std::mem::transmute::<*mut core::ffi::c_void, ConnectEx>(function) })
}

/// The provider's `AcceptEx`: the DLL's export would look it up at every call.
fn accept_ex(socket: Handle) -> Result<AcceptEx, Code> {
    static FOUND: AtomicPtr<core::ffi::c_void> = AtomicPtr::new(null_mut());
    let function = extension(socket, &sys::WSAID_ACCEPTEX, &FOUND)?;
    // SAFETY:
    // * the system gave this pointer for WSAID_ACCEPTEX, whose signature this is.
    Ok(unsafe { std::mem::transmute::<*mut core::ffi::c_void, AcceptEx>(function) })
}

type GetAcceptExSockaddrs = unsafe extern "system" fn(
    *const core::ffi::c_void,
    u32,
    u32,
    u32,
    *mut *mut sys::SOCKADDR,
    *mut i32,
    *mut *mut sys::SOCKADDR,
    *mut i32,
);

static SOCKADDRS: AtomicPtr<core::ffi::c_void> = AtomicPtr::new(null_mut());

/// Finds what [`accept_sockaddrs`] calls, while there is a socket to ask.
fn find_sockaddrs(socket: Handle) -> Result<(), Code> {
    extension(socket, &sys::WSAID_GETACCEPTEXSOCKADDRS, &SOCKADDRS).map(drop)
}

/// The provider's `GetAcceptExSockaddrs`; there once an accept was issued. The DLL's export does
/// nothing under Wine unless its `AcceptEx` was called.
pub(super) fn accept_sockaddrs() -> Option<GetAcceptExSockaddrs> {
    let function = SOCKADDRS.load(Ordering::Relaxed);
    if function.is_null() {
        return None;
    }
    // SAFETY:
    // * the system gave this pointer for WSAID_GETACCEPTEXSOCKADDRS, whose signature this is.
    Some(unsafe { std::mem::transmute::<*mut core::ffi::c_void, GetAcceptExSockaddrs>(function) })
}

/// A function of the provider, never null: all sockets here are of the system's own, so one serves.
fn extension(
    socket: Handle,
    name: &sys::GUID,
    found: &AtomicPtr<core::ffi::c_void>,
) -> Result<*mut core::ffi::c_void, Code> {
    let mut function = found.load(Ordering::Relaxed);
    if !function.is_null() {
        return Ok(function);
    }
    let mut bytes = 0;
    // SAFETY:
    // * in: a GUID; out: room for one function pointer; no OVERLAPPED, so all is done at return.
    winsock(unsafe {
        sys::WSAIoctl(
            socket.socket(),
            sys::SIO_GET_EXTENSION_FUNCTION_POINTER,
            std::ptr::from_ref(name).cast(),
            size_u32::<sys::GUID>(),
            std::ptr::from_mut(&mut function).cast(),
            size_u32::<usize>(),
            &mut bytes,
            null_mut(),
            None,
        )
    })?;
    if function.is_null() {
        return Err(Code(sys::WSAEOPNOTSUPP as u32));
    }
    found.store(function, Ordering::Relaxed);
    Ok(function)
}
