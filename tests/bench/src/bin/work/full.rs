//! A full port: `--connections` sources wait for room, in a line, and one operation is freed at a time. Counted is from
//! its end until the source that was told has taken its room; then another one is refused, so that as many wait as before.

use std::{
    io::{Error, ErrorKind, Result},
    net::Ipv4Addr,
    time::Duration,
};

use iocp::poll::{Config, Event, Events, Interests, Poll, UdpSocket};
use iocp_tests::calls::Meter;

use crate::{
    arguments::Args,
    meter::{lap, mark, Mark},
    setting,
};

/// Operations that are freed.
const FREED: usize = 8;

/// At most so often a poll looks at all sources for operations that they keep and do not use; here that has been done
/// before each lap.
const QUIET: Duration = Duration::from_millis(120);

/// Frees and counts, and ends.
pub(crate) fn run(args: &Args) -> Result<()> {
    let mut queue = Queue::new(args.connections)?;
    let meter = args.calls.then(Meter::new);
    if args.marks {
        setting::wait_for_tracer(args)?;
    }
    for _ in 0..FREED {
        queue.rests()?;
        mark(Mark::Begin);
        lap();
        match &meter {
            Some(meter) => meter.run(|| queue.free_one())?,
            None => queue.free_one()?,
        }
        lap();
        mark(Mark::End);
        queue.add()?;
    }
    queue.rests()?;
    print!("counted messages={FREED} events={}", queue.told);
    println!(" kernel={}", meter.map_or(0, |meter| meter.counts().kernel_calls()));
    // The sockets are closed with the process: one after the other, each would be told.
    std::mem::forget(queue);
    Ok(())
}

/// A queue with room for one operation.
struct Queue {
    poll: Poll,
    events: Events,
    /// Each at its token; the others are closed.
    sockets: Vec<Option<UdpSocket>>,
    /// Whose operation it is.
    holder: usize,
    /// Events of room so far.
    told: usize,
}

impl Queue {
    /// The first of the sockets waits for a datagram; the others are refused that, and wait for room.
    fn new(waiting: usize) -> Result<Self> {
        let mut config = Config::default();
        config.port = config.port.max_operations(1);
        let (poll, events) = (Poll::with_config(&config)?, Events::with_capacity(64));
        let mut queue = Self { poll, events, sockets: Vec::new(), holder: 0, told: 0 };
        for _ in 0..=waiting {
            queue.add()?;
        }
        Ok(queue)
    }

    /// One more socket, whose receive needs an operation.
    fn add(&mut self) -> Result<()> {
        let token = self.sockets.len();
        let mut socket = UdpSocket::from(std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?);
        self.poll.registrator().register(&mut socket, token, Interests::WRITABLE)?;
        self.sockets.push(Some(socket));
        // It can send: of that it is told first.
        self.poll.poll(&mut self.events, Some(0))?;
        self.receive(token)
    }

    /// Nothing has come: it waits for a datagram, or for the room to do so.
    fn receive(&self, token: usize) -> Result<()> {
        let socket = self.sockets[token].as_ref();
        match socket.map(|socket| socket.recv_from(&mut [0; 8])) {
            Some(Err(error)) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            other => Err(Error::other(format!("{other:?} instead of nothing"))),
        }
    }

    /// The operation in flight ends. The first that is told has the next one; others would be refused once more.
    fn free_one(&mut self) -> Result<()> {
        drop(self.sockets[self.holder].take());
        while self.poll.poll(&mut self.events, None)? == 0 {}
        self.told += self.events.len();
        self.holder = self.events.iter().next().map_or(self.holder, Event::id);
        self.events.iter().try_for_each(|event| self.receive(event.id()))
    }

    /// Lets it look for room: there is none, and nobody is told.
    fn rests(&mut self) -> Result<()> {
        let millis = i32::try_from(QUIET.as_millis()).map_err(Error::other)?;
        self.told += self.poll.poll(&mut self.events, Some(millis))?;
        Ok(())
    }
}
