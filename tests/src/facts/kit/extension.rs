//! `AcceptEx`, `ConnectEx`, `DisconnectEx` and `TransmitFile`.
//!
//! # Safety
//!
//! A socket is borrowed from its owner for the time of the call; blocks and buffers are never freed, and an
//! address is read during the call.

use std::{net::SocketAddr, ptr::null_mut};

use iocp_sys as sys;
use iocp_sys::SOCKET;

use super::{
    handle::{overlapped, Raw},
    memory::{Block, Buffer},
    socket::{address, bool_code, value, wsa_error, ADDRESS_LEN},
};

/// Room for one address of an accept.
pub(crate) const ROOM: u32 = 32;

/// The lengths of an accept: of the data, of the local and of the remote address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths(pub(crate) u32, pub(crate) u32, pub(crate) u32);

/// Room for the addresses only.
pub(crate) const NO_DATA: Lengths = Lengths(0, ROOM, ROOM);
/// Room for 64 bytes and the addresses.
pub(crate) const DATA: Lengths = Lengths(64, ROOM, ROOM);

/// `AcceptEx` with enough room for these lengths: 0, or its code.
pub(crate) fn accept(
    listener: &impl Raw,
    acceptor: &impl Raw,
    lengths: Lengths,
    block: Option<&'static Block>,
) -> u32 {
    accept_into(listener, acceptor, Some(Buffer::new(256)), lengths, block)
}

/// The same with a buffer of the caller's, or none.
pub(crate) fn accept_into(
    listener: &impl Raw,
    acceptor: &impl Raw,
    buffer: Option<Buffer>,
    Lengths(data, local, remote): Lengths,
    block: Option<&'static Block>,
) -> u32 {
    if let Some(buffer) = buffer {
        assert!(data + local + remote <= buffer.len(), "the buffer is too small");
    }
    let start = buffer.map_or(null_mut(), |buffer| buffer.ptr().cast());
    let mut count = 0;
    // SAFETY:
    // * the system looks the sockets up; the buffer has the room that the lengths say, or there is none,
    //   which is an error of the call; block and buffer are never freed; the count is written during the call.
    bool_code(unsafe {
        sys::AcceptEx(
            value(listener),
            value(acceptor),
            start,
            data,
            local,
            remote,
            &mut count,
            overlapped(block),
        )
    })
}

/// Asks a socket for an extension function.
///
/// # Safety
///
/// `F` is the pointer type that the id stands for.
unsafe fn function<F: Default>(id: &sys::GUID) -> F {
    let (mut function, mut count) = (F::default(), 0);
    assert_eq!(size_of::<F>(), size_of::<usize>(), "one pointer");
    let any = super::socket::tcp();
    // SAFETY:
    // * in: an id; out: room for one function pointer, which the id asks for (the caller's promise).
    let result = unsafe {
        sys::WSAIoctl(
            value(&any),
            sys::SIO_GET_EXTENSION_FUNCTION_POINTER,
            std::ptr::from_ref(id).cast(),
            16,
            std::ptr::from_mut(&mut function).cast(),
            u32::try_from(size_of::<usize>()).unwrap(),
            &mut count,
            null_mut(),
            None,
        )
    };
    assert_eq!(result, 0, "WSAIoctl: {}", wsa_error());
    function
}

/// `ConnectEx`, with these bytes to send: 0, or its code.
pub(crate) fn connect(
    socket: &impl Raw,
    to: SocketAddr,
    bytes: &[u8],
    block: Option<&'static Block>,
) -> u32 {
    // SAFETY:
    // * the type that belongs to this id.
    let call: sys::LPFN_CONNECTEX = unsafe { function(&sys::WSAID_CONNECTEX) };
    let (address, bytes) = (address(to), Buffer::with(bytes));
    let socket: SOCKET = value(socket);
    // SAFETY:
    // * the system looks the socket up; the address is read during the call; bytes and block are never
    //   freed; no count is asked for.
    bool_code(unsafe {
        call.unwrap()(
            socket,
            std::ptr::from_ref(&address).cast(),
            ADDRESS_LEN,
            bytes.ptr().cast(),
            bytes.len(),
            null_mut(),
            overlapped(block),
        )
    })
}

/// `DisconnectEx`, with flags 0: 0, or its code.
pub(crate) fn disconnect(socket: &impl Raw, block: Option<&'static Block>) -> u32 {
    // SAFETY:
    // * the type that belongs to this id.
    let call: sys::LPFN_DISCONNECTEX = unsafe { function(&sys::WSAID_DISCONNECTEX) };
    let socket: SOCKET = value(socket);
    // SAFETY:
    // * the system looks the socket up; the block is never freed.
    bool_code(unsafe { call.unwrap()(socket, overlapped(block), 0, 0) })
}

/// `TransmitFile`, all of the file from the block's offset on, between these bytes: 0, or its code.
pub(crate) fn transmit(
    socket: &impl Raw,
    file: &impl Raw,
    [head, tail]: [&[u8]; 2],
    block: &'static Block,
) -> u32 {
    // SAFETY:
    // * the type that belongs to this id.
    let call: sys::LPFN_TRANSMITFILE = unsafe { function(&sys::WSAID_TRANSMITFILE) };
    let (head, tail) = (Buffer::with(head), Buffer::with(tail));
    let buffers = Box::leak(Box::new(sys::TRANSMIT_FILE_BUFFERS {
        Head: head.ptr().cast(),
        HeadLength: head.len(),
        Tail: tail.ptr().cast(),
        TailLength: tail.len(),
    }));
    let (socket, file): (SOCKET, _) = (value(socket), file.raw());
    // SAFETY:
    // * the system looks socket and file up; the buffers, what names them, and the block are never freed.
    bool_code(unsafe { call.unwrap()(socket, file, 0, 0, block.overlapped(), buffers, 0) })
}
