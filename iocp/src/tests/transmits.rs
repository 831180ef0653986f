//! Sending files without reading them.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    Arc,
};

use super::{drain, finish, io, is_quiet, pending, port, ready, scripts};
use crate::{
    sim::{AsHandle, BorrowedHandle, Kernel, OwnedSocket, Peer, Script},
    CompletionKind, Error, Packets, Submitted, Transmit,
};

/// A file that says when it is closed.
struct Counted(OwnedSocket, Arc<AtomicUsize>);

impl AsHandle for Counted {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

fn received(peer: &Peer, len: usize) -> Vec<u8> {
    let (mut all, mut piece) = (Vec::new(), [0; 32]);
    while all.len() < len {
        let count = peer.recv(&mut piece).expect("the bytes that were sent");
        all.extend_from_slice(&piece[..count]);
    }
    all
}

#[test]
fn a_file_or_a_part_of_it_is_sent_between_head_and_tail() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let file = kernel.disk_file(b"0123456789");
        let transmit = Transmit::between(b"head:".to_vec(), file, ":tail");
        let mut operation = port.operation(transmit, 7).unwrap();
        assert!(port.stats().bytes >= 5);
        type Change = fn(&mut Transmit<OwnedSocket, Vec<u8>, &'static str>);
        let rounds: [(Change, &[u8]); 7] = [
            (|_| (), b"head:0123456789:tail"),
            (|transmit| transmit.set_start(4), b"head:456789:tail"),
            (|transmit| transmit.set_start(10), b"head::tail"),
            (|transmit| transmit.set_range(2, 3), b"head:234:tail"),
            (|transmit| transmit.set_range(8, 100), b"head:89:tail"),
            (|transmit| transmit.set_range(0, 0), b"head::tail"),
            (
                |transmit| {
                    transmit.head_mut().clear();
                    *transmit.tail_mut() = "";
                    transmit.set_start(0);
                },
                b"0123456789",
            ),
        ];
        for (change, expected) in rounds {
            change(operation.buffer_mut());
            let ticket = pending(socket.transmit_file(operation));
            assert_eq!(io(&port, &mut packets).1 as usize, expected.len());
            assert_eq!(received(&peer, expected.len()), expected);
            let completed = finish(ticket);
            assert_eq!(completed.result(), Ok(expected.len()));
            operation = completed.into_operation();
        }
        let (head, _file, tail) = operation.into_buffer().into_parts();
        assert_eq!((head, tail), (Vec::new(), ""));
    }
}

#[test]
fn what_cannot_be_transmitted_is_refused_or_a_result_and_comes_back() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (stream, _peer) = kernel.stream_pair();
    let stream = port.associate_socket(stream, 0).unwrap();
    let mut transmit = Transmit::new(kernel.disk_file(b"0123456789"));
    transmit.set_range(0, 0);
    let operation = port.operation(transmit, 0).unwrap();
    let refused = |submitted| match submitted {
        Submitted::Refused(refused) => (refused.value, refused.error),
        other => panic!("not refused: {other:?}"),
    };
    let (mut operation, error) = refused(stream.transmit_file(operation));
    assert!(matches!(error, Error::Unsupported(_)), "nothing to send");
    operation.buffer_mut().set_range(0, 2_147_483_647);
    let (mut operation, error) = refused(stream.transmit_file(operation));
    assert_eq!(error, Error::TooLarge);
    operation.buffer_mut().set_start(1 << 63);
    let (mut operation, error) = refused(stream.transmit_file(operation));
    assert_eq!(error, Error::OffsetTooLarge);
    operation.buffer_mut().set_start(0);
    let (datagrams, _peer) = kernel.datagram_pair();
    let datagrams = port.associate_socket(datagrams, 0).unwrap();
    let (mut operation, error) = refused(datagrams.transmit_file(operation));
    assert!(matches!(error, Error::Unsupported(_)), "datagrams");
    operation.buffer_mut().set_start(11);
    let completed = ready(stream.transmit_file(operation));
    assert_eq!(completed.raw_os_error(), Some(10_022), "behind the end");
    assert_eq!(port.stats().in_flight, 0);
    assert!(is_quiet(&port, &mut packets));
}

#[test]
fn a_transmit_to_a_peer_that_does_not_read_keeps_its_file_until_it_is_over() {
    for cancels in [true, false] {
        for script in scripts() {
            let kernel = Kernel::new(Script { window: 4, ..script });
            let (port, mut packets) = (port(), Packets::with_capacity(4));
            let (socket, peer) = kernel.stream_pair();
            let socket = port.associate_socket(socket, 0).unwrap();
            let closed = Arc::new(AtomicUsize::new(0));
            let file = Counted(kernel.disk_file(&[7; 100]), Arc::clone(&closed));
            let transmit = Transmit::between(b"head".to_vec(), file, b"tail".to_vec());
            let operation = port.operation(transmit, 0).unwrap();
            let ticket = pending(socket.transmit_file(operation));
            if cancels {
                ticket.cancel().unwrap();
            } else {
                peer.reset();
            }
            io(&port, &mut packets);
            let completed = finish(ticket);
            let kind = completed.result().unwrap_err().kind;
            let expected = if cancels { CompletionKind::Cancelled } else { CompletionKind::Reset };
            assert_eq!(kind, expected);
            if cancels {
                drop(pending(socket.transmit_file(completed.into_operation())));
            } else {
                assert_eq!(closed.load(Ordering::Relaxed), 0);
                drop(completed);
            }
            drop(socket);
            drain(&port);
            assert_eq!(closed.load(Ordering::Relaxed), 1);
        }
    }
}
