//! Handles whose operations are somebody else's.

use std::mem::zeroed;

use iocp_sys::{OVERLAPPED, WSABUF};

use super::{port, scripts, LIMIT};
use crate::{
    os::{self, Issued},
    sim::{AsSocket, Kernel, Script},
    Error, NtStatus, Packet, Packets, Wait,
};

#[test]
fn the_packets_of_a_foreign_handle_come_with_pointer_and_key_as_they_are() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let key = port.associate_foreign(socket.as_socket().into(), 5).unwrap();
        assert_eq!(key.packet_key(), 40);
        // Leaked until the packet: the kernel may write to them whatever becomes of this test.
        // SAFETY:
        // * plain numbers and pointers: all zero is a value of it.
        let block: *mut OVERLAPPED = Box::into_raw(Box::new(unsafe { zeroed() }));
        let room: *mut [u8; 8] = Box::into_raw(Box::new([0; 8]));
        let buf = WSABUF { len: 8, buf: room.cast() };
        // SAFETY:
        // * `block` and `room` are leaked, and not touched before the packet.
        let issued = unsafe { os::recv(os::borrow_socket(&socket), &[buf], block) };
        assert_eq!(issued, Issued::Pending);
        assert!(peer.send(b"data"));
        let mut packets = Packets::with_capacity(4);
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
        let Some(Packet::Foreign(packet)) = packets.iter().next() else {
            panic!("not foreign: {packets:?}");
        };
        assert_eq!((packet.overlapped(), packet.bytes()), (block, 4));
        assert!(packet.is_of(key) && packet.key() == key.packet_key());
        assert_eq!(packet.status(), NtStatus::SUCCESS);
        assert_eq!(port.stats().foreign_packets, 1);
        // SAFETY:
        // * from `into_raw`; its packet was taken, so the kernel is done with it.
        let room = unsafe { Box::from_raw(room) };
        // SAFETY:
        // * from `into_raw` as the room, and its packet was taken.
        drop(unsafe { Box::from_raw(block) });
        assert_eq!(&room[..4], b"data");
    }
}

#[test]
fn a_foreign_handle_is_associated_once_and_its_number_has_a_limit() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let handle = socket.as_socket().into();
    let refused = port.associate_foreign(handle, usize::MAX / 8 + 1);
    assert!(matches!(refused, Err(Error::NotAssociable)), "{refused:?}");
    assert_eq!(
        port.associate_foreign(handle, usize::MAX / 8).unwrap().packet_key(),
        usize::MAX & !7
    );
    assert!(matches!(port.associate_foreign(handle, 1), Err(Error::NotAssociable)));
    assert!(matches!(port.associate_socket(socket, 0).unwrap_err().error, Error::NotAssociable));
    port.close().unwrap();
    let (socket, _peer) = kernel.stream_pair();
    let closed = port.associate_foreign(socket.as_socket().into(), 1);
    assert!(matches!(closed, Err(Error::Closed)), "{closed:?}");
}
