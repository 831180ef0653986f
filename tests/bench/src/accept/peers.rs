//! The peers, each as its own documentation shows an accept loop. What accepts is made ready for
//! events, as the others' connections are, and dropped.

use std::{
    io::{ErrorKind, Result},
    net::TcpListener,
};

use crate::meter;

/// Room for the event of a connection that is gone, too.
const ENTRIES: usize = 4;

/// Accepts until it would block, which arms the listener again.
pub(crate) fn mio(listener: TcpListener) -> Result<()> {
    use mio::{Events, Interest, Poll, Token};
    listener.set_nonblocking(true)?;
    let mut listener = mio::net::TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, Token(0), Interest::READABLE)?;
    let mut events = Events::with_capacity(ENTRIES);
    loop {
        poll.poll(&mut events, None)?;
        loop {
            match listener.accept() {
                Ok((mut stream, _)) => {
                    poll.registry().register(&mut stream, Token(1), Interest::READABLE)?;
                    drop(stream);
                    meter::message();
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
    }
}

/// Accepts once, then arms the listener again.
pub(crate) fn polling(listener: &TcpListener) -> Result<()> {
    use polling::{Event, Events, Poller};
    listener.set_nonblocking(true)?;
    let poller = Poller::new()?;
    // SAFETY:
    // * the listener lives until the process ends.
    unsafe { poller.add(listener, Event::readable(0)) }?;
    let mut events = Events::new();
    loop {
        events.clear();
        poller.wait(&mut events, None)?;
        if events.iter().any(|event| event.key == 0) {
            let (stream, _) = listener.accept()?;
            stream.set_nonblocking(true)?;
            // SAFETY:
            // * it is deleted before it is dropped.
            unsafe { poller.add(&stream, Event::readable(1)) }?;
            poller.delete(&stream)?;
            drop(stream);
            meter::message();
            poller.modify(listener, Event::readable(0))?;
        }
    }
}

/// One task that accepts.
pub(crate) fn compio(listener: TcpListener) -> Result<()> {
    compio::runtime::Runtime::new()?.block_on(async {
        let listener = compio::net::TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.close().await?;
            meter::message();
        }
    })
}

/// One task that accepts.
pub(crate) fn tokio(listener: TcpListener) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            drop(listener.accept().await?);
            meter::message();
        }
    })
}

/// One task that accepts.
pub(crate) fn smol(listener: TcpListener) -> Result<()> {
    smol::block_on(async {
        let listener = smol::Async::new(listener)?;
        loop {
            drop(listener.accept().await?);
            meter::message();
        }
    })
}
