//! What a wait returns: packets, as plain data.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use iocp_sys::OVERLAPPED;

use super::{job_message::JobMessage, state::Snapshot};
use crate::base::status::NtStatus;

/// Names one use of one operation of one port: for [`redeem`](crate::CompletionPort::redeem).
///
/// Never reused: a late id is refused, it cannot reach another operation.
#[derive(Clone, Copy)]
pub struct OperationId {
    pub(crate) port: u64,
    pub(crate) index: u32,
    /// A state word of that use: only its generation counts.
    pub(crate) word: Snapshot,
}

impl OperationId {
    pub(crate) fn generation(self) -> u64 {
        self.word.generation()
    }

    fn parts(self) -> (u64, u32, u64) {
        (self.port, self.index, self.generation())
    }
}

impl PartialEq for OperationId {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for OperationId {}

impl Hash for OperationId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl fmt::Display for OperationId {
    /// Port, index of the operation, and which use of it: `1.7.3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (port, index, generation) = self.parts();
        write!(f, "{port}.{index}.{generation}")
    }
}

impl fmt::Debug for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationId")
            .field("port", &self.port)
            .field("index", &self.index)
            .field("generation", &self.generation())
            .finish()
    }
}

/// A packet of the caller's own: see [`CompletionPort::post`](crate::CompletionPort::post).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UserPacket {
    /// Any number; given back as it is.
    pub token: usize,
    /// Any number; given back as it is.
    pub bytes: u32,
}

/// By what to know the packets of a handle whose operations are somebody else's. Made by
/// [`associate_foreign`](crate::CompletionPort::associate_foreign).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForeignKey(pub(crate) usize);

impl ForeignKey {
    /// The completion key that the system puts into the packets: what
    /// [`ForeignPacket::key`] gives.
    #[must_use]
    pub fn packet_key(self) -> usize {
        self.0
    }
}

/// A packet that no operation of this port sent: posted by other code, or the completion of an
/// `OVERLAPPED` of somebody's own.
///
/// Nothing in it has been checked. The pointer is given as it came and never dereferenced here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ForeignPacket {
    pub(crate) key: usize,
    pub(crate) overlapped: *mut OVERLAPPED,
    pub(crate) bytes: u32,
    pub(crate) status: NtStatus,
}

// SAFETY:
// * plain data: the pointer is only carried; using it is unsafe and its user's business.
unsafe impl Send for ForeignPacket {}
// SAFETY:
// * plain data without interior mutability.
unsafe impl Sync for ForeignPacket {}

impl ForeignPacket {
    /// The completion key, as it came.
    #[must_use]
    pub fn key(&self) -> usize {
        self.key
    }

    /// Whether it has the key of that handle. Anybody may post a packet with any key.
    #[must_use]
    pub fn is_of(&self, handle: ForeignKey) -> bool {
        self.key == handle.0
    }

    /// The pointer, as it came.
    #[must_use]
    pub fn overlapped(&self) -> *mut OVERLAPPED {
        self.overlapped
    }

    /// The byte count, as it came.
    #[must_use]
    pub fn bytes(&self) -> u32 {
        self.bytes
    }

    /// The low 32 bits of the entry's `Internal`: an NTSTATUS for a real completion.
    #[must_use]
    pub fn status(&self) -> NtStatus {
        self.status
    }
}

/// One packet taken from the port.
///
/// `Io` is checked: it stands for an operation of this port that has ended. `User`, `Mail`, `Drained` and
/// `External` can be imitated by whoever has the port's handle, or guesses it in the same process. They are
/// hints: look at what they are about (the mailbox, the job, your own table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
// Fields of their own: without it the variants share halves of words, which costs each packet.
#[repr(u32)]
pub enum Packet {
    /// An operation has finished. Its ticket is ready; a parked one can be redeemed by `id`.
    Io {
        /// Which operation.
        id: OperationId,
        /// The operation's token.
        token: usize,
        /// The number given with the handle when it was associated.
        key: usize,
        /// How it ended.
        status: NtStatus,
        /// Bytes transferred, as the system counted them.
        bytes: u32,
    },
    /// Posted by [`post`](crate::CompletionPort::post).
    User(UserPacket),
    /// A message waits in the [`Mailbox`](crate::Mailbox) of this key.
    Mail {
        /// The mailbox's key.
        key: usize,
    },
    /// A packet of a job object or of other code that was given an
    /// [`external_key`](crate::CompletionPort::external_key).
    External {
        /// The number the key was made of.
        key: usize,
        /// The byte count as it came; for a job, the message (`JOB_OBJECT_MSG_…`).
        message: u32,
        /// The pointer as it came, as a number; for a job, the process id.
        value: usize,
    },
    /// After [`Error::Full`](crate::Error::Full): no more operations than the
    /// [low-water mark](crate::Config::low_water) are left. Idle ones count too: operations
    /// that are kept for their next use delay it. Sent once per time the port was full; tell every
    /// producer.
    Drained,
    /// The deadline of a [`Timer`](crate::Timer) has passed.
    Timer {
        /// The timer's token.
        token: usize,
    },
    /// The object of a [`HandleWait`](crate::HandleWait) was signalled.
    Signalled {
        /// The wait's token.
        token: usize,
    },
    /// A message of an [`AssociatedJob`](crate::AssociatedJob).
    Job {
        /// The job's token.
        token: usize,
        /// The message.
        message: JobMessage,
    },
    /// Not one of this port's.
    Foreign(ForeignPacket),
}
