//! Streams: each connection is accepted, its messages are echoed or only received, and it is closed at its end.

mod raw;
mod ready;
mod tasks;
mod typed;

use std::io::{Error, Result};

use crate::{arguments::Args, meter, setting};

/// Packets or events taken per wait, where a server may choose.
const ENTRIES: usize = 64;

/// Runs the server that `args` name, until the process is ended.
pub(crate) fn run(args: &Args) -> Result<()> {
    let listener = setting::listener(args)?;
    let work = Work::of(args);
    match args.server.as_str() {
        "raw" => raw::serve(&listener, work),
        "typed" => typed::serve(listener, work),
        "poll" => ready::poll(listener, work, true),
        "poll-all" => ready::poll(listener, work, false),
        "mio" => ready::mio(listener, work),
        "polling" => ready::polling(listener, work),
        "compio" => tasks::compio(listener, work),
        "tokio" => tasks::tokio(listener, work),
        other => Err(Error::other(format!("no server is called `{other}`"))),
    }
}

/// What a connection is to do, and how far it is with its message.
#[derive(Clone, Copy)]
struct Work {
    /// Bytes of its memory.
    room: usize,
    /// Bytes of a message; 0: a connection is one.
    message: usize,
    one_way: bool,
    /// It closes after its first answer.
    leaves: bool,
    /// Bytes of the message that are done.
    done: usize,
}

impl Work {
    fn of(args: &Args) -> Self {
        let &Args { buffer: room, message, one_way, leaves, .. } = args;
        Self { room, message, one_way, leaves, done: 0 }
    }

    /// So many bytes were answered, or received where nothing is. False: the server closes now.
    #[inline]
    fn answered(&mut self, count: usize) -> bool {
        self.done += count;
        while self.message > 0 && self.done >= self.message {
            self.done -= self.message;
            meter::message();
        }
        !self.leaves
    }

    /// The connection was closed.
    fn closed(self) {
        if self.message == 0 {
            meter::message();
        }
    }
}
