//! What is no source, in the same loop: waits for objects, jobs, watched directories, and files, pipes and sockets
//! with operations.
//!
//! Each of their packets is a readable event with its token, not merged with others. What came is not in the event: ask the object, or
//! finish the operation. So an event that others forged does no harm. (A job's message stands beside its event.)

use std::io;

use super::{event::Token, registrator::Registrator, tag::OWN};
use crate::{
    associated::{AssociatedHandle, AssociatedSocket},
    base::buffer::IoBuf,
    base::error::{Error, Refused},
    operation::Operation,
    ops::{
        handle_wait::HandleWait,
        job::{AssociatedJob, Job},
        watch::{ChangeFilter, DirectoryWatch},
    },
    os::{AsHandle, AsSocket},
};

impl Registrator {
    /// A wait for an object of the system, as [`CompletionPort::handle_wait`](crate::CompletionPort::handle_wait):
    /// each [`start`](HandleWait::start) brings one readable event with this token, once the object is
    /// signalled.
    ///
    /// # Errors
    ///
    /// [That of a closed queue](super::is_closed), and those of the port's method.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use iocp::poll::{Events, Poll};
    ///
    /// let poll = Poll::new()?;
    /// let child = std::process::Command::new("cmd").args(["/c", "exit 3"]).spawn()?;
    /// let ended = poll.registrator().handle_wait(&child, 7)?;
    /// ended.start()?;
    /// let mut events = Events::with_capacity(64);
    /// poll.poll(&mut events, None)?;
    /// for event in &events {
    ///     if event.id() == 7 {
    ///         println!("{:?}", ended.exit_code()?);
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn handle_wait<H: AsHandle>(&self, object: &H, token: Token) -> io::Result<HandleWait> {
        Ok(self.queue.hub.port.handle_wait(object, token)?)
    }

    /// A job, as [`CompletionPort::associate_job`](crate::CompletionPort::associate_job): each of its messages
    /// is a readable event with this token, and [`Events::job_messages`](super::Events::job_messages) has it. They
    /// may be lost, so ask for [`active_processes`](Job::active_processes).
    ///
    /// # Errors
    ///
    /// Those of the port's method.
    pub fn associate_job(&self, job: Job, token: Token) -> Result<AssociatedJob, Refused<Job>> {
        self.queue.hub.port.associate_job(job, token)
    }

    /// A directory, as [`CompletionPort::watch`](crate::CompletionPort::watch): each answer to an
    /// [`operation`](Self::operation) of this queue's is a readable event with this token; then its ticket is
    /// [done](crate::InFlight::finish).
    ///
    /// # Errors
    ///
    /// [That of a closed queue](super::is_closed), and those of the port's method.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use iocp::poll::{Events, Poll};
    /// use iocp::{ChangeBuffer, ChangeFilter, InFlight, Watched};
    ///
    /// let (poll, mut events) = (Poll::new()?, Events::with_capacity(64));
    /// let registrator = poll.registrator();
    /// let watch = registrator.watch("C:\\data", ChangeFilter::NAMES, true, 7)?;
    /// let operation = registrator.operation(ChangeBuffer::new(64 << 10))?;
    /// let mut ticket = watch.changes(operation).pending().ok();
    /// while ticket.is_some() {
    ///     poll.poll(&mut events, None)?;
    ///     // Some of the events are the sockets'.
    ///     let Some(done) = InFlight::take_finished(&mut ticket) else { continue };
    ///     match done.watched()? {
    ///         Watched::Changes(changes) => changes.for_each(|one| println!("{:?}", one.name)),
    ///         Watched::LookAgain => println!("read it anew"),
    ///         Watched::Gone | Watched::Stopped => break,
    ///     }
    ///     ticket = watch.changes(done.into_operation()).pending().ok();
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(windows)]
    pub fn watch<P: AsRef<std::path::Path>>(
        &self,
        path: P,
        filter: ChangeFilter,
        subtree: bool,
        token: Token,
    ) -> io::Result<DirectoryWatch<std::fs::File>> {
        self.queue.hub.port.watch(path, filter, subtree, token)
    }

    /// As `watch`, of a directory that is open, as
    /// [`CompletionPort::watch_directory`](crate::CompletionPort::watch_directory).
    ///
    /// # Errors
    ///
    /// Those of the port's method.
    pub fn watch_directory<H: AsHandle + 'static>(
        &self,
        directory: H,
        filter: ChangeFilter,
        subtree: bool,
        token: Token,
    ) -> Result<DirectoryWatch<H>, Refused<H>> {
        self.queue.hub.port.watch_directory(directory, filter, subtree, token)
    }

    /// A file or pipe, as [`CompletionPort::associate_handle`](crate::CompletionPort::associate_handle): the end
    /// of each [`operation`](Self::operation) of this queue's on it is a readable event with this token.
    ///
    /// # Errors
    ///
    /// Those of the port's method.
    pub fn associate_handle<H: AsHandle + 'static>(
        &self,
        handle: H,
        token: Token,
    ) -> Result<AssociatedHandle<H>, Refused<H>> {
        self.queue.hub.port.associate_handle(handle, token)
    }

    /// A socket, as [`CompletionPort::associate_socket`](crate::CompletionPort::associate_socket): the end of each
    /// [`operation`](Self::operation) of this queue's on it is a readable event of its own with this token, where it was
    /// [pending](crate::Submitted::Pending). For what the queue's own sockets have no call for, such as datagrams with
    /// the address that they were sent to ([`Message`](crate::Message)), or files ([`Transmit`](crate::Transmit)). A
    /// [graceful close](AssociatedSocket::close_gracefully) goes on at each event of the socket, and at that of its own
    /// token, which is below `usize::MAX << 24`.
    ///
    /// # Errors
    ///
    /// Those of the port's method.
    ///
    /// # Examples
    ///
    /// Beside the sources of the loop a service answers from the address that it was asked at:
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::net::UdpSocket;
    ///
    /// use iocp::poll::{Events, Poll};
    /// use iocp::{Completed, ControlKind, ControlMessage, InFlight, Message, Submitted};
    ///
    /// type Question = Completed<Message<Vec<u8>>>;
    ///
    /// let (poll, mut events) = (Poll::new()?, Events::with_capacity(64));
    /// let registrator = poll.registrator();
    /// let service = registrator.associate_socket(UdpSocket::bind("0.0.0.0:5353")?, 7)?;
    /// service.ask_for(ControlKind::PacketInfo)?;
    ///
    /// let answer = |question: Question| -> Result<(), Box<dyn std::error::Error>> {
    ///     if question.result().is_err() {
    ///         return Ok(()); // longer than the room, or of a datagram that was sent from here
    ///     }
    ///     let mut answer = question.into_operation();
    ///     let from = answer.buffer().packet_info().map(ControlMessage::PacketInfo);
    ///     answer.buffer_mut().set_control(from.as_slice())?;
    ///     if let Submitted::Pending(sending) = service.send_msg(answer) {
    ///         sending.detach(); // nobody asks how it ends
    ///     }
    ///     Ok(())
    /// };
    /// let mut receiving = None;
    /// loop {
    ///     while receiving.is_none() {
    ///         let room = registrator.operation(Message::new(Vec::with_capacity(1500)))?;
    ///         match service.recv_msg(room) {
    ///             Submitted::Pending(ticket) => receiving = Some(ticket),
    ///             Submitted::Ready(question) => answer(question)?,
    ///             Submitted::Refused(refused) => return Err(refused.into()),
    ///         }
    ///     }
    ///     poll.poll(&mut events, None)?;
    ///     // Some of the events are the sources'.
    ///     if let Some(question) = InFlight::take_finished(&mut receiving) {
    ///         answer(question)?;
    ///     }
    /// }
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    pub fn associate_socket<S: AsSocket + 'static>(
        &self,
        socket: S,
        token: Token,
    ) -> Result<AssociatedSocket<S>, Refused<S>> {
        self.queue.hub.port.associate_socket(socket, token)
    }

    /// An operation for what [`watch_directory`](Self::watch_directory),
    /// [`associate_handle`](Self::associate_handle) and [`associate_socket`](Self::associate_socket) give. Its end is an event with the token of the handle; it has
    /// none of its own, and [`set_token`](Operation::set_token) changes nothing.
    ///
    /// Keep its ticket and ask it at that event: no id is told, so one that was [parked](crate::InFlight::park)
    /// cannot be redeemed, and takes its place in the port until that is closed.
    ///
    /// # Errors
    ///
    /// As [`CompletionPort::operation`](crate::CompletionPort::operation).
    ///
    /// # Examples
    ///
    /// A file is read beside the sockets of the loop:
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::fs::File;
    ///
    /// use iocp::poll::{Events, Poll};
    /// use iocp::{open_overlapped, InFlight, Submitted};
    ///
    /// let (poll, mut events) = (Poll::new()?, Events::with_capacity(64));
    /// let registrator = poll.registrator();
    /// let file = open_overlapped(File::options().read(true), "greeting.txt", 0)?;
    /// let file = registrator.associate_handle(file, 7)?;
    /// let read = registrator.operation(Vec::with_capacity(4096))?;
    /// let (mut ticket, mut done) = match file.read_at(read, 0) {
    ///     Submitted::Pending(ticket) => (Some(ticket), None),
    ///     Submitted::Ready(done) => (None, Some(done)),
    ///     Submitted::Refused(refused) => return Err(refused.into()),
    /// };
    /// while done.is_none() {
    ///     poll.poll(&mut events, None)?;
    ///     for event in &events {
    ///         match event.id() {
    ///             7 => done = InFlight::take_finished(&mut ticket),
    ///             _ => { /* the sockets */ }
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    pub fn operation<B: IoBuf>(&self, mut buffer: B) -> Result<Operation<B>, Refused<B>> {
        let hub = &self.queue.hub;
        loop {
            match hub.port.operation(buffer, OWN) {
                Err(Refused { error: Error::Full(_), value }) if hub.give_up_spare() => {
                    buffer = value;
                }
                made => return made,
            }
        }
    }
}
