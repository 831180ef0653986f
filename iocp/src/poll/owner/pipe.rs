//! [`PipeStream`]: what users hold of a pipe; how it waits is in `source/pipe`.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use super::link::{Attach, Link};
use crate::ops::pipe::{AnyPipe, PipeEnd, PipeServer};
use crate::os::{AsHandle, BorrowedHandle};
use crate::poll::source::pipe::{PipePart, Piped};
use crate::poll::util::impossible;
use crate::poll::{context::Context, error::refused, marks::Watch, queue::Queue, source::Source};

/// One end of a pipe: a server's ([`PipeServer`]), a client's or an inherited one ([`Pipe`](crate::Pipe)), or std's of
/// a child process (`ChildStdin`, `ChildStdout`, `ChildStderr`). It is made by `from`, and its handle is overlapped.
///
/// Before it is registered its calls are `Unsupported`.
///
/// | call | registered |
/// | --- | --- |
/// | read | copies what the read in flight has brought into the queue's buffer, which is [`receive_buffer`](crate::poll::Config::receive_buffer) bytes large; then the next one starts. A short read may leave nothing; what comes later gives an event |
/// | the end | the other end is closed, and all that it wrote was read: `Ok(0)`. That the server has [disconnected](Self::disconnect) is an error (233), for unread bytes were lost (fact PIPE21) |
/// | write | copies at most [`send_high_water`](crate::poll::Config::send_high_water) bytes, and no more than could ever fit into the port ([below](#what-it-holds)), and starts one write. Until that is done (they are in the pipe's buffer, or read) the next is `WouldBlock`. A failure of it is said once, by the next write or flush: 232, 109 or 233, the other end is gone |
/// | flush | `WouldBlock` until the write is done |
/// | drop | cancels what is in flight: of a write that is not done the part that nobody has read is lost (fact PIPE36). So flush before. What is in the pipe's buffer the other end reads still (fact PIPE24) |
///
/// # A server's end
///
/// Registered it waits for a client, whatever the interests; until then reads and writes are `WouldBlock`. When one is
/// there it is writable. A client that has come and gone is there too: reads give what it wrote, and the end.
/// [`disconnect`](Self::disconnect) waits for the next one. Other clients need other instances: make the
/// [next one](PipeServer::next_instance) before this one is connected.
///
/// # What it holds
///
/// A server's end has up to three operations (for the client, a read and a write), any other end two; with a buffer of
/// [`receive_buffer`](crate::poll::Config::receive_buffer) bytes for reading until the end has come, and one for writing,
/// whose size is a power of two while that is at most half of the port's
/// [`max_bytes`](crate::Config::max_bytes). Give the port room for all of them. Where it has less, calls are `WouldBlock`:
/// ends that are idle give their writes up, and who was refused first is told first. But reads stay, so one write must
/// fit beside those of all ends. What could never fit beside the end's own read is written in smaller pieces;
/// a message is refused, and so is each write where the read takes all that there is.
///
/// # Messages
///
/// In message mode a read brings bytes of one message at most: [`read_message`](Self::read_message) says whether they
/// end it. `Read` does not, and leaves out messages of no bytes, which would read as the end.
/// [`write_message`](Self::write_message) writes one; each `write` of a pipe of messages is one as well.
///
/// The pipe must be in waiting mode, as all that this crate makes are: see
/// [`read_at`](crate::AssociatedHandle::read_at).
///
/// # Examples
///
/// Reads what a child says, in the loop of the sockets:
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> std::io::Result<()> {
/// use std::io::{ErrorKind, Read};
/// use std::process::{Command, Stdio};
///
/// use iocp::poll::{Events, Interests, PipeStream, Poll};
///
/// let poll = Poll::new()?;
/// let mut child = Command::new("ipconfig").stdout(Stdio::piped()).spawn()?;
/// let Some(output) = child.stdout.take() else { return Ok(()) };
/// let mut output = PipeStream::from(output);
/// poll.registrator().register(&mut output, 1, Interests::READABLE)?;
/// let (mut events, mut room) = (Events::with_capacity(64), [0; 4096]);
/// loop {
///     poll.poll(&mut events, None)?;
///     loop {
///         match output.read(&mut room) {
///             Ok(0) => return Ok(()),
///             Ok(count) => println!("{}", String::from_utf8_lossy(&room[..count])),
///             Err(error) if error.kind() == ErrorKind::WouldBlock => break,
///             Err(error) => return Err(error),
///         }
///     }
/// }
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "NamedPipe")]
#[derive(Debug)]
pub struct PipeStream<P: PipeEnd + Send + Sync + 'static> {
    end: Arc<P>,
    link: Option<Link>,
}

/// A read leaves out so many messages of no bytes; then it is `WouldBlock`, and an event follows.
const EMPTY: usize = 16;

impl<P: PipeEnd + Send + Sync + 'static> PipeStream<P> {
    /// The end that it was made of: for the [next instance](PipeServer::next_instance), and who is at the other
    /// end.
    #[must_use]
    pub fn get_ref(&self) -> &P {
        &self.end
    }

    /// Reads bytes of one message at most; `None` at the end of the pipe. Where the room is too small for the message the
    /// next call gives more of it.
    ///
    /// # Errors
    ///
    /// `WouldBlock`: nothing is there, or no client; or the port is full. An event follows, if registered for readable.
    /// `ERROR_PIPE_NOT_CONNECTED` (233): the server has disconnected. `ERROR_ACCESS_DENIED` (5): this end only writes.
    /// [That of a closed queue](crate::poll::is_closed).
    pub fn read_message(&self, into: &mut [u8]) -> io::Result<Option<PipePart>> {
        let link = self.registered()?;
        let (part, must_post) = with(link, |pipe, at| pipe.read(at, into))?;
        link.report_if(must_post);
        Ok(part)
    }

    /// Writes all of `message`, or nothing: in message mode as one message, also of no bytes.
    ///
    /// # Errors
    ///
    /// * `WouldBlock`: an earlier write is not done, no client is there, or the port is full; an event follows, if
    ///   registered for writable.
    /// * `InvalidInput`: longer than the port's [`max_bytes`](crate::Config::max_bytes), less what this end's read holds.
    /// * `ERROR_NO_DATA` (232), `ERROR_BROKEN_PIPE` (109), `ERROR_PIPE_NOT_CONNECTED` (233): the other end is gone, also
    ///   as the failure of an earlier write, said once.
    /// * [That of a closed queue](crate::poll::is_closed).
    pub fn write_message(&self, message: &[u8]) -> io::Result<()> {
        with(self.registered()?, |pipe, at| pipe.write(at, message, true)).map(drop)
    }

    /// Sets a limit of idleness, as [a stream's](crate::poll::TcpStream::set_idle_limit): a client that connects and
    /// says nothing, or does not read, is told ([`is_idle`](crate::poll::Event::is_idle)), whatever the interests. What
    /// counts is a read that gave something, a write that was taken, and the end of a write that succeeded. A server's
    /// end that has no client is told too; it keeps its limit when it [parts](PipeStream::disconnect) from one.
    ///
    /// # Errors
    ///
    /// Kind `Unsupported` if it is not registered.
    pub fn set_idle_limit(&self, limit: Option<Duration>) -> io::Result<()> {
        with(self.registered()?, |pipe, at| pipe.set_idle_limit(at, limit));
        Ok(())
    }

    fn registered(&self) -> io::Result<&Link> {
        self.link.as_ref().ok_or_else(|| io::ErrorKind::Unsupported.into())
    }
}

impl PipeStream<PipeServer> {
    /// [`DisconnectNamedPipe`](https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe):
    /// parts from the client and waits for the next one, which is told as the first one was.
    ///
    /// What the client has not read is lost, and what this end has not read (facts PIPE21, PIPE38): let the client
    /// close first, and read to the end.
    ///
    /// # Errors
    ///
    /// 536: no client is there. As [`register`](crate::poll::Registrator::register), for the wait: also kind
    /// `WouldBlock` where the port has no room for it. The client is gone all the same, and no event follows: register
    /// it again, in that case when others have ended something, or a moment later.
    /// `Unsupported`: it was never registered.
    #[doc(alias = "DisconnectNamedPipe")]
    pub fn disconnect(&self) -> io::Result<()> {
        let link = self.registered()?;
        link.report_if(with(link, Piped::disconnect)?);
        Ok(())
    }
}

fn with<T>(link: &Link, what: impl FnOnce(&mut Piped, Context<'_>) -> T) -> T {
    link.with(|source, at| match source.as_other::<Piped>() {
        Some(pipe) => what(pipe, at),
        None => impossible(), // a pipe's cell holds a pipe
    })
}

impl<P: PipeEnd + Send + Sync + 'static> Read for &PipeStream<P> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        for _ in 0..EMPTY {
            match self.read_message(into)? {
                None => return Ok(0),
                Some(PipePart { len: 0, .. }) => {}
                Some(part) => return Ok(part.len),
            }
        }
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl<P: PipeEnd + Send + Sync + 'static> Read for PipeStream<P> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        (&*self).read(into)
    }
}

impl<P: PipeEnd + Send + Sync + 'static> Write for &PipeStream<P> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        with(self.registered()?, |pipe, at| pipe.write(at, bytes, false))
    }

    fn flush(&mut self) -> io::Result<()> {
        with(self.registered()?, Piped::flush)
    }
}

impl<P: PipeEnd + Send + Sync + 'static> Write for PipeStream<P> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self).flush()
    }
}

impl<P: PipeEnd + Send + Sync + 'static> Attach for PipeStream<P> {
    fn link(&self) -> Option<&Link> {
        self.link.as_ref()
    }

    fn attach(&mut self, queue: &Arc<Queue>, watch: Watch) -> io::Result<()> {
        let end = AnyPipe(Arc::<P>::clone(&self.end));
        let associated = queue.hub.port.associate_handle(end, 0).map_err(refused)?;
        let piped = Piped::new(associated, self.end.listens());
        let link = Link::new(queue, Source::other(piped), Watch::NONE)?;
        self.link.insert(link).register(watch)
    }

    fn unset(&self, link: &Link) {
        with(link, Piped::deregister);
    }
}

impl<P: PipeEnd + Send + Sync + 'static> From<P> for PipeStream<P> {
    fn from(end: P) -> Self {
        Self { end: Arc::new(end), link: None }
    }
}

impl<P: PipeEnd + Send + Sync + 'static> AsHandle for PipeStream<P> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.end.as_handle()
    }
}
