//! A finished operation: its result, and the buffer back. What is an end and what a failure, of a socket, a
//! file or a pipe, is decided here (`ends`, `kind_of`).

use std::{fmt, sync::atomic::Ordering};

use super::Operation;
use crate::{
    base::error::CompletionError,
    base::lent::LentBuffer,
    base::status::{CompletionKind, NtStatus},
    core::{
        block::Outcome,
        buffer::Filling,
        handle_cell::HandleCell,
        held::HeldSlot,
        keys::{handle_kind, HandleKind},
        slot::Slot,
    },
};

/// A finished operation.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
/// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
/// # let (stream, _) = listener.accept()?;
/// use iocp::{CompletionPort, Packets};
/// # use std::io::Write;
///
/// let port = CompletionPort::new()?;
/// let socket = port.associate_socket(stream, 0)?;
/// let mut packets = Packets::with_capacity(8);
/// # client.write_all(b"abc")?;
/// # drop(client);
///
/// let operation = port.operation(Vec::with_capacity(64), 1)?;
/// let received = port.finish(socket.recv(operation), &mut packets, None)?;
/// assert_eq!((received.result()?, received.token()), (3, 1));
/// assert_eq!(received.buffer(), b"abc");
///
/// // The same operation again. The peer has ended its side: 0 bytes, and no error.
/// let received = port.finish(socket.recv(received.into_operation()), &mut packets, None)?;
/// assert_eq!(received.result()?, 0);
/// assert!(received.is_end());
/// assert_eq!(received.into_buffer(), b"abc");
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
pub struct Completed<B: Send + 'static> {
    /// Its slot still says how it ended.
    operation: Operation<B>,
}

impl<B: Send + 'static> Completed<B> {
    /// One that the call itself said has succeeded, and that fills nothing.
    ///
    /// # Safety
    ///
    /// The caller owns the slot, idle, with a `B` in it that the kernel is done with, and gives it
    /// away.
    #[inline(always)]
    pub(crate) unsafe fn new(held: HeldSlot) -> Self {
        // SAFETY:
        // * the caller owns the idle slot, which holds a `B`, and gives it away.
        Self { operation: unsafe { Operation::adopt(held) } }
    }

    /// One whose slot was redeemed: makes what arrived part of the buffer.
    ///
    /// # Safety
    ///
    /// As [`new`](Self::new).
    #[inline(always)]
    pub(crate) unsafe fn redeemed(held: HeldSlot) -> Self {
        // SAFETY:
        // * the caller owns the slot, whose buffer type is `B`.
        let filling = unsafe { held.get().buffer.filling::<B>() };
        // SAFETY:
        // * the caller owns the slot, idle, with its finished `B`, and gives it away.
        // * `filling` is what the slot says.
        unsafe { Self::collect(held, filling) }
    }

    /// Makes what arrived part of the buffer. `filling` is what the slot says, or what the caller
    /// knows that it says.
    ///
    /// What is not simply a success is sorted out of line: so the rest is a few comparisons.
    ///
    /// # Safety
    ///
    /// * As for [`new`](Self::new).
    /// * `filling` is what was set for this use of the slot.
    #[inline(always)]
    pub(crate) unsafe fn collect(held: HeldSlot, filling: Option<Filling>) -> Self {
        // SAFETY:
        // * the caller owns the idle slot, which holds a `B`, and gives it away.
        let mut operation = unsafe { Operation::<B>::adopt(held) };
        // SAFETY:
        // * the caller owns the idle slot.
        let Outcome { status, count } = unsafe { operation.slot().block.outcome_of_own() };
        let succeeded = status == NtStatus::SUCCESS;
        match filling {
            Some(Filling { fill, room }) if succeeded && count <= room as usize => {
                // SAFETY:
                // * `fill` was set for buffers of type `B`, and `count` is at most the room.
                // * the kernel has written that many bytes from the start of the room.
                unsafe { fill(std::ptr::from_mut(operation.buffer_mut()).cast(), count) };
            }
            Some(Filling { room: 0, .. }) | None if succeeded => {}
            _ => {
                let buffer = std::ptr::from_mut(operation.buffer_mut()).cast();
                let filling = filling.filter(|filling| filling.room != 0);
                // SAFETY:
                // * the caller owns the idle slot, which holds the buffer.
                // * `filling` was set for this use, with buffers of type `B`.
                unsafe { sort_out(operation.slot(), buffer, filling) };
            }
        }
        Self { operation }
    }

    /// The bytes transferred, or why it failed. At the end of a stream, pipe or file it is `Ok(0)`, and
    /// [`is_end`](Self::is_end) tells that from an empty message.
    ///
    /// # Errors
    ///
    /// [`CompletionError`]; a truncated message is one too, with its bytes in the buffer.
    #[inline(always)]
    pub fn result(&self) -> Result<usize, CompletionError> {
        let Outcome { status, count } = self.outcome();
        if status == NtStatus::SUCCESS || status.is_success() {
            return Ok(count);
        }
        // SAFETY:
        // * the operation owns the idle slot.
        unsafe { failure(self.operation.slot()) }
    }

    /// Whether a read came to the end: of a stream whose peer ended its side (0 bytes, where there was
    /// room), of a file (`STATUS_END_OF_FILE`), or of a pipe whose other end is closed
    /// (`STATUS_PIPE_BROKEN`). Never for a datagram, an empty message of a pipe, a probe, a write, or what
    /// [`submit_with`](Operation::submit_with) started.
    #[must_use]
    pub fn is_end(&self) -> bool {
        // SAFETY:
        // * the operation owns the idle slot.
        unsafe { ends(self.operation.slot()) }
    }

    /// What the failure is for the caller; `None` if there is none.
    #[must_use]
    pub fn kind(&self) -> Option<CompletionKind> {
        self.result().err().map(|error| error.kind)
    }

    /// The system's code of the failure: Winsock's of a socket (10022 where Winsock has none of its own),
    /// Win32's of a file, pipe or device; `None` if there is none.
    #[must_use]
    pub fn raw_os_error(&self) -> Option<i32> {
        self.result().err().and_then(|error| error.raw_os_error())
    }

    /// The system's status.
    #[must_use]
    #[inline]
    pub fn status(&self) -> NtStatus {
        self.outcome().status
    }

    #[inline(always)]
    fn outcome(&self) -> Outcome {
        // SAFETY:
        // * the operation owns the idle slot.
        unsafe { self.operation.slot().block.outcome_of_own() }
    }

    /// The operation's token.
    #[must_use]
    #[inline]
    pub fn token(&self) -> usize {
        self.operation.token()
    }

    /// The buffer, with what arrived.
    #[must_use]
    #[inline]
    pub fn buffer(&self) -> &B {
        self.operation.buffer()
    }

    /// The operation, to be submitted again.
    #[must_use]
    #[inline(always)]
    pub fn into_operation(self) -> Operation<B> {
        self.operation
    }

    /// Frees the slot and gives the buffer back.
    #[must_use]
    pub fn into_buffer(self) -> B {
        self.operation.into_buffer()
    }
}

impl Completed<LentBuffer> {
    /// As [`collect`](Self::collect) of a receive, and how many bytes have arrived, which lie within the
    /// buffer; 0 if it did not simply succeed, brought none, or has filled the buffer: then ask for the
    /// [`result`](Self::result).
    ///
    /// Such a buffer is filled without a change to it, so its own length is the room.
    ///
    /// # Safety
    ///
    /// As [`new`](Self::new).
    #[inline(always)]
    pub(crate) unsafe fn collect_received(held: HeldSlot) -> (Self, usize) {
        // SAFETY:
        // * the caller owns the idle slot, which holds such a buffer, and gives it away.
        let operation = unsafe { Operation::adopt(held) };
        let completed = Self { operation };
        let Outcome { status, count } = completed.outcome();
        if status == NtStatus::SUCCESS && count < completed.buffer().len() {
            return (completed, count);
        }
        (collect_other(completed), 0)
    }
}

#[cold]
fn collect_other(Completed { operation }: Completed<LentBuffer>) -> Completed<LentBuffer> {
    // SAFETY:
    // * the operation owned the slot, idle, with such a buffer, which the kernel is done with.
    unsafe { Completed::redeemed(operation.into_held()) }
}

/// Of an operation that did not simply succeed: notes what is to be known of it (whose cancelling it
/// was, that a failed receive has brought nothing) and makes what arrived part of its buffer.
///
/// # Safety
///
/// * The caller owns the idle slot, which holds the buffer and how its last use ended.
/// * `filling` is what was set for that use if it fills something, and the kernel has written what it
///   counted from the start of the room.
#[cold]
unsafe fn sort_out(slot: &Slot, buffer: *mut (), filling: Option<Filling>) {
    let Outcome { status, count } = slot.block.outcome();
    // The slot still names the handle that it was submitted on: only its owner, the caller, changes that.
    let by_handle = |(cell, packet_key): (&HandleCell, usize)| cell.was_cancelled(packet_key);
    if status == NtStatus::CANCELLED && slot.handle_cell().is_some_and(by_handle) {
        slot.state.set_cancelled();
    }
    let Some(Filling { fill, room }) = filling else { return };
    // More than there was room for is what no system counts.
    let carries = status.carries_bytes();
    let arrived = if carries { count.min(room as usize) } else { 0 };
    if arrived != count {
        // SAFETY:
        // * the caller owns the idle slot.
        unsafe { slot.block.end(status, arrived) };
    }
    if carries {
        // SAFETY:
        // * `fill` was set for the type of the buffer, and `arrived` is at most the room.
        // * the kernel has written that many bytes from the start of the room.
        unsafe { fill(buffer, arrived) };
    }
}

/// What the last use of a slot came to, which did not simply succeed: a failure, or an end.
///
/// # Safety
///
/// The caller owns the idle slot.
#[cold]
unsafe fn failure(slot: &Slot) -> Result<usize, CompletionError> {
    // SAFETY:
    // * the caller owns the idle slot.
    if unsafe { ends(slot) } {
        return Ok(0);
    }
    let Outcome { status, count } = slot.block.outcome();
    let (kind, of_socket) = kind_of(slot, status);
    Err(CompletionError { status, bytes: count, kind, of_socket })
}

/// Whether the last use of a slot was a read that came to the end.
///
/// # Safety
///
/// The caller owns the idle slot.
unsafe fn ends(slot: &Slot) -> bool {
    let Outcome { status, count } = slot.block.outcome();
    // SAFETY:
    // * the caller owns the idle slot, and its buffer cell with it.
    let reads = unsafe { slot.buffer.room() } != 0;
    // The key is that of the handle that the slot was last submitted on.
    reads
        && match handle_kind(slot.packet_key.load(Ordering::Relaxed)) {
            HandleKind::Stream => status == NtStatus::SUCCESS && count == 0,
            HandleKind::Socket => false,
            HandleKind::Other => matches!(status, NtStatus::END_OF_FILE | NtStatus::PIPE_BROKEN),
        }
}

/// What a status is for the handle that an idle slot was last submitted on, and whether that is a socket.
#[cold]
fn kind_of(slot: &Slot, status: NtStatus) -> (CompletionKind, bool) {
    let (kind, of_socket) = match handle_kind(slot.packet_key.load(Ordering::Relaxed)) {
        HandleKind::Other => (status.kind(), false),
        HandleKind::Stream => (status.kind_on_socket(true), true),
        HandleKind::Socket => (status.kind_on_socket(false), true),
    };
    match kind {
        CompletionKind::Cancelled if !slot.state.load().was_cancelled() => {
            (CompletionKind::AbortedBySystem, of_socket)
        }
        kind => (kind, of_socket),
    }
}

impl<B: Send + fmt::Debug + 'static> fmt::Debug for Completed<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Completed")
            .field("result", &self.result())
            .field("operation", &self.operation)
            .finish()
    }
}
