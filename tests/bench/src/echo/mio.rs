//! mio: readiness, edge by edge. A connection is read until it would block, which arms it again.

use std::{
    io::{ErrorKind, Read, Result, Write},
    net::TcpStream,
};

use mio::{Events, Interest, Poll, Token};

use super::ENTRIES;
use crate::{arguments::Args, meter};

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    let mut poll = Poll::new()?;
    let mut connections = Vec::with_capacity(streams.len());
    for (token, stream) in streams.into_iter().enumerate() {
        stream.set_nonblocking(true)?;
        let mut stream = mio::net::TcpStream::from_std(stream);
        poll.registry().register(&mut stream, Token(token), Interest::READABLE)?;
        connections.push(stream);
    }
    let mut events = Events::with_capacity(ENTRIES);
    // One buffer for all: a readiness loop reads only when there is something.
    let mut buffer = vec![0; args.buffer];
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            let stream = &mut connections[event.token().0];
            loop {
                match stream.read(&mut buffer) {
                    Ok(0) => break,
                    Ok(count) => {
                        stream.write_all(&buffer[..count])?;
                        meter::message();
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(_) => break,
                }
            }
        }
    }
}
