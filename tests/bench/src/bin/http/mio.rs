//! The example's connections, requests and answers, on mio.
//!
//! One difference: a connection waits for one thing at a time. Whoever waits for both on mio's Windows is told again and
//! again that it may write, each time that it was read until it would block.

use std::{
    collections::HashMap,
    io::{ErrorKind, Result},
    net::Ipv4Addr,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use mio::{
    net::{TcpListener, TcpStream},
    Events, Interest, Poll, Token,
};

use super::{request, response};

#[path = "../../../../../iocp/examples/http_files/connection.rs"]
// reason: its stream is the one of the module above it; nothing sweeps those that make no progress
#[allow(clippy::duplicate_mod, dead_code)]
mod connection;

use connection::{Connection, Goes};

const LISTENER: Token = Token(0);

/// Serves until the process ends.
pub(super) fn serve(folder: PathBuf, requests: &AtomicU64) -> Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0).into())?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    println!("listening address={}", listener.local_addr()?);
    let mut connections: HashMap<Token, (Connection, Interest)> = HashMap::new();
    let (mut next, mut events) = (1, Events::with_capacity(256));
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            let token = event.token();
            if token == LISTENER {
                loop {
                    match listener.accept() {
                        Ok((mut stream, _)) => {
                            let _ = stream.set_nodelay(true);
                            let (token, wants) = (Token(next), Interest::READABLE);
                            next += 1;
                            poll.registry().register(&mut stream, token, wants)?;
                            connections.insert(token, (Connection::new(stream), wants));
                        }
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    }
                }
                continue;
            }
            let Some((connection, wants)) = connections.get_mut(&token) else { continue };
            let before = connection.answered;
            let goes = connection.advance(&folder);
            requests.fetch_add(connection.answered - before, Relaxed);
            if goes == Goes::Ended {
                connections.remove(&token);
                continue;
            }
            let now = match connection.sent < connection.output.len() {
                true => Interest::WRITABLE,
                false => Interest::READABLE,
            };
            // Registered again, what is ready now gives an event: after those of the others.
            if goes == Goes::Again || *wants != now {
                *wants = now;
                poll.registry().reregister(&mut connection.stream, token, now)?;
            }
        }
    }
}
