//! Handing an operation to the kernel, and what the answer means.
//!
//! For a port's handle the system does not touch the status block until the packet is taken, the
//! only exception being a call that fails at once. So: success where skip mode is on is `Ready`;
//! `ERROR_IO_PENDING`, success without skip mode, and the two warnings that are no errors
//! (`ERROR_MORE_DATA`, `WSAEMSGSIZE`, both of a receive: `STATUS_BUFFER_OVERFLOW`) owe a packet;
//! anything else failed and owes none. A send that is too long says `WSAEMSGSIZE` too, but from
//! `STATUS_INVALID_BUFFER_SIZE`, which is an error.

use std::ptr::NonNull;

use iocp_sys::OVERLAPPED;

use super::{Completed, InFlight, Operation, SubmitError, Submitted};
use crate::{
    core::{
        gate::Gate,
        seat::Target,
        slot::{Fill, Filling, Slot},
        step::core_of,
    },
    os::{Code, Handle, Issued},
    status::NtStatus,
    Error,
};

/// What a call needs, found out while the buffer lies in its place and before anything changes.
pub(crate) struct Prepared<P> {
    pub(crate) parameters: P,
    /// What its completion fills.
    pub(crate) filling: Option<Filling>,
}

impl<P> Prepared<P> {
    /// A call that fills nothing.
    #[inline(always)]
    pub(crate) fn reading(parameters: P) -> Self {
        Self { parameters, filling: None }
    }

    /// A call that fills a room of so many bytes; never 0.
    #[inline(always)]
    pub(crate) fn filling(parameters: P, fill: Fill, room: u32) -> Self {
        Self { parameters, filling: Some(Filling { fill, room }) }
    }
}

/// The call that hands an operation to the kernel.
pub(crate) struct StartCall {
    /// Its name, for the error.
    pub(crate) name: &'static str,
    /// The offset in a file.
    pub(crate) offset: Option<u64>,
    /// Whether it may write to all of the status block.
    pub(crate) touches: bool,
}

impl StartCall {
    pub(crate) const fn named(name: &'static str) -> Self {
        Self { name, offset: None, touches: false }
    }
}

impl<B: Send + 'static> Operation<B> {
    /// Submits: `prepare` sees the buffer where it will stay, `issue` makes the system call.
    ///
    /// The usual way is written out here, and the rest is out of line and gets what it needs by
    /// value: so an operation stays in a register, and few of these are kept across the call.
    ///
    /// # Safety
    ///
    /// `issue` makes exactly one call that starts an overlapped operation on the handle with the
    /// status block it is given, or none and says `Failed`; the call uses no memory but the
    /// buffer's, through pointers that `prepare` got from it, and memory of the call itself that
    /// the system does not use afterwards. A `filling` is one for buffers of type `B`, the buffer
    /// type's usual one if there is such, and the system initialises what it reports from the start
    /// of the room.
    #[inline(always)]
    pub(crate) unsafe fn submit<P>(
        mut self,
        target: Result<Target<'_>, Error>,
        call: &StartCall,
        prepare: impl FnOnce(&mut B) -> Result<Prepared<P>, Error>,
        issue: impl FnOnce(P, Handle, *mut OVERLAPPED) -> Issued,
    ) -> Submitted<B> {
        let refuse = |operation, error| Submitted::Failed(SubmitError { error, operation });
        let Target { seat, handle } = match target {
            Ok(target) => target,
            Err(error) => return refuse(self, error),
        };
        // SAFETY:
        // * the operation owns the idle slot.
        if !unsafe { self.place.slot().is_on(seat.gate()) } {
            // SAFETY:
            // * the operation owns the idle slot.
            if let Err(error) = unsafe { move_to(self.place.pointer(), seat.pointer()) } {
                return refuse(self, error);
            }
        }
        // SAFETY:
        // * the operation owns the idle slot.
        let idle = unsafe { self.place.slot().load_uncancelled() };
        let idle = if call.touches {
            // SAFETY:
            // * the operation owns the idle slot.
            unsafe { self.place.slot().reset() };
            idle.touched()
        } else {
            idle
        };
        let Prepared { parameters, filling } = match prepare(self.buffer_mut()) {
            Ok(prepared) => prepared,
            Err(error) => return refuse(self, error),
        };
        let slot = self.place.slot();
        // SAFETY:
        // * the operation owns the idle slot.
        unsafe { slot.preset(call.offset) };
        // SAFETY:
        // * the operation owns the idle slot, made for a `B`.
        unsafe { slot.set_filling::<B>(filling) };
        let lent = slot.state.publish(idle);

        // SAFETY:
        // * the slot is in flight in this generation, holds a `B`, and has no other ticket. Should
        //   `issue` unwind, this one lets the operation go: its call counts as made.
        let ticket = unsafe { InFlight::<B>::new(self.into_place(), lent) };
        match issue(parameters, handle, ticket.slot().overlapped()) {
            Issued::Pending => Submitted::Pending(ticket),
            Issued::Done if !seat.skips() => Submitted::Pending(ticket),
            Issued::Done => match ticket.take_back() {
                Ok(place) if filling.is_none() => {
                    // SAFETY:
                    // * the slot is ours and holds a `B`, and the system is done with it.
                    Submitted::Ready(unsafe { Completed::new(place) })
                }
                // SAFETY:
                // * the slot is ours and holds a `B`, and the system is done with it.
                // * `filling` was set above.
                Ok(place) => Submitted::Ready(unsafe { Completed::collect(place, filling) }),
                Err(done) => Submitted::Pending(done),
            },
            Issued::Failed(code) if owes_a_packet(code, filling.is_some()) => {
                Submitted::Pending(ticket)
            }
            Issued::Failed(code) => match ticket.take_back() {
                Ok(place) => {
                    // SAFETY:
                    // * the slot is ours, and the system is done with its block.
                    if unsafe { ends(place.pointer(), code, filling.is_some()) } {
                        // SAFETY:
                        // * the slot is ours and holds a `B`, and the system is done with it.
                        // * `filling` was set above.
                        return Submitted::Ready(unsafe { Completed::collect(place, filling) });
                    }
                    // SAFETY:
                    // * the slot is ours, idle, and holds its `B`, untouched.
                    refuse(unsafe { Self::adopt(place) }, Error::os(call.name, code))
                }
                Err(done) => Submitted::Pending(done),
            },
        }
    }
}

/// Prepares the slot for a handle that it was not last submitted on, if their port is open.
///
/// # Safety
///
/// The caller owns the idle slot; its port, and the one that the gate is of, are alive. Both pointers
/// are those that the ports gave: the steps that the two lie in are looked at.
#[cold]
unsafe fn move_to(slot: NonNull<Slot>, gate: NonNull<Gate>) -> Result<(), Error> {
    // SAFETY:
    // * the slot's port is alive.
    let port = unsafe { core_of(slot) };
    // SAFETY:
    // * the gate's port is alive.
    if port != unsafe { core_of(gate) } {
        return Err(Error::WrongPort);
    }
    // SAFETY:
    // * the slot's port is alive.
    let slot = unsafe { slot.as_ref() };
    // SAFETY:
    // * the gate's port is alive.
    let gate = unsafe { gate.as_ref() };
    if gate.port_is_closed() {
        return Err(Error::Closed);
    }
    // Nothing changes that a canceller may read.
    slot.state.load_uncancelled();
    // SAFETY:
    // * the caller owns the idle slot, and no canceller is inside.
    unsafe { slot.move_to(gate) };
    Ok(())
}

/// Whether a packet follows although the call gave a code.
#[cold]
#[inline(never)]
fn owes_a_packet(code: Code, fills: bool) -> bool {
    fills && matches!(code, Code::MORE_DATA | Code::MESSAGE_SIZE)
}

/// Whether it is done although the call gave a code: a read at the end of a file may say so at once,
/// or in its packet. One result for both.
///
/// # Safety
///
/// The caller owns the idle slot of a port that is alive.
#[cold]
unsafe fn ends(slot: NonNull<Slot>, code: Code, fills: bool) -> bool {
    if !fills || code != Code::HANDLE_EOF {
        return false;
    }
    // SAFETY:
    // * the slot's port is alive.
    let slot = unsafe { slot.as_ref() };
    // SAFETY:
    // * the caller owns the idle slot, and the system is done with its block.
    unsafe { slot.end(NtStatus::END_OF_FILE, 0) };
    true
}
