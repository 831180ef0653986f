//! What became of the sends, and what is sent next.

use std::net::Shutdown;

use super::{Sending, Wants};
use crate::base::error::Error;
use crate::poll::context::Context;
use crate::poll::error::{code_of, WSAENOBUFS};
use crate::poll::native::{self, StreamSocket};
use crate::poll::source::stream::send_slot::SendSlot;

impl Sending {
    /// Finishes those sends whose packets have come.
    pub(crate) fn settle(&mut self, at: Context<'_>) {
        for slot in 0..self.slots.len() {
            if let Some(completed) = self.slots[slot].finish() {
                self.queued -= completed.buffer().len();
                let result = completed.result();
                self.slots[slot].rest(at, completed);
                if let Err(error) = result {
                    self.fail(code_of(error));
                }
            }
        }
    }

    /// Sends of this stream may have finished. True if the condition that the owner waits for holds.
    pub(crate) fn finished(&mut self, socket: &StreamSocket, at: Context<'_>) -> bool {
        self.settle(at);
        self.pump(socket, at);
        if self.queued == 0 && self.shut && !self.end_sent {
            self.end_sent = true;
            // The peer is gone if it fails; a read says so.
            let _ = native::shut_down(socket, Shutdown::Write);
        }
        let holds = match self.wants {
            _ if self.failed.is_some() => true,
            Wants::Nothing => false,
            Wants::Room => self.queued <= at.hub.config.send_low_water,
            Wants::Empty => self.queued == 0,
        };
        if holds {
            self.wants = Wants::Nothing;
        }
        holds
    }

    /// Sends the backlog as far as there are sends for it.
    fn pump(&mut self, socket: &StreamSocket, at: Context<'_>) {
        while self.failed.is_none() && !self.backlog.is_empty() {
            let Some(slot) = self.idle_slot() else { return };
            let next = self.backlog.as_slices().0;
            match self.slots[slot].send(socket, at, next) {
                Ok((count, flying)) => {
                    self.backlog.drain(..count);
                    self.queued -= if flying { 0 } else { count };
                }
                // The port's next room, or the next completion, tries again.
                Err(Error::Full | Error::Closed) => return,
                Err(error) => match code_of(error) {
                    // Short of memory: the send that is in flight tries again when it ends, or
                    // else the queue does in a while.
                    WSAENOBUFS => {
                        if !self.slots.iter().any(SendSlot::is_flying) {
                            at.hub.lists.add_retry(at.index);
                        }
                        return;
                    }
                    code => return self.fail(code),
                },
            }
        }
    }
}
