//! What may be lent: operations, bytes, room, and whose.

use std::thread;

use super::{buffer, config, drain, finish, io, is_quiet, port, recv, LIMIT};
use crate::{
    core::keys::DRAINED,
    sim::{Kernel, Point, Script},
    CompletionPort, Config, Error, Packet, Packets, Submitted, Wait,
};

fn limited(max_operations: u32, max_bytes: usize, low_water: u32) -> CompletionPort {
    let config = Config { max_operations, max_bytes, low_water, ..config() };
    CompletionPort::with_config(&config).unwrap()
}

fn is_drained(port: &CompletionPort, packets: &mut Packets) {
    assert_eq!(port.wait(packets, LIMIT).unwrap(), Wait::Packets(1));
    assert_eq!(packets.iter().next(), Some(&Packet::Drained));
}

/// Behaviour 28: the third of two.
#[test]
fn a_full_port_gives_the_buffer_back_and_tells_once_when_there_is_room() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (limited(2, usize::MAX, 1), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let second = port.operation(buffer(), 2).unwrap();
    let refused = port.operation(vec![1, 2, 3], 3).unwrap_err();
    assert!(matches!(refused.error, Error::Full(_)));
    assert_eq!(refused.value, [1, 2, 3]);
    assert!(is_quiet(&port, &mut packets), "nothing has been freed");
    assert!(peer.send(b"data"));
    io(&port, &mut packets);
    drop(finish(ticket).into_buffer());
    is_drained(&port, &mut packets);
    let third = port.operation(refused.value, 3).unwrap();
    drop((second, third));
    assert!(is_quiet(&port, &mut packets), "told once");
    assert_eq!(port.stats().operations, 0);
}

/// Behaviour 28: the packet that tells cannot be posted at first.
#[test]
fn the_release_after_a_failed_post_tells_that_there_is_room() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (limited(3, usize::MAX, 2), Packets::with_capacity(4));
    let mut operations: Vec<_> = (0..3).map(|at| port.operation(buffer(), at).unwrap()).collect();
    assert!(matches!(port.operation(buffer(), 3).unwrap_err().error, Error::Full(_)));
    kernel.fail_posts(1, Some(DRAINED));
    drop(operations.pop());
    assert!(is_quiet(&port, &mut packets));
    drop(operations.pop());
    is_drained(&port, &mut packets);
}

/// Done is not freed: what is kept to be used again holds the packet back.
#[test]
fn operations_that_are_kept_idle_count_against_the_low_water_mark() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (limited(3, usize::MAX, 1), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let (second, third) = (port.operation(buffer(), 2), port.operation(buffer(), 3));
    assert!(matches!(port.operation(buffer(), 4).unwrap_err().error, Error::Full(_)));
    assert!(peer.send(b"data"));
    io(&port, &mut packets);
    let kept = finish(ticket).into_operation();
    assert!(is_quiet(&port, &mut packets), "three are left, none in flight");
    drop(second);
    assert!(is_quiet(&port, &mut packets), "two are left");
    drop(third);
    is_drained(&port, &mut packets);
    drop(kept);
}

#[test]
fn bytes_are_limited_too_and_a_buffer_beyond_them_is_too_large() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (limited(8, 100, 4), Packets::with_capacity(4));
    let large = port.operation(vec![0; 101], 1).unwrap_err();
    assert!(matches!(large.error, Error::TooLarge));
    drop(port.operation(vec![0; 100], 1).unwrap());
    let first = port.operation(vec![0; 60], 1).unwrap();
    assert!(matches!(port.operation(vec![0; 60], 2).unwrap_err().error, Error::Full(_)));
    assert_eq!(port.stats().bytes, 60);
    drop(first);
    is_drained(&port, &mut packets);
}

/// Regression: the room of a slot that its canceller still holds was given away before the slot
/// was, so that `Full` came without a later `Drained`.
#[test]
fn a_slot_held_by_a_canceller_counts_as_in_use_and_its_release_is_told() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (limited(1, usize::MAX, 0), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    let canceller = ticket.canceller();
    let hold = kernel.hold(&socket, Point::Cancel);
    thread::scope(|scope| {
        let slow = scope.spawn(move || canceller.cancel());
        hold.wait_for_call();
        assert!(peer.send(b"data"));
        io(&port, &mut packets);
        drop(finish(ticket).into_buffer());
        assert!(matches!(port.operation(buffer(), 2).unwrap_err().error, Error::Full(_)));
        hold.release();
        slow.join().unwrap().unwrap();
    });
    is_drained(&port, &mut packets);
    assert!(port.operation(buffer(), 2).is_ok());
}

/// Regression: memory that the system refuses is not our own limit, and no `Drained` follows.
#[test]
fn a_failed_commit_is_the_systems_error_and_gives_the_buffer_back() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    kernel.fail_commits(1);
    let refused = port.operation(vec![7], 1).unwrap_err();
    assert_eq!(refused.error.raw_os_error(), Some(1450));
    assert_eq!(refused.value, [7]);
    assert_eq!((port.stats().operations, port.stats().bytes), (0, 0));
    assert!(port.operation(refused.value, 1).is_ok());
}

/// Behaviour 29b: a receive without room.
#[test]
fn a_receive_into_a_full_buffer_is_refused_and_nothing_is_submitted() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    assert!(peer.send(b"data"));
    let full = Vec::from(Box::<[u8]>::from([1]));
    let Submitted::Refused(failed) = socket.recv(port.operation(full, 1).unwrap()) else {
        panic!("a receive without room")
    };
    assert!(matches!(failed.error, Error::NoRoom));
    assert_eq!(failed.value.buffer(), &[1]);
    assert_eq!((kernel.counts().submits, port.stats().in_flight), (0, 0));
}

/// Behaviour 30: an operation of another port.
#[test]
fn an_operation_of_another_port_is_refused_and_returned() {
    let kernel = Kernel::new(Script::default());
    let (first, second) = (port(), port());
    let (socket, _peer) = kernel.stream_pair();
    let socket = first.associate_socket(socket, 0).unwrap();
    let Submitted::Refused(failed) = socket.recv(second.operation(buffer(), 1).unwrap()) else {
        panic!("another port's operation")
    };
    assert!(matches!(failed.error, Error::WrongPort));
    assert_eq!(kernel.counts().submits, 0);
    drop(failed.value.into_buffer());
    assert_eq!(second.stats().operations, 0);
}

#[test]
fn a_closed_port_starts_nothing() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operation = port.operation(buffer(), 1).unwrap();
    port.close().unwrap();
    let Submitted::Refused(failed) = socket.recv(operation) else { panic!("closed") };
    assert!(matches!(failed.error, Error::Closed));
    let (other, _peer) = kernel.stream_pair();
    assert!(matches!(port.associate_socket(other, 0).unwrap_err().error, Error::Closed));
    drain(&port);
}
