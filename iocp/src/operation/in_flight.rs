//! The ticket of an operation that the kernel owns.

use std::{
    fmt,
    marker::PhantomData,
    mem::ManuallyDrop,
    sync::{atomic::Ordering, Arc},
};

use super::{drop_with_slot, Canceller, Completed};
use crate::{
    base::{error::Error, lent::LentBuffer},
    core::{
        awaited::Awaiting,
        finishers::SlotUse,
        handle_cell::CancelOutcome,
        held::HeldSlot,
        packet::OperationId,
        shared::Core,
        slot::Slot,
        state::{Phase, Snapshot},
    },
};

/// The ticket of an operation in flight: its buffer is lent to the system.
///
/// * When its packet has been taken from the port, by any waiter, [`finish`](Self::finish) gives the
///   operation back. [`CompletionPort::finish`](crate::CompletionPort::finish) waits for that.
/// * Dropping it cancels the operation. Slot and buffer are freed by the waiter that takes the
///   packet, which it does not report, never while the system still writes. **What a receive has brought by then is lost**: the bytes
///   are in its buffer, and the next receive gets those after them. It may be done although its packet was
///   not taken yet. Two ways lose nothing: see [below](#a-time-limit-on-a-receive).
/// * Forgetting it (`mem::forget`) leaks slot and buffer, and keeps the port open, nothing worse.
/// * It keeps the port open, but waits need a [`CompletionPort`](crate::CompletionPort): keep a clone of
///   that as long as there are tickets to finish.
/// * The end of the thread that submitted it changes nothing: the system cancels at a thread's end what has
///   an event, or a handle without a port (facts CAN01 to CAN04, from Wine's tests, which are run on Windows),
///   and operations here have neither. (Under Wine 8 and 10 an operation whose thread has ended may never
///   complete: it stays counted in [`Stats::in_flight`](crate::Stats::in_flight), and a drain ends at its limit.
///   Keep such threads there.) One of [`submit_with`](crate::Operation::submit_with) whose call sets an event
///   ends cancelled with its thread.
///
/// # A time limit on a receive
///
/// By a probe, which takes no byte, so that giving it up loses none:
///
/// ```no_run
/// # #[cfg(windows)] mod example {
/// use std::{io, net::TcpStream, time::Duration};
///
/// use iocp::{AssociatedSocket, CompletionPort, Packet, Packets, Submitted};
///
/// /// The token of the limit.
/// const LATE: usize = 2;
///
/// /// Whether there is something to receive within `limit`.
/// fn probe_within(
///     port: &CompletionPort,
///     socket: &AssociatedSocket<TcpStream>,
///     limit: Duration,
/// ) -> io::Result<bool> {
///     let mut packets = Packets::with_capacity(64);
///     let timer = port.timer(LATE);
///     timer.set_after(limit);
///     let probe = match socket.probe(port.operation((), 1)?) {
///         Submitted::Pending(probe) => probe,
///         Submitted::Ready(probed) => return Ok(probed.result().map(|_| true)?),
///         Submitted::Refused(refused) => return Err(refused.into()),
///     };
///     loop {
///         port.wait(&mut packets, None)?;
///         if probe.is_done() {
///             return Ok(true);
///         }
///         let is_late = |packet: &Packet| matches!(packet, Packet::Timer { token: LATE });
///         if packets.iter().any(is_late) {
///             return Ok(false);
///         }
///     }
/// }
/// # }
/// ```
///
/// By a cancel, after which the packet is awaited as before, and the result looked at: it may have been done
/// first, and then it says success and keeps its bytes.
///
/// ```no_run
/// # #[cfg(windows)] mod example {
/// use std::{io, time::Duration};
///
/// use iocp::{Completed, CompletionKind, CompletionPort, InFlight, Packet, Packets};
///
/// /// The token of the limit.
/// const LATE: usize = 2;
///
/// /// `None` in the place of a number of bytes: nothing came within `limit`. The
/// /// operation comes back.
/// fn finish_within(
///     port: &CompletionPort,
///     mut receive: InFlight<Vec<u8>>,
///     limit: Duration,
/// ) -> io::Result<(Option<usize>, Completed<Vec<u8>>)> {
///     let mut packets = Packets::with_capacity(64);
///     let timer = port.timer(LATE);
///     timer.set_after(limit);
///     loop {
///         receive = match receive.finish() {
///             Ok(received) => {
///                 return match received.result() {
///                     Ok(count) => Ok((Some(count), received)),
///                     Err(error) if error.kind == CompletionKind::Cancelled => {
///                         Ok((None, received))
///                     }
///                     Err(error) => Err(error.into()),
///                 }
///             }
///             Err(pending) => pending,
///         };
///         port.wait(&mut packets, None)?;
///         let is_late = |packet: &Packet| matches!(packet, Packet::Timer { token: LATE });
///         if packets.iter().any(is_late) {
///             receive.cancel()?;
///         }
///     }
/// }
/// # }
/// ```
///
/// Both leave out what else a port brings: a server looks at all of its packets in one loop, with a timer and
/// a ticket for each connection.
#[must_use = "dropping the ticket cancels the operation; `detach` or `park` it to let it run"]
pub struct InFlight<B: Send + 'static> {
    held: ManuallyDrop<HeldSlot>,
    /// The state word with which it was lent: the generation of this use.
    lent: Snapshot,
    /// Exactly this `B`: its subtypes and supertypes have another `TypeId`, which the slot keeps.
    buffer: PhantomData<fn(B) -> B>,
}

impl<B: Send + 'static> InFlight<B> {
    /// # Safety
    ///
    /// The slot is in flight, or done, in this generation, holds a `B`, and has no other ticket.
    #[inline(always)]
    pub(super) unsafe fn new(held: HeldSlot, lent: Snapshot) -> Self {
        Self { held: ManuallyDrop::new(held), lent, buffer: PhantomData }
    }

    /// The name of this use of the operation, as its packet carries it.
    #[must_use]
    pub fn id(&self) -> OperationId {
        let (port, index) = (self.held.core().number, self.held.index());
        OperationId { port, index, word: self.lent }
    }

    /// Whether its packet has been taken: [`finish`](Self::finish) will succeed.
    #[must_use]
    pub fn is_done(&self) -> bool {
        let seen = self.slot().state.load();
        seen.phase() == Phase::Done && seen.generation() == self.lent.generation()
    }

    /// Takes the finished operation back.
    ///
    /// # Errors
    ///
    /// The ticket itself, if the packet has not been taken from the port yet.
    #[inline(always)]
    pub fn finish(self) -> Result<Completed<B>, Self> {
        if !self.slot().redeem(self.lent) {
            return Err(self);
        }
        // SAFETY:
        // * `redeem` made us the owner of the slot.
        Ok(unsafe { Completed::redeemed(self.into_held()) })
    }

    /// Takes the finished operation out of a field that holds its ticket, which is empty after that.
    ///
    /// `None`, and the field is as it was, if it is empty or the packet has not been taken from the port
    /// yet.
    ///
    /// ```
    /// # #[cfg(windows)] {
    /// use iocp::{CompletionPort, InFlight};
    ///
    /// struct Connection {
    ///     receiving: Option<InFlight<Vec<u8>>>,
    /// }
    ///
    /// # let port = CompletionPort::new().unwrap();
    /// let mut connection = Connection { receiving: None };
    /// if let Some(received) = InFlight::take_finished(&mut connection.receiving) {
    ///     println!("{:?}", received.buffer());
    /// }
    /// # }
    /// ```
    #[inline]
    pub fn take_finished(field: &mut Option<Self>) -> Option<Completed<B>> {
        let ticket = field.as_ref()?;
        if !ticket.slot().redeem(ticket.lent) {
            return None;
        }
        let ticket = field.take()?;
        // SAFETY:
        // * `redeem` made us the owner of the slot.
        Some(unsafe { Completed::redeemed(ticket.into_held()) })
    }

    /// `CancelIoEx`: asks the system to end this operation. Its packet follows in any case, and says what
    /// became of it: one that was done first says success, and its bytes are in the buffer. So keep the
    /// ticket, and [`finish`](Self::finish) it.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system refuses for another reason than that nothing is in flight.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
    /// # let (stream, _) = listener.accept()?;
    /// use iocp::{CancelOutcome, CompletionKind, CompletionPort, Packets};
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(stream, 0)?;
    /// let receive = socket.recv(port.operation(Vec::with_capacity(64), 1)?);
    /// let ticket = receive.pending().map_err(|_| "nothing was sent")?;
    /// assert_eq!(ticket.cancel()?, CancelOutcome::Requested); // only asked for
    /// let ended = port.finish(ticket, &mut Packets::with_capacity(8), None)?;
    /// match ended.result() {
    ///     Ok(count) => println!("{count} bytes came first"),
    ///     Err(error) => assert_eq!(error.kind, CompletionKind::Cancelled),
    /// }
    /// # drop(client);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "CancelIoEx")]
    pub fn cancel(&self) -> Result<CancelOutcome, Error> {
        self.held.core().cancel(self.slot(), self.lent.generation())
    }

    /// A handle that cancels this operation from any thread, however late.
    #[must_use]
    pub fn canceller(&self) -> Canceller {
        let core = Arc::downgrade(&self.held.counted());
        Canceller::new(core, self.held.index(), self.lent.generation())
    }

    /// Lets the operation run to its end with nobody waiting: its packet is not reported, its buffer
    /// is dropped by the waiter that takes it.
    pub fn detach(self) {
        let lent = self.lent;
        // SAFETY:
        // * this was the ticket of that use.
        unsafe { let_go(self.into_held(), lent) };
    }

    /// Gives the ticket up for the id: the thread that sees the packet
    /// [`redeem`](crate::CompletionPort::redeem)s the operation by it, on any thread. An id that
    /// nobody redeems lowers the port's capacity for as long as it is open.
    #[must_use = "without the id, or that of the packet, the operation cannot be redeemed"]
    pub fn park(self) -> OperationId {
        let id = self.id();
        self.slot().state.park(self.lent.generation());
        drop(self.into_held());
        id
    }

    /// The token that its packet carries.
    pub(crate) fn token(&self) -> usize {
        self.slot().token.load(Ordering::Relaxed)
    }

    /// Changes the token and the key of its packet, if that has not been taken yet.
    pub(crate) fn set_tag(&self, token: usize, key: Option<usize>) {
        self.slot().set_tag(token, key);
    }

    /// Sets `AWAITED` for as long as the guard lives; `None` if the operation is done. Also gives the
    /// name by which waiters know the operation.
    pub(crate) fn awaiting(&self) -> Option<(Awaiting<'_>, SlotUse)> {
        let (index, generation) = (self.held.index(), self.lent.generation());
        let awaiting = Awaiting::new(self.held.core(), self.slot(), generation)?;
        Some((awaiting, SlotUse { index, generation }))
    }

    /// Whether the operation was made by this port.
    pub(crate) fn belongs_to(&self, core: &Core) -> bool {
        self.held.belongs_to(core)
    }

    #[inline(always)]
    pub(super) fn slot(&self) -> &Slot {
        self.held.get()
    }

    /// The call sends no packet: the slot is the caller's again, unless a waiter was quicker, with a
    /// packet that somebody forged after the system had written the status. Then it is done.
    #[inline(always)]
    pub(super) fn take_back(self) -> Result<HeldSlot, Self> {
        if self.slot().take_back(self.lent) {
            return Ok(self.into_held());
        }
        Err(self)
    }

    /// Gives up the ticket and changes nothing: the operation belongs to the caller, or to another thread.
    #[inline(always)]
    fn into_held(self) -> HeldSlot {
        let mut this = ManuallyDrop::new(self);
        // SAFETY:
        // * `this` is never dropped, so the slot is moved out once.
        unsafe { ManuallyDrop::take(&mut this.held) }
    }
}

/// A finished receive, and how many bytes it brought.
type Received<B> = (Completed<B>, usize);

impl InFlight<LentBuffer> {
    /// As [`finish`](Self::finish) of a receive or a probe, with the number of bytes that have arrived,
    /// as in [`collect_received`](Completed::collect_received).
    #[inline(always)]
    pub(crate) fn finish_received(self) -> Result<Received<LentBuffer>, Self> {
        if !self.slot().redeem(self.lent) {
            return Err(self);
        }
        // SAFETY:
        // * `redeem` made us the owner of the slot, which holds a finished buffer of this type.
        Ok(unsafe { Completed::collect_received(self.into_held()) })
    }
}

/// Makes the operation an orphan, freed by the waiter that takes its packet, or frees it if it is done.
///
/// # Safety
///
/// The caller had the ticket of that use.
#[inline(always)]
unsafe fn let_go(held: HeldSlot, lent: Snapshot) {
    let slot = held.get();
    if !slot.state.orphan(lent.generation()) && slot.redeem(lent) {
        // SAFETY:
        // * `redeem` made us the owner of the slot, which holds its buffer.
        unsafe { drop_with_slot(held) };
    }
}

/// Cancels the operation and lets it go.
///
/// # Safety
///
/// The caller had the ticket of that use.
#[inline(never)]
unsafe fn give_up(held: HeldSlot, lent: Snapshot) {
    // With a handle that is closed all of its operations were cancelled.
    let slot = held.get();
    if slot.handle_cell().is_some_and(|(cell, packet_key)| cell.serves(packet_key)) {
        // A refusal changes nothing: the slot stays until the packet comes.
        let _ = held.core().cancel(slot, lent.generation());
    }
    // SAFETY:
    // * the caller had the ticket.
    unsafe { let_go(held, lent) };
}

impl<B: Send + 'static> Drop for InFlight<B> {
    /// Cancels the operation, if it is in flight. Its buffer is freed by the wait that takes the packet.
    #[inline(always)]
    fn drop(&mut self) {
        // `held` and the word go on by value: a reference would force a ticket onto the stack also where its drop is
        // never reached.
        // SAFETY:
        // * `self` is not used after this, so the slot is moved out once.
        let held = unsafe { ManuallyDrop::take(&mut self.held) };
        // SAFETY:
        // * this is the ticket of that use, and gone after this.
        unsafe { give_up(held, self.lent) };
    }
}

impl<B: Send + 'static> fmt::Debug for InFlight<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight").field("id", &self.id()).field("done", &self.is_done()).finish()
    }
}
