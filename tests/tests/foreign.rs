//! Handles whose operations other code starts, with an `OVERLAPPED` of its own.

#![cfg(windows)]

use std::{
    io::Write,
    os::windows::io::{AsRawSocket, BorrowedHandle, RawHandle},
};

use iocp::{CompletionPort, Error, NtStatus, Packet};
use iocp_tests::{net::tcp_pair, waiting::wait_for, Receive};

#[test]
fn operations_of_other_code_arrive_as_foreign_packets_with_their_own_pointer() {
    let port = CompletionPort::new().unwrap();
    let (near, mut far) = tcp_pair();
    // SAFETY:
    // * a socket is a handle of the system, and `near` keeps it open to the end of the test.
    let handle = unsafe { BorrowedHandle::borrow_raw(near.as_raw_socket() as RawHandle) };
    let key = port.associate_foreign(handle, 3).unwrap();
    let refused = port.associate_foreign(handle, 3);
    assert!(matches!(refused, Err(Error::NotAssociable)), "{refused:?}");
    let receive = Receive::start(&near, 16);
    far.write_all(b"data").unwrap();
    let packets = wait_for(&port, 1);
    let Packet::Foreign(packet) = packets[0] else { panic!("not foreign: {packets:?}") };
    assert!(packet.is_of(key));
    assert_eq!(packet.bytes(), 4);
    assert_eq!(packet.status(), NtStatus::SUCCESS);
    assert_eq!(packet.overlapped(), receive.block());
    assert_eq!(&receive.done()[..4], b"data");
    // The socket is its owner's: the port's end neither cancels nor closes it.
    drop(port);
    far.write_all(b"more").unwrap();
    let mut room = [0; 4];
    std::io::Read::read_exact(&mut &near, &mut room).unwrap();
    assert_eq!(&room, b"more");
}
