//! A registered stream, as its lock guards it: what it is owed, and both directions.

use std::{io, sync::Arc};

use super::{
    connect,
    recv::{self, Recv},
    send::Sending,
};
use crate::{
    poll::{
        context::{Context, Settled, CONNECT, RECV, SEND},
        event::{Ready, Token},
        native, Interests,
    },
    Associated,
};

pub(in crate::poll) type Socket = Associated<Arc<native::Stream>>;

/// The part of a stream that belongs to the queue.
///
/// The socket comes first: it is dropped first, which ends the operations of the others.
#[derive(Debug)]
pub(in crate::poll) struct Stream {
    pub(super) socket: Socket,
    pub(super) recv: Recv,
    /// Made by the first write.
    pub(super) sending: Option<Box<Sending>>,
    pub(super) token: Token,
    /// What was received and not read yet is from here …
    pub(super) from: u16,
    /// … to here.
    pub(super) to: u16,
    pub(super) interests: Interests,
    /// An event that no completion brings: a packet of our own is on its way.
    owed: Ready,
    posted: bool,
    /// The port was full: listed to be tried again when it has room.
    pub(super) starved: bool,
    /// Deregistered: not even a connect that fails is told.
    silent: bool,
}

impl Stream {
    pub(in crate::poll) fn new(socket: Socket, token: Token, interests: Interests) -> Self {
        Self {
            socket,
            recv: Recv::None,
            sending: None,
            token,
            from: 0,
            to: 0,
            interests,
            owed: Ready::NONE,
            posted: false,
            starved: false,
            silent: false,
        }
    }

    /// Replaces token and interests. Says whether an event is owed that must be posted now.
    ///
    /// What is ready already gives an event now, whatever was reported before.
    pub(in crate::poll) fn register(
        &mut self,
        at: Context<'_>,
        token: Token,
        interests: Interests,
    ) -> io::Result<bool> {
        self.token = token;
        self.interests = interests;
        self.owed = Ready::NONE;
        self.silent = false;
        if interests.is_readable() {
            if let Err(error) = self.arm(at) {
                self.interests = Interests::NONE;
                return Err(error);
            }
        }
        let ready = self.now(at).wanted(interests);
        if interests.is_writable() && !ready.has(Ready::WRITABLE) {
            self.sending_mut().wants_room();
        }
        Ok(self.owe(ready))
    }

    pub(in crate::poll) fn deregister(&mut self) {
        self.interests = Interests::NONE;
        self.owed = Ready::NONE;
        self.silent = true;
    }

    /// Notes what is owed; true if a packet must be posted for it, after the lock.
    pub(super) fn owe(&mut self, ready: Ready) -> bool {
        if ready.is_none() {
            return false;
        }
        self.owed = self.owed | ready;
        !std::mem::replace(&mut self.posted, true)
    }

    /// A read has said what an event on its way would tell.
    pub(super) fn told_of_end(&mut self) {
        self.owed = self.owed.without(Ready::READABLE);
    }

    /// The packet of our own has come: reports what is owed and still so.
    pub(in crate::poll) fn owed(&mut self, at: Context<'_>) -> Settled {
        self.posted = false;
        let owed = std::mem::take(&mut self.owed);
        let mut settled = self.report(owed, at);
        if matches!(self.recv, Recv::Failed(_)) && owed.has(Ready::CONNECT_FAILED) {
            settled.ready = settled.ready | Ready::ERROR;
        }
        settled
    }

    /// A connect was started. True if it is over already, and an event must be posted.
    pub(super) fn connect_started(&mut self, at: Context<'_>) -> bool {
        match self.recv {
            Recv::Connecting(_) => return false,
            Recv::Failed(_) => {
                return self.owe(Ready::CONNECT_FAILED | Ready::READABLE | Ready::WRITABLE)
            }
            _ => {}
        }
        if self.interests.is_readable() {
            // An error of this is told by the first read.
            let _ = self.arm(at);
        }
        self.owe(self.now(at).wanted(self.interests))
    }

    #[inline]
    pub(in crate::poll) fn finished(&mut self, kind: usize, at: Context<'_>) -> Settled {
        match kind {
            RECV => {
                recv::finished(self, at);
                self.report(Ready::READABLE, at)
            }
            SEND => self.sent(at),
            CONNECT => self.connect_finished(at),
            _ => self.report(Ready::NONE, at),
        }
    }

    fn sent(&mut self, at: Context<'_>) -> Settled {
        let Some(sending) = self.sending.as_mut() else { return self.report(Ready::NONE, at) };
        let tells = sending.finished(&self.socket, at, &mut self.starved);
        if sending.is_over() && sending.lingers {
            return Settled { over: true, ..Settled::new(self.token, Ready::NONE) };
        }
        self.report(if tells { Ready::WRITABLE } else { Ready::NONE }, at)
    }

    fn connect_finished(&mut self, at: Context<'_>) -> Settled {
        if !connect::finished(self, at) {
            return self.report(Ready::NONE, at);
        }
        let failed = matches!(self.recv, Recv::Failed(_));
        if self.interests.is_readable() && !failed {
            // An error of this is told by the first read.
            let _ = self.arm(at);
        }
        let mut settled = self.report(Ready::READABLE | Ready::WRITABLE, at);
        if failed && !self.silent {
            settled.ready = settled.ready | Ready::ERROR;
        }
        settled
    }

    /// What could not be sent a while ago is tried again.
    pub(in crate::poll) fn again(&mut self, at: Context<'_>) -> Settled {
        self.sent(at)
    }

    /// The port has room again: tries what it had no room for.
    pub(in crate::poll) fn drained(&mut self, at: Context<'_>) -> Settled {
        if !std::mem::take(&mut self.starved) {
            return self.report(Ready::NONE, at);
        }
        if self.interests.is_readable() {
            // It may be full again already.
            let _ = self.arm(at);
        }
        // Writable only if its owner waits for that, as after any send.
        let mut settled = self.sent(at);
        if !settled.over {
            settled.ready = settled.ready | self.report(Ready::READABLE, at).ready;
        }
        settled
    }

    /// What of this is so now and wanted.
    fn report(&self, of: Ready, at: Context<'_>) -> Settled {
        let ready = if of.is_none() { of } else { self.now(at).only(of).wanted(self.interests) };
        Settled::new(self.token, ready)
    }

    /// What is ready now.
    fn now(&self, at: Context<'_>) -> Ready {
        let read = self.recv.ready();
        let write = match (&self.recv, &self.sending) {
            (Recv::Connecting(_), _) => Ready::NONE,
            (Recv::Failed(_), _) => Ready::WRITABLE,
            (_, Some(sending)) => sending.ready(at),
            (_, None) => Ready::WRITABLE,
        };
        read | write
    }

    pub(super) fn sending_mut(&mut self) -> &mut Sending {
        self.sending.get_or_insert_with(Box::default)
    }

    /// Writes; see [`TcpStream`](super::TcpStream).
    pub(in crate::poll) fn write(&mut self, at: Context<'_>, bytes: &[u8]) -> io::Result<usize> {
        let sending = self.sending.get_or_insert_with(Box::default);
        match self.recv {
            Recv::Connecting(_) => {
                sending.wants_room();
                return Err(io::ErrorKind::WouldBlock.into());
            }
            // What broke the connection is known already.
            Recv::Failed(code) => return Err(io::Error::from_raw_os_error(code)),
            _ => {}
        }
        sending.write(&self.socket, at, &mut self.starved, bytes)
    }

    pub(in crate::poll) fn flush(&mut self, at: Context<'_>) -> io::Result<()> {
        match &mut self.sending {
            Some(sending) => sending.flush(at),
            None => Ok(()),
        }
    }

    pub(in crate::poll) fn shut_down_write(&mut self) -> io::Result<()> {
        let socket: &native::Stream = &self.socket;
        match &mut self.sending {
            Some(sending) => sending.shut_down(socket),
            None => {
                native::shut_down(socket, std::net::Shutdown::Write)?;
                self.sending_mut().shut = true;
                Ok(())
            }
        }
    }

    /// Nothing is received any more. What is returned is dropped after the lock.
    pub(in crate::poll) fn shut_down_read(&mut self) -> Recv {
        std::mem::replace(&mut self.recv, Recv::Ended)
    }

    pub(in crate::poll) fn is_connecting(&self) -> bool {
        matches!(self.recv, Recv::Connecting(_))
    }

    /// Its owner wants none of it to be sent.
    pub(in crate::poll) fn abort(&mut self) {
        if let Some(sending) = &mut self.sending {
            sending.abort();
        }
    }

    /// Its owner is gone. If there is something to send, it stays until that is sent; what is
    /// returned is dropped after the lock.
    pub(in crate::poll) fn linger(&mut self) -> Option<Recv> {
        let sending = self.sending.as_mut().filter(|sending| !sending.is_over())?;
        sending.lingers = true;
        self.deregister();
        Some(self.shut_down_read())
    }

    pub(in crate::poll) fn is_lingering(&self) -> bool {
        self.sending.as_ref().is_some_and(|sending| sending.lingers)
    }
}

/// The code of an error, for one that is said again and again.
///
/// `Full` and the like have none: they are `WSAENOBUFS`. A status that the table does not know is
/// `ERROR_GEN_FAILURE`; never 0, which is success.
pub(in crate::poll) fn code_of(error: impl Into<io::Error>) -> i32 {
    let error = error.into();
    match (error.raw_os_error(), error.kind()) {
        (Some(code), _) => code,
        (None, io::ErrorKind::WouldBlock | io::ErrorKind::InvalidInput) => 10_055,
        (None, _) => 31,
    }
}
