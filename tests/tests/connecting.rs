//! Connecting.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::Read,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
};

use iocp::{stream_socket, CompletionKind, CompletionPort, NtStatus};
use iocp_tests::{
    not_here, raw,
    waiting::{done, DEADLINE},
};

/// An address where nobody listens.
fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Behaviour 41: nobody listens.
#[test]
fn connecting_to_a_closed_port_is_refused() {
    let port = CompletionPort::new().unwrap();
    let address = closed_port();
    let socket = port.associate_socket(stream_socket(&address).unwrap(), 0).unwrap();
    let completed = done(&port, socket.connect(port.connect_operation(address, 0).unwrap()));
    let error = completed.result().unwrap_err();
    assert_eq!((error.kind, error.status), (CompletionKind::Refused, NtStatus::CONNECTION_REFUSED));
    let error = completed.connected(&socket).unwrap_err();
    assert_eq!(iocp::raw_os_error(&error), Some(10_061));
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

/// Behaviour 41: a connected socket is a full one after the update.
#[test]
fn a_connected_socket_knows_its_peer_and_can_be_shut_down() {
    for local in ["127.0.0.1:0", "[::1]:0"] {
        let listener = TcpListener::bind(local).unwrap();
        let address = listener.local_addr().unwrap();
        let port = CompletionPort::new().unwrap();
        let socket = TcpStream::from(stream_socket(&address).unwrap());
        let socket = port.associate_socket(socket, 0).unwrap();
        let completed = done(&port, socket.connect(port.connect_operation(address, 0).unwrap()));
        assert_eq!(completed.result(), Ok(0));
        assert_eq!(completed.address(), address);
        // The setsockopt is what makes it a full socket. What Windows says before is open (WSAENOTCONN
        // while it connects, fact CON10).
        match socket.peer_addr() {
            Err(error) => assert_eq!(error.raw_os_error(), Some(10_057)),
            Ok(peer) => {
                assert_eq!(peer, address);
                not_here("a connected socket before SO_UPDATE_CONNECT_CONTEXT: it works already");
            }
        }
        completed.connected(&socket).unwrap();
        assert_eq!(socket.peer_addr().unwrap(), address);
        let (mut far, _) = listener.accept().unwrap();
        socket.shutdown(Shutdown::Write).unwrap();
        far.set_read_timeout(Some(DEADLINE)).unwrap();
        assert_eq!(far.read(&mut [0; 8]).unwrap(), 0);
    }
}

/// Behaviour 41: the raw call needs a bound socket; ours binds first.
#[test]
fn the_systems_connect_refuses_an_unbound_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let socket = raw::stream_socket(iocp_sys::WSA_FLAG_OVERLAPPED);
    assert_eq!(raw::connect_ex(&socket, address), 10_022);
}
