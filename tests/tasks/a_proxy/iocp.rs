//! A TCP proxy on a port of its own, which it says: `TARGET`.
//!
//! On the event queue, with one thread. A side is read only while the other has room: what was not taken, at most a
//! piece, stays with its direction. A pair that is dropped is still sent what is queued.

use std::{
    collections::HashMap,
    env::args,
    error::Error,
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr},
};

use iocp::poll::{Events, Interests, Poll, Registrator, TcpListener, TcpStream};

const PIECE: usize = 64 << 10;
/// Others are twice the number of their pair, and the next one.
const LISTENER: usize = 0;

/// The client's stream and the target's, and the way from each to the other.
struct Pair {
    streams: [TcpStream; 2],
    ways: [Way; 2],
}

#[derive(Default)]
struct Way {
    /// What was read and is not written yet.
    kept: Vec<u8>,
    ended: bool,
}

pub fn main() -> Result<(), Box<dyn Error>> {
    let target: SocketAddr = args().nth(1).ok_or("usage: TARGET")?.parse()?;
    let poll = Poll::new()?;
    let registrator = poll.registrator();
    let mut listener = registrator.listen("127.0.0.1:0", LISTENER, 16)?;
    println!("listening {}", listener.local_addr()?);
    let (mut pairs, mut newest, mut piece) = (HashMap::new(), 0, vec![0; PIECE]);
    let mut events = Events::with_capacity(64);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.id() == LISTENER {
                while let Some(pair) = accept(&mut listener, &registrator, target, newest + 1)? {
                    newest += 1;
                    pairs.insert(newest, pair);
                }
                continue;
            }
            let number = event.id() / 2;
            let Some(pair) = pairs.get_mut(&number) else { continue };
            match pair.go_on(&mut piece) {
                Ok(false) => {}
                Ok(true) => drop(pairs.remove(&number)),
                Err(_) => pairs.remove(&number).into_iter().for_each(Pair::reset),
            }
        }
    }
}

/// The next client, if there is one, and a connection to the target for it.
fn accept(
    listener: &mut TcpListener,
    registrator: &Registrator,
    target: SocketAddr,
    number: usize,
) -> io::Result<Option<Pair>> {
    let both = Interests::READABLE | Interests::WRITABLE;
    let mut client = match listener.accept() {
        Ok((client, _)) => client,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
        Err(error) => return Err(error),
    };
    registrator.register(&mut client, 2 * number, both)?;
    let target = registrator.connect(target, 2 * number + 1, both)?;
    Ok(Some(Pair { streams: [client, target], ways: Default::default() }))
}

impl Pair {
    /// Moves what can be moved, both ways. Whether both have ended.
    fn go_on(&mut self, piece: &mut [u8]) -> io::Result<bool> {
        let ([client, target], [up, down]) = (&mut self.streams, &mut self.ways);
        for over in [up.go_on(client, target, piece), down.go_on(target, client, piece)] {
            match over {
                Err(error) if error.kind() != ErrorKind::WouldBlock => return Err(error),
                _ => {}
            }
        }
        Ok(self.ways.iter().all(|way| way.ended))
    }

    fn reset(self) {
        self.streams.into_iter().for_each(TcpStream::abort);
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
