//! The server's end of a named pipe.
//!
//! # Safety
//!
//! A listen lends nothing but its status block.

use std::{ffi::OsStr, sync::Arc};

use crate::{
    associated::AssociatedHandle,
    base::{
        buffer::IoBuf,
        error::{CompletionError, Error},
        status::NtStatus,
    },
    operation::{Completed, Operation, Prepared, Submitted},
    os::{self, AsHandle, BorrowedHandle, OwnedHandle, PipeSettings},
};

/// How instances of a named pipe are made.
///
/// By default: the first of its name, as many instances as there is memory for, bytes, both directions, clients of
/// this machine only, 64 KiB of buffer in each direction, waiting mode. The security descriptor is the
/// system's: "full control to the LocalSystem account, administrators, and the creator owner", and read access
/// for everyone
/// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-createnamedpipew)). For
/// another one make the handle by `CreateNamedPipeW` of `iocp-sys`, with `FILE_FLAG_OVERLAPPED`, and
/// [`PipeServer::from`].
///
/// # Examples
///
/// A server of one client at a time:
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{CompletionPort, Packets, PipeConnect, PipeServerOptions};
///
/// let (port, mut packets) = (CompletionPort::new()?, Packets::with_capacity(8));
/// let pipe = PipeServerOptions::new().create(r"\\.\pipe\greeting")?;
/// let pipe = port.associate_handle(pipe, 0)?;
/// let mut connect = port.operation(PipeConnect, 1)?;
/// let mut write = port.operation("hello\n", 2)?;
/// loop {
///     let connected = port.finish(pipe.connect(connect), &mut packets, None)?;
///     // A client that has gone already is no reason to end.
///     if connected.connected().is_ok() {
///         let written = port.finish(pipe.write(write), &mut packets, None)?;
///         write = written.into_operation();
///         // What the client has not read is lost by a disconnect: it closes first.
///         let bye = port.operation(Vec::with_capacity(1), 3)?;
///         port.finish(pipe.read(bye), &mut packets, None)?;
///     }
///     pipe.disconnect()?;
///     connect = connected.into_operation();
/// }
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Clone, Debug)]
pub struct PipeServerOptions(PipeSettings);

/// One instance of a named pipe, the server's end: it has one client at a time. To be
/// [associated](crate::CompletionPort::associate_handle).
///
/// What a read's result says, the client's end among it: the table of [`read`](AssociatedHandle::read). What a connect
/// that fails says: [`connected`](Completed::connected).
#[derive(Debug)]
pub struct PipeServer {
    handle: OwnedHandle,
    /// Unknown of a handle that was made elsewhere.
    made_of: Option<Arc<(Box<[u16]>, PipeSettings)>>,
}

/// What a [`connect`](AssociatedHandle::connect) lends to the system: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PipeConnect;

// SAFETY:
// * There are no bytes that could move, change or be freed.
unsafe impl IoBuf for PipeConnect {
    fn contents(&self) -> &[u8] {
        &[]
    }
}

impl PipeServerOptions {
    /// The defaults.
    #[must_use]
    pub fn new() -> Self {
        Self(PipeSettings {
            first: true,
            messages: false,
            remote: false,
            inbound: true,
            outbound: true,
            most: iocp_sys::PIPE_UNLIMITED_INSTANCES,
            buffer: 64 << 10,
        })
    }

    /// Whether the name must have no instance yet (`FILE_FLAG_FIRST_PIPE_INSTANCE`). Without it, whoever made the
    /// name first also gets clients that are meant for this program. (Wine 8 and 10 do not look: a second first one is
    /// made.)
    #[must_use]
    pub fn first_instance(mut self, first: bool) -> Self {
        self.0.first = first;
        self
    }

    /// Instances at a time, of the first one's choice: 1 to 254; from 255 on (`PIPE_UNLIMITED_INSTANCES`) as many as
    /// there is memory for. 0 is 1.
    #[must_use]
    pub fn max_instances(mut self, most: u32) -> Self {
        self.0.most = most.clamp(1, iocp_sys::PIPE_UNLIMITED_INSTANCES);
        self
    }

    /// Whether what is written is a message, which reads keep apart (`PIPE_TYPE_MESSAGE`,
    /// `PIPE_READMODE_MESSAGE`), instead of bytes. A client chooses for its own reads.
    #[must_use]
    pub fn messages(mut self, messages: bool) -> Self {
        self.0.messages = messages;
        self
    }

    /// Whether clients of other machines are let in too (without `PIPE_REJECT_REMOTE_CLIENTS`).
    #[must_use]
    pub fn remote_clients(mut self, remote: bool) -> Self {
        self.0.remote = remote;
        self
    }

    /// Which directions there are: what clients write (`PIPE_ACCESS_INBOUND`), what the server writes
    /// (`PIPE_ACCESS_OUTBOUND`). All instances have the same (fact PIPE03).
    #[must_use]
    pub fn directions(mut self, inbound: bool, outbound: bool) -> Self {
        (self.0.inbound, self.0.outbound) = (inbound, outbound);
        self
    }

    /// Bytes that the system sets aside for each direction: what fits is written without waiting for a
    /// reader. 0: each write waits for its reader.
    #[must_use]
    pub fn buffer(mut self, bytes: u32) -> Self {
        self.0.buffer = bytes;
        self
    }

    /// [`CreateNamedPipeW`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-createnamedpipew):
    /// makes an instance. `name`: `\\.\pipe\` and up to 247 characters without a backslash; upper and lower case
    /// are the same. A client can come from now on, before [`connect`](AssociatedHandle::connect) (fact PIPE17).
    ///
    /// # Errors
    ///
    /// [`Error::Os`] ← `ERROR_INVALID_NAME` (123), `ERROR_ACCESS_DENIED` (5: not the first; other directions than the
    /// first one's), `ERROR_PIPE_BUSY` (231: as many instances as there may be), `ERROR_INVALID_PARAMETER`
    /// (87: no direction).
    #[doc(alias = "CreateNamedPipeW")]
    pub fn create(&self, name: impl AsRef<OsStr>) -> Result<PipeServer, Error> {
        let name = os::wide(name.as_ref()).map_err(creating)?;
        let handle = os::pipe_create(&name, &self.0).map_err(creating)?;
        Ok(PipeServer { handle, made_of: Some(Arc::new((name, self.0))) })
    }
}

impl Default for PipeServerOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl PipeServer {
    /// [`CreateNamedPipeW`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-createnamedpipew):
    /// one more instance of the same pipe, for the next client.
    ///
    /// Make it before the connected one is handed on: while no instance listens a client is told
    /// `ERROR_PIPE_BUSY` (231), and `ERROR_FILE_NOT_FOUND` (2) once there is none.
    ///
    /// # Errors
    ///
    /// As [`PipeServerOptions::create`]; [`Error::Unsupported`] of a handle that was made elsewhere.
    ///
    /// # Examples
    ///
    /// As many clients as come, each with an instance of its own, in a loop of the event queue:
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::poll::{Events, Interests, PipeStream, Poll};
    /// use iocp::PipeServerOptions;
    /// use std::io::{ErrorKind, Read, Write};
    ///
    /// let both = Interests::READABLE | Interests::WRITABLE;
    /// let (poll, mut events) = (Poll::new()?, Events::with_capacity(64));
    /// let first = PipeServerOptions::new().create(r"\\.\pipe\echo")?;
    /// let mut pipes = vec![PipeStream::from(first)];
    /// poll.registrator().register(&mut pipes[0], 0, both)?;
    /// loop {
    ///     poll.poll(&mut events, None)?;
    ///     for event in &events {
    ///         let at = event.id();
    ///         if at == pipes.len() - 1 {
    ///             // The last one has a client: another one is to listen.
    ///             let mut next = PipeStream::from(pipes[at].get_ref().next_instance()?);
    ///             poll.registrator().register(&mut next, pipes.len(), both)?;
    ///             pipes.push(next);
    ///         }
    ///         let (pipe, mut room) = (&mut pipes[at], [0; 512]);
    ///         // Until something is to be waited for: what is left behind gives no event.
    ///         let ended = loop {
    ///             // One write at a time: the last answer is taken before the next is read.
    ///             let answered = match pipe.flush().and_then(|()| pipe.read(&mut room)) {
    ///                 Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
    ///                 Ok(count) => pipe.write_all(&room[..count]),
    ///                 Err(error) => Err(error),
    ///             };
    ///             if let Err(error) = answered {
    ///                 break error;
    ///             }
    ///         };
    ///         if ended.kind() != ErrorKind::WouldBlock {
    ///             pipe.disconnect()?; // and waits for the next client
    ///         }
    ///     }
    /// }
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "CreateNamedPipeW")]
    pub fn next_instance(&self) -> Result<Self, Error> {
        let Some(made_of) = &self.made_of else {
            return Err(Error::Unsupported("a further instance of a pipe that was made elsewhere"));
        };
        let (name, settings) = &**made_of;
        let settings = PipeSettings { first: false, ..*settings };
        let handle = os::pipe_create(name, &settings).map_err(creating)?;
        Ok(Self { handle, made_of: Some(Arc::clone(made_of)) })
    }

    /// [`GetNamedPipeClientProcessId`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getnamedpipeclientprocessid):
    /// the process that opened the client's end. It may have ended, and its number be another's by now. Windows
    /// Vista.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] ← `ERROR_NOT_FOUND` (1168: no client has come, or it was disconnected, fact PIPE52; Wine 8 and 10
    /// give a number instead).
    #[doc(alias = "GetNamedPipeClientProcessId")]
    pub fn client_process_id(&self) -> Result<u32, Error> {
        os::pipe_peer(os::borrow_handle(self), true)
            .map_err(|code| Error::os("GetNamedPipeClientProcessId", code))
    }
}

impl AssociatedHandle<PipeServer> {
    /// [`ConnectNamedPipe`](https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe):
    /// waits for a client, or finds that one has come already.
    ///
    /// [`Completed::connected`] reads the result, by packet or at once. (It is `NtFsControlFile` with
    /// `FSCTL_PIPE_LISTEN`, which says the status where `ConnectNamedPipe` says a code.)
    ///
    /// To end the wait, cancel it, or drop the handle. Whoever opens the name is a client, also a program that asks
    /// only whether it exists: it connects and is gone.
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused).
    #[doc(alias = "ConnectNamedPipe")]
    pub fn connect(&self, operation: Operation<PipeConnect>) -> Submitted<PipeConnect> {
        self.listen(operation)
    }

    /// [`DisconnectNamedPipe`](https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe):
    /// parts from the client, so that the next one can be waited for by [`connect`](Self::connect): until then nobody
    /// can open this instance (231, fact PIPE16).
    ///
    /// What the client has not read yet is lost, and what is in flight fails with 233 (facts PIPE21, PIPE38). So
    /// let the client close first: read until [`is_end`](crate::Completed::is_end), as the example of
    /// [`PipeServerOptions`] does. (`FlushFileBuffers` waits for the client too, and blocks the thread without a time
    /// limit.) A close of the handle in its place leaves the client what it has not read (fact PIPE24).
    ///
    /// # Errors
    ///
    /// [`Error::Os`] ← 233 (disconnected before, fact PIPE22), 536 under no client; [`Error::HandleClosed`].
    #[doc(alias = "DisconnectNamedPipe")]
    pub fn disconnect(&self) -> Result<(), Error> {
        self.part()
    }
}

/// The same of any handle, which says that it is no server's end.
impl<H: AsHandle + 'static> AssociatedHandle<H> {
    pub(crate) fn listen(&self, operation: Operation<PipeConnect>) -> Submitted<PipeConnect> {
        let issue = |(), handle, block| {
            // SAFETY:
            // * The block lies in the slot until `submit` knows that the system is done with it.
            unsafe { os::pipe_listen(handle, block) }
        };
        let prepare = |_: &mut PipeConnect| Ok(Prepared::filling_nothing(()));
        // SAFETY:
        // * `issue` makes one NtFsControlFile, which uses no memory but the status block, and fills nothing.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    pub(crate) fn part(&self) -> Result<(), Error> {
        os::pipe_disconnect(self.target()?.handle)
            .map_err(|code| Error::os("DisconnectNamedPipe", code))
    }
}

impl Completed<PipeConnect> {
    /// Whether there is a client: one came, or was there before (`ERROR_PIPE_CONNECTED`, 535, which
    /// [`result`](Self::result) has as a failure; no packet follows it).
    ///
    /// # Errors
    ///
    /// | the failure | says |
    /// | --- | --- |
    /// | [`BrokenPipe`](crate::CompletionKind::BrokenPipe) (`ERROR_NO_DATA`, 232) | a client came and is gone. Connecting again says it again: [`disconnect`](AssociatedHandle::disconnect) first |
    /// | [`Cancelled`](crate::CompletionKind::Cancelled), or 109 | given up, or the handle was closed |
    pub fn connected(&self) -> Result<(), CompletionError> {
        match self.result() {
            Err(error) if error.status == NtStatus::PIPE_CONNECTED => Ok(()),
            result => result.map(|_| ()),
        }
    }
}

impl From<OwnedHandle> for PipeServer {
    /// An instance that was made elsewhere, or inherited. What it is comes to light when it is associated, and
    /// used.
    fn from(handle: OwnedHandle) -> Self {
        Self { handle, made_of: None }
    }
}

impl From<PipeServer> for OwnedHandle {
    fn from(pipe: PipeServer) -> Self {
        pipe.handle
    }
}

impl AsHandle for PipeServer {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}

fn creating(code: os::Code) -> Error {
    Error::os("CreateNamedPipeW", code)
}
