//! The standard traits of a stream: `Read`, `Write`, `AsSocket` and the like.

use std::fmt;
use std::io::{self, IoSlice, IoSliceMut, Read, Write};

use super::{registered::Registered, State, TcpStream};
use crate::os::AsSocket;
use crate::poll::native;

impl Read for TcpStream {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let State::Registered(registered) = &mut self.state {
            let count = match registered.read_at_once(into) {
                0 => registered.read_mut(into)?,
                count => count,
            };
            return Ok(count);
        }
        self.plain().read(into)
    }

    fn read_vectored(&mut self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        match &mut self.state {
            State::Registered(registered) => registered.read_vectored_mut(into),
            _ => self.plain().read_vectored(into),
        }
    }
}

impl Read for &TcpStream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &self.state {
            State::Registered(registered) => registered.read(&mut [IoSliceMut::new(into)]),
            _ => self.plain().read(into),
        }
    }

    fn read_vectored(&mut self, into: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        match &self.state {
            State::Registered(registered) => registered.read(into),
            _ => self.plain().read_vectored(into),
        }
    }
}

impl Write for TcpStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.state {
            State::Registered(registered) => registered.write(bytes),
            _ => self.plain().write(bytes),
        }
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        match &mut self.state {
            State::Registered(registered) => registered.write_vectored(pieces),
            _ => self.plain().write_vectored(pieces),
        }
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.state {
            State::Registered(registered) => registered.write_all(bytes),
            State::Plain(..) => self.plain().write_all(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self).flush()
    }
}

impl Write for &TcpStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &self.state {
            State::Registered(registered) => registered.write_shared(bytes),
            _ => self.plain().write(bytes),
        }
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        match &self.state {
            State::Registered(registered) => registered.write_vectored(pieces),
            _ => self.plain().write_vectored(pieces),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.registered().map_or(Ok(()), Registered::flush)
    }
}

impl From<native::Stream> for TcpStream {
    /// A connected stream of `std`'s. Leave it in blocking mode, or not: registered, it never blocks.
    fn from(stream: native::Stream) -> Self {
        Self { state: State::Plain(Some(stream), None) }
    }
}

impl AsSocket for TcpStream {
    fn as_socket(&self) -> native::BorrowedSocket<'_> {
        match self.registered() {
            Some(registered) => registered.socket().as_socket(),
            None => self.plain().as_socket(),
        }
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsRawSocket for TcpStream {
    fn as_raw_socket(&self) -> std::os::windows::io::RawSocket {
        self.as_socket().as_raw_socket()
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("TcpStream");
        self.with_native(|socket| shown.field("socket", socket));
        shown.field("registered", &self.registered().is_some()).finish()
    }
}
