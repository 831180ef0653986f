//! Datagram sockets: one inbox each, and who has which address on a machine.
//!
//! Nothing is lost on the way but what Windows loses too: what comes from another peer than the
//! connected one, and the part of a datagram that does not fit. One sent to an address that nobody
//! has comes back as an error of a later receive.

use std::{
    collections::{BTreeMap, VecDeque},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        atomic::{AtomicU16, Ordering},
        Condvar, Mutex, PoisonError,
    },
    time::{Duration, Instant},
};

use iocp_sys::OVERLAPPED;

use super::{
    file::{File, Started},
    finished::Finished,
    handles, lock,
    request::{Lent, Request, Road, Which, CANCELLED, OVERFLOW, SUCCESS, UNREACHABLE},
};
use crate::os::{Borrowed, Code, Issued, ReceivedNow};

/// The longest datagram: over IPv4, or what Miri moves in reasonable time.
pub(crate) const LONGEST: usize = if cfg!(miri) { 500 } else { 65_507 };

/// Who has which address, on one machine.
#[derive(Default)]
pub(super) struct Datagrams {
    at: Mutex<BTreeMap<SocketAddr, &'static File>>,
    ports: AtomicU16,
}

/// What has arrived at one socket, and who waits for more.
#[derive(Default)]
pub(super) struct Inbox {
    mail: Mutex<Mail>,
    arrived: Condvar,
}

#[derive(Default)]
struct Mail {
    letters: VecDeque<Letter>,
    recvs: VecDeque<Request>,
    /// Receives that only look, without room.
    probes: VecDeque<Request>,
    /// Whom it is connected to.
    peer: Option<SocketAddr>,
    closed: bool,
}

enum Letter {
    Datagram {
        from: SocketAddr,
        bytes: Vec<u8>,
    },
    /// An earlier send met nobody.
    Unreachable,
}

/// What a receive without an operation got.
pub(super) enum Taken {
    Datagram { from: SocketAddr, bytes: usize },
    Unreachable,
    Nothing,
}

impl Datagrams {
    /// Gives a socket an address: this one, or one that nobody has. False if somebody has it.
    pub(super) fn bind(&self, file: &'static File, address: SocketAddr) -> bool {
        let mut at = lock(&self.at);
        let mut address = address;
        while address.port() == 0 || at.contains_key(&address) {
            if address.port() != 0 {
                return false;
            }
            let free = 49_152 + self.ports.fetch_add(1, Ordering::Relaxed) % 16_384;
            let one = SocketAddr::new(address.ip(), free);
            if !at.contains_key(&one) {
                address = one;
            }
        }
        lock(&file.state).local = Some(address);
        at.insert(address, file);
        true
    }

    pub(super) fn remove(&self, file: &'static File) {
        lock(&self.at).retain(|_, other| !std::ptr::eq(*other, file));
    }

    fn find(&self, address: &SocketAddr) -> Option<&'static File> {
        lock(&self.at).get(address).copied()
    }
}

impl Inbox {
    /// From now on only this peer is heard, and sent to without being named.
    pub(super) fn connect(&self, peer: SocketAddr) {
        lock(&self.mail).peer = Some(peer);
    }

    pub(super) fn peer(&self) -> Option<SocketAddr> {
        lock(&self.mail).peer
    }

    pub(super) fn recv(&self, request: Request) -> Started {
        let mut mail = lock(&self.mail);
        match mail.letters.pop_front() {
            Some(letter) => Started::Done(letter.arrive(request)),
            None => {
                mail.recvs.push_back(request);
                Started::Pending
            }
        }
    }

    /// A receive that only looks, without room.
    pub(super) fn probe(&self, request: Request) -> Started {
        let mut mail = lock(&self.mail);
        if mail.letters.is_empty() {
            mail.probes.push_back(request);
            return Started::Pending;
        }
        Started::Done(mail.look(request))
    }

    /// Receives without an operation, and without waiting. `peek`: the datagram stays.
    pub(super) fn receive_now(&self, into: &mut [u8], peek: bool) -> Result<ReceivedNow, Code> {
        let mut mail = lock(&self.mail);
        let letter = mail.letters.pop_front().ok_or(Code::WOULD_BLOCK)?;
        let Letter::Datagram { from, bytes } = &letter else { return Err(Code(10_054)) };
        let len = bytes.len().min(into.len());
        into[..len].copy_from_slice(&bytes[..len]);
        let is_truncated = bytes.len() > len;
        let received = ReceivedNow { len, from: Some(*from), is_truncated };
        if peek {
            mail.letters.push_front(letter);
        }
        Ok(received)
    }

    /// Receives without an operation; waits up to the limit.
    pub(super) fn recv_bytes(&self, into: &mut [u8], limit: Duration) -> Taken {
        let end = Instant::now() + limit;
        let mut mail = lock(&self.mail);
        loop {
            match mail.letters.pop_front() {
                Some(Letter::Unreachable) => return Taken::Unreachable,
                Some(Letter::Datagram { from, bytes }) => {
                    let count = bytes.len().min(into.len());
                    into[..count].copy_from_slice(&bytes[..count]);
                    return Taken::Datagram { from, bytes: count };
                }
                None => {}
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Taken::Nothing;
            }
            let waited = self.arrived.wait_timeout(mail, left);
            mail = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Takes the receives out that have this block.
    pub(super) fn cancel(&self, which: Which, ended: &mut Vec<Request>) {
        let mut mail = lock(&self.mail);
        super::request::take_matching(&mut mail.recvs, which, ended);
        super::request::take_matching(&mut mail.probes, which, ended);
    }

    pub(super) fn close(&self) {
        let mut mail = lock(&self.mail);
        mail.closed = true;
        mail.letters.clear();
    }

    fn deliver(&self, letter: Letter) {
        let mut mail = lock(&self.mail);
        if mail.closed || !mail.hears(&letter) {
            return;
        }
        let Some(request) = mail.recvs.pop_front() else {
            mail.letters.push_back(letter);
            let mut ended = Vec::new();
            while let Some(probe) = mail.probes.pop_front() {
                ended.push(mail.look(probe));
            }
            drop(mail);
            self.arrived.notify_all();
            ended.into_iter().for_each(|ended| ended.finish(false));
            return;
        };
        // Filled under the lock of what it is pending on, finished outside.
        let finished = letter.arrive(request);
        drop(mail);
        finished.finish(false);
    }
}

impl Mail {
    /// Finishes a receive that only looks at the first letter. An error may be taken by that, or stay: which
    /// of the two Windows does is open.
    fn look(&mut self, request: Request) -> Finished {
        match self.letters.front() {
            Some(Letter::Datagram { bytes, .. }) if bytes.is_empty() => request.done(SUCCESS, 0),
            Some(Letter::Datagram { .. }) => request.done(OVERFLOW, 0),
            Some(Letter::Unreachable) => {
                if request.choices.bits & 2 == 0 {
                    self.letters.pop_front();
                }
                request.done(UNREACHABLE, 0)
            }
            // Another probe has taken the error.
            None => request.done(CANCELLED, 0),
        }
    }

    fn hears(&self, letter: &Letter) -> bool {
        match (letter, self.peer) {
            (Letter::Datagram { from, .. }, Some(peer)) => *from == peer,
            _ => true,
        }
    }
}

impl Letter {
    /// Finishes a receive with it.
    fn arrive(self, request: Request) -> Finished {
        let (from, bytes) = match self {
            Self::Unreachable => return request.done(UNREACHABLE, 0),
            Self::Datagram { from, bytes } => (from, bytes),
        };
        let count = bytes.len().min(request.len());
        let status = if bytes.len() > count { OVERFLOW } else { SUCCESS };
        let mut finished = request.done(status, count);
        if finished.request.choices.buffered {
            finished.staged.extend(bytes.into_iter().take(count));
            finished.sender = Some(from);
        } else {
            finished.request.fill(bytes);
            finished.request.name_sender(&from);
        }
        finished
    }
}

/// Sends one datagram: to the address given, else to the connected peer.
pub(super) fn send(
    file: &'static File,
    inbox: &Inbox,
    bytes: &[u8],
    to: Option<SocketAddr>,
) -> Result<(), Code> {
    if bytes.len() > LONGEST {
        return Err(Code::MESSAGE_SIZE);
    }
    let Some(to) = to.or_else(|| inbox.peer()) else { return Err(Code(10_057)) };
    let datagrams = &file.machine.datagrams;
    let local = lock(&file.state).local;
    if local.is_none() {
        datagrams.bind(file, any_of(&to));
    }
    let Some(from) = lock(&file.state).local else { return Err(Code(10_022)) };
    match datagrams.find(&to).and_then(|other| other.inbox.as_ref()) {
        Some(other) => other.deliver(Letter::Datagram { from, bytes: bytes.to_vec() }),
        None => inbox.deliver(Letter::Unreachable),
    }
    Ok(())
}

/// `WSASend` and `WSASendTo`: done at once, as the system buffers every datagram.
pub(super) fn send_request(
    file: &'static File,
    inbox: &Inbox,
    mut request: Request,
    to: Option<SocketAddr>,
) -> Started {
    let mut bytes = VecDeque::new();
    request.send_to(&mut bytes, usize::MAX);
    match send(file, inbox, bytes.make_contiguous(), to) {
        Ok(()) => Started::Done(request.done(SUCCESS, bytes.len())),
        Err(code) => Started::Refused(code, request),
    }
}

/// The loopback address of the other's family, without a port.
pub(super) fn any_of(other: &SocketAddr) -> SocketAddr {
    match other {
        SocketAddr::V4(_) => (Ipv4Addr::LOCALHOST, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::LOCALHOST, 0).into(),
    }
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn probe_datagram(socket: Borrowed<'_>, block: *mut OVERLAPPED) -> Issued {
    let file = match handles::file(socket.value()) {
        Ok(file) => file,
        Err(code) => return Issued::Code(code),
    };
    // SAFETY:
    // * the block stays valid until the completion, as the caller promises; there is no buffer.
    unsafe {
        file.submit(Road::Winsock, Lent::ToWrite, &[], block, |request| {
            file.probe_datagram(request)
        })
    }
}

pub(crate) fn receive_now(
    socket: Borrowed<'_>,
    into: &mut [u8],
    peek: bool,
) -> Result<ReceivedNow, Code> {
    handles::file(socket.value())?.receive_now(into, peek)
}

pub(crate) fn send_now(
    socket: Borrowed<'_>,
    bytes: &[u8],
    to: Option<&SocketAddr>,
) -> Result<(), Code> {
    handles::file(socket.value())?.send_now(bytes, to.copied())
}
