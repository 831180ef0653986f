//! A TCP proxy on a port of its own, which it says: `TARGET`.
//!
//! One thread. A side is read only while the other has room: what was not taken, at most a piece, stays with its
//! direction. A read that finds nothing arms all interests anew, so mio says again that there is room: at such an event
//! nothing is read, or it would never rest. A reset is a linger time of nothing, which mio leaves to socket2.

use std::{
    collections::HashMap,
    env::args,
    error::Error,
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr},
    time::Duration,
};

use mio::{
    event::Event,
    net::{TcpListener, TcpStream},
    Events, Interest, Poll, Registry, Token,
};
use socket2::SockRef;

const PIECE: usize = 64 << 10;
/// Others are twice the number of their pair, and the next one.
const LISTENER: Token = Token(0);

/// The client's stream and the target's, and the way from each to the other.
struct Pair {
    streams: [TcpStream; 2],
    ways: [Way; 2],
    is_connected: bool,
}

#[derive(Default)]
struct Way {
    /// What was read and is not written yet.
    kept: Vec<u8>,
    ended: bool,
}

pub fn main() -> Result<(), Box<dyn Error>> {
    let target: SocketAddr = args().nth(1).ok_or("usage: TARGET")?.parse()?;
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(([127, 0, 0, 1], 0).into())?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    println!("listening {}", listener.local_addr()?);
    let (mut pairs, mut newest, mut piece) = (HashMap::new(), 0, vec![0; PIECE]);
    let mut events = Events::with_capacity(64);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                while let Some(pair) = accept(&listener, poll.registry(), target, newest + 1)? {
                    newest += 1;
                    pairs.insert(newest, pair);
                }
                continue;
            }
            let number = event.token().0 / 2;
            let Some(pair) = pairs.get_mut(&number) else { continue };
            match pair.go_on(event, &mut piece) {
                Ok(false) => {}
                Ok(true) => drop(pairs.remove(&number)),
                Err(_) => pairs.remove(&number).into_iter().for_each(Pair::reset),
            }
        }
    }
}

/// The next client, if there is one, and a connection to the target for it.
fn accept(
    listener: &TcpListener,
    registry: &Registry,
    target: SocketAddr,
    number: usize,
) -> io::Result<Option<Pair>> {
    let both = Interest::READABLE | Interest::WRITABLE;
    let mut client = match listener.accept() {
        Ok((client, _)) => client,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
        Err(error) => return Err(error),
    };
    registry.register(&mut client, Token(2 * number), both)?;
    let mut target = TcpStream::connect(target)?;
    registry.register(&mut target, Token(2 * number + 1), both)?;
    Ok(Some(Pair { streams: [client, target], ways: Default::default(), is_connected: false }))
}

impl Pair {
    /// Moves what the event is of, and both ways at the first. Whether both have ended.
    fn go_on(&mut self, event: &Event, piece: &mut [u8]) -> io::Result<bool> {
        let ([client, target], [up, down]) = (&mut self.streams, &mut self.ways);
        let is_first = !self.is_connected;
        if is_first {
            if let Some(error) = target.take_error()? {
                return Err(error);
            }
            match target.peer_addr() {
                Err(error) if error.kind() == ErrorKind::NotConnected => return Ok(false),
                connected => connected?,
            };
            self.is_connected = true;
        }
        let is_of_client = event.token().0 % 2 == 0;
        let goes_on = |way: &Way, is_read: bool| match is_read {
            true => is_first || event.is_readable(),
            false => is_first || !way.kept.is_empty(),
        };
        if goes_on(up, is_of_client) {
            or_later(up.go_on(client, target, piece))?;
        }
        if goes_on(down, !is_of_client) {
            or_later(down.go_on(target, client, piece))?;
        }
        Ok(self.ways.iter().all(|way| way.ended))
    }

    fn reset(self) {
        for stream in &self.streams {
            drop(SockRef::from(stream).set_linger(Some(Duration::ZERO)));
        }
    }
}

impl Way {
    fn go_on(
        &mut self,
        from: &mut TcpStream,
        to: &mut TcpStream,
        piece: &mut [u8],
    ) -> io::Result<()> {
        while !self.ended {
            while !self.kept.is_empty() {
                let count = to.write(&self.kept)?;
                self.kept.drain(..count);
            }
            let count = from.read(piece)?;
            if count == 0 {
                self.ended = true;
                return to.shutdown(Shutdown::Write);
            }
            let written = match to.write(&piece[..count]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
                written => written?,
            };
            self.kept.extend_from_slice(&piece[written..count]);
        }
        Ok(())
    }
}

fn or_later(moved: io::Result<()>) -> io::Result<()> {
    match moved {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
        moved => moved,
    }
}
