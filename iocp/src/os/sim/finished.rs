//! An operation that is done: what the kernel writes, when, and in which order.
//!
//! # Safety
//!
//! It writes through the pointers that were lent with the [`Request`], whose lender keeps them valid
//! until then. Delivering consumes it, so whatever it does with that memory it does before.

use std::{
    net::SocketAddr,
    ptr::addr_of_mut,
    sync::atomic::{AtomicU32, AtomicUsize, Ordering},
};

use super::{port::Packet, request::Request, script::Finish};

/// A request that is done, with its result; not yet written anywhere.
pub(super) struct Finished {
    pub(super) request: Request,
    pub(super) status: u32,
    pub(super) count: usize,
    /// Bytes that reach the buffers together with the status.
    pub(super) staged: Vec<u8>,
    /// An address that is written together with the status.
    pub(super) sender: Option<SocketAddr>,
}

impl Finished {
    /// Writes what is owed through the pointers that were given, then sets the event.
    pub(super) fn write(&mut self, status_first: bool) {
        let event = self.request.event;
        self.write_block(status_first);
        // The lender may use the memory from here on.
        if let Some(event) = event {
            event.signal();
        }
    }

    /// Writes what is staged, then the status block.
    fn write_block(&mut self, status_first: bool) {
        self.request.fill(self.staged.drain(..));
        if let Some(sender) = self.sender.take() {
            self.request.name_sender(&sender);
        }
        let block = self.request.block;
        if self.request.plain {
            self.write_plainly();
            return;
        }
        let status = block.cast::<AtomicU32>();
        // SAFETY:
        // * in bounds of the block.
        let count = unsafe { addr_of_mut!((*block).InternalHigh) }.cast::<AtomicUsize>();
        if !status_first {
            // SAFETY:
            // * lent to us; readers who are early use atomics too.
            unsafe { &*count }.store(self.count, Ordering::Relaxed);
        }
        #[cfg(target_pointer_width = "64")]
        {
            // SAFETY:
            // * the upper half of the first field, in bounds.
            let garbage = unsafe { status.add(1) };
            // SAFETY:
            // * the block was lent to the kernel, and this half is only used as an atomic.
            unsafe { &*garbage }.store(self.garbage(), Ordering::Relaxed);
        }
        // SAFETY:
        // * as the count. Release: whoever believes the status may read the data.
        unsafe { &*status }.store(self.status, Ordering::Release);
        if status_first {
            // SAFETY:
            // * the block was lent to the kernel, and the count is only used as an atomic.
            unsafe { &*count }.store(self.count, Ordering::Relaxed);
        }
    }

    fn write_plainly(&self) {
        let block = self.request.block;
        // SAFETY:
        // * in bounds of the block.
        let count = unsafe { addr_of_mut!((*block).InternalHigh) };
        // SAFETY:
        // * the block was lent to the kernel for writing.
        unsafe { count.write(self.count) };
        let status = block.cast::<u32>();
        #[cfg(target_pointer_width = "64")]
        {
            // SAFETY:
            // * the upper half of the first field, in bounds.
            let garbage = unsafe { status.add(1) };
            // SAFETY:
            // * the block was lent to the kernel for writing.
            unsafe { garbage.write(self.garbage()) };
        }
        // SAFETY:
        // * the block was lent to the kernel for writing.
        unsafe { status.write(self.status) };
    }

    /// What the upper half of the status holds: anything.
    fn garbage(&self) -> u32 {
        (self.request.choices.bits >> 32) as u32
    }

    /// Gives the operation back with a packet, at whichever moment was chosen.
    ///
    /// `in_call`: still inside the call that submitted it.
    pub(super) fn finish(self, in_call: bool) {
        let status_first = in_call && self.request.choices.status_first;
        let told = self.request.target.map(|(port, _)| port.machine);
        let told = told.or(self.request.event.map(|event| event.machine));
        match (self.request.target, told, self.request.choices.finish) {
            (_, Some(machine), Finish::OnWorker) => {
                if let Err(finished) = machine.finish_on_worker(self) {
                    finished.deliver_and_queue();
                }
            }
            (Some((port, key)), _, Finish::AtDequeue) => port.push(self.packet(key), Some(self)),
            (Some((port, key)), _, Finish::AsOnWindows)
                if !in_call && self.request.event.is_none() =>
            {
                port.push(self.packet(key), Some(self));
            }
            _ => self.deliver(status_first),
        }
    }

    pub(super) fn deliver_and_queue(self) {
        self.deliver(false);
    }

    fn deliver(mut self, status_first: bool) {
        let packet = self.request.target.map(|(port, key)| (port, self.packet(key)));
        self.write(status_first);
        // The lender may use the memory from here on.
        drop(self);
        if let Some((port, packet)) = packet {
            port.push(packet, None);
        }
    }

    fn packet(&self, key: usize) -> Packet {
        #[allow(clippy::cast_possible_truncation)] // as the system's own field
        let bytes = self.count as u32;
        let choices = self.request.choices;
        Packet { key, overlapped: self.request.block, bytes, status: self.status, choices }
    }
}
