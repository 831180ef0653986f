//! The sockets beneath: those of `std` on Windows, those of the simulated kernel elsewhere.

#[cfg(windows)]
pub(crate) use std::net::{TcpListener as Listener, TcpStream as Stream, UdpSocket as Udp};
#[cfg(windows)]
pub(crate) use std::os::windows::io::BorrowedSocket;
use std::sync::Arc;

use crate::associated::{AssociatedHandle, AssociatedSocket, SharedSocket};
use crate::ops::pipe::AnyPipe;
#[cfg(not(windows))]
pub(crate) use crate::os::sim::{
    BorrowedSocket, OwnedSocket as Stream, OwnedSocket as Listener, OwnedSocket as Udp,
};

/// A stream's socket, associated with the port.
pub(crate) type StreamSocket = AssociatedSocket<Stream>;

/// The same, held by its owner and by the queue.
pub(crate) type SharedStream = SharedSocket<Stream>;

/// A UDP socket, associated with the port.
pub(crate) type UdpAssociated = AssociatedSocket<Arc<Udp>>;

/// An end of a pipe, associated with the port.
pub(crate) type PipeAssociated = AssociatedHandle<AnyPipe>;

/// What `std`'s sockets have too.
#[cfg(not(windows))]
mod simulated {
    use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Result, Write};

    use super::Stream;

    impl Read for &Stream {
        fn read(&mut self, into: &mut [u8]) -> Result<usize> {
            self.recv(into)
        }

        fn read_vectored(&mut self, into: &mut [IoSliceMut<'_>]) -> Result<usize> {
            let mut all = vec![0; into.iter().map(|piece| piece.len()).sum()];
            let count = self.recv(&mut all)?;
            let mut rest = &all[..count];
            for piece in into {
                let part = piece.len().min(rest.len());
                piece[..part].copy_from_slice(&rest[..part]);
                rest = &rest[part..];
            }
            Ok(count)
        }
    }

    impl Write for &Stream {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.send(bytes)
        }

        fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> Result<usize> {
            let all: Vec<u8> = pieces.iter().flat_map(|piece| piece.iter().copied()).collect();
            self.send(&all)
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    impl Stream {
        pub(crate) fn shutdown(&self, how: std::net::Shutdown) -> Result<()> {
            if how != std::net::Shutdown::Read {
                self.shut_down();
            }
            Ok(())
        }

        /// A simulated listener has overlapped accepts only.
        pub(crate) fn accept(&self) -> Result<(Stream, std::net::SocketAddr)> {
            Err(ErrorKind::Unsupported.into())
        }
    }
}
