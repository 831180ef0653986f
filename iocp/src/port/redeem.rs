//! Redeeming a finished operation by its id, on any thread.

use std::sync::Arc;

use super::CompletionPort;
use crate::{
    base::error::Error,
    core::{held::HeldSlot, packet::OperationId, packets::Packets, slot::Slot, state::Phase},
    operation::{Completed, Operation},
};

impl CompletionPort {
    /// Redeems a finished operation on any thread, by the id of its packet: one whose ticket was
    /// given up with [`InFlight::park`](crate::InFlight::park) or
    /// [`Submitted::park`](crate::Submitted::park).
    ///
    /// # Errors
    ///
    /// * [`Error::UnknownOperation`]: not finished, redeemed before, or another port's.
    /// * [`Error::WrongType`]: its buffer is not a `B`; it can still be redeemed as what it is.
    /// * [`Error::StillSubmitting`]: finished, but the submitting call has not returned yet, or the
    ///   ticket has not been parked yet; redeem again soon.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
    /// # let (stream, _) = listener.accept()?;
    /// use iocp::{CompletionPort, Error, Packet, Packets};
    /// # use std::io::Write;
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(stream, 0)?;
    /// // No ticket is kept: the packet's id is enough.
    /// let parked = socket.recv(port.operation(Vec::with_capacity(64), 1)?).park();
    /// let id = parked.map_err(|_| "it cannot be done yet")?;
    /// # client.write_all(b"abc")?;
    ///
    /// let mut packets = Packets::with_capacity(8);
    /// port.wait(&mut packets, None)?;
    /// let packet = packets.iter().next();
    /// assert!(matches!(packet, Some(Packet::Io { id: done, .. }) if *done == id));
    /// // As the wrong type it stays where it is.
    /// assert_eq!(port.redeem::<Box<[u8]>>(id).err(), Some(Error::WrongType));
    /// assert_eq!(port.redeem::<Vec<u8>>(id)?.buffer(), b"abc");
    /// assert_eq!(port.redeem::<Vec<u8>>(id).err(), Some(Error::UnknownOperation));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    pub fn redeem<B: Send + 'static>(&self, id: OperationId) -> Result<Completed<B>, Error> {
        let slot = self.finished(id)?;
        // The type is compared before the slot is won, so a wrong `B` changes nothing. It is still the same
        // when the slot is won: it was set earlier in this generation, and changes only in a later one.
        if !slot.buffer.holds_type::<B>() {
            return Err(self.finished(id).map_or_else(|gone| gone, |_| Error::WrongType));
        }
        if !slot.state.redeem_parked(id.generation()) {
            return Err(Error::UnknownOperation);
        }
        let held = HeldSlot::at(Arc::clone(&self.core), id.index);
        // SAFETY:
        // * `redeem_parked` gave us the only right to the slot, which is done and holds a `B`, as compared
        //   above.
        Ok(unsafe { Completed::redeemed(held) })
    }

    /// Frees a finished, parked operation without looking at its buffer.
    ///
    /// # Errors
    ///
    /// As [`redeem`](Self::redeem), without `WrongType`.
    pub fn discard(&self, id: OperationId) -> Result<(), Error> {
        let slot = self.finished(id)?;
        if !slot.state.redeem_parked(id.generation()) {
            return Err(Error::UnknownOperation);
        }
        // SAFETY:
        // * `redeem_parked` gave us the only right to the slot, which still holds its buffer.
        match unsafe { self.core.drop_buffer(slot) } {
            Ok(()) => Ok(()),
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }

    /// An operation that was given up, and whose packet this thread's last wait on this port has taken, if the next
    /// one of those that are not freed yet has a `B`.
    pub(crate) fn take_orphan<B: Send + 'static>(
        &self,
        packets: &mut Packets,
    ) -> Option<Operation<B>> {
        let orphans = &mut packets.batch.orphans;
        let index = orphans.last().copied()?;
        if !self.core.slot(index).buffer.holds_type::<B>() {
            return None;
        }
        orphans.pop();
        let held = HeldSlot::at(Arc::clone(&self.core), index);
        // SAFETY:
        // * Settling the orphan made the waiter the owner of its slot, which is idle and holds a `B`, as compared
        //   above; it is taken from the list once.
        Some(unsafe { Operation::adopt(held) })
    }

    /// The slot of a finished, parked operation.
    fn finished(&self, id: OperationId) -> Result<&Slot, Error> {
        if id.port != self.core.number {
            return Err(Error::UnknownOperation);
        }
        let slot = self.core.slot(id.index);
        let seen = slot.state.load();
        if seen.generation() != id.generation() || seen.phase() != Phase::Done {
            return Err(Error::UnknownOperation);
        }
        // Only the holder of the ticket parks it, so the submitting call has returned.
        if seen.is_parked() {
            Ok(slot)
        } else {
            Err(Error::StillSubmitting)
        }
    }
}
