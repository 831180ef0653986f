//! Handing an operation to the kernel, and what the answer means.
//!
//! For a port's handle the system does not touch the status block until the packet is taken, the
//! only exception being a call that fails at once. So: success where skip mode is on is `Ready`;
//! `ERROR_IO_PENDING`, success without skip mode, and the two warnings that are no errors
//! (`ERROR_MORE_DATA`, `WSAEMSGSIZE`, both of a receive: `STATUS_BUFFER_OVERFLOW`) owe a packet;
//! anything else failed and owes none. A send that is too long says `WSAEMSGSIZE` too, but from
//! `STATUS_INVALID_BUFFER_SIZE`, which is an error.

use iocp_sys::OVERLAPPED;

use super::{Completed, InFlight, Operation, SubmitError, Submitted};
use crate::{
    associated::Target,
    buffer::IoBufMut,
    core::slot::Fill,
    os::{Code, Handle, Issued},
    status::NtStatus,
    Error,
};

/// What a call needs, found out while the buffer lies in its place and before anything changes.
pub(crate) struct Prepared<P> {
    pub(crate) parameters: P,
    pub(crate) fill: Option<Fill>,
    pub(crate) room: u32,
}

/// The call that hands an operation to the kernel.
pub(crate) struct StartCall {
    /// Its name, for the error.
    pub(crate) name: &'static str,
    /// The offset in a file; 0 for everything else.
    pub(crate) offset: u64,
}

impl StartCall {
    pub(crate) const fn named(name: &'static str) -> Self {
        Self { name, offset: 0 }
    }
}

/// [`IoBufMut::set_filled`] of `B`, without the type.
///
/// # Safety
///
/// `buffer` is a `B`, whose room's first `n` bytes are initialised.
pub(crate) unsafe fn set_filled<B: IoBufMut>(buffer: *mut (), n: usize) {
    // SAFETY:
    // * `buffer` is a `B`, and the caller holds it mutably.
    let buffer = unsafe { &mut *buffer.cast::<B>() };
    // SAFETY:
    // * the caller promises that the first `n` bytes of the room are initialised.
    unsafe { buffer.set_filled(n) };
}

impl<B: Send + 'static> Operation<B> {
    /// Submits: `prepare` sees the buffer where it will stay, `issue` makes the system call.
    ///
    /// # Safety
    ///
    /// `issue` makes exactly one call that starts an overlapped operation on the handle with the
    /// status block it is given, or none and says `Failed`; the call uses no memory but the
    /// buffer's, through pointers that `prepare` got from it, and memory of the call itself that
    /// the system does not use afterwards. A `fill` is one for buffers of type `B`, and the system
    /// initialises what it reports from the start of the room.
    #[inline(always)]
    pub(crate) unsafe fn submit<P>(
        mut self,
        target: Result<Target<'_>, Error>,
        call: &StartCall,
        prepare: impl FnOnce(&mut B) -> Result<Prepared<P>, Error>,
        issue: impl FnOnce(P, Handle, *mut OVERLAPPED) -> Issued,
    ) -> Submitted<B> {
        let target = match target {
            Ok(target) => target,
            Err(error) => return refuse(self, error),
        };
        if let Err(error) = self.check_port(target.core) {
            return refuse(self, error);
        }
        let prepared = match prepare(self.buffer_mut()) {
            Ok(prepared) => prepared,
            Err(error) => return refuse(self, error),
        };
        let slot = self.place.slot();
        let idle = slot.state.load_uncancelled();
        // SAFETY:
        // * the operation owns the idle slot.
        unsafe { slot.preset(call.offset) };
        // SAFETY:
        // * the operation owns the idle slot.
        unsafe { slot.set_fill(prepared.fill, prepared.room) };
        slot.set_gate(target.gate);
        slot.state.publish(idle);

        // SAFETY:
        // * the slot is in flight in this generation, holds a `B`, and has no other ticket. Should
        //   `issue` unwind, this one lets the operation go: its call counts as made.
        let ticket = unsafe { InFlight::<B>::new(self.into_place(), idle.generation()) };
        let fills = prepared.fill.is_some();
        let issued = issue(prepared.parameters, target.handle, ticket.slot().overlapped());
        answer(ticket, issued, fills, target.gate.skips(), call.name)
    }
}

#[cold]
fn refuse<B: Send + 'static>(operation: Operation<B>, error: Error) -> Submitted<B> {
    Submitted::Failed(SubmitError { error, operation })
}

/// Interprets the answer of the call.
#[inline(always)]
fn answer<B: Send + 'static>(
    ticket: InFlight<B>,
    issued: Issued,
    fills: bool,
    skips: bool,
    call: &'static str,
) -> Submitted<B> {
    if issued == Issued::Pending || (issued == Issued::Done && !skips) {
        ticket.set_returned();
        return Submitted::Pending(ticket);
    }
    if issued != Issued::Done {
        return failed(ticket, issued, fills, call);
    }
    match ticket.take_back() {
        // SAFETY:
        // * the slot is ours and holds a `B`, and the system is done with it.
        Ok(place) => Submitted::Ready(unsafe { Completed::collect(place, false) }),
        Err(done) => Submitted::Pending(done),
    }
}

/// Interprets a code: a packet may be owed all the same.
#[cold]
fn failed<B: Send + 'static>(
    ticket: InFlight<B>,
    issued: Issued,
    fills: bool,
    call: &'static str,
) -> Submitted<B> {
    let code = match issued {
        Issued::Failed(Code::MORE_DATA | Code::MESSAGE_SIZE) if fills => {
            ticket.set_returned();
            return Submitted::Pending(ticket);
        }
        Issued::Failed(code) => code,
        Issued::Done | Issued::Pending => unreachable!("not a code"),
    };
    let place = match ticket.take_back() {
        Ok(place) => place,
        Err(done) => return Submitted::Pending(done),
    };
    if fills && code == Code::HANDLE_EOF {
        // A read at the end of a file may say so at once, or in its packet: one result for both.
        // SAFETY:
        // * the slot is ours, and the system is done with its block.
        unsafe { place.slot().end(NtStatus::END_OF_FILE) };
        // SAFETY:
        // * the slot is ours and holds a `B`, and the system is done with it.
        return Submitted::Ready(unsafe { Completed::collect(place, false) });
    }
    // SAFETY:
    // * the slot is ours, idle, and holds its `B`, untouched.
    let operation = unsafe { Operation::adopt(place) };
    refuse(operation, Error::os(call, code))
}
