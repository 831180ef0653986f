//! What goes through a pipe: bytes or messages, and the reads and writes that wait for the other end.

use std::collections::VecDeque;

use super::{
    finished::Finished,
    request::{Request, Which, OVERFLOW, SUCCESS},
};

/// One direction of a pipe.
#[derive(Default)]
pub(super) struct Flow {
    queue: VecDeque<Message>,
    reads: VecDeque<Request>,
    /// Reads stop at the end of a message.
    pub(super) by_messages: bool,
}

/// What one write has brought, and is still to be read.
struct Message {
    rest: VecDeque<u8>,
    /// Its write, where that is not done before more is read.
    writer: Option<Request>,
}

impl Flow {
    /// Bytes that are to be read.
    fn len(&self) -> usize {
        self.queue.iter().map(|message| message.rest.len()).sum()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// A read; done, if something is there.
    pub(super) fn read(&mut self, request: Request, window: usize, done: &mut Vec<Finished>) {
        self.reads.push_back(request);
        self.pump(window, done);
    }

    /// A write. In a pipe of bytes one of no bytes is nothing (fact PIPE32).
    pub(super) fn write(
        &mut self,
        mut request: Request,
        messages: bool,
        window: usize,
        done: &mut Vec<Finished>,
    ) {
        let mut rest = VecDeque::new();
        request.send_to(&mut rest, usize::MAX);
        if rest.is_empty() && !messages {
            done.push(request.done(SUCCESS, 0));
            return;
        }
        self.queue.push_back(Message { rest, writer: Some(request) });
        self.pump(window, done);
    }

    /// Takes out the reads, or the writes with what nobody has read of them (fact PIPE36).
    pub(super) fn cancel(&mut self, reads: bool, which: Which, ended: &mut Vec<Request>) {
        if reads {
            super::request::take_matching(&mut self.reads, which, ended);
            return;
        }
        for _ in 0..self.queue.len() {
            match self.queue.pop_front() {
                Some(Message { writer: Some(writer), .. }) if writer.is(which) => {
                    ended.push(writer);
                }
                Some(message) => self.queue.push_back(message),
                None => {}
            }
        }
    }

    /// Ends all that waits; what was written is lost.
    pub(super) fn end(&mut self, status: u32, done: &mut Vec<Finished>) {
        self.end_reads(status, done);
        let writers = self.queue.drain(..).filter_map(|message| message.writer);
        done.extend(writers.map(|request| request.done(status, 0)));
    }

    /// Ends the reads that wait; what was written can still be read.
    pub(super) fn end_reads(&mut self, status: u32, done: &mut Vec<Finished>) {
        done.extend(self.reads.drain(..).map(|request| request.done(status, 0)));
    }

    /// Gives the reads what is there, and finishes the writes that the window has room for by then.
    pub(super) fn pump(&mut self, window: usize, done: &mut Vec<Finished>) {
        while !self.reads.is_empty() && !self.queue.is_empty() {
            let Some(request) = self.reads.pop_front() else { break };
            let finished = self.take(request, done);
            done.push(finished);
        }
        let mut before = self.len();
        for message in self.queue.iter_mut().rev() {
            if before <= window {
                if let Some(writer) = message.writer.take() {
                    let len = writer.len();
                    done.push(writer.done(SUCCESS, len));
                }
            }
            before -= message.rest.len();
        }
    }

    /// Something is there.
    fn take(&mut self, request: Request, done: &mut Vec<Finished>) -> Finished {
        let room = request.len();
        let (mut bytes, mut status) = (Vec::new(), SUCCESS);
        while let Some(message) = self.queue.front_mut() {
            let n = message.rest.len().min(room - bytes.len());
            bytes.extend(message.rest.drain(..n));
            if !message.rest.is_empty() {
                if self.by_messages {
                    status = OVERFLOW;
                }
                break;
            }
            if let Some(Message { writer: Some(writer), .. }) = self.queue.pop_front() {
                let len = writer.len();
                done.push(writer.done(SUCCESS, len));
            }
            if self.by_messages || bytes.len() == room || bytes.is_empty() {
                break;
            }
        }
        let mut finished = request.done(status, bytes.len());
        if finished.request.choices.buffered {
            finished.staged = bytes;
        } else {
            finished.request.fill(bytes);
        }
        finished
    }
}
