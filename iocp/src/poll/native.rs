//! The sockets beneath: those of `std` on Windows, those of the simulated kernel elsewhere.
//!
//! Only what the event queue itself needs of a socket beside its operations.

#[cfg(windows)]
mod real {
    use std::{
        io::{self, Read, Write},
        net::{Shutdown, TcpListener, TcpStream, UdpSocket},
        os::windows::io::OwnedSocket,
    };

    pub(in crate::poll) type Stream = TcpStream;
    pub(in crate::poll) type Listener = TcpListener;
    pub(in crate::poll) type Udp = UdpSocket;

    pub(in crate::poll) fn stream(socket: OwnedSocket) -> Stream {
        socket.into()
    }

    pub(in crate::poll) fn read(mut stream: &Stream, into: &mut [u8]) -> io::Result<usize> {
        stream.read(into)
    }

    pub(in crate::poll) fn write(mut stream: &Stream, bytes: &[u8]) -> io::Result<usize> {
        stream.write(bytes)
    }

    pub(in crate::poll) fn shut_down(stream: &Stream, how: Shutdown) -> io::Result<()> {
        stream.shutdown(how)
    }

    pub(in crate::poll) fn accept(
        listener: &Listener,
    ) -> io::Result<(Stream, std::net::SocketAddr)> {
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

    pub(in crate::poll) type Stream = OwnedSocket;
    pub(in crate::poll) type Listener = OwnedSocket;
    pub(in crate::poll) type Udp = OwnedSocket;

    pub(in crate::poll) fn stream(socket: OwnedSocket) -> Stream {
        socket
    }

    pub(in crate::poll) fn read(stream: &Stream, into: &mut [u8]) -> io::Result<usize> {
        stream.recv(into)
    }

    pub(in crate::poll) fn write(stream: &Stream, bytes: &[u8]) -> io::Result<usize> {
        stream.send(bytes)
    }

    pub(in crate::poll) fn shut_down(stream: &Stream, how: Shutdown) -> io::Result<()> {
        if how != Shutdown::Read {
            stream.shut_down();
        }
        Ok(())
    }

    /// A simulated listener has nothing but overlapped accepts.
    pub(in crate::poll) fn accept(_listener: &Listener) -> io::Result<(Stream, SocketAddr)> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(windows)]
pub(super) use self::real::*;
#[cfg(not(windows))]
pub(super) use self::simulated::*;
