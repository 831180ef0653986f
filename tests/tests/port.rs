//! Associating handles, the array of packets, and operations of other ports.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    fs::File,
    io::Write,
    net::{TcpStream, UdpSocket},
    os::windows::io::{AsRawHandle, AsSocket, BorrowedSocket},
    time::Duration,
};

use iocp::{CompletionPort, Config, Error, NtStatus, Packet, Packets, Submitted, UserPacket, Wait};
use iocp_tests::{
    kernel,
    net::{tcp_pair, wait_for_data},
    not_here, raw,
    waiting::{done, finish, pending, wait_for, within_deadline},
};

#[track_caller]
fn refused_again(port: &CompletionPort, socket: TcpStream) {
    let address = socket.local_addr().unwrap();
    let refused = port.associate_socket(socket, 9).unwrap_err();
    assert!(matches!(refused.error, Error::NotAssociable), "{:?}", refused.error);
    assert_eq!(refused.error.raw_os_error(), Some(87));
    assert_eq!(refused.value.local_addr().unwrap(), address, "the socket came back");
}

/// Behaviour 22: a file object belongs to one port for its whole life, whatever handle names it.
#[test]
fn a_socket_cannot_be_associated_twice_through_any_handle_with_any_port() {
    let (near, mut far) = tcp_pair();
    let (first, second) = (CompletionPort::new().unwrap(), CompletionPort::new().unwrap());
    let clones = [(); 4].map(|()| near.try_clone().unwrap());
    let duplicate = raw::duplicate(&near);
    let value = raw::socket_value(&near);
    let socket = first.associate_socket(near, 0).unwrap();
    let [a, b, c, d] = clones;
    refused_again(&first, a);
    refused_again(&second, b);
    // The system's own answer, by the same handle and by another one.
    let again = [value, raw::socket_value(&duplicate)]
        .map(|value| raw::associate(value, first.as_raw_handle() as usize, 1));
    assert_eq!(again, [Err(87), Err(87)]);
    if kernel().is_wine() {
        // Its winsock knows only the handles that it made itself.
        not_here(
            "a socket copied by DuplicateHandle, through the safe layer: not a socket on Wine",
        );
        let refused = second.associate_socket(duplicate, 0).unwrap_err();
        assert!(matches!(refused.error, Error::HandleClosed), "{:?}", refused.error);
    } else {
        // Such a copy need not be a socket to Winsock (fact HND03); which it is to the calls made here
        // is open. Either way it is refused.
        let refused = second.associate_socket(duplicate, 0).unwrap_err();
        let error = refused.error;
        assert!(matches!(error, Error::HandleClosed | Error::NotAssociable), "{error:?}");
    }
    // It still works where it is.
    let ticket = pending(socket.recv(first.operation(Vec::with_capacity(8), 0).unwrap()));
    far.write_all(b"works").unwrap();
    assert_eq!(finish(&first, ticket).into_buffer(), b"works");
    // Nor does the end of its port set it free.
    first.close().unwrap();
    refused_again(&second, c);
    // Nor does the end of its `AssociatedSocket`.
    refused_again(&second, socket.into_inner());
    drop(first);
    refused_again(&second, d);
    let (other, _peer) = tcp_pair();
    let other = second.associate_socket(other, 0).unwrap();
    let sent = done(&second, other.send(second.operation(vec![1; 3], 0).unwrap()));
    assert_eq!(sent.result(), Ok(3));
}

/// Behaviour 22: Wine 8 refuses without a code; that of an earlier failure is not taken for it.
#[test]
fn a_second_association_is_told_from_an_earlier_failure() {
    let (near, _far) = tcp_pair();
    let port = CompletionPort::new().unwrap();
    let clone = near.try_clone().unwrap();
    let _socket = port.associate_socket(near, 0).unwrap();
    assert_eq!(raw::cancel(raw::socket_value(&clone), 0x5150), Err(1168));
    refused_again(&port, clone);
}

/// Behaviour 19: there is always room for a packet.
#[test]
fn packets_with_capacity_zero_get_one() {
    let port = CompletionPort::new().unwrap();
    let mut packets = Packets::with_capacity(0);
    assert_eq!(packets.capacity(), 1);
    for token in 0..3 {
        port.post(UserPacket { token, bytes: 5 }).unwrap();
    }
    for token in 0..3 {
        assert_eq!(port.wait(&mut packets, Some(Duration::ZERO)).unwrap(), Wait::Packets(1));
        let expected = Packet::User(UserPacket { token, bytes: 5 });
        assert_eq!(packets.iter().collect::<Vec<_>>(), [&expected]);
    }
    // Why: what the system makes of no room. Of Windows it is open.
    port.post(UserPacket::default()).unwrap();
    let none = raw::dequeue_into_nothing(&port);
    if kernel().is_wine() {
        assert_eq!(none, Ok(1), "Wine claims one entry and writes none");
    } else {
        assert_eq!(none, Err(87));
    }
}

/// Behaviour 20: the system's count says nothing after a failure. Wine leaves a 1 there.
#[test]
fn a_wait_that_times_out_brings_no_packets_whatever_the_array_held_before() {
    let port = CompletionPort::new().unwrap();
    let mut packets = Packets::with_capacity(4);
    port.post(UserPacket { token: 1, bytes: 2 }).unwrap();
    port.post(UserPacket { token: 3, bytes: 4 }).unwrap();
    assert_eq!(port.wait(&mut packets, Some(Duration::ZERO)).unwrap(), Wait::Packets(2));
    for limit in [Duration::ZERO, Duration::from_millis(1)] {
        assert_eq!(port.wait(&mut packets, Some(limit)).unwrap(), Wait::TimedOut);
        assert_eq!((packets.len(), packets.iter().next()), (0, None));
        assert!(packets.is_empty());
    }
}

/// Behaviour 21: the upper half of an entry's status is not looked at. Wine leaves garbage there.
#[test]
fn a_status_is_thirty_two_bits() {
    let port = CompletionPort::with_config(&Config::default().skip_on_success(false)).unwrap();
    let (near, mut far) = tcp_pair();
    let socket = port.associate_socket(near, 0).unwrap();
    for round in 0..20 {
        raw::post(&port, round, 0, 0x5150);
        match wait_for(&port, 1)[..] {
            [Packet::Foreign(packet)] => {
                assert_eq!(packet.status(), NtStatus::SUCCESS);
                assert_eq!((packet.bytes(), packet.key()), (round, 0));
            }
            ref other => panic!("{other:?}"),
        }
        far.write_all(b"x").unwrap();
        wait_for_data(&socket, 1);
        let ticket = pending(socket.recv(port.operation(Vec::with_capacity(4), 0).unwrap()));
        match wait_for(&port, 1)[..] {
            [Packet::Io { status, bytes: 1, .. }] => assert_eq!(status, NtStatus::SUCCESS),
            ref other => panic!("{other:?}"),
        }
        assert_eq!(finish(&port, ticket).status(), NtStatus::SUCCESS);
    }
}

/// A value that was never a socket.
#[derive(Debug)]
struct Bogus;

impl AsSocket for Bogus {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        // SAFETY:
        // * not an open socket: this is what the test is about. No call can hurt anyone by it, as
        //   the value is no multiple of four and so never a handle of this process.
        unsafe { BorrowedSocket::borrow_raw(0x0FFF_FFF1) }
    }
}

/// Behaviour 23: what cannot be associated says why.
#[test]
fn handles_that_are_not_overlapped_or_not_handles_cannot_be_associated() {
    let port = CompletionPort::new().unwrap();
    let value = port.as_raw_handle() as usize;
    let refused = port.associate_socket(Bogus, 0).unwrap_err();
    assert!(matches!(refused.error, Error::HandleClosed), "{:?}", refused.error);
    assert_eq!(refused.error.raw_os_error(), Some(6));
    assert_eq!(raw::associate(0x0FFF_FFF1, value, 1), Err(6));
    // A file that std opened: not overlapped.
    let file = File::open(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(raw::associate(file.as_raw_handle() as usize, value, 1), Err(87));
    // A socket in the place of the port.
    let (a, b) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let socket = raw::socket_value(&b);
    assert_eq!(raw::associate(raw::socket_value(&a), socket, 1), Err(6));
    // A socket that is not overlapped.
    let plain = raw::stream_socket(0);
    let refused = port.associate_socket(plain, 0).unwrap_err();
    assert!(matches!(refused.error, Error::NotAssociable), "{:?}", refused.error);
}

/// Behaviour 29c: whoever sees the packet takes the operation, once.
#[test]
fn a_packet_is_redeemed_by_id_on_a_thread_that_never_saw_the_ticket() {
    let port = CompletionPort::new().unwrap();
    let (near, mut far) = tcp_pair();
    let socket = port.associate_socket(near, 0).unwrap();
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(8), 21).unwrap()));
    let parked = ticket.park();
    let early = port.redeem::<Vec<u8>>(parked).unwrap_err();
    assert!(matches!(early, Error::UnknownOperation), "not finished yet: {early:?}");
    far.write_all(b"redeem").unwrap();
    let other = port.clone();
    let (id, buffer) = within_deadline(move || {
        let [Packet::Io { id, token: 21, .. }] = wait_for(&other, 1)[..] else { panic!() };
        let wrong = other.redeem::<Box<[u8]>>(id).unwrap_err();
        assert!(matches!(wrong, Error::WrongType), "{wrong:?}");
        let completed = other.redeem::<Vec<u8>>(id).unwrap();
        assert_eq!(completed.result(), Ok(6));
        (id, completed.into_buffer())
    });
    assert_eq!((id, &buffer[..]), (parked, &b"redeem"[..]));
    let again = port.redeem::<Vec<u8>>(id).unwrap_err();
    assert!(matches!(again, Error::UnknownOperation), "{again:?}");
    assert!(matches!(port.discard(id), Err(Error::UnknownOperation)));
    assert_eq!(port.stats().operations, 0);
}

/// Behaviour 30: an operation stays with its port.
#[test]
fn an_operation_of_another_port_is_refused_and_returned() {
    let (port, other) = (CompletionPort::new().unwrap(), CompletionPort::new().unwrap());
    let (near, _far) = tcp_pair();
    let socket = port.associate_socket(near, 0).unwrap();
    let operation = other.operation(b"mine".to_vec(), 30).unwrap();
    let Submitted::Refused(failed) = socket.send(operation) else { panic!("it was submitted") };
    assert!(matches!(failed.error, Error::WrongPort), "{:?}", failed.error);
    assert_eq!((failed.value.token(), &failed.value.buffer()[..]), (30, &b"mine"[..]));
    assert_eq!((port.stats().in_flight, other.stats().in_flight), (0, 0));
    assert_eq!(other.stats().operations, 1);
}
