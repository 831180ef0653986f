//! Pipes: instances of a server, ends of a client, and what both do with their associated ends.

mod client;
mod server;

pub use self::{
    client::{Pipe, PipeClientOptions},
    server::{PipeConnect, PipeServer, PipeServerOptions},
};

#[cfg(windows)]
use std::process::{ChildStderr, ChildStdin, ChildStdout};
use std::sync::Arc;

use crate::{
    associated::AssociatedHandle,
    base::buffer::{IoBuf, IoBufMut},
    operation::{Operation, Submitted},
    os::{AsHandle, BorrowedHandle},
};

/// What has no offsets, and another end: [`PipeServer`], [`Pipe`], and std's pipes of a child process
/// (`ChildStdin`, `ChildStdout`, `ChildStderr`), whose parent's end std opens for overlapped use.
pub trait PipeEnd: AsHandle + sealed::PipeEnd {}

mod sealed {
    pub trait PipeEnd {
        /// A server's end: it waits for its client.
        fn listens(&self) -> bool {
            false
        }
    }
}

impl PipeEnd for PipeServer {}
impl sealed::PipeEnd for PipeServer {
    fn listens(&self) -> bool {
        true
    }
}
impl PipeEnd for Pipe {}
impl sealed::PipeEnd for Pipe {}
#[cfg(windows)]
impl PipeEnd for ChildStdin {}
#[cfg(windows)]
impl sealed::PipeEnd for ChildStdin {}
#[cfg(windows)]
impl PipeEnd for ChildStdout {}
#[cfg(windows)]
impl sealed::PipeEnd for ChildStdout {}
#[cfg(windows)]
impl PipeEnd for ChildStderr {}
#[cfg(windows)]
impl sealed::PipeEnd for ChildStderr {}

/// An end of any type. (`Arc` passes on the handle of what has no size from Rust 1.81 on.)
pub(crate) struct AnyPipe(pub(crate) Arc<dyn PipeEnd + Send + Sync>);

impl AsHandle for AnyPipe {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}

impl PipeEnd for AnyPipe {}
impl sealed::PipeEnd for AnyPipe {}

impl<P: PipeEnd + 'static> AssociatedHandle<P> {
    /// [`NtReadFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntreadfile):
    /// reads what the other end has written, as [`read_at`](Self::read_at) does without an offset. It waits until
    /// something is there.
    ///
    /// | the result | says |
    /// | --- | --- |
    /// | `Ok(n)` | so many bytes; in message mode a whole message, or the last part of one |
    /// | `Ok(0)`, [`is_end`](crate::Completed::is_end) | the other end is closed, and all that it wrote was read (109). That of this end's own close, too (fact PIPE41) |
    /// | `Ok(0)`, no end | a message of no bytes |
    /// | [`Truncated`](crate::CompletionKind::Truncated) (234) | in message mode: the room is full, which is no loss; read again for the rest (fact PIPE27) |
    /// | 233, of the kind [`BrokenPipe`](crate::CompletionKind::BrokenPipe) | the server has disconnected; what was unread is lost (fact PIPE21) |
    /// | 536, of the kind [`NotConnected`](crate::CompletionKind::NotConnected) | no client has come yet (fact PIPE20) |
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused).
    #[doc(alias = "ReadFile")]
    #[doc(alias = "NtReadFile")]
    pub fn read<B: IoBufMut>(&self, operation: Operation<B>) -> Submitted<B> {
        self.read_at(operation, 0)
    }

    /// [`NtWriteFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntwritefile):
    /// writes the contents of the operation's buffer, in message mode as one message. It is done when all fits
    /// into the pipe's buffer, or has been read (facts PIPE33, PIPE35); so a write without a time limit waits for a
    /// reader that does not read.
    ///
    /// The result is all bytes or a failure: `ERROR_NO_DATA` (232: the other end is closed, fact PIPE24) and 233, both of
    /// the kind [`BrokenPipe`](crate::CompletionKind::BrokenPipe). Of a write that was cancelled the part that nobody has
    /// read is taken back, and how much that is stays unknown (fact PIPE36). No bytes are a message of no bytes in
    /// message mode, and nothing in byte mode (fact PIPE32).
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused).
    #[doc(alias = "WriteFile")]
    #[doc(alias = "NtWriteFile")]
    pub fn write<B: IoBuf>(&self, operation: Operation<B>) -> Submitted<B> {
        self.write_at(operation, 0)
    }
}
