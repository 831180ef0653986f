//! `AcceptEx`, `ConnectEx`, `DisconnectEx`: what they refuse, what they say, and how they end.

use std::net::SocketAddr;

use iocp_sys::TRANSMIT_FILE_BUFFERS;

use super::{borrowed, refused, skip, windows, Op, Port};
use crate::{
    os::{self, Issued},
    sim::{Kernel, OwnedSocket, SocketSpec},
};

const CANCELLED: usize = 0xC000_0120;
const REFUSED: usize = 0xC000_0236;

fn address() -> SocketAddr {
    ([127, 0, 0, 1], 80).into()
}

fn socket(kernel: &Kernel) -> OwnedSocket {
    kernel.socket(SocketSpec::default())
}

/// A socket as `ConnectEx` wants it.
fn bound(kernel: &Kernel) -> OwnedSocket {
    let socket = socket(kernel);
    os::bind_any(borrowed(&socket), &address()).unwrap();
    socket
}

/// Facts ACC02, ACC10, ACC11, ACC12.
#[test]
fn sockets_that_cannot_be_accepted_into_are_refused() {
    // It is pending at the end, when the sockets are closed: it is dropped after them.
    let op = Op::new();
    let kernel = Kernel::new(windows());
    let (listener, free) = (kernel.listener(address()), socket(&kernel));
    assert_eq!(op.accept(&bound(&kernel), &free), refused(10_022), "it does not listen");
    let (connected, _peer) = kernel.stream_pair();
    let datagrams = kernel.socket(SocketSpec { stream: false, ..SocketSpec::default() });
    for wrong in [bound(&kernel), connected, datagrams] {
        assert_eq!(op.accept(&listener, &wrong), refused(10_022));
        assert!(op.is_untouched());
    }
    assert_eq!(op.accept(&listener, &free), Issued::Pending);
    assert_eq!(Op::new().accept(&listener, &free), refused(10_022), "it waits already");
    assert_eq!(Op::new().connect(&free, address()), refused(10_022), "as above");
}

/// Facts ACC13, ACC19, ACC20, ACC22.
#[test]
fn an_accept_belongs_to_its_listener_and_ends_when_somebody_comes() {
    let kernel = Kernel::new(windows());
    let (listener, accepted) = (kernel.listener(address()), socket(&kernel));
    let port = Port::of(&listener, 1);
    port.associate(&accepted, 2);
    let op = Op::new();
    assert_eq!(op.accept(&listener, &accepted), Issued::Pending);
    let cancelled = os::cancel(borrowed(&accepted), std::ptr::null_mut());
    assert_eq!(cancelled, Err(os::Code::NOT_FOUND), "it is the listener's");
    let _peer = kernel.connect(address()).unwrap();
    // What is done stays so.
    drop(accepted);
    port.assert_packet(1, &op, 0, 0);
}

/// Facts ACC17, ACC21.
#[test]
fn an_accept_ends_with_its_socket_and_with_its_listener() {
    let kernel = Kernel::new(windows());
    for of_listener in [false, true] {
        let (listener, accepted) = (kernel.listener(address()), socket(&kernel));
        let port = Port::of(&listener, 1);
        let op = Op::new();
        assert_eq!(op.accept(&listener, &accepted), Issued::Pending);
        drop(if of_listener { listener } else { accepted });
        port.assert_packet(1, &op, CANCELLED, 0);
    }
}

/// Facts CON01, CON05.
#[test]
fn sockets_that_cannot_connect_are_refused() {
    let kernel = Kernel::new(windows());
    let (connected, _peer) = kernel.stream_pair();
    let op = Op::new();
    assert_eq!(op.connect(&socket(&kernel), address()), refused(10_022), "not bound");
    assert_eq!(op.connect(&kernel.listener(address()), address()), refused(10_022));
    assert_eq!(op.connect(&connected, address()), refused(10_056));
    assert!(op.is_untouched());
}

/// Facts CON03, CON04, SKIP06.
#[test]
fn a_connect_is_pending_and_sends_its_packet_in_any_mode_also_of_a_refusal() {
    for (skips, listens) in [(false, false), (false, true), (true, false), (true, true)] {
        let kernel = Kernel::new(windows());
        let _listener = listens.then(|| kernel.listener(address()));
        let socket = bound(&kernel);
        let port = Port::of(&socket, 5);
        if skips {
            skip(&socket);
        }
        let op = Op::new();
        assert_eq!(op.connect(&socket, address()), Issued::Pending);
        port.assert_packet(5, &op, if listens { 0 } else { REFUSED }, 0);
    }
}

/// Facts DIS01, DIS02, DIS04, DIS05, SKIP16.
#[test]
fn a_disconnect_is_pending_and_sends_its_packet_in_any_mode_also_the_second() {
    for skips in [false, true] {
        let kernel = Kernel::new(windows());
        assert_eq!(Op::new().disconnect(&socket(&kernel), false), refused(10_057));
        let (socket, peer) = kernel.stream_pair();
        let port = Port::of(&socket, 5);
        if skips {
            skip(&socket);
        }
        for _ in 0..2 {
            let op = Op::new();
            assert_eq!(op.disconnect(&socket, false), Issued::Pending);
            port.assert_packet(5, &op, 0, 0);
        }
        assert_eq!(peer.try_recv(&mut [0; 4]), Some(0), "the end");
        assert_eq!(Op::new().connect(&socket, address()), refused(10_056));
        assert_eq!(Op::new().send(&socket, 1), refused(10_058));
        assert!(peer.send(b"more"));
        let op = Op::new();
        assert_eq!(op.recv(&socket, 8), Issued::Success);
        assert_eq!(op.block(), (0, 4));
    }
}

/// Facts TF01, TF03, TF04.
#[test]
fn a_file_is_sent_from_its_offset_between_head_and_tail_and_says_pending() {
    let kernel = Kernel::new(windows());
    let file = kernel.disk_file(b"0123456789abcdef");
    let buffers = TRANSMIT_FILE_BUFFERS {
        Head: b"head".as_ptr().cast_mut().cast(),
        HeadLength: 4,
        Tail: b"tail".as_ptr().cast_mut().cast(),
        TailLength: 4,
    };
    let transmit = |op: &Op, socket: &OwnedSocket| {
        let (socket, kind) = (borrowed(socket), os::socket_kind(borrowed(socket)).unwrap());
        let file = Some(borrowed(&file));
        // SAFETY:
        // * block and buffers live to the end of the test.
        unsafe { os::transmit(socket, kind, file, 10, 0, &buffers, op.block.get()) }
    };
    for stream in [true, false] {
        let alone = kernel.socket(SocketSpec { stream, ..SocketSpec::default() });
        assert_eq!(transmit(&Op::new(), &alone), refused(10_057));
    }
    let (socket, peer) = kernel.stream_pair();
    let (port, op) = (Port::of(&socket, 1), Op::new());
    skip(&socket);
    assert_eq!(transmit(&op, &socket), Issued::Pending);
    port.assert_packet(1, &op, 0, 14);
    let mut bytes = [0; 32];
    assert_eq!(peer.recv(&mut bytes), Some(14));
    assert_eq!(&bytes[..14], b"headabcdeftail");
}
