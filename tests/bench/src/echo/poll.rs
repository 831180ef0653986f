//! `iocp`'s event queue: readiness, with a receive in flight per stream. A stream is read until a
//! read is short, as the queue's own page says; the read that emptied its buffer has armed it again.

use std::{
    io::{ErrorKind, Read, Result, Write},
    net::TcpStream,
};

use iocp::poll::{Config, Events, Interests, Poll};

use super::ENTRIES;
use crate::meter;

/// One for all: a readiness loop reads only when there is something. Larger than a message, so that
/// a short read says that nothing is left.
const ROOM: usize = 4096;

/// Serves until the process ends; streams lend so many bytes together.
pub(crate) fn serve(streams: Vec<TcpStream>, lent_bytes: usize) -> Result<()> {
    let poll = Poll::with_config(&Config::default().lent_bytes(lent_bytes))?;
    let registrator = poll.registrator();
    let mut connections = Vec::with_capacity(streams.len());
    for (token, stream) in streams.into_iter().enumerate() {
        let mut stream = iocp::poll::TcpStream::from(stream);
        registrator.register(&mut stream, token, Interests::READABLE)?;
        connections.push(stream);
    }
    let mut events = Events::with_capacity(ENTRIES);
    let mut room = [0; ROOM];
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            let stream = &mut connections[event.id()];
            loop {
                match stream.read(&mut room) {
                    Ok(0) => break,
                    Ok(count) => {
                        stream.write_all(&room[..count])?;
                        meter::message();
                        if count < ROOM {
                            break;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(_) => break,
                }
            }
        }
    }
}
