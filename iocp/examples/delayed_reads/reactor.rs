//! The thread that polls: it passes each event's token on, until the loop is closed.

use std::{
    io,
    sync::mpsc::{channel, Receiver},
    thread::{self, JoinHandle},
};

use iocp::poll::{is_closed, Events, Poll, Registrator, Token};

/// A polling thread, and what it tells.
pub(crate) struct Reactor {
    pub(crate) registrator: Registrator,
    pub(crate) tokens: Receiver<Token>,
    thread: JoinHandle<io::Result<usize>>,
}

impl Reactor {
    pub(crate) fn start() -> io::Result<Self> {
        let poll = Poll::new()?;
        let registrator = poll.registrator();
        let (sender, tokens) = channel();
        let thread = thread::spawn(move || {
            let mut events = Events::with_capacity(16);
            let mut polls = 0;
            loop {
                match poll.poll(&mut events, None) {
                    Ok(_) => polls += 1,
                    // What `close_loop` makes of the wait, after all events.
                    Err(error) if is_closed(&error) => return Ok(polls),
                    Err(error) => return Err(error),
                }
                for event in &events {
                    if sender.send(event.id()).is_err() {
                        return Ok(polls);
                    }
                }
            }
        });
        Ok(Self { registrator, tokens, thread })
    }

    /// Closes the loop from a thread of its own, and waits for the polling one. Returns how often
    /// that was woken.
    pub(crate) fn stop(self) -> io::Result<usize> {
        let Self { registrator, thread, .. } = self;
        let closing = thread::spawn(move || {
            registrator.close_loop()?;
            // A second time is an error, and changes nothing.
            match registrator.close_loop() {
                Err(error) if is_closed(&error) => Ok(()),
                other => Err(io::Error::other(format!("a second close_loop said {other:?}"))),
            }
        });
        join(closing)?;
        join(thread)
    }
}

fn join<T>(thread: JoinHandle<io::Result<T>>) -> io::Result<T> {
    thread.join().map_err(|_| io::Error::other("a thread panicked"))?
}
