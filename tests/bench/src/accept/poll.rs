//! `iocp`'s event queue: accept what is there, register, drop.

use std::{
    io::{ErrorKind, Result},
    net::TcpListener,
};

use iocp::poll::{Events, Interests, Poll, Token};

use crate::meter;

const LISTENER: Token = 0;

/// Serves until the process ends. At most `depth` accepts are with the system at a time; each connection is
/// registered for the `interests`.
pub(crate) fn serve(listener: TcpListener, depth: usize, interests: Interests) -> Result<()> {
    let poll = Poll::new()?;
    let registrator = poll.registrator();
    let mut listener = iocp::poll::TcpListener::from(listener);
    listener.set_depth(depth);
    registrator.register(&mut listener, LISTENER, Interests::READABLE)?;
    let mut events = Events::with_capacity(4);
    loop {
        poll.poll(&mut events, None)?;
        while events.iter().any(|event| event.id() == LISTENER) {
            match listener.accept() {
                Ok((mut stream, _)) => {
                    registrator.register(&mut stream, LISTENER + 1, interests)?;
                    drop(stream);
                    meter::message();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
    }
}
