//! A completion port, and what is taken from it.
//!
//! # Safety
//!
//! The system carries the numbers of a packet and looks at none of them; the memory that a wait fills
//! lies on the stack of a call that has ended when it returns.

use std::{
    fmt,
    os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle},
    ptr::null_mut,
    time::Instant,
};

use iocp_sys as sys;
use iocp_sys::{HANDLE, OVERLAPPED_ENTRY};

use super::{
    handle::Raw,
    last_error,
    memory::{low, Block, PATIENCE},
    status_name,
};

/// The key of the handles that have no other.
pub(crate) const KEY: usize = 7;
/// The key of the packet behind which a fact looks for others.
const MARK: usize = 0xF1F0;

/// A completion port.
#[derive(Debug)]
pub(crate) struct Port(OwnedHandle);

impl Raw for Port {
    fn raw(&self) -> HANDLE {
        self.0.as_raw_handle().cast()
    }
}

impl Port {
    /// `CreateIoCompletionPort`: a new one.
    pub(crate) fn new() -> Self {
        // SAFETY:
        // * no file and no port: makes a new one.
        let port =
            unsafe { sys::CreateIoCompletionPort(sys::INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
        assert!(!port.is_null(), "CreateIoCompletionPort: {}", last_error());
        // SAFETY:
        // * a new handle that nobody else owns.
        Self(unsafe { OwnedHandle::from_raw_handle(port.cast()) })
    }

    /// A new one, with which this file or socket is associated.
    pub(crate) fn of(file: &impl Raw) -> Self {
        let port = Self::new();
        assert_eq!(port.associate(file, KEY), 0, "CreateIoCompletionPort");
        port
    }

    /// `CreateIoCompletionPort` for a file or socket: 0, or its code.
    pub(crate) fn associate(&self, file: &impl Raw, key: usize) -> u32 {
        // SAFETY:
        // * two open handles and a number.
        let port = unsafe { sys::CreateIoCompletionPort(file.raw(), self.raw(), key, 0) };
        if port.is_null() {
            last_error()
        } else {
            0
        }
    }

    /// `PostQueuedCompletionStatus`.
    pub(crate) fn post(&self, bytes: u32, key: usize, block: usize) {
        crate::raw::post(&self.0, bytes, key, block);
    }

    /// `GetQueuedCompletionStatusEx` for one packet, in [`PATIENCE`].
    pub(crate) fn take(&self) -> Result<Packet, u32> {
        self.take_in(u32::try_from(PATIENCE.as_millis()).unwrap(), false).1
    }

    /// The same in this time, perhaps alertable: the count that was written, and the packet or its code.
    pub(crate) fn take_in(&self, timeout_ms: u32, alertable: bool) -> (u32, Result<Packet, u32>) {
        let (count, taken) = crate::raw::take(self.raw() as usize, 1, timeout_ms, alertable);
        let packet = |entry: OVERLAPPED_ENTRY| Packet {
            key: entry.lpCompletionKey,
            block: entry.lpOverlapped as usize,
            bytes: entry.dwNumberOfBytesTransferred,
            status: low(entry.Internal),
        };
        (count, taken.map(packet))
    }

    /// The packet of this block, in words.
    pub(crate) fn packet(&self, block: &'static Block) -> String {
        match self.take() {
            Ok(packet) if packet.block == block.address() => packet.to_string(),
            Ok(packet) => format!("{packet} of another block"),
            Err(code) => format!("no packet ({code})"),
        }
    }

    /// The packet of this block, or that there is none although the block says that the operation is over.
    ///
    /// On Windows the block may say so only when the packet is taken.
    pub(crate) fn packet_or_end(&self, block: &'static Block) -> String {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            if let (_, Ok(packet)) = self.take_in(1, false) {
                return packet.to_string();
            }
            if !block.is_pending() {
                return self.rest();
            }
        }
        format!("neither a packet nor an end: {block}")
    }

    /// Whether the queue is empty, by a packet of our own: the queue is in order, so what was there
    /// before would come first.
    pub(crate) fn rest(&self) -> String {
        self.post(0, MARK, 0);
        let mut all = String::new();
        loop {
            match self.take() {
                Ok(packet) if packet.key == MARK && all.is_empty() => {
                    return "no packet".to_owned()
                }
                Ok(packet) if packet.key == MARK => return all,
                Ok(packet) => all += &packet.to_string(),
                Err(code) => return format!("the own packet did not come ({code})"),
            }
        }
    }
}

/// What a wait gave.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packet {
    pub(crate) key: usize,
    pub(crate) block: usize,
    pub(crate) bytes: u32,
    pub(crate) status: u32,
}

/// Count and status; the key only if it is not the usual one.
impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "packet {}, {} bytes", status_name(self.status), self.bytes)?;
        match self.key {
            KEY => Ok(()),
            key => write!(f, ", key {key}"),
        }
    }
}
