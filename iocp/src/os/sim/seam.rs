//! The calls that the core makes, with the signatures of the real ones.
//!
//! # Safety
//!
//! Each `unsafe fn` has the contract of its twin in `os::windows`.

use std::{mem::MaybeUninit, net::SocketAddr, ptr::NonNull};

use iocp_sys::{OVERLAPPED, OVERLAPPED_ENTRY, WSABUF};

pub(crate) use super::{
    handle::{AsHandle, BorrowedHandle},
    native::*,
    socket::{AsSocket, BorrowedSocket, OwnedSocket},
};

use super::{
    event::Event,
    file::File,
    handles::{self, Kind},
    listen, lock,
    machine::Machine,
    memory,
    port::Port,
    request::{Lent, Request, Road},
};
use crate::os::{address, Code, Handle, Issued, SocketKind};

pub(crate) fn socket_handle(source: &impl AsSocket) -> Handle {
    // A number wider than the host's handles names nothing.
    Handle(usize::try_from(source.as_socket().as_raw_socket()).unwrap_or(usize::MAX))
}

pub(crate) fn handle_value(handle: BorrowedHandle<'_>) -> Handle {
    // A number wider than the host's handles names nothing.
    Handle(usize::try_from(handle.as_raw_handle()).unwrap_or(usize::MAX))
}

pub(crate) fn port_create(_concurrency: u32) -> Result<Handle, Code> {
    let machine = Machine::current();
    Ok(handles::create(machine, Kind::Port(Port::new(machine))).0)
}

pub(crate) fn port_associate(port: Handle, handle: Handle, key: usize) -> Result<(), Code> {
    let port = handles::port(port)?;
    match &handles::find(handle)?.kind {
        Kind::File(file) => file.associate(port, key),
        Kind::Port(_) | Kind::Event(_) => Err(Code::INVALID_PARAMETER),
    }
}

pub(crate) fn port_post(port: Handle, bytes: u32, key: usize, carried: usize) -> Result<(), Code> {
    handles::port(port)?.post(key, carried, bytes)
}

pub(crate) fn port_wait(
    port: Handle,
    entries: &mut [MaybeUninit<OVERLAPPED_ENTRY>],
    timeout_ms: u32,
    alertable: bool,
) -> Result<usize, Code> {
    handles::port(port)?.wait(entries, timeout_ms, alertable)
}

pub(crate) fn handle_close(handle: Handle) {
    match handles::close(handle).ok().flatten().map(|object| &object.kind) {
        Some(Kind::Port(port)) => port.close(),
        Some(Kind::File(file)) => file.close(),
        Some(Kind::Event(_)) | None => {}
    }
}

pub(crate) fn event_create() -> Result<Handle, Code> {
    let machine = Machine::current();
    Ok(handles::create(machine, Kind::Event(Event::new(machine))).0)
}

pub(crate) fn event_wait(event: Handle, timeout_ms: u32) -> Result<bool, Code> {
    Ok(handles::event(event)?.wait(timeout_ms))
}

pub(crate) fn cancel(handle: Handle, overlapped: *mut OVERLAPPED) -> Result<(), Code> {
    handles::file(handle)?.cancel(overlapped)
}

pub(crate) fn set_skip_on_success(handle: Handle) -> Result<(), Code> {
    handles::file(handle)?.set_skip_on_success()
}

pub(crate) fn socket_kind(socket: Handle) -> Result<SocketKind, Code> {
    Ok(handles::file(socket)?.kind)
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn recv(socket: Handle, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let file = match handles::file(socket) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * block and buffers stay valid until the completion, as the caller promises.
    unsafe {
        file.submit(Road::Winsock, Lent::ToWrite, bufs, block, |request| file.receive(request))
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn send(socket: Handle, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let file = match handles::file(socket) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * block and buffers stay valid until the completion, as the caller promises.
    unsafe {
        file.submit(Road::Winsock, Lent::ToRead, bufs, block, |request| {
            file.transmit(request, None)
        })
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn recv_from(
    socket: Handle,
    bufs: &[WSABUF],
    from: *mut u8,
    from_len: *mut i32,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    let start = |request: Request| {
        // SAFETY:
        // * the address and its length stay valid until the completion, as the caller promises.
        file.receive(unsafe { request.asking_for_sender(from, from_len) })
    };
    // SAFETY:
    // * block and buffers stay valid until the completion, as the caller promises.
    unsafe { file.submit(Road::Winsock, Lent::ToWrite, bufs, block, start) }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn send_to(
    socket: Handle,
    bufs: &[WSABUF],
    to: *const u8,
    to_len: i32,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * the caller's promise: `to_len` bytes that nobody changes.
    let name = unsafe { std::slice::from_raw_parts(to, usize::try_from(to_len).unwrap_or(0)) };
    let Some(to) = address::decode(name) else { return Issued::Code(Code(10_014)) };
    // SAFETY:
    // * block and buffers stay valid until the completion, as the caller promises.
    unsafe {
        file.submit(Road::Winsock, Lent::ToRead, bufs, block, |request| {
            file.transmit(request, Some(to))
        })
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn accept(
    listener: Handle,
    socket: Handle,
    addresses: *mut u8,
    address_room: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let (listener, socket) = match (handles::file(listener), handles::file(socket)) {
        (Ok(listener), Ok(socket)) => (listener, socket),
        (Err(code), _) | (_, Err(code)) => return Issued::Code(code),
    };
    let len = u32::try_from(2 * address_room).unwrap_or(0);
    let room = [WSABUF { len, buf: addresses }];
    // SAFETY:
    // * block and address room stay valid until the completion, as the caller promises.
    unsafe {
        listener.submit(Road::Winsock, Lent::ToWrite, &room, block, |request| {
            listen::accept(listener, socket, request)
        })
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn connect(
    socket: Handle,
    name: *const u8,
    len: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * the caller's promise: `len` bytes that nobody changes.
    let name = unsafe { std::slice::from_raw_parts(name, len) };
    let Some(peer) = address::decode(name) else { return Issued::Code(Code(10_014)) };
    // SAFETY:
    // * the caller's promise; there is no buffer.
    unsafe {
        file.submit(Road::Winsock, Lent::ToRead, &[], block, |request| {
            listen::connect(file, peer, request)
        })
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn disconnect(socket: Handle, reuse: bool, block: *mut OVERLAPPED) -> Issued {
    let file = match handles::file(socket) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * the caller's promise; there is no buffer.
    unsafe {
        file.submit(Road::Winsock, Lent::ToRead, &[], block, |request| {
            listen::disconnect(file, reuse, request)
        })
    }
}

pub(crate) fn bind_any(socket: Handle, peer: &SocketAddr) -> Result<(), Code> {
    let mut state = lock(&handles::file(socket)?.state);
    let any: SocketAddr = match peer {
        SocketAddr::V4(_) => ([127, 0, 0, 1], 49_152).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::LOCALHOST, 49_152).into(),
    };
    state.local.get_or_insert(any);
    Ok(())
}

pub(crate) fn update_accept(socket: Handle, listener: Handle) -> Result<(), Code> {
    let listening = lock(&handles::file(listener)?.state).listening.is_some();
    let connected = handles::file(socket)?.link().is_some();
    if listening && connected {
        Ok(())
    } else {
        Err(Code(10_022))
    }
}

pub(crate) fn update_connect(socket: Handle) -> Result<(), Code> {
    match handles::file(socket)?.link() {
        Some(_) => Ok(()),
        None => Err(Code(10_057)),
    }
}

pub(crate) fn reset_on_close(socket: Handle) -> Result<(), Code> {
    handles::file(socket)?.reset_on_close();
    Ok(())
}

pub(crate) fn accepted_peer(addresses: &[u8], address_room: usize) -> Option<SocketAddr> {
    address::decode(addresses.get(address_room..)?)
}

pub(crate) fn stream_socket(family: i32) -> Result<OwnedSocket, Code> {
    let machine = Machine::current();
    let kind = SocketKind { stream: true, ifs: true, family };
    let file = Kind::File(File::new(machine, kind, true));
    Ok(OwnedSocket::own(handles::create(machine, file).0))
}

pub(crate) fn reserve(bytes: usize) -> Result<NonNull<u8>, Code> {
    memory::reserve(bytes)
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn commit(base: NonNull<u8>, start: usize, bytes: usize) -> Result<(), Code> {
    // SAFETY:
    // * the range lies inside the reservation, as the caller promises.
    unsafe { memory::commit(base, start, bytes) }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn release(base: NonNull<u8>, bytes: usize) {
    // SAFETY:
    // * nobody uses the reservation any more, as the caller promises.
    unsafe { memory::release(base, bytes) };
}
