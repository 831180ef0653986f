//! The file object behind one or several handles of a socket.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        atomic::{AtomicBool, AtomicU32, Ordering},
        Arc, Mutex, OnceLock,
    },
};

use iocp_sys::{OVERLAPPED, WSABUF};

use super::{
    connection::Connection,
    hold::{Holds, Point},
    kernel::Machine,
    listen::Listening,
    lock,
    port::Port,
    request::{Finished, Request, CANCELLED, OVERFLOW, REFUSED, RESET},
};
use crate::os::{Code, Issued, SocketKind};

/// A socket, apart from its handles.
pub(super) struct File {
    pub(super) machine: &'static Machine,
    pub(super) kind: SocketKind,
    overlapped: bool,
    number: u32,
    calls: AtomicU32,
    association: OnceLock<(&'static Port, usize)>,
    skips: AtomicBool,
    pub(super) holds: Holds,
    faulty: AtomicBool,
    fault: Mutex<Option<Fault>>,
    stuck: Mutex<Vec<Request>>,
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

/// What a call that starts an operation does instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails with this code, and no packet follows.
    Fail(u32),
    /// It fails with this code, and a packet with this status and count follows all the same.
    FailWithPacket {
        /// The code of the call.
        code: u32,
        /// The NTSTATUS of the operation.
        status: u32,
        /// The bytes it claims. As many as fit are written.
        bytes: usize,
    },
    /// It is done at once with this status and count.
    Done {
        /// The NTSTATUS of the operation.
        status: u32,
        /// The bytes it claims. As many as fit are written.
        bytes: usize,
    },
    /// It is pending until [`Stuck::finish`], whatever else happens.
    Stick,
}

/// The socket of operations that nothing ends but this. Made by
/// [`Kernel::stick`](super::Kernel::stick).
#[derive(Clone, Copy)]
pub struct Stuck(pub(super) &'static File);

impl Stuck {
    /// Finishes all of them now, also when the socket or the port is closed. Returns how many.
    #[must_use]
    pub fn finish(&self, status: u32, bytes: usize) -> usize {
        let requests = std::mem::take(&mut *lock(&self.0.stuck));
        let count = requests.len();
        for request in requests {
            claim(request, status, bytes).finish(false);
        }
        count
    }
}

/// Finishes with any status and count; fills what fits.
fn claim(request: Request, status: u32, bytes: usize) -> Finished {
    request.fill(std::iter::repeat(0xEE).take(bytes));
    request.done(status, bytes)
}

/// How far a call came with its operation.
pub(super) enum Started {
    Done(Finished),
    Pending,
    Refused(Code, Request),
}

impl File {
    pub(super) fn new(machine: &'static Machine, kind: SocketKind, overlapped: bool) -> Self {
        Self {
            machine,
            kind,
            overlapped,
            number: machine.number(),
            calls: AtomicU32::new(0),
            association: OnceLock::new(),
            skips: AtomicBool::new(false),
            holds: Holds::default(),
            faulty: AtomicBool::new(false),
            fault: Mutex::new(None),
            stuck: Mutex::new(Vec::new()),
            state: Mutex::default(),
        }
    }

    pub(super) fn link_to(&self, connection: &Arc<Connection>, side: usize) {
        lock(&self.state).link = Some(Link { connection: Arc::clone(connection), side });
    }

    pub(super) fn link(&self) -> Option<Link> {
        lock(&self.state).link.clone()
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

    pub(super) fn set_fault(&self, fault: Fault) {
        *lock(&self.fault) = Some(fault);
        self.faulty.store(true, Ordering::Relaxed);
    }

    /// One call that starts an operation.
    ///
    /// # Safety
    ///
    /// As `Request::new`.
    pub(super) unsafe fn submit(
        &'static self,
        bufs: &[WSABUF],
        block: *mut OVERLAPPED,
        start: impl FnOnce(Request) -> Started,
    ) -> Issued {
        self.machine.count_submit();
        self.holds.pass(Point::Entry);
        let choices = self.machine.choose(self.number, self.calls.fetch_add(1, Ordering::Relaxed));
        let (target, plain) = (self.association.get().copied(), self.machine.script.plain_writes);
        // SAFETY:
        // * block and buffers stay valid until the completion, as the caller promises.
        let request = unsafe { Request::new(block, bufs, target, choices, plain) };
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

    fn answer(&self, started: Started) -> Issued {
        let mut finished = match started {
            Started::Pending => return Issued::Pending,
            Started::Done(finished) => finished,
            Started::Refused(code, request) => return refuse(code, request),
        };
        let choices = finished.request.choices;
        let code = match finished.status {
            _ if !choices.at_once => {
                finished.finish(true);
                return Issued::Pending;
            }
            RESET => Code(10_054),
            REFUSED => Code(10_061),
            OVERFLOW => {
                finished.finish(true);
                return Issued::Failed(Code::MESSAGE_SIZE);
            }
            _ if self.skips.load(Ordering::Relaxed) => {
                finished.write(choices.status_first);
                return Issued::Done;
            }
            _ => {
                finished.finish(true);
                return Issued::Done;
            }
        };
        refuse(code, finished.request)
    }

    fn go_wrong(&self, fault: Fault, request: Request) -> Issued {
        match fault {
            Fault::Fail(code) => refuse(Code(code), request),
            Fault::FailWithPacket { code, status, bytes } => {
                claim(request, status, bytes).finish(true);
                Issued::Failed(Code(code))
            }
            Fault::Done { status, bytes } => {
                self.answer(Started::Done(claim(request, status, bytes)))
            }
            Fault::Stick => {
                lock(&self.stuck).push(request);
                Issued::Pending
            }
        }
    }

    /// `CancelIoEx`: one operation by its status block, or all of the object.
    pub(super) fn cancel(&self, block: *mut OVERLAPPED) -> Result<(), Code> {
        self.machine.count_cancel();
        self.holds.pass(Point::Cancel);
        let stuck = lock(&self.stuck).iter().any(|request| request.has_block(block));
        if self.end_requests(block, CANCELLED) || stuck {
            Ok(())
        } else {
            Err(Code::NOT_FOUND)
        }
    }

    /// Whether there was one.
    fn end_requests(&self, block: *mut OVERLAPPED, status: u32) -> bool {
        let mut ended = Vec::new();
        if let Some(listening) = &mut lock(&self.state).listening {
            listening.cancel(block, &mut ended);
        }
        if let Some(Link { connection, side }) = self.link() {
            connection.cancel(side, block, &mut ended);
        }
        let any = !ended.is_empty();
        for request in ended {
            request.done(status, 0).finish(false);
        }
        any
    }

    /// The last handle is closed.
    pub(super) fn close(&'static self) {
        self.end_requests(std::ptr::null_mut(), self.machine.script.close_status);
        let mut state = lock(&self.state);
        state.closed = true;
        let link = state.link.take();
        let listening = state.listening.take();
        drop(state);
        if let Some(listening) = listening {
            self.machine.listeners.remove(self);
            listening.close();
        }
        if let Some(Link { connection, side }) = link {
            connection.close(side);
        }
    }
}

/// A call that failed: no packet, but the status block may have been written meanwhile.
fn refuse(code: Code, request: Request) -> Issued {
    if request.choices.bits & 1 == 0 {
        let status_first = request.choices.status_first;
        request.done(0xC000_0001, 0).write(status_first);
    }
    Issued::Failed(code)
}

impl fmt::Debug for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stuck").field("operations", &lock(&self.0.stuck).len()).finish()
    }
}
