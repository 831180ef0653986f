//! The floor with socket reuse: `DisconnectEx` makes a socket new, so that none is made or closed and
//! each is associated once.
//!
//! All sockets are associated before the first connection, so that each connection takes the same
//! way, on a socket that had one before or not: one that was disconnected before its client was stays
//! away for minutes.
//!
//! Under Wine sockets are not in skip mode here: Wine says that a disconnect is pending which is done,
//! and sends no packet in skip mode.
//!
//! # Safety
//!
//! Slots live as long as the process: they are leaked.

// Sizes and flags that are small, in the SDK's own types: a check would be in what is measured.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]

use std::{
    ffi::c_void,
    io::{Error, Result},
    mem::zeroed,
    net::TcpListener,
    os::windows::io::AsRawSocket,
};

use iocp::Config;
use iocp_sys::*;
use iocp_tests::kernel;

use super::socket::{
    accept_ex, associate, extension, new_socket, port_of, update, AcceptEx, ADDRESS,
};
use crate::meter;

/// Sockets there are, more than connections come in a run: one accepts, the others are being
/// disconnected or wait for their turn.
pub(super) const SOCKETS: usize = 64;

type DisconnectEx = unsafe extern "system" fn(SOCKET, *mut OVERLAPPED, u32, u32) -> BOOL;

/// What the kernel writes to, and its socket. The block is first: its address is the slot's.
#[repr(C)]
struct Slot {
    block: OVERLAPPED,
    socket: SOCKET,
    is_accepting: bool,
    addresses: [u8; 2 * ADDRESS],
}

struct Server {
    listening: SOCKET,
    port: HANDLE,
    accept_ex: AcceptEx,
    disconnect_ex: DisconnectEx,
    free: Vec<*mut Slot>,
}

/// Serves until the process ends.
pub(crate) fn serve(listener: &TcpListener) -> Result<()> {
    let listening = listener.as_raw_socket() as SOCKET;
    let port = port_of(listening)?;
    let disconnect_ex = extension(listening, &WSAID_DISCONNECTEX)?;
    // SAFETY:
    // * the system gave this pointer for WSAID_DISCONNECTEX, whose signature this is.
    let disconnect_ex = unsafe { std::mem::transmute::<*mut c_void, DisconnectEx>(disconnect_ex) };
    let free = (0..SOCKETS).map(|_| slot(port)).collect::<Result<_>>()?;
    let accept_ex = accept_ex(listening)?;
    Server { listening, port, accept_ex, disconnect_ex, free }.run()
}

/// Skip mode where a disconnect that is done says so.
pub(super) fn port_config() -> Config {
    Config::default().skip_on_success(!kernel().is_wine())
}

/// A new socket of the port, in a slot that stays.
fn slot(port: HANDLE) -> Result<*mut Slot> {
    let socket = new_socket()?;
    associate(socket, port, port_config().skip_on_success)?;
    Ok(Box::into_raw(Box::new(Slot {
        // SAFETY:
        // * all zeros is a valid `OVERLAPPED`.
        block: unsafe { zeroed() },
        socket,
        is_accepting: false,
        addresses: [0; 2 * ADDRESS],
    })))
}

impl Server {
    fn run(mut self) -> Result<()> {
        let mut is_accepting = false;
        loop {
            if !is_accepting {
                if let Some(slot) = self.free.pop() {
                    self.accept(slot)?;
                    is_accepting = true;
                }
            }
            // SAFETY:
            // * all zeros is a valid entry.
            let mut entries: [OVERLAPPED_ENTRY; SOCKETS] = unsafe { zeroed() };
            let (mut count, room) = (0, SOCKETS as u32);
            // SAFETY:
            // * the array has room for that many entries.
            let taken = unsafe {
                let at = entries.as_mut_ptr();
                GetQueuedCompletionStatusEx(self.port, at, room, &mut count, INFINITE, 0)
            };
            if taken == 0 {
                return Err(Error::last_os_error());
            }
            for entry in &entries[..count as usize] {
                let slot = entry.lpOverlapped.cast::<Slot>();
                // SAFETY:
                // * every block that is lent is the first field of a leaked slot, idle again now.
                if unsafe { (*slot).is_accepting } {
                    is_accepting = false;
                    self.disconnect(slot)?;
                    meter::message();
                } else {
                    self.free.push(slot);
                }
            }
        }
    }

    fn accept(&self, slot: *mut Slot) -> Result<()> {
        // SAFETY:
        // * a leaked slot with nothing in flight; one thread serves.
        let it = unsafe { &mut *slot };
        it.is_accepting = true;
        let (addresses, block, mut got) = (it.addresses.as_mut_ptr().cast(), &mut it.block, 0);
        let each = ADDRESS as u32;
        // SAFETY:
        // * block and addresses are leaked.
        let done = unsafe {
            (self.accept_ex)(self.listening, it.socket, addresses, 0, each, each, &mut got, block)
        };
        pending_or_done(done).map(drop)
    }

    /// Makes the accepted socket ready as every server does, then new again.
    fn disconnect(&mut self, slot: *mut Slot) -> Result<()> {
        // SAFETY:
        // * a leaked slot with nothing in flight; one thread serves.
        let it = unsafe { &mut *slot };
        it.is_accepting = false;
        update(it.socket, self.listening)?;
        // SAFETY:
        // * the block is leaked.
        let done = unsafe { (self.disconnect_ex)(it.socket, &mut it.block, TF_REUSE_SOCKET, 0) };
        // Skip mode: what is done at once sends no packet.
        if pending_or_done(done)? {
            self.free.push(slot);
        }
        Ok(())
    }
}

/// Whether it is done already.
fn pending_or_done(done: BOOL) -> Result<bool> {
    if done != 0 {
        return Ok(true);
    }
    let error = Error::last_os_error();
    match error.raw_os_error() {
        Some(code) if code.unsigned_abs() == ERROR_IO_PENDING => Ok(false),
        _ => Err(error),
    }
}
