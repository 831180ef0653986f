//! An event queue: readiness over completions.
//!
//! Programs written for epoll or kqueue want to hear that a socket *is ready*, and then read into a
//! buffer of their own. A completion port reports that an operation *is done*, which owned its buffer
//! all the while. So each readable stream has one receive in flight: of nothing, or of a small buffer that the
//! queue lends. When that is done the stream is readable. `read` copies what is in the buffer, if there is one,
//! receives the rest into the caller's memory, and once nothing is left starts the next receive. A `write` sends
//! what the system takes at once from the caller's memory, and copies the rest into a buffer that is sent by
//! `WSASend`. Nothing here uses the undocumented polling device that other
//! libraries use for this, and there is no `unsafe` in it.
//!
//! What a message costs is [`Config::lent_bytes`] to choose: a stream that is lent a buffer needs one wait and one
//! receive for each small message, and one that is not, one call more and no memory. Large messages are received
//! without a copy in either case.
//!
//! # What an event means
//!
//! | event | comes when | and again when |
//! | --- | --- | --- |
//! | readable | bytes, an end or an error have come, or are there at [`register`](Registrator::register) | a read was short or said `WouldBlock`, and more has come; not for bytes that were left |
//! | readable, of a [`UdpSocket`] | a datagram or an error has come, or is there at `register` | a receive said `WouldBlock` and one has come; not for those that were left |
//! | readable, of a [`PipeStream`] | bytes, the end or an error have come, or are there at `register` | a read was short or said `WouldBlock`, and more has come |
//! | writable, of a [`PipeStream`] | no write is in flight, and a client is there | a write or flush said `WouldBlock` and that is so now |
//! | writable | there is room, at `register`; a connect is over | a write said `WouldBlock` and no more than the low-water mark is queued now, or a flush did and nothing is; sending has failed |
//! | readable, of a listener | a connection can be accepted | one is left after [`accept`](TcpListener::accept) |
//! | read closed | with a readable event, where the stream was lent a buffer: the peer sends no more, or the connection is broken. Without one only the read tells it; and never where only writing is asked for | |
//! | error | with another event: the next call says which | |
//! | idle | no byte was read or written for as long as the [limit](TcpStream::set_idle_limit) of the stream or [pipe](PipeStream::set_idle_limit) | the limit has passed once more |
//!
//! Two things no event tells:
//!
//! * what is behind bytes that you left unread: an end or a reset there is told by the read that comes to it;
//! * a reset behind the peer's end: the next write tells it.
//!
//! So a program that pauses its reading, or waits to write after the peer's end, sets an
//! [idle limit](TcpStream::set_idle_limit), and decides at [`is_idle`](Event::is_idle): [`peek`](TcpStream::peek) says
//! at once that a connection is broken, if its bytes are not in the way. (Under Wine they are: a peek gives them, though
//! a reset is behind them. Whether Windows says the error then is *open*.) Else drop it after as many limits as you
//! like.
//!
//! So read until a read is short (it got less than it asked for) or says `WouldBlock`, and write until
//! `WouldBlock`: what comes later gives an event. Once it has said so, a read says it again until a poll has brought that
//! event: a loop of reads without a poll waits for ever. A library that hides how much it asks for (TLS, a decompressor)
//! is to be called until `WouldBlock`. A read that fills the caller's buffer may have left
//! bytes; they give no new event. [`reregister`](Registrator::reregister) gives an event of what is
//! ready then (*level*).
//!
//! Where a peer may send faster than the program works, read so much for each event and `reregister`: a loop that
//! reads to the end of what never pauses serves nobody else.
//!
//! All that happened to one source between two polls is one event. Events are plain data: one whose
//! source was dropped meanwhile only carries a token that means nothing any more. They may be spurious:
//! a read before an event may have taken what it reports, and a receive that the system has ended by
//! itself gives one too. The next read then says `WouldBlock`, and receives again: so answer every readable event with a
//! read, or the next event may not come. One more comes behind a short read of
//! [much](Config::receive_buffer): the stream guesses that there is more, which spares the system a question, and does so
//! no more once the guess was wrong.
//!
//! # Who keeps what open
//!
//! Sources and registrators keep the port open, but not the queue *going*: that ends with the `Poll`.
//! Then reads give what polls have told of, a listener those that it has told of, and whatever needs the queue says that
//! it is closed, though more may have come that no poll has seen: one error from every call, found by [`is_closed`]. (A `flush` with nothing queued needs nothing.) A socket belongs
//! to one queue for as long as it is open.
//!
//! A `poll` that has nothing to do wakes every 5 seconds for a moment, and goes on waiting.
//!
//! A `Poll` with its port full refuses to register ([`WouldBlock`](std::io::ErrorKind)); a read or
//! write that finds it full is `WouldBlock`, and gives an event when there is room. Readable sources keep their place
//! while they wait: more of them than the port has operations are never registered at once.
//!
//! Reads and writes through `&mut TcpStream` take no lock where they are done at once; those through
//! `&TcpStream` take one for each direction.
//!
//! A registered stream's socket is put in non-blocking mode (`FIONBIO`) before it is first read directly. Leave it
//! so, also through a clone: in blocking mode a read waits where it should say `WouldBlock`.
//!
//! What is no source waits in the same loop, each end with an event: operations on [files and
//! pipes](Registrator::associate_handle) and on [sockets](Registrator::associate_socket), such as datagrams with the
//! address that they were sent to; [objects](Registrator::handle_wait) such as processes,
//! [jobs](Registrator::associate_job) and [directories](Registrator::watch_directory). Mailboxes, timers and what the
//! console tells are of ports alone: here a channel of std's and a [waker](Registrator::waker) serve.
//!
//! # Examples
//!
//! A server of one thread:
//!
//! ```no_run
//! # #[cfg(windows)]
//! fn main() -> std::io::Result<()> {
//!     use std::collections::HashMap;
//!     use std::io::{ErrorKind, Read, Write};
//!
//!     use iocp::poll::{Events, Interests, Poll};
//!
//!     let poll = Poll::new()?;
//!     let registrator = poll.registrator();
//!     let listener = registrator.listen("127.0.0.1:7000", 0, 16)?;
//!     let (mut streams, mut next) = (HashMap::new(), 1);
//!     let mut events = Events::with_capacity(256);
//!     let mut room = [0; 4096];
//!     loop {
//!         poll.poll(&mut events, None)?;
//!         for event in &events {
//!             while event.id() == 0 {
//!                 match listener.accept() {
//!                     Ok((mut stream, _peer)) => {
//!                         registrator.register(&mut stream, next, Interests::READABLE)?;
//!                         streams.insert(next, stream);
//!                         next += 1;
//!                     }
//!                     // None is left; or no socket is: the listener tries again.
//!                     Err(_) => break,
//!                 }
//!             }
//!             let Some(stream) = streams.get_mut(&event.id()) else { continue };
//!             loop {
//!                 match stream.read(&mut room) {
//!                     // A client that does not read its answers is dropped here.
//!                     Ok(count @ 1..) if stream.write_all(&room[..count]).is_ok() => {}
//!                     Err(error) if error.kind() == ErrorKind::WouldBlock => break,
//!                     _ => {
//!                         streams.remove(&event.id());
//!                         break;
//!                     }
//!                 }
//!             }
//!         }
//!     }
//! }
//! # #[cfg(not(windows))]
//! # fn main() {}
//! ```

// A *source* is what is registered, its *owner* what the user holds of it. The source's *cell* in the queue
// has a lock, under which pollers *visit* it, and the *marks*, which are read without the lock.
//
// Where to look, if an event does not come or says the wrong thing: `queue/deliver.rs` makes those of
// packets, `marks.rs` keeps those that are pending, `source/stream/inbox` and `source/stream/packets.rs` say
// what of a stream is ready. If written bytes are not sent: `source/stream/sending.rs`. If nothing is accepted:
// `source/listener.rs`. If a poll does not end: `queue/wait.rs`. If a full port is never tried again:
// `context.rs`.

mod config;
mod context;
mod error;
mod event;
mod events;
mod flags;
mod hub;
mod interests;
mod lingering;
mod lists;
mod marks;
mod native;
mod own;
mod owner;
#[allow(clippy::module_inception)] // the type that the module is named after
mod poll;
mod pool;
mod queue;
mod ready;
mod registrator;
mod source;
mod tag;
mod util;

pub use self::{
    config::Config,
    error::is_closed,
    event::{Event, Token},
    events::Events,
    interests::Interests,
    lingering::LingerStats,
    owner::{
        listener::TcpListener, pipe::PipeStream, stream::TcpStream, udp::UdpSocket, waker::Waker,
    },
    poll::{Poll, Selector},
    registrator::{Registrable, Registrator},
    source::{pipe::PipePart, udp::Received},
};
