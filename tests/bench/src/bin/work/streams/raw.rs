//! The floor: hand-written Win32 for the same work, skip mode, 64 entries.
//!
//! # Safety
//!
//! Connections are leaked, and used again after their end: what the kernel is given stays. One thread serves, and a
//! connection has one operation in flight at a time, whose packet says that it is idle again.

// Sizes and flags that are small, in the SDK's own types: a check would be in what is measured.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

use std::{
    io::{Error, Result},
    mem::{zeroed, MaybeUninit},
    net::TcpListener,
    os::windows::io::AsRawSocket,
    ptr::from_mut,
};

use iocp_sys::*;

use super::{Work, ENTRIES};
use crate::socket::{accept_ex, associate, new_socket, port_of, taken, update, AcceptEx, ADDRESS};

/// The block is first: its address is the connection's.
#[repr(C)]
struct Connection {
    block: OVERLAPPED,
    socket: SOCKET,
    step: Step,
    work: Work,
    room: Vec<u8>,
    addresses: [u8; 2 * ADDRESS],
}

#[derive(PartialEq)]
enum Step {
    Accepting,
    Receiving,
    Sending,
}

struct Server {
    listening: SOCKET,
    port: HANDLE,
    accept_ex: AcceptEx,
    work: Work,
    /// Connections that have ended.
    spare: Vec<&'static mut Connection>,
}

/// Serves until the process ends.
pub(super) fn serve(listener: &TcpListener, work: Work) -> Result<()> {
    let listening = listener.as_raw_socket() as SOCKET;
    let (port, accept_ex) = (port_of(listening)?, accept_ex(listening)?);
    let mut server = Server { listening, port, accept_ex, work, spare: Vec::new() };
    server.accept()?;
    let mut entries = [MaybeUninit::<OVERLAPPED_ENTRY>::uninit(); ENTRIES];
    loop {
        for entry in taken(port, &mut entries)? {
            let connection = entry.lpOverlapped.cast::<Connection>();
            // SAFETY:
            // * every block that is lent is the first field of a leaked connection, idle again now.
            let connection = unsafe { &mut *connection };
            server.advance(connection, entry.dwNumberOfBytesTransferred)?;
        }
    }
}

impl Server {
    fn accept(&mut self) -> Result<()> {
        let it = self.spare.pop().unwrap_or_else(|| {
            Box::leak(Box::new(Connection {
                // SAFETY:
                // * all zeros is a valid `OVERLAPPED`.
                block: unsafe { zeroed() },
                socket: INVALID_SOCKET,
                step: Step::Accepting,
                work: self.work,
                room: vec![0; self.work.room],
                addresses: [0; 2 * ADDRESS],
            }))
        });
        (it.socket, it.step, it.work) = (new_socket()?, Step::Accepting, self.work);
        let (addresses, block, mut got) = (it.addresses.as_mut_ptr().cast(), &mut it.block, 0);
        let each = ADDRESS as u32;
        // SAFETY:
        // * block and addresses are leaked. The listener is not in skip mode: a packet follows in any case.
        unsafe {
            (self.accept_ex)(self.listening, it.socket, addresses, 0, each, each, &mut got, block)
        };
        Ok(())
    }

    /// A packet came.
    fn advance(&mut self, it: &'static mut Connection, bytes: u32) -> Result<()> {
        let goes_on = match it.step {
            Step::Accepting => {
                self.accept()?;
                update(it.socket, self.listening)?;
                associate(it.socket, self.port, true)?;
                true
            }
            Step::Receiving => match answer(it, bytes) {
                Some(goes_on) => goes_on,
                None => return Ok(()),
            },
            Step::Sending => it.work.answered(bytes as usize),
        };
        if !goes_on || !receive(it) {
            // SAFETY:
            // * its own socket, closed once.
            unsafe { closesocket(it.socket) };
            it.work.closed();
            self.spare.push(it);
        }
        Ok(())
    }
}

/// Receives, and answers what is there. False: it is over.
fn receive(it: &mut Connection) -> bool {
    loop {
        it.step = Step::Receiving;
        let buffer = WSABUF { len: it.room.len() as u32, buf: it.room.as_mut_ptr() };
        let (mut flags, mut bytes) = (0, 0);
        // SAFETY:
        // * block and buffer stay: the connection is leaked.
        let failed = unsafe {
            WSARecv(it.socket, &buffer, 1, &mut bytes, &mut flags, from_mut(&mut it.block), None)
        };
        if failed != 0 {
            return is_pending();
        }
        match answer(it, bytes) {
            Some(true) => {}
            Some(false) => return false,
            None => return true,
        }
    }
}

/// Sends what was received. None: that goes on; false: it is over.
fn answer(it: &mut Connection, bytes: u32) -> Option<bool> {
    if bytes == 0 || it.work.one_way {
        return Some(bytes != 0 && it.work.answered(bytes as usize));
    }
    it.step = Step::Sending;
    let buffer = WSABUF { len: bytes, buf: it.room.as_mut_ptr() };
    let mut sent = 0;
    // SAFETY:
    // * block and buffer stay: the connection is leaked.
    let failed =
        unsafe { WSASend(it.socket, &buffer, 1, &mut sent, 0, from_mut(&mut it.block), None) };
    match failed {
        0 => Some(it.work.answered(sent as usize)),
        _ if is_pending() => None,
        _ => Some(false),
    }
}

fn is_pending() -> bool {
    Error::last_os_error()
        .raw_os_error()
        .is_some_and(|code| code.unsigned_abs() == ERROR_IO_PENDING)
}
