//! A stream as the standard traits have it.

use std::{
    fmt,
    io::{self, Read, Write},
    sync::Arc,
};

use super::TcpStream;
use crate::{os::AsSocket, poll::native};

impl Read for TcpStream {
    #[inline]
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &mut self.member {
            Some(member) => member.read_mut(into),
            None => native::read(&self.socket, into),
        }
    }
}

impl Read for &TcpStream {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match &self.member {
            Some(member) => member.read(into),
            None => native::read(&self.socket, into),
        }
    }
}

impl Write for TcpStream {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.member {
            Some(member) => member.write_mut(bytes),
            None => native::write(&self.socket, bytes),
        }
    }

    /// As the trait's own, written out for what is sent at once.
    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.write(bytes) {
            Ok(count) if count == bytes.len() => Ok(()),
            written => write_rest(self, written, bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self).flush()
    }
}

/// Goes on after the first write.
#[cold]
fn write_rest(
    stream: &mut TcpStream,
    mut written: io::Result<usize>,
    mut bytes: &[u8],
) -> io::Result<()> {
    loop {
        match written {
            Ok(0) if !bytes.is_empty() => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if bytes.is_empty() {
            return Ok(());
        }
        written = stream.write(bytes);
    }
}

impl Write for &TcpStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &self.member {
            Some(member) => member.write(bytes),
            None => native::write(&self.socket, bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.member.as_ref().map_or(Ok(()), super::Member::flush)
    }
}

impl From<native::Stream> for TcpStream {
    /// A connected stream of `std`'s. Leave it in blocking mode, or not: registered, it never blocks.
    fn from(stream: native::Stream) -> Self {
        Self { member: None, kind: None, later: None, socket: Arc::new(stream) }
    }
}

#[cfg(windows)]
impl AsSocket for TcpStream {
    fn as_socket(&self) -> std::os::windows::io::BorrowedSocket<'_> {
        self.native().as_socket()
    }
}

#[cfg(windows)]
impl std::os::windows::io::AsRawSocket for TcpStream {
    fn as_raw_socket(&self) -> std::os::windows::io::RawSocket {
        self.native().as_raw_socket()
    }
}

#[cfg(not(windows))]
impl AsSocket for TcpStream {
    fn as_socket(&self) -> crate::os::sim::BorrowedSocket<'_> {
        self.native().as_socket()
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpStream")
            .field("socket", self.native())
            .field("registered", &self.member.is_some())
            .finish()
    }
}
