//! The floor: hand-written Win32, with a packet for each operation, or in skip mode.
//!
//! # Safety
//!
//! Sockets are leaked with what the kernel is given. One thread serves, and a socket has one operation in flight at a
//! time, whose packet says that it is idle again.

// Sizes and flags that are small, in the SDK's own types: a check would be in what is measured.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

use std::{
    io::{Error, Result},
    mem::{size_of, zeroed, MaybeUninit},
    net::UdpSocket,
    os::windows::io::IntoRawSocket,
    ptr::{from_mut, null_mut},
};

use iocp_sys::*;

use super::ENTRIES;
use crate::{
    meter,
    socket::{associate, taken},
};

/// The block is first: its address is the socket's.
#[repr(C)]
struct Socket {
    block: OVERLAPPED,
    socket: SOCKET,
    sends: bool,
    skips: bool,
    from: SOCKADDR_IN,
    from_len: i32,
    room: Vec<u8>,
}

/// Serves until the process ends.
pub(super) fn serve(sockets: Vec<UdpSocket>, room: usize, skips: bool) -> Result<()> {
    // SAFETY:
    // * asks for a new port.
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
    for socket in sockets {
        let it = Box::leak(Box::new(Socket {
            // SAFETY:
            // * all zeros is a valid `OVERLAPPED`.
            block: unsafe { zeroed() },
            socket: socket.into_raw_socket() as SOCKET,
            sends: false,
            skips,
            // SAFETY:
            // * all zeros is an address.
            from: unsafe { zeroed() },
            from_len: 0,
            room: vec![0; room],
        }));
        associate(it.socket, port, skips)?;
        receive(it)?;
    }
    let mut entries = [MaybeUninit::<OVERLAPPED_ENTRY>::uninit(); ENTRIES];
    loop {
        for entry in taken(port, &mut entries)? {
            // SAFETY:
            // * every block that is lent is the first field of a leaked socket, idle again now.
            let it = unsafe { &mut *entry.lpOverlapped.cast::<Socket>() };
            if it.sends || send(it, entry.dwNumberOfBytesTransferred)? {
                meter::message();
                receive(it)?;
            }
        }
    }
}

/// Receives, and answers what is done at once.
fn receive(it: &mut Socket) -> Result<()> {
    loop {
        (it.sends, it.from_len) = (false, size_of::<SOCKADDR_IN>() as i32);
        let buffer = WSABUF { len: it.room.len() as u32, buf: it.room.as_mut_ptr() };
        let (mut flags, mut bytes) = (0, 0);
        let (from, len) = (from_mut(&mut it.from).cast(), &mut it.from_len);
        let block = from_mut(&mut it.block);
        // SAFETY:
        // * block, buffer, address and its length stay: the socket is leaked.
        let failed = unsafe {
            WSARecvFrom(it.socket, &buffer, 1, &mut bytes, &mut flags, from, len, block, None)
        };
        if !is_done(it, failed)? || !send(it, bytes)? {
            return Ok(());
        }
        meter::message();
    }
}

/// Answers. Whether that is done without a packet.
fn send(it: &mut Socket, bytes: u32) -> Result<bool> {
    it.sends = true;
    let buffer = WSABUF { len: bytes, buf: it.room.as_mut_ptr() };
    let (to, mut sent) = (from_mut(&mut it.from).cast_const().cast(), 0);
    let block = from_mut(&mut it.block);
    // SAFETY:
    // * block, buffer and address stay: the socket is leaked.
    let failed =
        unsafe { WSASendTo(it.socket, &buffer, 1, &mut sent, 0, to, it.from_len, block, None) };
    is_done(it, failed)
}

/// Whether no packet follows.
fn is_done(it: &Socket, failed: i32) -> Result<bool> {
    if failed == 0 {
        return Ok(it.skips);
    }
    let error = Error::last_os_error();
    match error.raw_os_error() {
        Some(code) if code.unsigned_abs() == ERROR_IO_PENDING => Ok(false),
        _ => Err(error),
    }
}
