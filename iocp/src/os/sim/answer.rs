//! What a call says of the operation that it has started, and whether that is over by then.

use super::{
    codes::winsock_number,
    file::{File, Started},
    request::{Request, Road},
};
use crate::{
    base::status::NtStatus,
    os::{Code, Issued},
};

impl Road {
    /// The answer of a call that has failed, as a Winsock code or an NTSTATUS, by how it was called.
    pub(super) fn failed(self, number: u32) -> Issued {
        match self {
            Self::Winsock => Issued::Code(Code(number)),
            Self::Native => Issued::of_status(NtStatus(number)),
        }
    }

    /// The answer that stands for a status.
    fn of_status(self, status: NtStatus) -> Issued {
        match self {
            Self::Winsock => self.failed(winsock_number(status)),
            Self::Native => Issued::of_status(status),
        }
    }

    /// The answer that stands for a code of Winsock's.
    fn of_code(self, Code(code): Code) -> Issued {
        match self {
            Self::Winsock => self.failed(code),
            Self::Native => self.failed(0xC007_0000 | code),
        }
    }
}

impl File {
    /// Gives the answer that was chosen; with a packet, where one is owed.
    pub(super) fn answer(&self, started: Started) -> Issued {
        let mut finished = match started {
            Started::Pending => return Issued::Pending,
            Started::Done(finished) => finished,
            Started::Later(finished) => {
                finished.finish(false);
                return Issued::Pending;
            }
            Started::Refused(code, request) => return refuse(request.road.of_code(code), request),
        };
        let (choices, road) = (finished.request.choices, finished.request.road);
        let status = NtStatus(finished.status);
        if !choices.at_once {
            finished.finish(true);
            return Issued::Pending;
        }
        if status.is_error() {
            return refuse(road.of_status(status), finished.request);
        }
        // Facts SKIP07 and SKIP09: since Windows 8 a warning on a handle with a port is pending, and
        // owes a packet in any mode. Winsock says one warning at once, that of a message too long.
        let warns = choices.warns && (road == Road::Native || status == NtStatus::BUFFER_OVERFLOW);
        let pending = status.is_warning() && !warns && self.is_associated();
        if self.skips() && !pending {
            finished.write(choices.status_first);
        } else {
            finished.finish(true);
        }
        match () {
            () if pending => Issued::Pending,
            () if status.is_warning() => road.of_status(status),
            () => Issued::Success,
        }
    }
}

/// A call that failed: no packet, and the status block is untouched (facts SKIP10, BLOCK06), unless the script
/// has it otherwise.
pub(super) fn refuse(answer: Issued, request: Request) -> Issued {
    if request.choices.writes_refused {
        let status_first = request.choices.status_first;
        request.done(0xC000_0001, 0).write(status_first);
    }
    answer
}
