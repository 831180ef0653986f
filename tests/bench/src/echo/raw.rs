//! The floor: hand-written Win32, as fast as it gets.
//!
//! One `OVERLAPPED` per direction, the connection's address as the key, 64 entries per wait, skip
//! mode: an operation that finishes at once needs no packet. Nothing is checked that a correct
//! program need not check, and nothing here is sound: the price of that is what is measured.
//!
//! # Safety
//!
//! A connection is boxed and leaked, so what the kernel is given stays. One thread serves.

// Sizes and flags that are small, in the SDK's own types: a check would be in what is measured.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

use std::{
    io::{Error, Result},
    mem::{zeroed, MaybeUninit},
    net::TcpStream,
    os::windows::io::{AsRawSocket, IntoRawSocket},
    ptr::{addr_of_mut, null_mut},
};

use iocp_sys::*;

use super::ENTRIES;
use crate::{arguments::Args, meter};

struct Connection {
    receiving: OVERLAPPED,
    sending: OVERLAPPED,
    socket: SOCKET,
    buffer: Box<[u8]>,
}

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    // SAFETY:
    // * asks for a new port.
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
    if port.is_null() {
        return Err(Error::last_os_error());
    }
    for stream in streams {
        add(port, stream, args.buffer)?;
    }
    // Handles are numbers: the threads share the port.
    let port = port as usize;
    std::thread::scope(|scope| {
        for _ in 1..args.waiters {
            scope.spawn(move || wait(port as HANDLE));
        }
        wait(port as HANDLE)
    })
}

/// Takes packets until the process ends. A connection has one operation in flight at a time, so the
/// thread that takes its packet owns it.
fn wait(port: HANDLE) -> Result<()> {
    meter::this_thread_serves();
    let mut entries = [MaybeUninit::<OVERLAPPED_ENTRY>::uninit(); ENTRIES];
    loop {
        let mut count = 0;
        // SAFETY:
        // * the array has room for that many entries.
        let taken = unsafe {
            GetQueuedCompletionStatusEx(
                port,
                entries.as_mut_ptr().cast(),
                ENTRIES as u32,
                &mut count,
                INFINITE,
                0,
            )
        };
        if taken == 0 {
            return Err(Error::last_os_error());
        }
        for entry in &entries[..count as usize] {
            // SAFETY:
            // * the call wrote the first `count` entries.
            let entry = unsafe { entry.assume_init_ref() };
            let connection = entry.lpCompletionKey as *mut Connection;
            // SAFETY:
            // * every key is the address of a leaked connection.
            unsafe { advance(connection, entry.lpOverlapped, entry.dwNumberOfBytesTransferred) };
        }
    }
}

fn add(port: HANDLE, stream: TcpStream, room: usize) -> Result<()> {
    let connection = Box::into_raw(Box::new(Connection {
        // SAFETY:
        // * all zeros is a valid `OVERLAPPED`.
        receiving: unsafe { zeroed() },
        // SAFETY:
        // * all zeros is a valid `OVERLAPPED`.
        sending: unsafe { zeroed() },
        socket: stream.as_raw_socket() as SOCKET,
        buffer: vec![0; room].into_boxed_slice(),
    }));
    let handle = stream.into_raw_socket() as HANDLE;
    // SAFETY:
    // * two open handles and a number.
    if unsafe { CreateIoCompletionPort(handle, port, connection as usize, 0) }.is_null() {
        return Err(Error::last_os_error());
    }
    let flags = FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | FILE_SKIP_SET_EVENT_ON_HANDLE;
    // SAFETY:
    // * an open handle and flags.
    if unsafe { SetFileCompletionNotificationModes(handle, flags as u8) } == 0 {
        return Err(Error::last_os_error());
    }
    // SAFETY:
    // * the connection is leaked and idle.
    unsafe { receive(connection) };
    Ok(())
}

/// A packet came: of a receive, or of a send that did not finish at once.
///
/// # Safety
///
/// `connection` is a leaked one, and `block` the status block of it that has finished.
#[inline]
unsafe fn advance(connection: *mut Connection, block: *mut OVERLAPPED, bytes: u32) {
    // SAFETY:
    // * the field of a leaked connection.
    let receiving = unsafe { addr_of_mut!((*connection).receiving) };
    let goes_on = if block == receiving {
        // SAFETY:
        // * the receive has finished, so the connection is idle.
        bytes != 0 && unsafe { send(connection, bytes) }
    } else {
        meter::message();
        true
    };
    if goes_on {
        // SAFETY:
        // * the send has finished, so the connection is idle.
        unsafe { receive(connection) };
    }
}

/// Receives, and sends what is there already.
///
/// # Safety
///
/// `connection` is a leaked one with nothing in flight.
#[inline]
unsafe fn receive(connection: *mut Connection) {
    // SAFETY:
    // * a leaked connection; one thread serves.
    let it = unsafe { &mut *connection };
    loop {
        let buffer = WSABUF { len: it.buffer.len() as u32, buf: it.buffer.as_mut_ptr() };
        let (mut flags, mut bytes) = (0, 0);
        // SAFETY:
        // * block and buffer stay: the connection is leaked.
        let failed = unsafe {
            WSARecv(it.socket, &buffer, 1, &mut bytes, &mut flags, &mut it.receiving, None)
        };
        // Pending, or broken: then nothing comes any more.
        // SAFETY:
        // * nothing is in flight when the receive has finished at once.
        if failed != 0 || bytes == 0 || !unsafe { send(connection, bytes) } {
            return;
        }
    }
}

/// Sends. True if that is done already.
///
/// # Safety
///
/// `connection` is a leaked one with nothing in flight and that many bytes in its buffer.
#[inline]
unsafe fn send(connection: *mut Connection, bytes: u32) -> bool {
    // SAFETY:
    // * a leaked connection; one thread serves.
    let it = unsafe { &mut *connection };
    let buffer = WSABUF { len: bytes, buf: it.buffer.as_mut_ptr() };
    let mut sent = 0;
    // SAFETY:
    // * block and buffer stay: the connection is leaked.
    let failed = unsafe { WSASend(it.socket, &buffer, 1, &mut sent, 0, &mut it.sending, None) };
    if failed == 0 {
        meter::message();
    }
    failed == 0
}
