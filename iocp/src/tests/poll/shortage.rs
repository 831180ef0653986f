//! The system takes no more requests: `WSAENOBUFS`, and `WSAEWOULDBLOCK` (10035), which of an overlapped
//! operation says the same. Nothing was started, so no event follows: it is never a `WouldBlock`, which would
//! tell the caller to wait for one, and the next call tries again.

use std::{
    fmt::Debug,
    io::{self, ErrorKind, Read, Write},
    net::SocketAddr,
};

use super::{config, one, queue, would_block, LENT};
use crate::{
    poll::{Config, Events, Interests, Poll, TcpListener, TcpStream, UdpSocket},
    sim::{Answer, Fault, Kernel, Script},
    tests::scripts,
};

/// By the call: each code. By the packet: each status to which Winsock gives one of them.
const SHORT: [Fault; 5] = [
    Fault::Fail(10_055),
    Fault::Fail(10_035),
    Fault::Done { status: 0xC000_009A, bytes: 0 },
    Fault::Done { status: 0xC000_00A3, bytes: 0 },
    Fault::Done { status: 0xC000_00D0, bytes: 0 },
];

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// `WSAENOBUFS`, as std gives it.
#[track_caller]
fn no_buffers<T: Debug>(result: io::Result<T>) {
    let error = result.unwrap_err();
    assert_eq!(error.raw_os_error(), Some(10_055), "{error:?}");
    assert_ne!(error.kind(), ErrorKind::WouldBlock);
}

/// An error that is not one to wait after, with either code.
#[track_caller]
fn is_short<T: Debug>(result: io::Result<T>) {
    let error = result.unwrap_err();
    let code = crate::raw_os_error(&error);
    assert!(matches!(code, Some(10_055 | 10_035)), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::OutOfMemory, "{error:?}");
}

/// Reads so many bytes, and polls whenever a read says `WouldBlock`: an event has to follow then. How often a
/// read said that there is no room.
fn read_all(poll: &Poll, events: &mut Events, stream: &mut TcpStream, room: &mut [u8]) -> usize {
    let (mut read, mut failures) = (0, 0);
    while read < room.len() {
        match stream.read(&mut room[read..]) {
            Ok(count) => read += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                assert_eq!(poll.poll(events, Some(5000)).unwrap(), 1, "no event follows");
            }
            failed => {
                no_buffers(failed);
                failures += 1;
                assert!(failures < 3, "for ever");
            }
        }
    }
    failures
}

#[test]
fn a_receive_that_the_system_has_no_room_for_is_an_error_and_tried_again() {
    for fault in SHORT {
        let mut failures = 0;
        for lent_bytes in [LENT, 0] {
            for script in scripts() {
                let kernel = Kernel::new(script);
                let poll = Poll::with_config(&Config { lent_bytes, ..config() }).unwrap();
                let mut events = Events::with_capacity(4);
                let (socket, peer) = kernel.stream_pair();
                let same = socket.try_clone().unwrap();
                let mut stream = TcpStream::from(socket);
                poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
                let mut room = [0; 6];
                for message in [b"first.", b"second", b"third."] {
                    // The receive after the one that is in flight.
                    kernel.fault(&same, fault);
                    assert!(peer.send(message));
                    failures += read_all(&poll, &mut events, &mut stream, &mut room);
                    assert_eq!(&room, message);
                    // Nothing is left, so the next receive is started.
                    match stream.read(&mut [0]) {
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                        failed => {
                            no_buffers(failed);
                            failures += 1;
                        }
                    }
                }
            }
        }
        // One that a submit of the same read meets is tried again unheard.
        assert!(failures > 0, "{fault:?}: none was met");
    }
}

#[test]
fn a_stream_whose_first_receive_finds_no_room_is_refused_with_that() {
    for code in [10_055, 10_035] {
        let kernel = Kernel::new(Script::default());
        let (poll, mut events) = queue();
        let (socket, peer) = kernel.stream_pair();
        let same = socket.try_clone().unwrap();
        let mut stream = TcpStream::from(socket);
        kernel.fault(&same, Fault::Fail(code));
        no_buffers(poll.registrator().register(&mut stream, 1, Interests::READABLE));
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        assert!(peer.send(b"fine"));
        assert!(one(&poll, &mut events).is_readable());
    }
}

#[test]
fn a_send_that_the_system_has_no_room_for_leaves_the_stream_good() {
    for code in [10_055, 10_035] {
        let kernel = Kernel::new(Script::default());
        let (poll, mut events) = queue();
        let (socket, peer) = kernel.stream_pair();
        let same = socket.try_clone().unwrap();
        let mut stream = TcpStream::from(socket);
        poll.registrator().register(&mut stream, 1, Interests::WRITABLE).unwrap();
        assert!(one(&poll, &mut events).is_writable());
        for _ in 0..2 {
            kernel.fault(&same, Fault::Fail(code));
            no_buffers(stream.write(b"lost"));
            // Through a shared reference, which takes another way.
            kernel.fault(&same, Fault::Fail(code));
            no_buffers((&stream).write(b"lost"));
        }
        assert_eq!(stream.write(b"here").unwrap(), 4);
        let mut room = [0; 16];
        assert_eq!((peer.recv(&mut room), &room[..4]), (Some(4), &b"here"[..]));
    }
}

#[test]
fn what_is_queued_is_sent_when_the_system_has_room_again() {
    for code in [10_055, 10_035] {
        let kernel = Kernel::new(Script { window: 8, ..Script::default() });
        let (poll, mut events) = queue();
        let (socket, peer) = kernel.stream_pair();
        let same = socket.try_clone().unwrap();
        let mut stream = TcpStream::from(socket);
        poll.registrator().register(&mut stream, 5, Interests::WRITABLE).unwrap();
        assert!(one(&poll, &mut events).is_writable());
        let first = kernel.stick(&same).unwrap();
        assert_eq!(stream.write(b"1").unwrap(), 1);
        let _second = kernel.stick(&same).unwrap();
        assert_eq!(stream.write(b"2").unwrap(), 1);
        assert_eq!(stream.write(&[7; 40]).unwrap(), 40, "into the backlog");
        kernel.fault(&same, Fault::Fail(code));
        assert_eq!(first.finish(0, 1), 2, "both sends end");
        // Nothing is in flight now: only the queue can go on.
        let (mut room, mut got) = ([0; 64], 0);
        for _ in 0..500 {
            got += peer.try_recv(&mut room).unwrap_or(0);
            if got >= 40 {
                break;
            }
            poll.poll(&mut events, Some(20)).unwrap();
        }
        assert_eq!(got, 40, "{code}");
        stream.write_all(b"more").unwrap();
    }
}

#[test]
fn a_datagram_that_the_system_has_no_room_for_is_an_error_said_once() {
    for fault in SHORT {
        let kernel = Kernel::new(Script { answer: Answer::Pending, ..Script::default() });
        let (poll, mut events) = queue();
        let socket = kernel.datagram_socket(address(7));
        let same = socket.try_clone().unwrap();
        kernel.fault(&same, fault);
        let mut socket = UdpSocket::from(socket);
        let both = Interests::READABLE | Interests::WRITABLE;
        poll.registrator().register(&mut socket, 1, both).unwrap();
        let mut event = one(&poll, &mut events);
        if !event.is_readable() {
            // There is room to write without a packet, and the failure comes by one.
            event = one(&poll, &mut events);
        }
        assert!(event.is_readable() && event.is_error(), "{event:?}");
        let mut room = [0; 8];
        no_buffers(socket.recv_from(&mut room));
        would_block(socket.recv_from(&mut room));
        let peer = kernel.datagram_peer(address(0));
        let to = peer.address().unwrap();
        kernel.fault(&same, fault);
        if let Fault::Fail(10_055) = fault {
            no_buffers(socket.send_to(b"lost", to));
        } else if let Fault::Fail(_) = fault {
            is_short(socket.send_to(b"lost", to));
        } else {
            assert_eq!(socket.send_to(b"lost", to).unwrap(), 4);
            while poll.poll(&mut events, Some(0)).unwrap() > 0 {}
            no_buffers(socket.send_to(b"lost", to));
        }
        assert_eq!(socket.send_to(b"here", to).unwrap(), 4);
    }
}

#[test]
fn a_listener_that_finds_no_room_says_so_once_and_accepts_again_by_itself() {
    for fault in SHORT {
        let kernel = Kernel::new(Script::default());
        let (poll, mut events) = queue();
        let registrator = poll.registrator();
        let socket = kernel.listener(address(80));
        let same = socket.try_clone().unwrap();
        let mut listener = TcpListener::from(socket);
        listener.set_depth(1);
        registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
        let _first = kernel.connect(address(80)).unwrap();
        assert!(one(&poll, &mut events).is_readable());
        kernel.fault(&same, fault);
        listener.accept().unwrap();
        let event = one(&poll, &mut events);
        assert!(event.is_error() && event.is_readable(), "{fault:?} {event:?}");
        no_buffers(listener.accept());
        would_block(listener.accept());
        let _second = kernel.connect(address(80)).unwrap();
        assert!(one(&poll, &mut events).is_readable());
        listener.accept().unwrap();
    }
}
