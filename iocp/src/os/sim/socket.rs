//! The host's stand-ins for `std::os::windows::io`: an owned socket, a borrowed one, and the trait.

use std::{io, marker::PhantomData, mem::ManuallyDrop, sync::Arc, time::Duration};

use super::{connection::Arrived, file::File, file::Link, handles, machine::Machine};
use crate::os::{borrow_socket, Borrowed, Code, Handle};

/// The value of a socket handle.
pub type RawSocket = u64;

/// A socket of a [`Kernel`](super::Kernel), closed on drop.
#[derive(Debug)]
pub struct OwnedSocket(RawSocket);

/// A socket that somebody else keeps open.
#[derive(Clone, Copy, Debug)]
pub struct BorrowedSocket<'socket>(RawSocket, PhantomData<&'socket OwnedSocket>);

/// What has a socket; the shape of `std::os::windows::io::AsSocket`.
pub trait AsSocket {
    /// The socket.
    fn as_socket(&self) -> BorrowedSocket<'_>;
}

impl OwnedSocket {
    pub(in crate::os) fn own(handle: Handle) -> Self {
        Self(handle.0 as RawSocket)
    }

    /// The value of the handle.
    #[must_use]
    pub fn as_raw_socket(&self) -> RawSocket {
        self.0
    }

    /// Sends without an operation, never blocking: in blocking mode all at once, whatever the window; in
    /// non-blocking mode what fits into it.
    ///
    /// # Errors
    ///
    /// 10054, 10057 or 10058; in non-blocking mode 10035.
    pub fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file()?;
        let Link { connection, side } = self.link()?;
        if file.is_nonblocking() {
            file.begin_direct_send().map_err(Code::into_io)?;
            return connection.send_some(side, bytes).map_err(Code::into_io);
        }
        connection.send_bytes(side, bytes).map_err(Code::into_io)?;
        Ok(bytes.len())
    }

    /// `recv`: receives without an operation. In blocking mode it waits up to two minutes. `Ok(0)` is the end.
    ///
    /// # Errors
    ///
    /// 10054, 10057 or 10060; in non-blocking mode 10035.
    pub fn recv(&self, into: &mut [u8]) -> io::Result<usize> {
        self.receive(into, false)
    }

    /// As [`recv`](Self::recv), with `MSG_PEEK`: takes nothing.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    pub fn peek(&self, into: &mut [u8]) -> io::Result<usize> {
        self.receive(into, true)
    }

    fn receive(&self, into: &mut [u8], peek: bool) -> io::Result<usize> {
        let file = self.file()?;
        file.begin_direct().map_err(Code::into_io)?;
        let Link { connection, side } = file.link().ok_or_else(|| Code(10_057).into_io())?;
        let (limit, nothing) = match file.is_nonblocking() {
            true => (Duration::ZERO, 10_035),
            false => (Duration::from_secs(120), 10_060),
        };
        let into = file.machine.room_of_part(into);
        match connection.recv_bytes(side, into, limit, peek) {
            Arrived::Bytes(count) => Ok(count),
            Arrived::End => Ok(0),
            Arrived::Reset => Err(Code(10_054).into_io()),
            Arrived::Nothing => Err(Code(nothing).into_io()),
        }
    }

    /// `FIONBIO`.
    ///
    /// # Errors
    ///
    /// 6 if it was closed behind its owner's back.
    pub fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.file()?.set_nonblocking(nonblocking);
        Ok(())
    }

    /// Sends no more.
    pub fn shut_down(&self) {
        if let Ok(Link { connection, side }) = self.link() {
            connection.shut_down(side);
        }
    }

    fn link(&self) -> io::Result<Link> {
        self.file()?.link().ok_or_else(|| Code(10_057).into_io())
    }

    fn file(&self) -> io::Result<&'static File> {
        handles::file(borrow_socket(self).value()).map_err(Code::into_io)
    }

    /// A second handle of the same socket.
    ///
    /// # Errors
    ///
    /// 6 if it was closed behind its owner's back.
    pub fn try_clone(&self) -> io::Result<Self> {
        let object = handles::find(borrow_socket(self).value()).map_err(Code::into_io)?;
        Ok(Self::own(handles::open(Machine::current(), object)))
    }
}

impl BorrowedSocket<'_> {
    /// The value of the handle.
    #[must_use]
    pub fn as_raw_socket(&self) -> RawSocket {
        self.0
    }
}

impl AsSocket for OwnedSocket {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        BorrowedSocket(self.0, PhantomData)
    }
}

impl AsSocket for BorrowedSocket<'_> {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        *self
    }
}

impl<T: AsSocket> AsSocket for &T {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        T::as_socket(self)
    }
}

impl<T: AsSocket> AsSocket for Arc<T> {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        T::as_socket(self)
    }
}

impl Drop for OwnedSocket {
    fn drop(&mut self) {
        close_raw(self.0);
    }
}

/// `closesocket`: also behind the back of an owner.
pub fn close_raw(socket: RawSocket) {
    if let Ok(socket) = usize::try_from(socket) {
        // SAFETY:
        // * A drop owns the handle; a test that closes another's says so, and the simulated kernel never
        //   gives the value out again.
        unsafe { super::seam::handle_close(Handle(socket)) };
    }
}

/// # Safety
///
/// The socket is open, and nobody else closes it.
pub(crate) unsafe fn owned_socket(socket: Handle) -> OwnedSocket {
    OwnedSocket::own(socket)
}

/// # Safety
///
/// The socket is open for `'a`.
pub(crate) unsafe fn borrowed_socket<'a>(socket: Handle) -> BorrowedSocket<'a> {
    BorrowedSocket(socket.0 as RawSocket, PhantomData)
}

pub(crate) fn recv_stream(socket: Borrowed<'_>, into: &mut [u8]) -> Result<usize, Code> {
    lend(socket).recv(into).map_err(code_of)
}

pub(crate) fn send_stream(socket: Borrowed<'_>, bytes: &[u8]) -> Result<usize, Code> {
    lend(socket).send(bytes).map_err(code_of)
}

fn lend(socket: Borrowed<'_>) -> ManuallyDrop<OwnedSocket> {
    ManuallyDrop::new(OwnedSocket::own(socket.value()))
}

fn code_of(error: io::Error) -> Code {
    Code(error.raw_os_error().map_or(0, i32::unsigned_abs))
}
