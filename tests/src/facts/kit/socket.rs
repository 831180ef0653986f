//! Calls of Winsock.
//!
//! # Safety
//!
//! A socket is borrowed from its owner for the time of the call; blocks and buffers are never freed; an
//! array of buffers and a count lie on the stack, which the system reads and writes during the call only.

use std::{
    net::SocketAddr,
    os::windows::io::OwnedSocket,
    ptr::{null, null_mut},
};

use iocp_sys as sys;
use iocp_sys::{SOCKADDR, SOCKADDR_IN, SOCKET};

use super::{
    handle::{overlapped, Answer, Raw, NO_COUNT},
    memory::{Block, Buffer},
};

/// The value of a socket.
pub(crate) fn value(socket: &impl Raw) -> SOCKET {
    socket.raw() as SOCKET
}

/// The last code of Winsock.
pub(crate) fn wsa_error() -> u32 {
    // SAFETY:
    // * no arguments; reads a value of this thread.
    let code = unsafe { sys::WSAGetLastError() };
    u32::try_from(code).unwrap()
}

/// The code behind a result that is 0 or `SOCKET_ERROR`.
pub(crate) fn code(result: i32) -> u32 {
    if result == 0 {
        0
    } else {
        wsa_error()
    }
}

/// The code behind a `BOOL` of Winsock.
pub(crate) fn bool_code(ok: i32) -> u32 {
    if ok == 0 {
        wsa_error()
    } else {
        0
    }
}

/// An overlapped TCP socket, not bound.
pub(crate) fn tcp() -> OwnedSocket {
    crate::raw::stream_socket(sys::WSA_FLAG_OVERLAPPED)
}

/// `WSARecv` into these buffers.
pub(crate) fn recv_into(
    socket: &impl Raw,
    buffers: &[Buffer],
    block: Option<&'static Block>,
) -> Answer {
    let buffers: Vec<_> = buffers.iter().map(|buffer| buffer.wsabuf()).collect();
    let (mut count, mut flags) = (NO_COUNT, 0);
    // SAFETY:
    // * the socket is open; the array is read and count and flags are written during the call; what the
    //   array points to and the block are never freed.
    let result = unsafe {
        sys::WSARecv(
            value(socket),
            buffers.as_ptr(),
            u32::try_from(buffers.len()).unwrap(),
            &mut count,
            &mut flags,
            overlapped(block),
            None,
        )
    };
    Answer { code: code(result), count }
}

/// `WSARecv` into one buffer.
pub(crate) fn recv(socket: &impl Raw, buffer: Buffer, block: Option<&'static Block>) -> Answer {
    recv_into(socket, &[buffer], block)
}

/// `WSASend`.
pub(crate) fn send(socket: &impl Raw, bytes: &[u8], block: Option<&'static Block>) -> Answer {
    let (buffer, mut count) = (Buffer::with(bytes).wsabuf(), NO_COUNT);
    // SAFETY:
    // * the socket is open; the array is read and the count is written during the call; the bytes and
    //   the block are never freed.
    let result =
        unsafe { sys::WSASend(value(socket), &buffer, 1, &mut count, 0, overlapped(block), None) };
    Answer { code: code(result), count }
}

/// `WSAGetOverlappedResult`, without waiting.
pub(crate) fn result(socket: &impl Raw, block: &'static Block) -> Answer {
    let (mut count, mut flags) = (NO_COUNT, 0);
    // SAFETY:
    // * the system looks the socket up; block, count and flags are there during the call.
    let ok = unsafe {
        sys::WSAGetOverlappedResult(value(socket), block.overlapped(), &mut count, 0, &mut flags)
    };
    Answer { code: bool_code(ok), count }
}

/// `shutdown`: 0, or its code.
pub(crate) fn shutdown(socket: &impl Raw, how: i32) -> u32 {
    // SAFETY:
    // * an open socket and a number.
    code(unsafe { sys::shutdown(value(socket), how) })
}

/// An address as Winsock has it.
pub(crate) fn address(of: SocketAddr) -> SOCKADDR_IN {
    let SocketAddr::V4(of) = of else { panic!("{of} is no IPv4 address") };
    let ip = sys::IN_ADDR { S_un: sys::IN_ADDR_0 { S_addr: u32::from(*of.ip()).to_be() } };
    SOCKADDR_IN {
        sin_family: sys::AF_INET,
        sin_port: of.port().to_be(),
        sin_addr: ip,
        ..SOCKADDR_IN::default()
    }
}

/// The size of an address.
pub(crate) const ADDRESS_LEN: i32 = 16;
const _: () = assert!(size_of::<SOCKADDR_IN>() == 16);

/// `bind` to the loopback address: 0, or its code.
pub(crate) fn bind(socket: &impl Raw) -> u32 {
    let address = address(SocketAddr::from(([127, 0, 0, 1], 0)));
    // SAFETY:
    // * an open socket; the address is read during the call.
    code(unsafe {
        sys::bind(value(socket), std::ptr::from_ref(&address).cast::<SOCKADDR>(), ADDRESS_LEN)
    })
}

/// `connect`: 0, or its code.
pub(crate) fn connect(socket: &impl Raw, to: SocketAddr) -> u32 {
    let address = address(to);
    // SAFETY:
    // * an open socket; the address is read during the call.
    code(unsafe {
        sys::connect(value(socket), std::ptr::from_ref(&address).cast::<SOCKADDR>(), ADDRESS_LEN)
    })
}

/// `getsockname` or `getpeername`: 0, or the code.
pub(crate) fn name(socket: &impl Raw, peer: bool) -> u32 {
    let (mut address, mut len) = (SOCKADDR_IN::default(), ADDRESS_LEN);
    let call = if peer { sys::getpeername } else { sys::getsockname };
    // SAFETY:
    // * an open socket; room for an address and its length, both written during the call.
    code(unsafe { call(value(socket), std::ptr::from_mut(&mut address).cast(), &mut len) })
}

/// `setsockopt` at the level of sockets: 0, or its code.
pub(crate) fn set_option(socket: &impl Raw, option: i32, option_value: &[u8]) -> u32 {
    let len = i32::try_from(option_value.len()).unwrap();
    let start = option_value.as_ptr();
    // SAFETY:
    // * an open socket; the value is read during the call.
    code(unsafe { sys::setsockopt(value(socket), sys::SOL_SOCKET, option, start, len) })
}

/// `getsockopt(SO_ERROR)`.
pub(crate) fn so_error(socket: &impl Raw) -> i32 {
    let (mut error, mut len) = (-1_i32, 4);
    let room = std::ptr::from_mut(&mut error).cast();
    // SAFETY:
    // * an open socket; room for a number and its length, both written during the call.
    let result =
        unsafe { sys::getsockopt(value(socket), sys::SOL_SOCKET, sys::SO_ERROR, room, &mut len) };
    assert_eq!(result, 0, "getsockopt(SO_ERROR): {}", wsa_error());
    error
}

/// `recv` and `send` of one byte or none: the code, 0 for none.
pub(crate) fn plain(socket: &impl Raw, sends: bool, len: i32) -> u32 {
    let buffer = Buffer::new(1);
    let result = if sends {
        // SAFETY:
        // * an open socket; at most the one byte of the buffer is read, during the call.
        unsafe { sys::send(value(socket), buffer.ptr(), len.min(1), 0) }
    } else {
        // SAFETY:
        // * an open socket; at most the one byte of the buffer is written, during the call.
        unsafe { sys::recv(value(socket), buffer.ptr(), len.min(1), 0) }
    };
    if result == sys::SOCKET_ERROR {
        wsa_error()
    } else {
        0
    }
}

/// `ioctlsocket(FIONBIO)`.
pub(crate) fn set_nonblocking(socket: &impl Raw) {
    let mut on = 1;
    // SAFETY:
    // * an open socket; the number is read during the call.
    let result = unsafe { sys::ioctlsocket(value(socket), sys::FIONBIO, &mut on) };
    assert_eq!(result, 0, "ioctlsocket(FIONBIO): {}", wsa_error());
}

/// `WSAIoctl` with these bytes in and room out; the answer's count is the one written at return.
pub(crate) fn ioctl(
    socket: &impl Raw,
    control: u32,
    input: &[u8],
    output: Buffer,
    block: Option<&'static Block>,
) -> Answer {
    let (input, mut count) = (Buffer::with(input), NO_COUNT);
    // SAFETY:
    // * the socket is open; input, output and block are never freed; the count is written during the call.
    let result = unsafe {
        sys::WSAIoctl(
            value(socket),
            control,
            if input.len() == 0 { null() } else { input.ptr().cast() },
            input.len(),
            if output.len() == 0 { null_mut() } else { output.ptr().cast() },
            output.len(),
            &mut count,
            overlapped(block),
            None,
        )
    };
    Answer { code: code(result), count }
}
