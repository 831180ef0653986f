//! Calls that go wrong because a test wants it.

use std::fmt;

use super::{
    answer::refuse,
    file::{File, Started},
    finished::Finished,
    lock,
    request::Request,
};
use crate::os::Issued;

/// What a call that starts an operation does instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails with this answer, and no packet follows: a code of Winsock by a socket's call, an
    /// NTSTATUS by a handle's.
    Fail(u32),
    /// It gives this answer, and a packet with this status and count follows all the same: a driver
    /// that has marked the request pending may answer so (fact SKIP10).
    FailWithPacket {
        /// The answer of the call, as of [`Fail`](Self::Fail).
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
    /// It is pending until it is cancelled, or its handle closed.
    Wait,
    /// It is pending until [`Stuck::finish`], whatever else happens.
    Stick,
    /// The function that it is cannot be found: `WSAIoctl` fails with this code.
    NoFunction(u32),
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

impl File {
    /// Does that instead.
    pub(super) fn go_wrong(&self, fault: Fault, request: Request) -> Issued {
        let road = request.road;
        match fault {
            Fault::Fail(code) | Fault::NoFunction(code) => refuse(road.failed(code), request),
            Fault::FailWithPacket { code, status, bytes } => {
                claim(request, status, bytes).finish(true);
                road.failed(code)
            }
            Fault::Done { status, bytes } => {
                self.answer(Started::Done(claim(request, status, bytes)))
            }
            Fault::Wait => {
                lock(&self.waiting).push_back(request);
                Issued::Pending
            }
            Fault::Stick => {
                lock(&self.stuck).push(request);
                Issued::Pending
            }
        }
    }
}

impl fmt::Debug for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stuck").field("operations", &lock(&self.0.stuck).len()).finish()
    }
}
