//! Operations redeemed by the id of their packet.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    thread,
};

use super::{buffer, finish, io, port, recv, scripts, Counted};
use crate::{
    sim::{Kernel, Point, Script},
    Error, Packets, Wait,
};

/// Behaviour 29c: redeemed on a thread that never saw the ticket, once.
#[test]
fn a_parked_operation_is_redeemed_once_by_id_on_any_thread() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let parked = recv(&socket, port.operation(buffer(), 1).unwrap()).park();
        assert!(matches!(port.redeem::<Vec<u8>>(parked), Err(Error::UnknownOperation)));
        assert!(peer.send(b"data"));
        thread::scope(|scope| {
            let other = scope.spawn(|| {
                let (id, _) = io(&port, &mut Packets::with_capacity(4));
                port.redeem::<Vec<u8>>(id).map(|completed| (id, completed))
            });
            let (id, completed) = other.join().unwrap().unwrap();
            assert_eq!(id, parked);
            assert_eq!(completed.buffer(), b"data");
            assert!(matches!(port.redeem::<Vec<u8>>(id), Err(Error::UnknownOperation)));
            assert!(matches!(port.discard(id), Err(Error::UnknownOperation)));
        });
    }
}

#[test]
fn a_redeemed_operation_has_another_id_at_its_next_use() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let first = recv(&socket, port.operation(buffer(), 1).unwrap()).park();
    assert!(peer.send(b"data"));
    io(&port, &mut packets);
    let operation = port.redeem::<Vec<u8>>(first).unwrap().into_operation();
    let second = recv(&socket, operation).park();
    assert_ne!(first, second);
    assert!(peer.send(b"more"));
    io(&port, &mut packets);
    assert!(matches!(port.redeem::<Vec<u8>>(first), Err(Error::UnknownOperation)));
    assert_eq!(port.redeem::<Vec<u8>>(second).unwrap().buffer(), b"datamore");
}

/// In every use of a slot, not in its first only.
#[test]
fn an_operation_whose_call_has_not_returned_is_not_redeemed() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let mut operation = port.operation(buffer(), 1).unwrap();
    for _ in 0..3 {
        operation.buffer_mut().clear();
        assert!(peer.send(b"data"));
        let hold = kernel.hold(&socket, Point::Return);
        operation = thread::scope(|scope| {
            let submitter = scope.spawn(|| socket.recv(operation).park());
            hold.wait_for_call();
            let (id, _) = io(&port, &mut packets);
            assert!(matches!(port.redeem::<Vec<u8>>(id), Err(Error::StillSubmitting)));
            assert!(matches!(port.discard(id), Err(Error::StillSubmitting)));
            hold.release();
            assert!(matches!(submitter.join().unwrap(), Ok(same) if same == id));
            port.redeem::<Vec<u8>>(id).unwrap().into_operation()
        });
        assert_eq!(operation.buffer(), b"data");
    }
}

/// A ticket is not redeemed by its packet's id unless it is given up.
#[test]
fn an_id_whose_ticket_lives_is_redeemed_only_after_it_is_parked() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    assert!(peer.send(b"data"));
    let (id, _) = io(&port, &mut Packets::with_capacity(4));
    assert!(matches!(port.redeem::<Vec<u8>>(id), Err(Error::StillSubmitting)));
    assert_eq!(ticket.park(), id);
    assert_eq!(port.redeem::<Vec<u8>>(id).unwrap().result(), Ok(4));
}

#[test]
fn a_wrong_type_is_refused_and_the_right_one_is_redeemed_after() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let _ = recv(&socket, port.operation(buffer(), 1).unwrap()).park();
        assert!(peer.send(b"data"));
        let (id, _) = io(&port, &mut Packets::with_capacity(4));
        assert!(matches!(port.redeem::<Box<[u8]>>(id), Err(Error::WrongType)));
        assert!(matches!(port.redeem::<Counted>(id), Err(Error::WrongType)));
        assert_eq!(port.redeem::<Vec<u8>>(id).unwrap().buffer(), b"data");
    }
}

#[test]
fn a_cancelled_operation_that_was_put_back_still_says_who_cancelled_it() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    ticket.cancel().unwrap();
    let parked = ticket.park();
    io(&port, &mut Packets::with_capacity(4));
    assert!(matches!(port.redeem::<Box<[u8]>>(parked), Err(Error::WrongType)));
    let error = port.redeem::<Vec<u8>>(parked).unwrap().result().unwrap_err();
    assert_eq!(error.kind, crate::CompletionKind::Cancelled);
}

#[test]
fn a_discarded_operation_drops_its_buffer_whatever_it_is() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let drops = Arc::new(AtomicUsize::new(0));
    let parked = recv(&socket, port.operation(Counted::new(&drops), 1).unwrap()).park();
    assert!(matches!(port.discard(parked), Err(Error::UnknownOperation)), "not finished");
    assert!(peer.send(b"data"));
    let (id, _) = io(&port, &mut Packets::with_capacity(4));
    port.discard(id).unwrap();
    assert_eq!((drops.load(Ordering::SeqCst), port.stats().operations), (1, 0));
    assert!(matches!(port.discard(id), Err(Error::UnknownOperation)));
}

#[test]
fn an_id_of_another_port_or_of_an_earlier_use_is_unknown() {
    let kernel = Kernel::new(Script::default());
    let (port, other) = (port(), port());
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let mut packets = Packets::with_capacity(4);
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let first = ticket.id();
    assert!(peer.send(b"one"));
    io(&port, &mut packets);
    let ticket = recv(&socket, finish(ticket).into_operation());
    assert!(peer.send(b"two"));
    io(&port, &mut packets);
    // Finished, and not parked: that is said of the id of this use only.
    assert!(matches!(port.redeem::<Vec<u8>>(ticket.id()), Err(Error::StillSubmitting)));
    assert!(matches!(port.redeem::<Vec<u8>>(first), Err(Error::UnknownOperation)));
    let second = ticket.park();
    assert_ne!(first, second);
    assert!(matches!(port.redeem::<Vec<u8>>(first), Err(Error::UnknownOperation)));
    assert!(matches!(other.redeem::<Vec<u8>>(second), Err(Error::UnknownOperation)));
    assert_eq!(port.redeem::<Vec<u8>>(second).unwrap().buffer(), b"onetwo");
}

/// Of two threads with one id, one gets the operation.
#[test]
fn two_threads_that_redeem_one_id_get_one_operation() {
    let rounds = if cfg!(miri) { 10 } else { 500 };
    let kernel = Kernel::new(Script { plain_writes: true, ..Script::default() });
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let mut packets = Packets::with_capacity(4);
    for _ in 0..rounds {
        let _ = recv(&socket, port.operation(buffer(), 1).unwrap()).park();
        assert!(peer.send(b"data"));
        let (id, _) = io(&port, &mut packets);
        let got = thread::scope(|scope| {
            let redeem = || port.redeem::<Vec<u8>>(id).map(crate::Completed::into_buffer).ok();
            let (one, two) = (scope.spawn(redeem), scope.spawn(redeem));
            [one.join().unwrap(), two.join().unwrap()]
        });
        let got: Vec<_> = got.into_iter().flatten().collect();
        assert_eq!(got, [b"data"]);
    }
}

/// Parking races with the packet: either order redeems once.
#[test]
fn parking_while_the_packet_is_taken_loses_nothing() {
    let rounds = if cfg!(miri) { 10 } else { 500 };
    let kernel = Kernel::new(Script { plain_writes: true, ..Script::default() });
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    for _ in 0..rounds {
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        assert!(peer.send(b"data"));
        thread::scope(|scope| {
            let waiter = scope.spawn(|| {
                let mut packets = Packets::with_capacity(4);
                assert_eq!(port.wait(&mut packets, super::LIMIT).unwrap(), Wait::Packets(1));
            });
            let parked = ticket.park();
            let completed = loop {
                match port.redeem::<Vec<u8>>(parked) {
                    Ok(completed) => break completed,
                    Err(Error::UnknownOperation) => {} // its packet is not taken yet
                    Err(error) => panic!("{error}"),
                }
                thread::yield_now();
            };
            assert_eq!(completed.buffer(), b"data");
            waiter.join().unwrap();
        });
    }
}
