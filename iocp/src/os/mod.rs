//! The seam to the operating system: the few calls the core makes, with two implementations.
//!
//! * `windows`: the real thing, through `iocp-sys`.
//! * `sim`: a simulated kernel in plain Rust, for any other host. With it the whole state machine
//!   runs under Miri and the sanitizers.
//!
//! Both take the structs of `iocp-sys`, report failures as [`Code`] and interpret nothing: what a
//! result *means* (is a packet owed?) is decided once, by who submits.
//!
//! # Safety
//!
//! * A call is made on a [`Borrowed`] handle, which is open until the call returns: the value of a
//!   closed one may name another's file by then.
//! * The calls that hand memory to the kernel are `unsafe fn`. Their caller keeps the status block and
//!   the buffers valid, and untouched, until the packet is dequeued, or the call has answered that no
//!   packet follows.

pub(crate) mod address;
pub(crate) mod codes;

#[cfg(windows)]
mod windows;
#[cfg(windows)]
pub(crate) use windows::*;

#[cfg(not(windows))]
pub mod sim;
#[cfg(not(windows))]
pub(crate) use sim::seam::*;

use std::{ffi::OsStr, marker::PhantomData};

pub(crate) use crate::base::code::Code;
use crate::base::status::NtStatus;

/// The value of a handle or socket. A number only: what it named may be closed, and another's since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle(pub(crate) usize);

/// A handle or socket that its owner keeps open for `'a`.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub(crate) struct Borrowed<'a>(Handle, PhantomData<&'a ()>);

impl Borrowed<'_> {
    /// # Safety
    ///
    /// `handle` is open, and its owner keeps it so for `'a`.
    #[inline(always)]
    pub(crate) const unsafe fn new(handle: Handle) -> Self {
        Self(handle, PhantomData)
    }

    #[inline(always)]
    pub(crate) const fn value(self) -> Handle {
        self.0
    }
}

/// A port or an event that this crate made: closed on drop.
#[derive(Debug)]
pub(crate) struct Owned(Handle);

impl Owned {
    /// # Safety
    ///
    /// `handle` is open, and nobody else closes it.
    unsafe fn new(handle: Handle) -> Self {
        Self(handle)
    }

    #[inline(always)]
    pub(crate) const fn borrow(&self) -> Borrowed<'_> {
        // SAFETY:
        // * The handle is open until the drop, which comes after every borrow of `self`.
        unsafe { Borrowed::new(self.0) }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY:
        // * `new`'s caller gave the only right to close it, and a drop runs once.
        // * No `Borrowed` outlives the owner that it borrows.
        unsafe { handle_close(self.0) };
    }
}

/// What a call that starts an operation answered.
///
/// Sockets are called through Winsock, which answers with codes; files, pipes and devices through the
/// native calls, which answer with the status itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Issued {
    /// Success at once. Whether a packet follows depends on the handle's skip mode.
    Success,
    /// `ERROR_IO_PENDING`, `STATUS_PENDING`: a packet follows.
    Pending,
    /// A native call's warning or error. Whether a packet follows depends on the severity.
    Status(NtStatus),
    /// Any other code of a Winsock call. Whether a packet follows depends on the code.
    Code(Code),
    /// No call was made: no packet follows.
    NoCall,
}

impl Issued {
    /// The answer of a native call.
    #[inline]
    pub(crate) fn of_status(status: NtStatus) -> Self {
        match status {
            NtStatus::PENDING => Self::Pending,
            status if status.is_warning() || status.is_error() => Self::Status(status),
            _ => Self::Success,
        }
    }
}

/// What a console calls with its event, on any thread, for as long as the process lives; it does not unwind.
/// Non-zero: handled.
pub(crate) type ConsoleRoutine = extern "system" fn(u32) -> i32;

/// A datagram that was received without an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReceivedNow {
    /// Bytes in the caller's memory.
    pub(crate) len: usize,
    /// `None`: of a family that is not known here.
    pub(crate) from: Option<std::net::SocketAddr>,
    /// It was longer; the rest is lost, unless it was only looked at.
    pub(crate) is_truncated: bool,
}

/// What an instance of a named pipe is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PipeSettings {
    /// Refused where the name has an instance already.
    pub(crate) first: bool,
    /// Writes are messages, and reads end with them.
    pub(crate) messages: bool,
    /// Clients of other machines too.
    pub(crate) remote: bool,
    /// The server reads.
    pub(crate) inbound: bool,
    /// The server writes.
    pub(crate) outbound: bool,
    /// Instances at a time: 1 to 254, or 255 for as many as there is memory for.
    pub(crate) most: u32,
    /// Bytes that the system sets aside for each direction.
    pub(crate) buffer: u32,
}

/// A name as the system takes it, with a zero at its end.
pub(crate) fn wide(name: &OsStr) -> Result<Box<[u16]>, Code> {
    #[cfg(windows)]
    let units = std::os::windows::ffi::OsStrExt::encode_wide(name);
    #[cfg(not(windows))]
    let text = name.to_string_lossy();
    #[cfg(not(windows))]
    let units = text.encode_utf16();
    let wide: Box<[u16]> = units.chain([0]).collect();
    match wide.iter().position(|unit| *unit == 0) {
        Some(at) if at + 1 == wide.len() => Ok(wide),
        _ => Err(Code::INVALID_NAME),
    }
}

/// What a system says that has no such class of information about a file.
pub(crate) const INVALID_INFO_CLASS: NtStatus = NtStatus(0xC000_0003);

/// What the thread pool calls when an object is signalled.
pub(crate) type WaitCallback = unsafe extern "system" fn(*mut std::ffi::c_void, u8);

/// What became of a wait by a wait completion packet that was to be cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WaitPacketEnd {
    /// It is over, and no packet follows.
    Cancelled,
    /// The object was signalled, and the packet is in the queue.
    Queued,
    /// Its packet was taken from the queue, or it was never started.
    NotInUse,
}

/// What the provider of a socket says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SocketKind {
    /// `SOCK_STREAM`: a byte stream, not datagrams.
    pub(crate) stream: bool,
    /// The provider gives real file handles (`XP1_IFS_HANDLES`).
    pub(crate) ifs: bool,
    /// The address family, `AF_INET` or `AF_INET6` among others.
    pub(crate) family: i32,
}

impl SocketKind {
    /// TCP over IPv4 or IPv6: what can listen, accept and connect by the extension functions here.
    pub(crate) fn is_tcp(self) -> bool {
        let ip = [i32::from(iocp_sys::AF_INET), i32::from(iocp_sys::AF_INET6)];
        self.stream && ip.contains(&self.family)
    }
}
