//! The calls that the core makes, with the signatures of the real ones.
//!
//! # Safety
//!
//! Each `unsafe fn` has the contract of its twin in `os::windows`.

use std::{mem::MaybeUninit, net::SocketAddr, ptr::NonNull};

use iocp_sys::{OVERLAPPED, OVERLAPPED_ENTRY, WSABUF};

pub(crate) use super::{
    codes::system_code,
    console::console_routine_add,
    control::*,
    datagram::{probe_datagram, receive_now, send_now},
    handle::{AsHandle, BorrowedHandle},
    job::{job_active, job_assign, job_associate, job_create, job_kill_on_close, job_terminate},
    message::{ask_for_control, find_recv_msg, recv_msg, send_msg},
    native::*,
    pipe::{
        pipe_create, pipe_disconnect, pipe_listen, pipe_open, pipe_peer, pipe_read_messages,
        pipe_wait,
    },
    socket::{
        borrowed_socket, owned_socket, recv_stream, send_stream, AsSocket, BorrowedSocket,
        OwnedSocket, OwnedSocket as OwnedHandle,
    },
    transmit::{find_transmit, transmit},
    wait::{
        pool_wait_start, pool_wait_stop, wait_packet_cancel, wait_packet_create, wait_packet_start,
        PoolWait,
    },
    waitable::{
        duplicate, event_create, event_reset, event_set, event_wait, lend_handle,
        process_exit_code, timer_cancel, timer_create, timer_set,
    },
};

use super::{
    file::File,
    handles::{self, Kind},
    listen, lock,
    machine::Machine,
    memory,
    port::Port,
    request::{Lent, Request, Road},
    waitable::own,
};
use crate::base::status::NtStatus;
use crate::os::{address, Borrowed, Code, Handle, Issued, Owned, SocketKind};

pub(crate) fn borrow_socket<S: AsSocket>(source: &S) -> Borrowed<'_> {
    let handle = handle_of(source.as_socket().as_raw_socket());
    // SAFETY:
    // * The source gave it as a `BorrowedSocket` that lives as long as the borrow of the source.
    unsafe { Borrowed::new(handle) }
}

pub(crate) fn borrow_handle<H: AsHandle>(source: &H) -> Borrowed<'_> {
    let handle = handle_of(source.as_handle().as_raw_handle());
    // SAFETY:
    // * The source gave it as a `BorrowedHandle` that lives as long as the borrow of the source.
    unsafe { Borrowed::new(handle) }
}

/// A number wider than the host's handles names nothing.
fn handle_of(value: u64) -> Handle {
    Handle(usize::try_from(value).unwrap_or(usize::MAX))
}

pub(crate) fn port_create(_concurrency: u32) -> Result<Owned, Code> {
    let machine = Machine::current();
    Ok(own(machine, Kind::Port(Port::new(machine))))
}

pub(crate) fn port_associate(
    port: Borrowed<'_>,
    handle: Borrowed<'_>,
    key: usize,
) -> Result<(), Code> {
    let port = handles::port(port.value())?;
    match &handles::find(handle.value())?.kind {
        Kind::File(file) => file.associate(port, key),
        _ => Err(Code::INVALID_PARAMETER),
    }
}

pub(crate) fn port_leave(handle: Borrowed<'_>) -> NtStatus {
    handles::file(handle.value()).map_or(NtStatus::INVALID_HANDLE, |file| file.leave())
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn port_post(
    port: Borrowed<'_>,
    bytes: u32,
    key: usize,
    carried: usize,
) -> Result<(), Code> {
    handles::port(port.value())?.post(key, carried, bytes)
}

pub(crate) fn port_wait(
    port: Borrowed<'_>,
    entries: &mut [MaybeUninit<OVERLAPPED_ENTRY>],
    timeout_ms: u32,
    alertable: bool,
) -> Result<usize, Code> {
    handles::port(port.value())?.wait(entries, timeout_ms, alertable)
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn handle_close(handle: Handle) {
    match handles::close(handle).ok().flatten().map(|object| &object.kind) {
        Some(Kind::Port(port)) => port.close(),
        Some(Kind::File(file)) => file.close(),
        Some(Kind::Job(job)) => job.close(),
        Some(Kind::Waitable(_) | Kind::WaitPacket(_)) | None => {}
    }
}

pub(crate) fn cancel(handle: Borrowed<'_>, overlapped: *mut OVERLAPPED) -> Result<(), Code> {
    handles::file(handle.value())?.cancel(overlapped)
}

pub(crate) fn set_skip_on_success(handle: Borrowed<'_>) -> Result<(), Code> {
    handles::file(handle.value())?.set_skip_on_success()
}

pub(crate) fn socket_kind(socket: Borrowed<'_>) -> Result<SocketKind, Code> {
    Ok(handles::file(socket.value())?.kind)
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn recv(socket: Borrowed<'_>, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let file = match handles::file(socket.value()) {
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
pub(crate) unsafe fn send(socket: Borrowed<'_>, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let file = match handles::file(socket.value()) {
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
    socket: Borrowed<'_>,
    bufs: &[WSABUF],
    from: *mut u8,
    from_len: *mut i32,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket.value()) {
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
    socket: Borrowed<'_>,
    bufs: &[WSABUF],
    to: *const u8,
    to_len: i32,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket.value()) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * `to` points to `to_len` bytes that nobody changes, as the caller promises.
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

pub(crate) fn find_accept(listener: Borrowed<'_>, _kind: SocketKind) -> Result<(), Code> {
    handles::file(listener.value())?.find_function()
}

pub(crate) fn find_connect(socket: Borrowed<'_>, _kind: SocketKind) -> Result<(), Code> {
    handles::file(socket.value())?.find_function()
}

pub(crate) fn find_disconnect(socket: Borrowed<'_>, _kind: SocketKind) -> Result<(), Code> {
    handles::file(socket.value())?.find_function()
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn accept(
    listener: Borrowed<'_>,
    _kind: SocketKind,
    socket: Borrowed<'_>,
    room: *mut u8,
    data_room: usize,
    address_room: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let (listener, socket) = match (handles::file(listener.value()), handles::file(socket.value()))
    {
        (Ok(listener), Ok(socket)) => (listener, socket),
        (Err(code), _) | (_, Err(code)) => return Issued::Code(code),
    };
    let len = u32::try_from(data_room + 2 * address_room).unwrap_or(0);
    let room = [WSABUF { len, buf: room }];
    // SAFETY:
    // * block and room stay valid until the completion, as the caller promises.
    unsafe {
        listener.submit(Road::Winsock, Lent::ToWrite, &room, block, |request| {
            listen::accept(listener, socket, request.with_data_room(data_room))
        })
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn connect(
    socket: Borrowed<'_>,
    _kind: SocketKind,
    name: *const u8,
    len: usize,
    data: WSABUF,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket.value()) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * `name` points to `len` bytes that nobody changes, as the caller promises.
    let name = unsafe { std::slice::from_raw_parts(name, len) };
    let Some(peer) = address::decode(name) else { return Issued::Code(Code(10_014)) };
    // SAFETY:
    // * `block` and data stay valid until the completion, as the caller promises.
    unsafe {
        file.submit(Road::Winsock, Lent::ToRead, &[data], block, |request| {
            listen::connect(file, peer, request)
        })
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn disconnect(
    socket: Borrowed<'_>,
    _kind: SocketKind,
    reuse: bool,
    block: *mut OVERLAPPED,
) -> Issued {
    let file = match handles::file(socket.value()) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * `block` stays valid until the completion, as the caller promises; no buffer is lent.
    unsafe {
        file.submit(Road::Winsock, Lent::ToRead, &[], block, |request| {
            listen::disconnect(file, reuse, request)
        })
    }
}

pub(crate) fn bind_any(socket: Borrowed<'_>, peer: &SocketAddr) -> Result<(), Code> {
    let mut state = lock(&handles::file(socket.value())?.state);
    let any: SocketAddr = match peer {
        SocketAddr::V4(_) => ([127, 0, 0, 1], 49_152).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::LOCALHOST, 49_152).into(),
    };
    state.local.get_or_insert(any);
    Ok(())
}

pub(crate) fn update_accept(socket: Borrowed<'_>, listener: Borrowed<'_>) -> Result<(), Code> {
    let listening = lock(&handles::file(listener.value())?.state).listening.is_some();
    let connected = handles::file(socket.value())?.link().is_some();
    if listening && connected {
        Ok(())
    } else {
        Err(Code(10_022))
    }
}

pub(crate) fn update_connect(socket: Borrowed<'_>) -> Result<(), Code> {
    match handles::file(socket.value())?.link() {
        Some(_) => Ok(()),
        None => Err(Code(10_057)),
    }
}

pub(crate) fn reset_on_close(socket: Borrowed<'_>) -> Result<(), Code> {
    handles::file(socket.value())?.reset_on_close();
    Ok(())
}

pub(crate) fn shut_down_sending(socket: Borrowed<'_>) -> Result<(), Code> {
    let link = handles::file(socket.value())?.link().ok_or(Code(10_057))?;
    link.connection.shut_down(link.side);
    Ok(())
}

pub(crate) fn accepted_peer(
    _kind: SocketKind,
    room: &[u8],
    data_room: usize,
    address_room: usize,
) -> Option<SocketAddr> {
    address::decode(room.get(data_room + address_room..)?)
}

pub(crate) fn stream_socket(family: i32) -> Result<OwnedSocket, Code> {
    let machine = Machine::current();
    machine.count_socket();
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
