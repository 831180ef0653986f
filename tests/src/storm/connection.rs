//! One connection of a driver: random steps, and at the end the account of every byte.

use std::{
    net::TcpStream,
    sync::{
        atomic::{AtomicU64, Ordering},
        mpsc::{channel, Sender},
        Arc,
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use iocp::{
    AssociatedSocket, Canceller, Completed, CompletionKind, Error, InFlight, Operation, Submitted,
};

use super::{
    peer,
    stream::{bytes_at, Log, Tracked},
    waiter::PARKED,
    within, Dice, Report, Round,
};
use crate::{net::tcp_pair, waiting::DEADLINE};

/// No more receives of one connection are in flight than this.
const AT_ONCE: usize = 3;

/// The longest single message.
const LONGEST: usize = 48;

pub(super) struct Connection<'a> {
    round: &'a Round,
    report: &'a Report,
    index: usize,
    socket: Option<AssociatedSocket<TcpStream>>,
    log: Arc<Log>,
    /// Receives in flight that somebody waits for, oldest first.
    tickets: Vec<InFlight<Tracked>>,
    idle: Vec<Operation<Tracked>>,
    submitted: u64,
    /// Where the stream of our sends is.
    sent: usize,
    ask: Sender<usize>,
    asked: usize,
    canceller: Option<Canceller>,
    peer: [JoinHandle<usize>; 2],
}

impl<'a> Connection<'a> {
    pub(super) fn open(round: &'a Round, index: usize, report: &'a Report) -> Self {
        let (near, far) = tcp_pair();
        let socket = round.port.associate_socket(near, index).unwrap();
        let (ask, asked) = channel();
        let (reader, writer) = (far.try_clone().unwrap(), far);
        let peer = [
            thread::spawn(move || peer::read(&reader)),
            thread::spawn(move || {
                peer::write(&writer, &asked);
                0
            }),
        ];
        Self {
            round,
            report,
            index,
            socket: Some(socket),
            log: Arc::default(),
            tickets: Vec::new(),
            idle: Vec::new(),
            submitted: 0,
            sent: 0,
            ask,
            asked: 0,
            canceller: None,
            peer,
        }
    }

    /// A canceller of an operation that is over.
    pub(super) fn take_canceller(&mut self) -> Option<Canceller> {
        self.canceller.take()
    }

    /// Does something at random.
    pub(super) fn step(&mut self, dice: &mut Dice) {
        match dice.roll(16) {
            0..=4 => self.ask(1 + dice.roll(LONGEST)),
            5 => self.send(dice),
            6 => self.socket().cancel_all().unwrap(),
            7 => self.park(),
            8..=11 => {
                self.receive();
                self.let_go(dice);
            }
            _ => {
                self.receive();
                // Before the wait: there may be nothing to come.
                self.ask(1 + dice.roll(LONGEST));
                self.finish_some(dice.roll(1 << 12));
            }
        }
    }

    fn socket(&self) -> &AssociatedSocket<TcpStream> {
        self.socket.as_ref().unwrap()
    }

    fn ask(&mut self, len: usize) {
        if self.ask.send(len).is_ok() {
            self.asked += len;
        }
    }

    fn operation(&mut self, token: usize) -> Option<Operation<Tracked>> {
        let reused = if token == PARKED { None } else { self.idle.pop() };
        let mut operation = match reused {
            Some(operation) => operation,
            None => match self.round.port.operation(Tracked::new(LONGEST), token) {
                Ok(operation) => operation,
                Err(refused) => {
                    assert!(matches!(refused.error, Error::Full(_)), "{:?}", refused.error);
                    return None;
                }
            },
        };
        self.submitted += 1;
        operation.buffer_mut().use_for(self.submitted, &self.log);
        Some(operation)
    }

    /// A receive is submitted next.
    fn count_receive(&self) {
        count(&self.report.operations);
        if !self.socket().skips_on_success() {
            count(&self.report.unskipped);
        }
    }

    /// Submits a receive.
    fn receive(&mut self) {
        if self.tickets.len() == AT_ONCE {
            return;
        }
        let Some(operation) = self.operation(self.index) else { return };
        self.count_receive();
        match self.socket().recv(operation) {
            Submitted::Ready(completed) => self.take(completed),
            Submitted::Pending(ticket) => self.tickets.push(ticket),
            Submitted::Refused(failed) => panic!("{failed}"),
        }
    }

    /// A receive that whoever sees its packet redeems.
    fn park(&mut self) {
        let Some(operation) = self.operation(PARKED) else { return };
        self.count_receive();
        match self.socket().recv(operation) {
            Submitted::Ready(completed) => {
                let buffer = received(completed).into_buffer();
                drop(buffer);
            }
            Submitted::Pending(ticket) => {
                let canceller = ticket.canceller();
                let _ = ticket.park();
                // Nobody else ends it if nothing more comes.
                if self.submitted & 1 == 0 {
                    canceller.cancel().unwrap();
                }
            }
            Submitted::Refused(failed) => panic!("{failed}"),
        }
    }

    /// Cancels, drops or detaches one of the receives in flight.
    fn let_go(&mut self, dice: &mut Dice) {
        if self.tickets.is_empty() {
            return;
        }
        let at = dice.roll(self.tickets.len());
        match dice.roll(4) {
            0 => {
                count(&self.report.orphaned);
                drop(self.tickets.remove(at));
            }
            1 => {
                count(&self.report.orphaned);
                self.tickets.remove(at).detach();
            }
            2 => drop(self.tickets[at].canceller().cancel().unwrap()),
            _ => drop(self.tickets[at].cancel().unwrap()),
        }
    }

    /// Sends; the result of a send that is let go is the peer's to check.
    fn send(&mut self, dice: &mut Dice) {
        let len = 1 + dice.roll(LONGEST);
        let Ok(operation) = self.round.port.operation(bytes_at(self.sent, len), self.index) else {
            return;
        };
        count(&self.report.operations);
        self.sent += len;
        match self.socket().send(operation) {
            Submitted::Ready(completed) => assert_eq!(completed.result(), Ok(len)),
            Submitted::Pending(ticket) => ticket.detach(),
            Submitted::Refused(failed) => panic!("{failed}"),
        }
        self.report.sent.fetch_add(len as u64, Ordering::Relaxed);
    }

    /// Looks after the receives in flight, for about so many turns, then cancels what is left.
    fn finish_some(&mut self, turns: usize) {
        for turn in 0..turns {
            if self.finish() {
                return;
            }
            if turn & 63 == 63 {
                thread::park_timeout(Duration::from_micros(100));
            }
        }
        for ticket in &self.tickets {
            ticket.cancel().unwrap();
        }
    }

    /// Takes the receives that are done; whether any was.
    fn finish(&mut self) -> bool {
        let mut any = false;
        for ticket in std::mem::take(&mut self.tickets) {
            let canceller = ticket.canceller();
            match ticket.finish() {
                Ok(completed) => {
                    any = true;
                    self.canceller = Some(canceller);
                    self.take(completed);
                }
                Err(ticket) => self.tickets.push(ticket),
            }
        }
        any
    }

    fn take(&mut self, completed: Completed<Tracked>) {
        if completed.result().is_err() {
            count(&self.report.cancelled);
        }
        self.idle.push(received(completed));
    }

    /// Ends the connection: either after every byte that was asked for has come, or at once, with
    /// whatever is in flight.
    pub(super) fn close(mut self, in_order: bool) {
        if in_order {
            let complete = within(DEADLINE, || {
                self.receive();
                self.finish();
                self.log.len() >= self.asked
            });
            assert!(complete, "{} of {} bytes came", self.log.len(), self.asked);
        }
        drop(self.socket.take());
        // The port's stats are of all connections: the tickets say when ours are done.
        let ended = within(DEADLINE, || {
            self.finish();
            self.tickets.is_empty()
        });
        assert!(ended, "operations of a closed socket never end: {:?}", self.tickets);
        self.idle.clear();
        // Orphans and parked ones hold the log until their buffers are dropped.
        let alone = within(DEADLINE, || Arc::strong_count(&self.log) == 1);
        assert!(alone, "an operation without a ticket never ended");
        self.report.received.fetch_add(self.log.len() as u64, Ordering::Relaxed);
        assert!(self.log.len() <= self.asked);
        self.log.check();
        drop(self.ask);
        let [reader, writer] = self.peer.map(|peer| peer.join().expect("the peer's bytes"));
        assert!(reader <= self.sent && writer == 0);
    }
}

/// Logs what it brought.
fn received(completed: Completed<Tracked>) -> Operation<Tracked> {
    let count = match completed.result() {
        Ok(count) => count,
        Err(error) => {
            let ours = matches!(error.kind, CompletionKind::Cancelled | CompletionKind::LocalClose);
            assert!(ours, "{error:?}");
            assert_eq!(error.bytes, 0, "a cancelled receive takes nothing");
            0
        }
    };
    let mut operation = completed.into_operation();
    operation.buffer_mut().received(count);
    operation
}

fn count(what: &AtomicU64) {
    what.fetch_add(1, Ordering::Relaxed);
}
