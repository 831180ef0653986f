//! Handing an operation to the kernel, and what the answer means: the table in ARCHITECTURE.md, "Submit".
//!
//! Files, pipes and devices are called by the native functions, which return the status. Winsock
//! returns codes: that of its only warning, 10040 of a receive, owes a packet; 10040 of a send is an
//! error. Only byte streams are in skip mode, and those come to no warning.
//!
//! All that the call says is a result of the operation, as if its packet had said it. Refused is what
//! was never handed to the system.

use std::ptr::NonNull;

use iocp_sys::OVERLAPPED;

use super::{Completed, InFlight, Operation, Submitted};
use crate::{
    base::error::Error,
    base::error::Refused,
    base::status::NtStatus,
    core::{
        arena::{index_of, owner_of},
        buffer::{Fill, Filling},
        handle_cell::HandleCell,
        held::{HeldSlot, Target},
        slot::Slot,
    },
    os::{Borrowed, Code, Issued},
};

/// What a call needs, found out while the buffer lies in its slot and before anything changes.
pub(crate) struct Prepared<P> {
    pub(crate) parameters: P,
    /// What its completion fills.
    pub(crate) filling: Option<Filling>,
    /// It receives or reads, if only to look: `WSAEMSGSIZE` is a warning of it.
    pub(crate) receives: bool,
}

impl<P> Prepared<P> {
    /// A call that fills nothing.
    #[inline(always)]
    pub(crate) fn filling_nothing(parameters: P) -> Self {
        Self { parameters, filling: None, receives: false }
    }

    /// A receive that fills nothing.
    #[inline(always)]
    pub(crate) fn receiving_nothing(parameters: P) -> Self {
        Self { parameters, filling: None, receives: true }
    }

    /// A call that fills a room of so many bytes; never 0.
    #[inline(always)]
    pub(crate) fn filling(parameters: P, fill: Fill, room: u32) -> Self {
        Self { parameters, filling: Some(Filling { fill, room }), receives: true }
    }
}

impl<B: Send + 'static> Operation<B> {
    /// Submits: `prepare` sees the buffer where it will stay, `issue` makes the system call.
    ///
    /// The fast path is written out here. The cold path is out of line and gets what it needs by value:
    /// so an operation stays in a register, and few values are kept across the call.
    ///
    /// # Safety
    ///
    /// `issue` makes exactly one call that starts an overlapped operation on the handle with the
    /// status block it is given, and writes to more of it than status and count only if `touches`; or it
    /// makes none and says `NoCall`. The call uses no memory but the buffer's, through pointers that
    /// `prepare` got from it, and memory of the call itself that the system does not use afterwards. A `filling` is one for buffers of type `B`, the buffer
    /// type's usual one if there is such, and the system initialises what it reports from the start
    /// of the room.
    #[inline(always)]
    pub(crate) unsafe fn submit<'a, P>(
        mut self,
        target: Result<Target<'a>, Error>,
        touches: bool,
        prepare: impl FnOnce(&mut B) -> Result<Prepared<P>, Error>,
        issue: impl FnOnce(P, Borrowed<'a>, *mut OVERLAPPED) -> Issued,
    ) -> Submitted<B> {
        let refuse = |value, error| Submitted::Refused(Refused { error, value });
        let Target { cell, handle } = match target {
            Ok(target) => target,
            Err(error) => return refuse(self, error),
        };
        // SAFETY:
        // * the operation owns the idle slot.
        if !unsafe { self.slot().is_on(cell.get()) } {
            // SAFETY:
            // * the operation owns the idle slot, and keeps its port open, as the holder of the cell does.
            if let Err(error) = unsafe { attach_to(self.held.pointer(), cell.pointer()) } {
                return refuse(self, error);
            }
        }
        // SAFETY:
        // * the operation owns the idle slot.
        let mut idle = unsafe { self.slot().load_uncancelled() };
        if touches {
            // SAFETY:
            // * the operation owns the idle slot.
            unsafe { self.slot().block.reset() };
            idle = idle.touched();
        }
        let Prepared { parameters, filling, receives } = match prepare(self.buffer_mut()) {
            Ok(prepared) => prepared,
            Err(error) => return refuse(self, error),
        };
        let slot = self.slot();
        // SAFETY:
        // * the operation owns the idle slot.
        unsafe { slot.block.preset() };
        // SAFETY:
        // * the operation owns the idle slot, whose buffer type is `B`.
        unsafe { slot.buffer.set_filling::<B>(filling) };
        let lent = slot.state.publish(idle);

        // SAFETY:
        // * the slot is in flight in this generation, holds a `B`, and has no other ticket. Should
        //   `issue` unwind, this one lets the operation go: its call counts as made.
        let ticket = unsafe { InFlight::<B>::new(self.into_held(), lent) };
        match issue(parameters, handle, ticket.slot().block.overlapped()) {
            Issued::Pending => Submitted::Pending(ticket),
            Issued::Success if !cell.skips() => Submitted::Pending(ticket),
            Issued::Success => match ticket.take_back() {
                Ok(held) if filling.is_none() => {
                    // SAFETY:
                    // * we have the slot back, idle, with its `B`, and the system is done with it.
                    Submitted::Ready(unsafe { Completed::new(held) })
                }
                // SAFETY:
                // * we have the slot back, idle, with its `B`, and the system is done with it.
                // * `filling` was set above.
                Ok(held) => Submitted::Ready(unsafe { Completed::collect(held, filling) }),
                Err(done) => Submitted::Pending(done),
            },
            answer if owes_a_packet(answer, receives) => Submitted::Pending(ticket),
            Issued::NoCall => match ticket.take_back() {
                // The caller, who made no call, says why.
                // SAFETY:
                // * we have the slot back, idle, with its `B`.
                Ok(held) => refuse(unsafe { Self::adopt(held) }, Error::HandleClosed),
                Err(done) => Submitted::Pending(done),
            },
            answer => match ticket.take_back() {
                // SAFETY:
                // * we have the slot back, idle, with its `B`, and the system is done with it.
                Ok(held) => Submitted::Ready(unsafe { ended_at_once(held, answer) }),
                Err(done) => Submitted::Pending(done),
            },
        }
    }
}

/// Prepares the slot for a handle that it was not last submitted on, if their port is open.
///
/// # Safety
///
/// * The caller owns the idle slot.
/// * The ports of slot and cell are open, and the pointers are those that the ports gave: each may be
///   used for all of its chunk.
#[cold]
unsafe fn attach_to(slot: NonNull<Slot>, cell: NonNull<HandleCell>) -> Result<(), Error> {
    // SAFETY:
    // * the caller promises it of the slot's pointer and port.
    let port = unsafe { owner_of(slot) };
    // SAFETY:
    // * the caller promises it of the cell's pointer and port.
    if port != unsafe { owner_of(cell) } {
        return Err(Error::WrongPort);
    }
    // SAFETY:
    // * the caller promises it of the slot's pointer and port.
    let index = unsafe { index_of(slot) };
    // SAFETY:
    // * a slot is valid as long as its port.
    let slot = unsafe { slot.as_ref() };
    // SAFETY:
    // * a handle cell is valid as long as its port.
    let cell = unsafe { cell.as_ref() };
    if cell.port_is_closed() {
        return Err(Error::Closed);
    }
    // A canceller inside reads what is changed next.
    slot.state.load_uncancelled();
    // SAFETY:
    // * the caller owns the idle slot, and no canceller is inside since the line before.
    unsafe { slot.attach_to(cell, index) };
    Ok(())
}

/// Whether a packet follows an answer that is neither success nor pending. `receives`: it is a receive or
/// a read.
#[cold]
#[inline(never)]
fn owes_a_packet(answer: Issued, receives: bool) -> bool {
    match answer {
        Issued::Success | Issued::Pending => true,
        Issued::Status(status) => !status.is_error(),
        Issued::Code(code) => receives && code == Code::MESSAGE_SIZE,
        Issued::NoCall => false,
    }
}

/// What an error of the call comes to: a result, as by a packet with that status.
///
/// # Safety
///
/// The caller owns the idle slot with its `B`, which the system is done with, and gives it away.
#[cold]
unsafe fn ended_at_once<B: Send + 'static>(held: HeldSlot, answer: Issued) -> Completed<B> {
    let status = match answer {
        Issued::Status(status) => status,
        // An error without a code is no success: some Wine 8 is said to give such.
        Issued::Code(Code(0)) => NtStatus::UNSUCCESSFUL,
        Issued::Code(code) => NtStatus::from_win32(code.0),
        // Not reached: these owe a packet, or are no call.
        Issued::Success | Issued::Pending | Issued::NoCall => NtStatus::UNSUCCESSFUL,
    };
    // SAFETY:
    // * the caller owns the idle slot.
    unsafe { held.get().block.end(status, 0) };
    // SAFETY:
    // * the caller owns the idle slot with its `B`, and gives it away.
    unsafe { Completed::redeemed(held) }
}
