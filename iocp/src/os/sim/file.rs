//! The file object behind one or several handles of a socket.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering},
        Arc, Mutex, OnceLock,
    },
};

use iocp_sys::{OVERLAPPED, WSABUF};

use super::{
    connection::Connection,
    datagram::{self, Inbox},
    disk::Disk,
    ends,
    fault::Fault,
    finished::Finished,
    hold::{Holds, Point},
    listen::Listening,
    lock,
    machine::Machine,
    pipe::PipeEnd,
    port::Port,
    request::{take_matching, Lent, Request, Road, Which, ABORTED, CANCELLED, PIPE_BROKEN},
};
use crate::base::status::NtStatus;
use crate::os::{Code, Issued, ReceivedNow, SocketKind, INVALID_INFO_CLASS};

/// A socket, apart from its handles.
pub(super) struct File {
    pub(super) machine: &'static Machine,
    pub(super) kind: SocketKind,
    /// Neither a disk file nor a pipe.
    pub(super) device: bool,
    overlapped: bool,
    pub(super) number: u32,
    calls: AtomicU32,
    association: OnceLock<(&'static Port, usize)>,
    /// It has left its port.
    left: AtomicBool,
    skips: AtomicBool,
    resets: AtomicBool,
    /// Which control messages were asked for, by bits.
    pub(super) asked: AtomicU32,
    nonblocking: AtomicBool,
    pub(super) holds: Holds,
    faulty: AtomicBool,
    fault: Mutex<Option<Fault>>,
    pub(super) stuck: Mutex<Vec<Request>>,
    /// Operations that only a cancel or a close ends.
    pub(super) waiting: Mutex<VecDeque<Request>>,
    /// Of a datagram socket.
    pub(super) inbox: Option<Inbox>,
    /// Of a file of a disk.
    pub(super) disk: Option<Arc<Disk>>,
    /// Of one end of a pipe.
    pub(super) pipe: Option<PipeEnd>,
    pub(super) state: Mutex<State>,
}

/// What a socket is connected to.
#[derive(Default)]
pub(super) struct State {
    pub(super) link: Option<Link>,
    pub(super) local: Option<SocketAddr>,
    pub(super) listening: Option<Listening>,
    pub(super) closed: bool,
}

/// One side of a connection.
#[derive(Clone)]
pub(super) struct Link {
    pub(super) connection: Arc<Connection>,
    pub(super) side: usize,
}

/// How far a call came with its operation.
pub(super) enum Started {
    Done(Finished),
    /// It is done, and the call says pending in any case.
    Later(Finished),
    Pending,
    Refused(Code, Request),
}

impl File {
    pub(super) fn new(machine: &'static Machine, kind: SocketKind, overlapped: bool) -> Self {
        Self {
            machine,
            kind,
            device: false,
            overlapped,
            number: machine.number(),
            calls: AtomicU32::new(0),
            association: OnceLock::new(),
            left: AtomicBool::new(false),
            skips: AtomicBool::new(false),
            resets: AtomicBool::new(false),
            asked: AtomicU32::new(0),
            nonblocking: AtomicBool::new(false),
            holds: Holds::default(),
            faulty: AtomicBool::new(false),
            fault: Mutex::new(None),
            stuck: Mutex::new(Vec::new()),
            waiting: Mutex::default(),
            inbox: (!kind.stream).then(Inbox::default),
            disk: None,
            pipe: None,
            state: Mutex::default(),
        }
    }

    pub(super) fn link_to(&self, connection: &Arc<Connection>, side: usize) {
        lock(&self.state).link = Some(Link { connection: Arc::clone(connection), side });
    }

    pub(super) fn link(&self) -> Option<Link> {
        lock(&self.state).link.clone()
    }

    /// `WSARecv` and `WSARecvFrom`.
    pub(super) fn receive(&self, request: Request) -> Started {
        match (&self.inbox, self.link()) {
            (Some(inbox), _) if self.is_bound() => inbox.recv(request),
            (Some(_), _) => Started::Refused(Code(10_022), request),
            (None, Some(Link { connection, side })) => connection.recv(side, request),
            (None, None) => Started::Refused(Code(10_057), request),
        }
    }

    /// `WSARecv` with `MSG_PEEK` and without room.
    pub(super) fn probe_datagram(&self, request: Request) -> Started {
        match &self.inbox {
            Some(inbox) if self.is_bound() => inbox.probe(request),
            _ => Started::Refused(Code(10_022), request),
        }
    }

    /// `recvfrom` of a socket that does not block.
    pub(super) fn receive_now(&self, into: &mut [u8], peek: bool) -> Result<ReceivedNow, Code> {
        match &self.inbox {
            Some(inbox) if self.is_bound() => inbox.receive_now(into, peek),
            _ => Err(Code(10_022)),
        }
    }

    /// `sendto` of a socket that does not block. A fault that a test wants of the next operation has this
    /// call refused, or say that it would block.
    pub(super) fn send_now(
        &'static self,
        bytes: &[u8],
        to: Option<SocketAddr>,
    ) -> Result<(), Code> {
        let mut fault = lock(&self.fault);
        match *fault {
            Some(Fault::Fail(code)) if Code(code) != Code::WOULD_BLOCK => {
                *fault = None;
                self.faulty.store(false, Ordering::Relaxed);
                return Err(Code(code));
            }
            Some(_) => return Err(Code::WOULD_BLOCK),
            None => drop(fault),
        }
        let inbox = self.inbox.as_ref().ok_or(Code(10_045))?;
        datagram::send(self, inbox, bytes, to)
    }

    /// `WSASend`, and `WSASendTo`, whose address a stream ignores.
    pub(super) fn transmit(&'static self, request: Request, to: Option<SocketAddr>) -> Started {
        match (&self.inbox, self.link()) {
            (Some(inbox), _) => datagram::send_request(self, inbox, request, to),
            (None, Some(Link { connection, side })) => connection.send(side, request),
            (None, None) => Started::Refused(Code(10_057), request),
        }
    }

    fn is_bound(&self) -> bool {
        lock(&self.state).local.is_some()
    }

    fn target(&self) -> Option<(&'static Port, usize)> {
        self.association.get().copied().filter(|_| !self.left.load(Ordering::Relaxed))
    }

    /// Of an object that has left there is no other port here.
    pub(super) fn leave(&self) -> NtStatus {
        if !self.machine.script.leaves {
            return INVALID_INFO_CLASS;
        }
        self.left.store(true, Ordering::Relaxed);
        NtStatus::SUCCESS
    }

    /// Once in the life of the object.
    pub(super) fn associate(&self, port: &'static Port, key: usize) -> Result<(), Code> {
        if !self.overlapped {
            return Err(Code::INVALID_PARAMETER);
        }
        self.association.set((port, key)).map_err(|_| Code::INVALID_PARAMETER)
    }

    pub(super) fn set_skip_on_success(&self) -> Result<(), Code> {
        if self.machine.refuses_skip() {
            return Err(Code::INVALID_PARAMETER);
        }
        self.skips.store(true, Ordering::Relaxed);
        Ok(())
    }

    pub(super) fn skips(&self) -> bool {
        self.skips.load(Ordering::Relaxed)
    }

    pub(super) fn is_associated(&self) -> bool {
        self.target().is_some()
    }

    pub(super) fn set_fault(&self, fault: Fault) {
        *lock(&self.fault) = Some(fault);
        self.faulty.store(true, Ordering::Relaxed);
    }

    /// A call that starts no operation: fails if a test wants that. 10035 would only say that it has nothing to
    /// do now.
    pub(super) fn begin_direct(&self) -> Result<(), Code> {
        self.machine.count_direct();
        let mut fault = lock(&self.fault);
        match *fault {
            Some(Fault::Fail(code)) if code != 10_035 => {
                *fault = None;
                self.faulty.store(false, Ordering::Relaxed);
                Err(Code(code))
            }
            _ => Ok(()),
        }
    }

    /// The same for a send in non-blocking mode, which an operation that is not over at once stands for.
    pub(super) fn begin_direct_send(&self) -> Result<(), Code> {
        let fault = *lock(&self.fault);
        match fault {
            Some(Fault::Stick | Fault::Wait | Fault::Fail(10_035)) => Err(Code(10_035)),
            _ => self.begin_direct(),
        }
    }

    /// The provider's function is asked for; a test may want that to fail.
    pub(super) fn find_function(&self) -> Result<(), Code> {
        let mut fault = lock(&self.fault);
        match *fault {
            Some(Fault::NoFunction(code)) => {
                *fault = None;
                self.faulty.store(false, Ordering::Relaxed);
                Err(Code(code))
            }
            _ => Ok(()),
        }
    }

    /// One call that starts an operation.
    ///
    /// # Safety
    ///
    /// As `Request::new`.
    pub(super) unsafe fn submit(
        &'static self,
        road: Road,
        lent: Lent,
        bufs: &[WSABUF],
        block: *mut OVERLAPPED,
        start: impl FnOnce(Request) -> Started,
    ) -> Issued {
        self.machine.count_submit();
        self.holds.pass(Point::Entry);
        let choices = self.machine.choose(self.number, self.calls.fetch_add(1, Ordering::Relaxed));
        let (target, plain) = (self.target(), self.machine.script.plain_writes);
        // SAFETY:
        // * block and buffers stay valid until the completion, as the caller promises.
        let mut request = unsafe { Request::new(road, block, bufs, target, choices, plain) };
        request.lent = lent;
        if request.thread.is_some() {
            ends::with_this_thread(self);
        }
        let fault = if self.faulty.swap(false, Ordering::Relaxed) {
            lock(&self.fault).take()
        } else {
            None
        };
        let issued = match fault {
            None => self.answer(start(request)),
            Some(fault) => self.go_wrong(fault, request),
        };
        self.holds.pass(Point::Return);
        issued
    }

    /// `CancelIoEx`: one operation by its status block, or all of the object (facts CAN05, CAN06, BLOCK08).
    /// What is done is not found, although its packet is not taken yet.
    pub(super) fn cancel(&self, block: *mut OVERLAPPED) -> Result<(), Code> {
        self.machine.count_cancel();
        if !block.is_null() && self.calls.load(Ordering::Relaxed) == 0 {
            self.machine.count_stray_cancel();
        }
        self.holds.pass(Point::Cancel);
        let which = Which::of_block(block);
        let stuck = lock(&self.stuck).iter().any(|request| request.is(which));
        if self.end_requests(which, CANCELLED) || stuck {
            Ok(())
        } else {
            Err(Code::NOT_FOUND)
        }
    }

    /// Whether there was one.
    pub(super) fn end_requests(&self, which: Which, status: u32) -> bool {
        let mut ended = Vec::new();
        take_matching(&mut lock(&self.waiting), which, &mut ended);
        if let Some(listening) = &mut lock(&self.state).listening {
            listening.cancel(which, &mut ended);
        }
        if let Some(Link { connection, side }) = self.link() {
            connection.cancel(side, which, &mut ended);
        }
        if let Some(inbox) = &self.inbox {
            inbox.cancel(which, &mut ended);
        }
        if let Some(disk) = &self.disk {
            disk.cancel(self.number, which, &mut ended);
        }
        if let Some(pipe) = &self.pipe {
            pipe.cancel(which, &mut ended);
        }
        let any = !ended.is_empty();
        for request in ended {
            if request.lent == Lent::ToWrite {
                self.machine.note_cancelled(self.number, request.block as usize);
            }
            request.done(status, 0).finish(false);
        }
        any
    }

    /// `SO_LINGER` with 0 seconds.
    pub(super) fn reset_on_close(&self) {
        self.resets.store(true, Ordering::Relaxed);
    }

    /// `FIONBIO`.
    pub(super) fn set_nonblocking(&self, nonblocking: bool) {
        self.machine.count_direct();
        self.nonblocking.store(nonblocking, Ordering::Relaxed);
    }

    pub(super) fn is_nonblocking(&self) -> bool {
        self.nonblocking.load(Ordering::Relaxed)
    }

    /// What ends its operations when it is closed: a connection's are aborted (fact TCP12), those of a
    /// listener or a datagram socket cancelled (facts ACC21, TCP13), those of a pipe broken (fact PIPE41).
    fn close_status(&self) -> u32 {
        let own = match () {
            () if self.link().is_some() => ABORTED,
            () if self.pipe.is_some() => PIPE_BROKEN,
            () => CANCELLED,
        };
        self.machine.script.close_status.unwrap_or(own)
    }

    /// The last handle is closed.
    pub(super) fn close(&'static self) {
        self.end_requests(Which::All, self.close_status());
        let resets = self.resets.load(Ordering::Relaxed) || self.machine.awaits_packet(self.number);
        let mut state = lock(&self.state);
        state.closed = true;
        let link = state.link.take();
        let listening = state.listening.take();
        drop(state);
        self.machine.listeners.end_accepts_into(self);
        if let Some(listening) = listening {
            self.machine.listeners.remove(self);
            listening.close();
        }
        if let Some(inbox) = &self.inbox {
            self.machine.datagrams.remove(self);
            inbox.close();
        }
        if let Some(Link { connection, side }) = link {
            connection.end(side, resets);
        }
        if let Some(disk) = &self.disk {
            disk.close(self.number);
        }
        if let Some(pipe) = &self.pipe {
            pipe.close();
        }
    }
}
