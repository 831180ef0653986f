//! The real kernel, through `iocp-sys`.
//!
//! # Safety
//!
//! Each file calls the operating system, and lists at each call what that asks for. Handles come as
//! [`Borrowed`], so they are open.

mod console;
mod control;
mod datagram;
mod directory;
mod event;
mod extension;
mod file;
mod job;
mod late;
mod lock;
mod memory;
mod message;
mod pipe;
mod port;
mod socket;
mod transfer;
mod transmit;
mod unbuffered;
mod wait;

pub(crate) use std::os::windows::io::{
    AsHandle, AsSocket, BorrowedHandle, BorrowedSocket, OwnedHandle, OwnedSocket,
};

pub(crate) use self::{
    console::*, control::*, datagram::*, directory::*, event::*, extension::*, file::*, job::*,
    lock::*, memory::*, message::*, pipe::*, port::*, socket::*, transfer::*, transmit::*,
    unbuffered::*, wait::*,
};

use std::mem::size_of;

use iocp_sys as sys;
use iocp_sys::{HANDLE, SOCKET};

use super::{Borrowed, Code, Handle, Issued, Owned};

impl Borrowed<'_> {
    #[inline(always)]
    fn raw(self) -> HANDLE {
        self.value().0 as HANDLE
    }

    #[inline(always)]
    fn socket(self) -> SOCKET {
        self.value().0
    }
}

/// For calls that return a new handle, which the caller closes, or null.
fn owned(handle: HANDLE) -> Result<Owned, Code> {
    if handle.is_null() {
        return Err(last_error());
    }
    // SAFETY:
    // * The system has just made this handle, so nobody else owns it.
    Ok(unsafe { Owned::new(Handle(handle as usize)) })
}

#[inline(always)]
pub(crate) fn last_error() -> Code {
    // SAFETY:
    // * Takes no arguments, and reads a value of this thread.
    Code(unsafe { sys::GetLastError() })
}

#[inline(always)]
pub(crate) fn last_socket_error() -> Code {
    // SAFETY:
    // * Takes no arguments, and reads a value of this thread.
    let code = unsafe { sys::WSAGetLastError() };
    // The same 32 bits: `GetLastError` says them without a sign.
    Code(u32::from_ne_bytes(code.to_ne_bytes()))
}

/// For calls that say TRUE or FALSE.
#[inline(always)]
fn win32(result: sys::BOOL) -> Result<(), Code> {
    if result == 0 {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// For calls that say 0 or `SOCKET_ERROR`.
#[inline(always)]
fn winsock(result: i32) -> Result<(), Code> {
    if result == 0 {
        Ok(())
    } else {
        Err(last_socket_error())
    }
}

#[inline(always)]
fn issued(result: Result<(), Code>) -> Issued {
    match result {
        Ok(()) => Issued::Success,
        Err(Code(sys::ERROR_IO_PENDING)) => Issued::Pending,
        Err(code) => Issued::Code(code),
    }
}

/// Sizes of small structs, as Winsock takes them.
fn size_i32<T>() -> i32 {
    i32::try_from(size_of::<T>()).unwrap_or(i32::MAX)
}

fn size_u32<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX)
}

/// # Safety
///
/// The handle is open, and nobody else closes it.
unsafe fn owned_handle(handle: HANDLE) -> OwnedHandle {
    // SAFETY:
    // * Open and the caller's to give, as the caller promises.
    unsafe { std::os::windows::io::FromRawHandle::from_raw_handle(handle.cast()) }
}
