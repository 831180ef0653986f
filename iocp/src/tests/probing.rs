//! Probes: receives without room, which only tell that there is something.

use super::{finish, io, is_quiet, pending, port, scripts};
use crate::{
    sim::{Kernel, Script},
    CompletionPort, Config, Error, Packets, Submitted,
};

#[test]
fn a_probe_is_done_when_there_are_bytes_and_takes_none() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let mut packets = Packets::with_capacity(4);
        let ticket = pending(socket.probe(port.operation((), 1).unwrap()));
        assert!(is_quiet(&port, &mut packets), "nothing is there yet");
        assert!(peer.send(b"data"));
        assert_eq!(io(&port, &mut packets).1, 0);
        assert_eq!(finish(ticket).result(), Ok(0));
        let received = match socket.recv(port.operation(super::buffer(), 2).unwrap()) {
            Submitted::Pending(ticket) => {
                io(&port, &mut packets);
                finish(ticket)
            }
            other => panic!("not pending: {other:?}"),
        };
        assert_eq!(received.buffer(), b"data", "the probe took none of it");
    }
}

#[test]
fn a_probe_is_done_at_the_peers_end_and_leaves_the_buffer_alone() {
    let kernel = Kernel::new(Script::default());
    let port = CompletionPort::new().unwrap();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let full = vec![7_u8; 3];
    let ticket = pending(socket.probe(port.operation(full, 1).unwrap()));
    peer.shut_down();
    io(&port, &mut Packets::with_capacity(4));
    let completed = finish(ticket);
    assert_eq!(completed.result(), Ok(0));
    assert_eq!(completed.buffer(), &[7; 3]);
    // In skip mode the next one is done at once.
    match socket.probe(completed.into_operation()) {
        Submitted::Ready(completed) => assert_eq!(completed.result(), Ok(0)),
        other => panic!("not ready: {other:?}"),
    }
}

// Behaviour 43.
#[test]
fn a_probe_of_a_datagram_socket_is_refused_without_a_call() {
    let kernel = Kernel::new(Script::default());
    let port = CompletionPort::with_config(&Config::default()).unwrap();
    let (socket, peer) = kernel.datagram_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    assert!(peer.send(b"one"));
    let calls = kernel.counts().submits;
    let operation = match socket.probe(port.operation(super::buffer(), 1).unwrap()) {
        Submitted::Refused(failed) => {
            assert!(matches!(failed.error, Error::Unsupported(_)), "{:?}", failed.error);
            failed.value
        }
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(kernel.counts().submits, calls);
    let ticket = pending(socket.recv(operation));
    io(&port, &mut Packets::with_capacity(4));
    assert_eq!(finish(ticket).buffer(), b"one", "the datagram is still there");
}
