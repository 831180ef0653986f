//! Handing an operation to the kernel, and what the answer means.
//!
//! For a port's handle the system does not touch the status block until the packet is taken, the
//! only exception being a call that fails at once. So: success where skip mode is on is `Ready`;
//! `ERROR_IO_PENDING`, success without skip mode, and the two warnings that are no errors
//! (`ERROR_MORE_DATA`, `WSAEMSGSIZE`, both of a receive: `STATUS_BUFFER_OVERFLOW`) owe a packet;
//! anything else failed and owes none. A send that is too long says `WSAEMSGSIZE` too, but from
//! `STATUS_INVALID_BUFFER_SIZE`, which is an error.

use std::{ptr::NonNull, sync::atomic::Ordering};

use iocp_sys::OVERLAPPED;

use super::{Completed, InFlight, Lease, Operation, SubmitError, Submitted};
use crate::{
    associated::Target,
    buffer::IoBufMut,
    core::{shared::forget_panic, slot::Fill},
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
    #[inline]
    pub(crate) unsafe fn submit<P>(
        self,
        target: Result<Target<'_>, Error>,
        call: &StartCall,
        prepare: impl FnOnce(&mut B) -> Result<Prepared<P>, Error>,
        issue: impl FnOnce(P, Handle, *mut OVERLAPPED) -> Issued,
    ) -> Submitted<B> {
        let target = match target.and_then(|to| self.check_port(to.core).map(|()| to)) {
            Ok(target) => target,
            Err(error) => return Submitted::Failed(SubmitError { error, operation: self }),
        };
        let mut placed = Placed::new(self);
        let prepared = match prepare(placed.buffer()) {
            Ok(prepared) => prepared,
            Err(error) => {
                let operation = placed.take_out();
                return Submitted::Failed(SubmitError { error, operation });
            }
        };
        let lease = placed.commit();
        let (slot, generation) = (lease.slot(), lease.generation);
        slot.state.wait_until_uncancelled();
        // SAFETY:
        // * the lease owns the idle slot.
        unsafe { slot.preset(call.offset) };
        // SAFETY:
        // * the lease owns the idle slot.
        unsafe { slot.set_fill(prepared.fill, prepared.room) };
        // SAFETY:
        // * the lease owns the idle slot, and no canceller is inside.
        unsafe { slot.set_gate(Some(target.gate)) };
        slot.key.store(target.packet_key, Ordering::Relaxed);
        slot.handle_key.store(target.key, Ordering::Relaxed);
        slot.state.publish(generation, lease.parked);

        let fills = prepared.fill.is_some();
        let guard = Unwinding(Some(lease));
        let issued = issue(prepared.parameters, target.handle, guard.overlapped());
        let lease = guard.done();
        // SAFETY:
        // * the operation was published with this lease's generation and holds a `B`.
        unsafe { answer(lease, issued, fills, target.skips, call.name) }
    }
}

/// Interprets the answer of the call.
///
/// # Safety
///
/// The lease's slot was published in the lease's generation, holds a `B`, and has no ticket yet.
#[inline]
unsafe fn answer<B: Send + 'static>(
    mut lease: Lease,
    issued: Issued,
    fills: bool,
    skips: bool,
    call: &'static str,
) -> Submitted<B> {
    let slot = lease.slot();
    let (failed, over) = match issued {
        Issued::Failed(Code::MORE_DATA | Code::MESSAGE_SIZE) if fills => (None, false),
        // A read at the end of a file may say so at once, or in its packet: one result for both.
        Issued::Failed(Code::HANDLE_EOF) if fills => (None, true),
        Issued::Failed(code) => (Some(code), true),
        Issued::Done => (None, skips),
        Issued::Pending => (None, false),
    };
    // A waiter may have been quicker, with a packet that somebody forged after the system had
    // written the status: then it is done, and told so.
    if !over || !slot.state.take_back(lease.generation) {
        slot.set_returned(lease.generation);
        // SAFETY:
        // * the slot is in flight or done in this generation, and this is its only ticket.
        return Submitted::Pending(unsafe { InFlight::new(lease) });
    }
    lease.generation += 1;
    if let Some(code) = failed {
        // SAFETY:
        // * `take_back` made us the owner of the slot, which was made for a `B`.
        let place = unsafe { lease.slot().place::<B>() };
        // SAFETY:
        // * it holds the `B`, untouched, moved out once.
        let buffer = unsafe { place.read() };
        let error = Error::os(call, code);
        return Submitted::Failed(SubmitError { error, operation: Operation { buffer, lease } });
    }
    if issued != Issued::Done {
        // SAFETY:
        // * `take_back` made us the owner of the slot, and the system is done with its block.
        unsafe { lease.slot().end(NtStatus::END_OF_FILE) };
    }
    // SAFETY:
    // * `take_back` made us the owner of the slot, and the system is done with its `B`.
    Submitted::Ready(unsafe { Completed::collect(lease, false) })
}

/// The buffer lies in its slot, the slot is still idle. Taken out again if the caller unwinds.
struct Placed<B: Send + 'static> {
    lease: Option<Lease>,
    place: NonNull<B>,
}

impl<B: Send + 'static> Placed<B> {
    #[inline]
    fn new(operation: Operation<B>) -> Self {
        let Operation { buffer, lease } = operation;
        // SAFETY:
        // * the lease owns the slot, which was prepared for buffers of type `B`.
        let place = unsafe { lease.slot().place::<B>() };
        // SAFETY:
        // * the place is memory for a `B` and holds none now.
        unsafe { place.write(buffer) };
        // SAFETY:
        // * a place in a slot or a side block is never null.
        Self { lease: Some(lease), place: unsafe { NonNull::new_unchecked(place) } }
    }

    #[inline]
    fn buffer(&mut self) -> &mut B {
        // SAFETY:
        // * it holds a `B`, and the slot is idle: nobody else refers to it.
        unsafe { self.place.as_mut() }
    }

    /// The buffer stays; the slot is about to be published.
    #[inline]
    fn commit(mut self) -> Lease {
        match self.lease.take() {
            Some(lease) => lease,
            None => unreachable!("a lease is taken once"),
        }
    }

    fn take_out(self) -> Operation<B> {
        let place = self.place;
        let lease = self.commit();
        // SAFETY:
        // * it holds a `B`, moved out once.
        Operation { buffer: unsafe { place.as_ptr().read() }, lease }
    }
}

impl<B: Send + 'static> Drop for Placed<B> {
    fn drop(&mut self) {
        if let Some(lease) = self.lease.take() {
            // SAFETY:
            // * it holds a `B`, moved out once: `lease` was still there.
            let buffer = unsafe { self.place.as_ptr().read() };
            drop(Operation { buffer, lease });
        }
    }
}

/// While the call runs: a closure that unwinds counts as issued, and its slot becomes an orphan.
struct Unwinding(Option<Lease>);

impl Unwinding {
    #[inline]
    fn overlapped(&self) -> *mut OVERLAPPED {
        self.0.as_ref().map_or(std::ptr::null_mut(), |lease| lease.slot().overlapped())
    }

    #[inline]
    fn done(mut self) -> Lease {
        match self.0.take() {
            Some(lease) => lease,
            None => unreachable!("a lease is taken once"),
        }
    }
}

impl Drop for Unwinding {
    fn drop(&mut self) {
        if let Some((lease, _)) = self.0.take().and_then(Lease::let_go) {
            let index = lease.index();
            let core = lease.give_up();
            // SAFETY:
            // * `let_go` made us the owner of the slot, which still holds its buffer.
            forget_panic(unsafe { core.drop_buffer(index) });
        }
    }
}
