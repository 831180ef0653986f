//! What a program's operations must come to: a queue of bytes and a queue of receives per stream.

use std::collections::VecDeque;

use crate::{Completed, CompletionKind, OperationId};

/// Bytes on the way count up to this, again and again.
const PERIOD: u8 = 251;

/// How an operation ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    Received(Vec<u8>),
    Sent(usize),
    Cancelled,
}

/// One use of an operation.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) id: OperationId,
    /// Known as soon as the kernel is done with it.
    pub(super) end: Option<End>,
    /// Its packet was taken.
    pub(super) reported: bool,
    /// Nobody waits for it.
    pub(super) orphan: bool,
}

#[derive(Debug, Default)]
pub(super) struct Stream {
    inbound: VecDeque<u8>,
    /// Receives in their order, each with its room.
    waiting: VecDeque<(usize, usize)>,
    next: u8,
    pub(super) ended: bool,
    pub(super) outbound: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) uses: Vec<Use>,
}

impl Stream {
    /// The next bytes that the peer sends.
    pub(super) fn bytes(&mut self, len: usize) -> Vec<u8> {
        let bytes: Vec<_> =
            (0..len).map(|at| (usize::from(self.next) + at) as u8 % PERIOD).collect();
        self.next = ((usize::from(self.next) + len) % usize::from(PERIOD)) as u8;
        bytes
    }

    /// What a receive gets at once, if anything.
    pub(super) fn recv_now(&mut self, room: usize) -> Option<End> {
        let nothing = self.inbound.is_empty() && !self.ended;
        if !self.waiting.is_empty() || nothing {
            return None;
        }
        let count = room.min(self.inbound.len());
        Some(End::Received(self.inbound.drain(..count).collect()))
    }

    pub(super) fn wait(&mut self, index: usize, room: usize) {
        self.waiting.push_back((index, room));
    }
}

impl Model {
    pub(super) fn begin(&mut self, id: OperationId, end: Option<End>) -> usize {
        self.uses.push(Use { id, end, reported: false, orphan: false });
        self.uses.len() - 1
    }

    pub(super) fn arrive(&mut self, stream: &mut Stream, bytes: &[u8]) {
        stream.inbound.extend(bytes);
        self.serve(stream);
    }

    pub(super) fn end(&mut self, stream: &mut Stream) {
        stream.ended = true;
        self.serve(stream);
    }

    fn serve(&mut self, stream: &mut Stream) {
        while let Some(&(index, room)) = stream.waiting.front() {
            if stream.inbound.is_empty() && !stream.ended {
                return;
            }
            stream.waiting.pop_front();
            let count = room.min(stream.inbound.len());
            let bytes = stream.inbound.drain(..count).collect();
            self.uses[index].end = Some(End::Received(bytes));
        }
    }

    /// Ends what waits: one use, or all. Whether there was any.
    pub(super) fn cancel(&mut self, stream: &mut Stream, only: Option<usize>) -> bool {
        let chosen = |index| only.map_or(true, |only| only == index);
        let before = stream.waiting.len();
        for &(index, _) in stream.waiting.iter().filter(|(index, _)| chosen(*index)) {
            self.uses[index].end = Some(End::Cancelled);
        }
        stream.waiting.retain(|(index, _)| !chosen(*index));
        before != stream.waiting.len()
    }

    /// A packet of this id was taken: it is the first, and the kernel was done.
    pub(super) fn report(&mut self, id: OperationId) {
        let found = self.uses.iter_mut().rev().find(|one| one.id == id);
        let Some(one) = found else { panic!("a packet of no operation: {id:?}") };
        assert!(one.end.is_some(), "a packet before the kernel was done: {one:?}");
        assert!(!one.reported && !one.orphan, "one packet, for whoever waits: {one:?}");
        one.reported = true;
    }

    /// Every packet there was is taken.
    pub(super) fn all_taken(&mut self) {
        for one in &mut self.uses {
            assert!(one.end.is_none() || one.reported || one.orphan, "a packet was lost: {one:?}");
            if one.orphan && one.end.is_some() {
                one.reported = true;
            }
        }
    }

    /// Uses that may still hold a slot though nobody has a ticket or id of them.
    pub(super) fn orphans(&self) -> usize {
        self.uses.iter().filter(|one| one.orphan && !one.reported).count()
    }

    /// A finished operation is what it was to become.
    pub(super) fn check(&self, index: usize, completed: &Completed<Vec<u8>>) {
        let one = &self.uses[index];
        assert!(one.reported, "finished before its packet: {one:?}");
        match one.end.as_ref() {
            Some(end) => is(end, completed),
            None => panic!("finished before it was done: {one:?}"),
        }
    }
}

/// Compares an end with what a completion says.
pub(super) fn is(end: &End, completed: &Completed<Vec<u8>>) {
    match end {
        End::Received(bytes) => {
            assert_eq!(completed.buffer(), bytes);
            assert_eq!(completed.result(), Ok(bytes.len()));
        }
        End::Sent(count) => assert_eq!(completed.result(), Ok(*count)),
        End::Cancelled => {
            let error = completed.result().unwrap_err();
            assert_eq!((error.kind, error.bytes), (CompletionKind::Cancelled, 0));
            assert!(completed.buffer().is_empty());
        }
    }
}
