//! The sockets beneath: those of `std` on Windows, those of the simulated kernel elsewhere.

use std::sync::Arc;

use crate::associated::AssociatedSocket;

/// A stream's socket, associated with the port.
pub(crate) type StreamSocket = AssociatedSocket<Arc<Stream>>;

#[cfg(windows)]
mod real {
    use std::{
        io::{self, Read, Write},
        net::Shutdown,
        os::windows::io::OwnedSocket,
    };

    pub(crate) use std::{
        net::{TcpListener as Listener, TcpStream as Stream, UdpSocket as Udp},
        os::windows::io::BorrowedSocket,
    };

    pub(crate) fn stream(socket: OwnedSocket) -> Stream {
        socket.into()
    }

    pub(crate) fn read(mut stream: &Stream, into: &mut [u8]) -> io::Result<usize> {
        stream.read(into)
    }

    pub(crate) fn write(mut stream: &Stream, bytes: &[u8]) -> io::Result<usize> {
        stream.write(bytes)
    }

    pub(crate) fn shut_down(stream: &Stream, how: Shutdown) -> io::Result<()> {
        stream.shutdown(how)
    }

    pub(crate) fn accept(listener: &Listener) -> io::Result<(Stream, std::net::SocketAddr)> {
        listener.accept()
    }
}

#[cfg(not(windows))]
mod simulated {
    use std::{
        io,
        net::{Shutdown, SocketAddr},
    };

    use crate::os::sim::OwnedSocket;
    pub(crate) use crate::os::sim::{
        BorrowedSocket, OwnedSocket as Stream, OwnedSocket as Listener, OwnedSocket as Udp,
    };

    pub(crate) fn stream(socket: OwnedSocket) -> Stream {
        socket
    }

    pub(crate) fn read(stream: &Stream, into: &mut [u8]) -> io::Result<usize> {
        stream.recv(into)
    }

    pub(crate) fn write(stream: &Stream, bytes: &[u8]) -> io::Result<usize> {
        stream.send(bytes)
    }

    pub(crate) fn shut_down(stream: &Stream, how: Shutdown) -> io::Result<()> {
        if how != Shutdown::Read {
            stream.shut_down();
        }
        Ok(())
    }

    /// A simulated listener has nothing but overlapped accepts.
    pub(crate) fn accept(_listener: &Listener) -> io::Result<(Stream, SocketAddr)> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(windows)]
pub(crate) use self::real::*;
#[cfg(not(windows))]
pub(crate) use self::simulated::*;
