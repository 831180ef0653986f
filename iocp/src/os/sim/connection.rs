//! Two connected stream sockets: bytes on their way, and the operations that wait for them.
//!
//! One lock per connection, held while bytes move: what Windows gives too. Operations are finished
//! after it is released.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{
    file::{File, Started},
    finished::Finished,
    listen::disconnected,
    lock,
    machine::Machine,
    request::{take_matching, Request, Which, RESET, SUCCESS},
    script::Script,
};
use crate::os::Code;

pub(super) struct Connection {
    window: usize,
    /// Bytes that arrive at an end that is closed reset the connection.
    resets: bool,
    /// So does a close before the other end has ended, if that has not read all.
    loses_unread: bool,
    /// How many of the sends that are pending the peer's end finishes.
    ends_sends: usize,
    /// A send that has room in part is done, and short.
    short_sends: bool,
    sides: Mutex<[Side; 2]>,
    changed: Condvar,
}

/// One end.
#[derive(Default)]
struct Side {
    inbound: VecDeque<u8>,
    recvs: VecDeque<Request>,
    sends: VecDeque<Request>,
    /// Disconnects that wait for the other end to end too.
    disconnects: VecDeque<(Request, &'static File)>,
    /// The other end sends no more.
    ended: bool,
    /// The other end is gone without an end.
    reset: bool,
    /// This end sends no more.
    shut: bool,
    closed: bool,
}

/// What the other end of a blocking receive got.
pub(super) enum Arrived {
    Bytes(usize),
    End,
    Reset,
    Nothing,
}

impl Connection {
    pub(super) fn new(machine: &Machine) -> Arc<Self> {
        let (sides, changed) = (Mutex::default(), Condvar::new());
        let Script { window, resets, loses_unread, ends_sends, short_sends, .. } = machine.script;
        Arc::new(Self { window, resets, loses_unread, ends_sends, short_sends, sides, changed })
    }

    pub(super) fn recv(&self, side: usize, request: Request) -> Started {
        let mut sides = lock(&self.sides);
        if !sides[side].recvs.is_empty() {
            sides[side].recvs.push_back(request);
            return Started::Pending;
        }
        match sides[side].take(request) {
            Err(request) => {
                sides[side].recvs.push_back(request);
                Started::Pending
            }
            Ok(finished) => {
                let moved = self.pump(&mut sides, side);
                drop(sides);
                finish_all(moved);
                Started::Done(finished)
            }
        }
    }

    pub(super) fn send(&self, side: usize, mut request: Request) -> Started {
        let mut sides = lock(&self.sides);
        if let Err(code) = self.may_send(&mut sides, side) {
            return Started::Refused(code, request);
        }
        let other = 1 - side;
        let first = sides[side].sends.is_empty();
        if first {
            let free = self.window.saturating_sub(sides[other].inbound.len());
            request.send_to(&mut sides[other].inbound, free);
        }
        let sent = request.sent;
        let started = if first && (sent == request.len() || self.short_sends && sent > 0) {
            Started::Done(request.done(SUCCESS, sent))
        } else {
            sides[side].sends.push_back(request);
            Started::Pending
        };
        let moved = self.pump(&mut sides, other);
        drop(sides);
        finish_all(moved);
        self.changed.notify_all();
        started
    }

    /// Sends without an operation, all at once. Returns the error of a send.
    pub(super) fn send_bytes(&self, side: usize, bytes: &[u8]) -> Result<(), Code> {
        let mut sides = lock(&self.sides);
        self.may_send(&mut sides, side)?;
        let other = 1 - side;
        sides[other].inbound.extend(bytes);
        let moved = self.pump(&mut sides, other);
        drop(sides);
        finish_all(moved);
        Ok(())
    }

    /// Sends without an operation as many as fit into the window: how many.
    pub(super) fn send_some(&self, side: usize, bytes: &[u8]) -> Result<usize, Code> {
        let mut sides = lock(&self.sides);
        self.may_send(&mut sides, side)?;
        let free = self.window.saturating_sub(sides[1 - side].inbound.len());
        let count = bytes.len().min(if sides[side].sends.is_empty() { free } else { 0 });
        if count == 0 && !bytes.is_empty() {
            return Err(Code(10_035));
        }
        sides[1 - side].inbound.extend(&bytes[..count]);
        let moved = self.pump(&mut sides, 1 - side);
        drop(sides);
        finish_all(moved);
        self.changed.notify_all();
        Ok(count)
    }

    /// Receives without an operation; waits up to the limit. A `peek` leaves the bytes there.
    ///
    /// Windows fills receives in the order of their calls, which nobody may rely on: beside a pending
    /// receive that has room it is a fault of the caller.
    pub(super) fn recv_bytes(
        &self,
        side: usize,
        into: &mut [u8],
        limit: Duration,
        peek: bool,
    ) -> Arrived {
        let end = Instant::now() + limit;
        let mut sides = lock(&self.sides);
        loop {
            let this = &mut sides[side];
            let has_room = |request: &Request| request.len() > 0;
            assert!(
                !this.recvs.iter().any(has_room),
                "a direct receive beside one that is pending"
            );
            if this.reset {
                return Arrived::Reset;
            }
            if !this.inbound.is_empty() {
                let count = this.inbound.len().min(into.len());
                if peek {
                    into.iter_mut().zip(&this.inbound).for_each(|(place, byte)| *place = *byte);
                    return Arrived::Bytes(count);
                }
                for (place, byte) in into.iter_mut().zip(this.inbound.drain(..count)) {
                    *place = byte;
                }
                let moved = self.pump(&mut sides, side);
                drop(sides);
                finish_all(moved);
                return Arrived::Bytes(count);
            }
            if this.ended {
                return Arrived::End;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Arrived::Nothing;
            }
            let waited = self.changed.wait_timeout(sides, left);
            sides = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes the operations of one side out that are meant.
    pub(super) fn cancel(&self, side: usize, which: Which, ended: &mut Vec<Request>) {
        let mut sides = lock(&self.sides);
        let Side { recvs, sends, .. } = &mut sides[side];
        for queue in [recvs, sends] {
            take_matching(queue, which, ended);
        }
        let disconnects = &mut sides[side].disconnects;
        for _ in 0..disconnects.len() {
            match disconnects.pop_front() {
                Some((request, _)) if request.is(which) => ended.push(request),
                Some(other) => disconnects.push_back(other),
                None => {}
            }
        }
    }

    /// Keeps a disconnect until the other end has ended too; gives it back if it has.
    pub(super) fn wait_for_end(
        &self,
        side: usize,
        request: Request,
        file: &'static File,
    ) -> Result<(), Request> {
        let mut sides = lock(&self.sides);
        let this = &mut sides[side];
        if this.ended || this.reset {
            return Err(request);
        }
        this.disconnects.push_back((request, file));
        Ok(())
    }

    /// This side sends no more.
    pub(super) fn shut_down(&self, side: usize) {
        let mut sides = lock(&self.sides);
        sides[side].shut = true;
        sides[1 - side].ended = true;
        let moved = self.pump(&mut sides, 1 - side);
        let waiting = std::mem::take(&mut sides[1 - side].disconnects);
        let pending = &mut sides[1 - side].sends;
        let short: Vec<_> = pending.drain(..self.ends_sends.min(pending.len())).collect();
        drop(sides);
        finish_all(moved);
        for request in short {
            let sent = request.sent;
            request.done(SUCCESS, sent).finish(false);
        }
        disconnect_all(waiting);
        self.changed.notify_all();
    }

    /// This side is gone: an end for the other, or a reset if it left bytes unread or wants one.
    pub(super) fn end(&self, side: usize, reset: bool) {
        let mut sides = lock(&self.sides);
        if sides[side].closed {
            return;
        }
        let other = &sides[1 - side];
        let takes_away = self.loses_unread && !other.shut && !other.inbound.is_empty();
        let reset = reset || takes_away || !sides[side].inbound.is_empty();
        sides[side].closed = true;
        sides[side].shut = true;
        sides[side].inbound.clear();
        let other = &mut sides[1 - side];
        if reset {
            other.reset = true;
            other.inbound.clear();
        } else {
            other.ended = true;
        }
        // What the other end still wanted to send has nowhere to go.
        let lost = std::mem::take(&mut other.sends);
        let waiting = std::mem::take(&mut other.disconnects);
        let moved = self.pump(&mut sides, 1 - side);
        drop(sides);
        for request in lost {
            request.done(RESET, 0).finish(false);
        }
        finish_all(moved);
        disconnect_all(waiting);
        self.changed.notify_all();
    }

    fn may_send(&self, sides: &mut [Side; 2], side: usize) -> Result<(), Code> {
        if self.resets && sides[1 - side].closed {
            sides[side].reset = true;
            sides[side].inbound.clear();
        }
        if sides[side].reset || sides[1 - side].closed {
            return Err(Code(10_054));
        }
        if sides[side].shut {
            return Err(Code(10_058));
        }
        Ok(())
    }

    /// Moves what can be moved towards `side`; returns the operations that are done by it.
    fn pump(&self, sides: &mut [Side; 2], side: usize) -> Vec<Finished> {
        let mut moved = Vec::new();
        loop {
            let before = moved.len();
            while let Some(request) = sides[side].recvs.pop_front() {
                match sides[side].take(request) {
                    Ok(finished) => moved.push(finished),
                    Err(request) => {
                        sides[side].recvs.push_front(request);
                        break;
                    }
                }
            }
            if let Some(mut request) = sides[1 - side].sends.pop_front() {
                let free = self.window.saturating_sub(sides[side].inbound.len());
                request.send_to(&mut sides[side].inbound, free);
                let len = request.len();
                if request.sent == len {
                    moved.push(request.done(SUCCESS, len));
                } else {
                    sides[1 - side].sends.push_front(request);
                    if free > 0 && !sides[side].recvs.is_empty() {
                        continue;
                    }
                }
            }
            if moved.len() == before {
                return moved;
            }
        }
    }
}

impl Side {
    /// Finishes a receive with what is there; gives it back if nothing is.
    fn take(&mut self, request: Request) -> Result<Finished, Request> {
        if self.reset {
            return Ok(request.done(RESET, 0));
        }
        if self.inbound.is_empty() && !self.ended {
            return Err(request);
        }
        let count = self.inbound.len().min(request.len());
        let mut finished = request.done(SUCCESS, count);
        if finished.request.choices.buffered {
            finished.staged.extend(self.inbound.drain(..count));
        } else {
            finished.request.fill(self.inbound.drain(..count));
        }
        Ok(finished)
    }
}

/// The other end has ended as well.
fn disconnect_all(waiting: VecDeque<(Request, &'static File)>) {
    for (request, file) in waiting {
        disconnected(file, request).finish(false);
    }
}

fn finish_all(moved: Vec<Finished>) {
    for finished in moved {
        finished.finish(false);
    }
}
