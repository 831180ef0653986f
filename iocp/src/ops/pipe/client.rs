//! The client's end of a named pipe, and ends that were connected elsewhere.

use std::{ffi::OsStr, time::Duration};

use crate::{
    base::{error::Error, timeout::Deadline},
    os::{self, AsHandle, BorrowedHandle, Code, OwnedHandle},
};

/// How a client opens a named pipe.
///
/// By default: for reading and writing, bytes, without waiting. The server may find out who the client is, and
/// not act in its name (`SECURITY_IDENTIFICATION`): a name from elsewhere may be a hostile server's.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{CompletionPort, PipeClientOptions};
/// use std::time::Duration;
///
/// let wait = Duration::from_secs(5);
/// let pipe = PipeClientOptions::new().wait_for_instance(wait).open(r"\\.\pipe\greeting")?;
/// let port = CompletionPort::new()?;
/// let pipe = port.associate_handle(pipe, 0)?;
/// # let _ = pipe;
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct PipeClientOptions {
    read: bool,
    write: bool,
    messages: bool,
    wait: Duration,
}

/// One end of a pipe that is connected: of a client, or inherited from another process. To be
/// [associated](crate::CompletionPort::associate_handle).
///
/// An inherited handle that is overlapped is a [`Pipe::from`] its `OwnedHandle`. Its file object is shared with whoever
/// else has it: "it is best not to share a file handle associated with an I/O completion port"
/// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/fileio/createiocompletionport)). A child's standard
/// handles must *not* be overlapped, for it reads and writes them plainly: `Stdio::piped()` of std makes the
/// child's end plain and its own overlapped.
#[derive(Debug)]
pub struct Pipe(OwnedHandle);

impl PipeClientOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self { read: true, write: true, messages: false, wait: Duration::ZERO }
    }

    /// Whether this end reads. A pipe without that direction refuses it (5).
    #[must_use]
    pub fn read(mut self, read: bool) -> Self {
        self.read = read;
        self
    }

    /// Whether this end writes. A pipe without that direction refuses it (5).
    #[must_use]
    pub fn write(mut self, write: bool) -> Self {
        self.write = write;
        self
    }

    /// Whether this end's reads keep messages apart (`PIPE_READMODE_MESSAGE`); by one call more. A pipe of
    /// bytes refuses it (87).
    #[doc(alias = "SetNamedPipeHandleState")]
    #[must_use]
    pub fn messages(mut self, messages: bool) -> Self {
        self.messages = messages;
        self
    }

    /// How long [`open`](Self::open) may block while all instances are busy. Zero, the default, is not at all.
    #[must_use]
    pub fn wait_for_instance(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// [`CreateFileW`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-createfilew),
    /// [`WaitNamedPipeW`](https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-waitnamedpipew):
    /// opens the pipe of this name, `\\.\pipe\…` or `\\machine\pipe\…`.
    ///
    /// While all instances are busy it waits and tries again, for another client may be faster than the one
    /// that was told. That blocks this thread: it has no overlapped form.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] ← `ERROR_FILE_NOT_FOUND` (2: there is no instance; told at once), `ERROR_PIPE_BUSY` (231: all
    /// are busy, and the time is over), `ERROR_ACCESS_DENIED` (5), `ERROR_INVALID_NAME` (123);
    /// `ERROR_INVALID_PARAMETER` (87) of `SetNamedPipeHandleState`.
    #[doc(alias = "CreateFileW")]
    #[doc(alias = "WaitNamedPipeW")]
    pub fn open(&self, name: impl AsRef<OsStr>) -> Result<Pipe, Error> {
        let opening = |code| Error::os("CreateFileW", code);
        let name = os::wide(name.as_ref()).map_err(opening)?;
        let deadline = Deadline::after(Some(self.wait));
        let handle = loop {
            match os::pipe_open(&name, self.access()) {
                Err(Code::PIPE_BUSY) => match deadline.remaining_ms() {
                    0 => return Err(opening(Code::PIPE_BUSY)),
                    // Whether it was in time the next open says; one that is missing too.
                    left => drop(os::pipe_wait(&name, left)),
                },
                opened => break opened.map_err(opening)?,
            }
        };
        let pipe = Pipe(handle);
        if self.messages {
            os::pipe_read_messages(os::borrow_handle(&pipe))
                .map_err(|code| Error::os("SetNamedPipeHandleState", code))?;
        }
        Ok(pipe)
    }

    fn access(&self) -> u32 {
        let when = |set: bool, right: u32| if set { right } else { 0 };
        // What sets the read mode, which a right to write includes.
        let attributes = when(self.messages, iocp_sys::FILE_WRITE_ATTRIBUTES);
        when(self.read, iocp_sys::GENERIC_READ)
            | when(self.write, iocp_sys::GENERIC_WRITE)
            | attributes
    }
}

impl Default for PipeClientOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl Pipe {
    /// [`GetNamedPipeServerProcessId`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getnamedpipeserverprocessid):
    /// the process that made the instance. It may have ended, and its number be another's by now. Windows Vista.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] ← `ERROR_INVALID_FUNCTION` (1: no pipe) …
    #[doc(alias = "GetNamedPipeServerProcessId")]
    pub fn server_process_id(&self) -> Result<u32, Error> {
        os::pipe_peer(os::borrow_handle(self), false)
            .map_err(|code| Error::os("GetNamedPipeServerProcessId", code))
    }
}

impl From<OwnedHandle> for Pipe {
    /// An end that was connected elsewhere. What it is comes to light when it is associated, and used.
    fn from(handle: OwnedHandle) -> Self {
        Self(handle)
    }
}

impl From<Pipe> for OwnedHandle {
    fn from(pipe: Pipe) -> Self {
        pipe.0
    }
}

impl AsHandle for Pipe {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}
