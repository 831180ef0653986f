//! Two connected sockets: bytes or messages on their way, and the operations that wait for them.
//!
//! One lock per connection, held while bytes move: what Windows gives too. Operations are finished
//! after it is released.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use iocp_sys::OVERLAPPED;

use super::{
    file::Started,
    kernel::Machine,
    lock,
    request::{Finished, Request, OVERFLOW, RESET, SUCCESS},
};
use crate::os::Code;

pub(super) struct Connection {
    stream: bool,
    window: usize,
    sides: Mutex<[Side; 2]>,
    changed: Condvar,
}

/// One end.
#[derive(Default)]
struct Side {
    inbound: VecDeque<u8>,
    /// The lengths of messages in `inbound`.
    lengths: VecDeque<usize>,
    recvs: VecDeque<Request>,
    sends: VecDeque<Request>,
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
    pub(super) fn new(machine: &Machine, stream: bool) -> Arc<Self> {
        let (sides, changed) = (Mutex::default(), Condvar::new());
        let window = if stream { machine.script.window } else { usize::MAX };
        Arc::new(Self { stream, window, sides, changed })
    }

    pub(super) fn recv(&self, side: usize, request: Request) -> Started {
        let mut sides = lock(&self.sides);
        if !sides[side].recvs.is_empty() {
            sides[side].recvs.push_back(request);
            return Started::Pending;
        }
        match sides[side].take(self.stream, request) {
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
        if let Err(code) = self.may_send(&sides, side) {
            return Started::Refused(code, request);
        }
        let other = 1 - side;
        let first = sides[side].sends.is_empty();
        if first {
            let free = self.window.saturating_sub(sides[other].inbound.len());
            request.send_to(&mut sides[other].inbound, free);
        }
        let len = request.len();
        let started = if first && request.sent == len {
            if !self.stream {
                sides[other].lengths.push_back(len);
            }
            Started::Done(request.done(SUCCESS, len))
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
        self.may_send(&sides, side)?;
        let other = 1 - side;
        sides[other].inbound.extend(bytes);
        if !self.stream {
            sides[other].lengths.push_back(bytes.len());
        }
        let moved = self.pump(&mut sides, other);
        drop(sides);
        finish_all(moved);
        Ok(())
    }

    /// Receives without an operation; waits up to the limit.
    pub(super) fn recv_bytes(&self, side: usize, into: &mut [u8], limit: Duration) -> Arrived {
        let end = Instant::now() + limit;
        let mut sides = lock(&self.sides);
        loop {
            let this = &mut sides[side];
            if this.reset {
                return Arrived::Reset;
            }
            let most = if self.stream {
                this.inbound.len()
            } else {
                this.lengths.pop_front().unwrap_or(0)
            };
            if most > 0 {
                let count = most.min(into.len());
                for (place, byte) in into.iter_mut().zip(this.inbound.drain(..count)) {
                    *place = byte;
                }
                if !self.stream {
                    this.inbound.drain(..most - count);
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

    /// Takes the operations of one side out that have this block.
    pub(super) fn cancel(&self, side: usize, block: *mut OVERLAPPED, ended: &mut Vec<Request>) {
        let mut sides = lock(&self.sides);
        let Side { recvs, sends, .. } = &mut sides[side];
        for queue in [recvs, sends] {
            take_matching(queue, block, ended);
        }
    }

    /// This side sends no more.
    pub(super) fn shut_down(&self, side: usize) {
        let mut sides = lock(&self.sides);
        sides[side].shut = true;
        sides[1 - side].ended = true;
        let moved = self.pump(&mut sides, 1 - side);
        drop(sides);
        finish_all(moved);
        self.changed.notify_all();
    }

    /// This side is gone: an end for the other, or a reset if it left bytes unread or wants one.
    pub(super) fn end(&self, side: usize, reset: bool) {
        let mut sides = lock(&self.sides);
        if sides[side].closed {
            return;
        }
        let reset = reset || !sides[side].inbound.is_empty() && self.stream;
        sides[side].closed = true;
        sides[side].shut = true;
        sides[side].inbound.clear();
        let other = &mut sides[1 - side];
        if self.stream && reset {
            other.reset = true;
            other.inbound.clear();
        } else if self.stream {
            other.ended = true;
        }
        // What the other end still wanted to send has nowhere to go.
        let mut lost = Vec::new();
        if self.stream {
            take_matching(&mut other.sends, std::ptr::null_mut(), &mut lost);
        }
        let moved = self.pump(&mut sides, 1 - side);
        drop(sides);
        for request in lost {
            request.done(RESET, 0).finish(false);
        }
        finish_all(moved);
        self.changed.notify_all();
    }

    pub(super) fn close(&self, side: usize) {
        self.end(side, false);
    }

    fn may_send(&self, sides: &[Side; 2], side: usize) -> Result<(), Code> {
        if sides[side].reset || (self.stream && sides[1 - side].closed) {
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
                match sides[side].take(self.stream, request) {
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
    fn take(&mut self, stream: bool, request: Request) -> Result<Finished, Request> {
        if self.reset {
            return Ok(request.done(RESET, 0));
        }
        let room = request.len();
        let there = if stream {
            let there = self.inbound.len();
            if there == 0 && !self.ended {
                return Err(request);
            }
            there
        } else {
            match self.lengths.pop_front() {
                Some(len) => len,
                None => return Err(request),
            }
        };
        let count = there.min(room);
        let mut finished = request.done(SUCCESS, count);
        if finished.request.choices.buffered {
            finished.staged.extend(self.inbound.drain(..count));
        } else {
            finished.request.fill(self.inbound.drain(..count));
        }
        if !stream {
            self.inbound.drain(..there - count);
            if there > room {
                finished.status = OVERFLOW;
            }
        }
        Ok(finished)
    }
}

fn finish_all(moved: Vec<Finished>) {
    for finished in moved {
        finished.finish(false);
    }
}

/// Moves the requests with this block from a queue.
fn take_matching(queue: &mut VecDeque<Request>, block: *mut OVERLAPPED, ended: &mut Vec<Request>) {
    for _ in 0..queue.len() {
        if let Some(request) = queue.pop_front() {
            if request.has_block(block) {
                ended.push(request);
            } else {
                queue.push_back(request);
            }
        }
    }
}
