//! The floor: `AcceptEx` by hand, and what makes its socket ready for completions.
//!
//! # Safety
//!
//! Status block and address room live as long as the process: they are leaked.

// Sizes and flags that are small, in the SDK's own types: a check would be in what is measured.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

use std::{
    io::{Error, Result},
    mem::zeroed,
    net::TcpListener,
    os::windows::io::AsRawSocket,
};

use iocp_sys::*;

use super::socket::{accept_ex, associate, new_socket, port_of, update, AcceptEx, ADDRESS};
use crate::meter;

/// What the kernel writes to.
struct Room {
    block: OVERLAPPED,
    addresses: [u8; 2 * ADDRESS],
}

/// Serves until the process ends.
pub(crate) fn serve(listener: &TcpListener) -> Result<()> {
    let listening = listener.as_raw_socket() as SOCKET;
    let port = port_of(listening)?;
    let accept_ex = accept_ex(listening)?;
    let room = Box::leak(Box::new(Room {
        // SAFETY:
        // * all zeros is a valid `OVERLAPPED`.
        block: unsafe { zeroed() },
        addresses: [0; 2 * ADDRESS],
    }));
    loop {
        accept(accept_ex, listening, port, room)?;
        meter::message();
    }
}

fn accept(call: AcceptEx, listening: SOCKET, port: HANDLE, room: &mut Room) -> Result<()> {
    let socket = new_socket()?;
    let (addresses, block, mut got) = (room.addresses.as_mut_ptr().cast(), &mut room.block, 0);
    let each = ADDRESS as u32;
    // SAFETY:
    // * block and addresses are leaked.
    unsafe { call(listening, socket, addresses, 0, each, each, &mut got, block) };
    // SAFETY:
    // * all zeros is a valid entry.
    let mut entry = unsafe { zeroed() };
    let mut count = 0;
    // SAFETY:
    // * room for one entry. A failed accept sends no packet: this bench then ends by its limit.
    if unsafe { GetQueuedCompletionStatusEx(port, &mut entry, 1, &mut count, INFINITE, 0) } == 0 {
        return Err(Error::last_os_error());
    }
    ready(socket, listening, port)?;
    // SAFETY:
    // * our own socket, closed once.
    unsafe { closesocket(socket) };
    Ok(())
}

/// The options of the listener, the port, skip mode.
fn ready(socket: SOCKET, listening: SOCKET, port: HANDLE) -> Result<()> {
    update(socket, listening)?;
    associate(socket, port, true)
}
