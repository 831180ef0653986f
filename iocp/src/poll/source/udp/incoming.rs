//! How a UDP socket receives: by calls that do not block, into the caller's memory, as long as they find
//! something; then it waits by one operation, a probe or a receive into a buffer that is lent.

use std::sync::atomic::{fence, Ordering};
use std::{io, net::SocketAddr};

use crate::base::{error::Error, status::CompletionKind};
use crate::operation::{Completed, InFlight};
use crate::ops::datagram::Datagram;
use crate::os::{self, Code, ReceivedNow};
use crate::poll::event::{Ready, Token};
use crate::poll::native::UdpAssociated;
use crate::poll::source::slot::Slot;
use crate::poll::tag::{token, DIRECT, PROBE};
use crate::poll::{context::Context, error::code_of};

/// The system may end an operation by itself: it is started again, at most so often in one call.
const TRIES: usize = 4;

/// A datagram that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Received {
    /// Bytes of it in the caller's buffer.
    pub len: usize,
    /// Who sent it.
    pub from: SocketAddr,
    /// It was longer than the caller's buffer, or than what was [lent](crate::poll::UdpSocket::lend): the
    /// rest is lost, unless it was a look that left it there.
    pub is_truncated: bool,
}

type Buffer = Datagram<Box<[u8]>>;

#[derive(Default)]
pub(super) struct Incoming {
    /// Bytes of the buffer that it lends while it waits; 0: it probes.
    lent: usize,
    receive: Slot<Buffer>,
    probe: Slot<()>,
    /// The idle receive has a datagram: so many bytes, and whether it was longer.
    filled: Option<(usize, bool)>,
    /// A datagram may be there.
    found: bool,
    /// The code of an error that is said once: of a receive, or a passing failure.
    failed: Option<i32>,
    /// That of a probe, which may leave it to the next receive: so that is asked first.
    suspected: Option<i32>,
    /// The token under which its packets are events; `None`: they lead to a visit.
    direct: Option<Token>,
}

impl Incoming {
    pub(super) fn new(lent: usize) -> Self {
        Self { lent, ..Self::default() }
    }

    /// Sets [`direct`](Self::direct), also of the operation in flight. The caller has changed the marks, and
    /// looks with [`advance`](Self::advance) whether it is done after this: so it sees that, or the poller the
    /// change (`queue/deliver.rs`).
    pub(super) fn set_direct(
        &mut self,
        socket: &UdpAssociated,
        at: Context<'_>,
        direct: Option<Token>,
    ) {
        self.direct = direct;
        if let Some(token) = direct {
            socket.set_key(token);
        }
        let tag = self.tag(at);
        if let Some(ticket) = &self.receive.flying {
            ticket.set_tag(tag, direct);
        }
        if let Some(ticket) = &self.probe.flying {
            ticket.set_tag(tag, direct);
        }
        fence(Ordering::SeqCst);
    }

    /// Of a receive too it is that of a probe: no bytes are an empty datagram, and no end.
    fn tag(&self, at: Context<'_>) -> usize {
        token(at.index, PROBE) | if self.direct.is_some() { DIRECT } else { 0 }
    }

    /// Puts an operation in flight, if none is and nothing waits to be taken.
    pub(super) fn arm(&mut self, socket: &UdpAssociated, at: Context<'_>) -> io::Result<()> {
        for _ in 0..TRIES {
            if self.is_waiting() || !self.ready().is_none() {
                break;
            }
            if self.lent == 0 {
                let probe = self.probe.take(at, PROBE, |_| true, || ())?;
                probe.set_tag(self.tag(at), self.direct);
                let ended = self.probe.submitted(socket.probe_datagram(probe))?;
                ended.into_iter().for_each(|ended| self.probed(ended));
            } else {
                let buffer = || Datagram::new(vec![0; self.lent].into_boxed_slice());
                let receive = self.receive.take(at, PROBE, |_| true, buffer)?;
                receive.set_tag(self.tag(at), self.direct);
                let ended = self.receive.submitted(socket.recv_from(receive))?;
                ended.into_iter().for_each(|ended| self.received(ended));
            }
        }
        if self.is_waiting() || !self.ready().is_none() {
            return Ok(());
        }
        // WSA_OPERATION_ABORTED: the system ends each one that is started.
        Err(io::Error::from_raw_os_error(995))
    }

    /// Whether an operation is in flight.
    fn is_waiting(&self) -> bool {
        self.receive.flying.is_some() || self.probe.flying.is_some()
    }

    /// Finishes the operation if its packet was dequeued. True if the system has ended it by itself.
    pub(super) fn advance(&mut self) -> bool {
        if let Some(ended) = InFlight::take_finished(&mut self.probe.flying) {
            self.probed(ended);
        } else if let Some(ended) = InFlight::take_finished(&mut self.receive.flying) {
            self.received(ended);
        } else {
            return false;
        }
        self.ready().is_none()
    }

    fn probed(&mut self, probe: Completed<()>) {
        match probe.result() {
            Ok(_) => self.found = true,
            Err(error) => match error.kind {
                CompletionKind::Truncated => self.found = true,
                CompletionKind::AbortedBySystem => {}
                _ => self.suspected = Some(code_of(error)),
            },
        }
        self.probe.idle = Some(probe.into_operation());
    }

    fn received(&mut self, receive: Completed<Buffer>) {
        match receive.result() {
            Ok(len) => self.filled = Some((len, false)),
            Err(error) => match error.kind {
                CompletionKind::Truncated => self.filled = Some((error.bytes, true)),
                CompletionKind::AbortedBySystem => {}
                _ => self.failed = Some(code_of(error)),
            },
        }
        self.receive.idle = Some(receive.into_operation());
    }

    /// Takes a datagram, or looks at one, which stays then. Without one it waits by an operation from now
    /// on, and says `WouldBlock`.
    pub(super) fn receive(
        &mut self,
        socket: &UdpAssociated,
        at: Context<'_>,
        into: &mut [u8],
        peek: bool,
    ) -> io::Result<Received> {
        for _ in 0..TRIES {
            self.advance();
            if self.is_waiting() {
                break;
            }
            if let Some(code) = self.failed.take() {
                return Err(io::Error::from_raw_os_error(code));
            }
            if let Some(filled) = self.filled {
                if !peek {
                    self.filled = None;
                }
                return self.copy(filled, into);
            }
            if at.hub.is_closed() {
                break;
            }
            self.found = false;
            match os::receive_now(os::borrow_socket(socket), into, peek) {
                Ok(received) => {
                    self.found = peek;
                    return named(received);
                }
                Err(Code::WOULD_BLOCK) => match self.suspected.take() {
                    Some(code) => return Err(io::Error::from_raw_os_error(code)),
                    None => self.arm(socket, at)?,
                },
                Err(code) => {
                    let error = code.into_io();
                    // The probe had only seen it.
                    self.suspected =
                        self.suspected.filter(|&seen| Some(seen) != error.raw_os_error());
                    return Err(error);
                }
            }
        }
        Err(at.would_block())
    }

    /// What the receive has brought.
    fn copy(&self, (len, longer): (usize, bool), into: &mut [u8]) -> io::Result<Received> {
        let Some(receive) = &self.receive.idle else {
            return Err(io::ErrorKind::WouldBlock.into());
        };
        let (count, datagram) = (len.min(into.len()), receive.buffer());
        into[..count].copy_from_slice(&datagram.buffer()[..count]);
        let is_truncated = longer || count < len;
        named(ReceivedNow { len: count, from: datagram.address(), is_truncated })
    }

    pub(super) fn ready(&self) -> Ready {
        if self.failed.is_some() || self.suspected.is_some() {
            Ready::READABLE | Ready::ERROR
        } else if self.found || self.filled.is_some() {
            Ready::READABLE
        } else {
            Ready::NONE
        }
    }
}

fn named(ReceivedNow { len, from, is_truncated }: ReceivedNow) -> io::Result<Received> {
    let from = from.ok_or(Error::Unsupported("the sender's address family"))?;
    Ok(Received { len, from, is_truncated })
}
