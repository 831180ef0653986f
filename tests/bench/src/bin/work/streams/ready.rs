//! Readiness: `iocp`'s event queue, mio and polling. The three differ in how they are told what to wait for.

use std::{
    io::{ErrorKind, Read, Result, Write},
    net::TcpListener,
};

use super::{Work, ENTRIES};

/// The token of the listener; those of connections are their places in a list.
const LISTENER: usize = usize::MAX >> 1;

/// A connection with its memory.
struct Talk<S> {
    stream: S,
    work: Work,
    room: Vec<u8>,
    /// What was received and is to be sent is from here …
    from: usize,
    /// … to here.
    to: usize,
    /// It waits to write, rather than to read.
    writes: bool,
}

/// What a connection waits for.
#[derive(Clone, Copy, PartialEq)]
enum Next {
    Event,
    /// As well, but for another one than before.
    Other,
    Close,
}

impl<S: Read + Write> Talk<S> {
    /// `rooms`: the memory of connections that have ended.
    fn new(stream: S, work: Work, rooms: &mut Vec<Vec<u8>>) -> Self {
        let room = rooms.pop().unwrap_or_else(|| vec![0; work.room]);
        Self { stream, work, room, from: 0, to: 0, writes: false }
    }

    /// Goes on until it has to wait. `short`: a read that is short has left nothing, and the next event is sure.
    fn go_on(&mut self, short: bool) -> Next {
        let wrote = self.writes;
        loop {
            let ended = match self.step() {
                Ok(true) if short && self.to < self.room.len() => break,
                Ok(goes_on) => !goes_on,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => true,
            };
            if ended {
                return Next::Close;
            }
        }
        self.writes = self.from < self.to;
        if self.writes == wrote {
            Next::Event
        } else {
            Next::Other
        }
    }

    /// Reads, and sends all of that. False: it is over.
    fn step(&mut self) -> Result<bool> {
        if self.from == self.to {
            let count = self.stream.read(&mut self.room)?;
            if count == 0 {
                return Ok(false);
            }
            (self.from, self.to) = (0, count);
            if self.work.one_way {
                self.from = count;
                return Ok(self.work.answered(count));
            }
        }
        while self.from < self.to {
            let count = self.stream.write(&self.room[self.from..self.to])?;
            self.from += count;
            if !self.work.answered(count) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Closes a connection.
fn close<S>(talk: &mut Option<Talk<S>>, rooms: &mut Vec<Vec<u8>>) {
    let Some(Talk { stream, work, room, .. }) = talk.take() else { return };
    drop(stream);
    rooms.push(room);
    work.closed();
}

/// The first free place for a connection.
fn place<T>(list: &mut Vec<Option<T>>) -> usize {
    list.iter().position(Option::is_none).unwrap_or_else(|| {
        list.push(None);
        list.len() - 1
    })
}

/// `iocp`'s event queue. `short`: a connection is read until a read is short, else until it would block.
pub(super) fn poll(listener: TcpListener, work: Work, short: bool) -> Result<()> {
    use iocp::poll::{Events, Interests, Poll, TcpListener, TcpStream};
    let poll = Poll::new()?;
    let registrator = poll.registrator();
    let mut listener = TcpListener::from(listener);
    registrator.register(&mut listener, LISTENER, Interests::READABLE)?;
    let mut talks: Vec<Option<Talk<TcpStream>>> = Vec::new();
    let (mut rooms, mut events) = (Vec::new(), Events::with_capacity(ENTRIES));
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.id() == LISTENER {
                loop {
                    match listener.accept() {
                        Ok((mut stream, _)) => {
                            let token = place(&mut talks);
                            registrator.register(&mut stream, token, Interests::READABLE)?;
                            talks[token] = Some(Talk::new(stream, work, &mut rooms));
                        }
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    }
                }
                continue;
            }
            let Some(talk) = talks.get_mut(event.id()).and_then(Option::as_mut) else { continue };
            match talk.go_on(short) {
                Next::Event => {}
                Next::Other => {
                    let wants = if talk.writes { Interests::WRITABLE } else { Interests::READABLE };
                    registrator.reregister(&talk.stream, event.id(), wants)?;
                }
                Next::Close => {
                    close(&mut talks[event.id()], &mut rooms);
                }
            }
        }
    }
}

/// mio: a connection is read until it would block, which arms it again.
pub(super) fn mio(listener: TcpListener, work: Work) -> Result<()> {
    use mio::{
        net::{TcpListener, TcpStream},
        Events, Interest, Poll, Token,
    };
    listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, Token(LISTENER), Interest::READABLE)?;
    let mut talks: Vec<Option<Talk<TcpStream>>> = Vec::new();
    let (mut rooms, mut events) = (Vec::new(), Events::with_capacity(ENTRIES));
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            let token = event.token();
            if token.0 == LISTENER {
                loop {
                    match listener.accept() {
                        Ok((mut stream, _)) => {
                            let token = place(&mut talks);
                            let registry = poll.registry();
                            registry.register(&mut stream, Token(token), Interest::READABLE)?;
                            talks[token] = Some(Talk::new(stream, work, &mut rooms));
                        }
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    }
                }
                continue;
            }
            let Some(talk) = talks.get_mut(token.0).and_then(Option::as_mut) else { continue };
            match talk.go_on(false) {
                Next::Event => {}
                Next::Other => {
                    let wants = if talk.writes { Interest::WRITABLE } else { Interest::READABLE };
                    poll.registry().reregister(&mut talk.stream, token, wants)?;
                }
                Next::Close => {
                    close(&mut talks[token.0], &mut rooms);
                }
            }
        }
    }
}

/// polling: one event for each time that it is armed; a connection is read until it would block or a read is short.
pub(super) fn polling(listener: TcpListener, work: Work) -> Result<()> {
    use polling::{Event, Events, Poller};
    listener.set_nonblocking(true)?;
    let poller = Poller::new()?;
    // SAFETY:
    // * the listener lives until the process ends.
    unsafe { poller.add(&listener, Event::readable(LISTENER)) }?;
    let mut talks: Vec<Option<Talk<std::net::TcpStream>>> = Vec::new();
    let (mut rooms, mut events) = (Vec::new(), Events::new());
    loop {
        events.clear();
        poller.wait(&mut events, None)?;
        for event in events.iter() {
            if event.key == LISTENER {
                let (stream, _) = listener.accept()?;
                stream.set_nonblocking(true)?;
                let token = place(&mut talks);
                // SAFETY:
                // * it is deleted before it is dropped.
                unsafe { poller.add(&stream, Event::readable(token)) }?;
                talks[token] = Some(Talk::new(stream, work, &mut rooms));
                poller.modify(&listener, Event::readable(LISTENER))?;
                continue;
            }
            let Some(talk) = talks.get_mut(event.key).and_then(Option::as_mut) else { continue };
            if talk.go_on(true) == Next::Close {
                poller.delete(&talk.stream)?;
                close(&mut talks[event.key], &mut rooms);
            } else {
                let wants = Event::new(event.key, !talk.writes, talk.writes);
                poller.modify(&talk.stream, wants)?;
            }
        }
    }
}
