//! Room, ends and failures that come at an awkward moment.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr},
};

use super::{config, none, one, stream, would_block, NOW_MS};
use crate::{
    poll::{Config, Events, Interests, Poll, TcpListener, UdpSocket},
    sim::{Fault, Kernel, Script},
    tests::scripts,
};

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// A queue of so many operations.
fn narrow(max_operations: u32) -> (Poll, Events) {
    let port = crate::Config { max_operations, ..config().port };
    (Poll::with_config(&Config { port, ..config() }).unwrap(), Events::with_capacity(16))
}

fn settle(poll: &Poll, events: &mut Events) {
    while poll.poll(events, NOW_MS).unwrap() > 0 {}
}

/// The others keep their receives, so the port is never half empty.
#[test]
fn a_write_refused_by_a_full_port_is_told_of_the_first_room() {
    let kernel = Kernel::new(Script { window: 8, ..Script::default() });
    let (poll, mut events) = narrow(8);
    let registrator = poll.registrator();
    let mut all: Vec<_> = (0..8).map(|_| stream(&kernel)).collect();
    for (token, (stream, _)) in all.iter_mut().enumerate() {
        registrator.register(stream, token, Interests::READABLE).unwrap();
    }
    let both = Interests::READABLE | Interests::WRITABLE;
    registrator.reregister(&all[0].0, 0, both).unwrap();
    settle(&poll, &mut events);
    assert_eq!((&all[0].0).write(b"no more fits").unwrap(), 8, "without an operation");
    would_block((&all[0].0).write(b"hello"));
    all.truncate(7);
    let event = one(&poll, &mut events);
    assert!(event.is_writable() && event.id() == 0, "{event:?}");
    assert_eq!((&all[0].0).write(b"hello").unwrap(), 5);
}

#[test]
fn a_connect_on_a_full_port_is_refused_and_not_a_success_that_fails() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = narrow(1);
    let registrator = poll.registrator();
    let (mut first, _peer) = stream(&kernel);
    registrator.register(&mut first, 9, Interests::READABLE).unwrap();
    would_block(registrator.connect(address(80), 1, Interests::WRITABLE));
    none(&poll, &mut events);
}

#[test]
fn a_shutdown_while_connecting_is_refused_and_the_connect_goes_on() {
    let kernel = Kernel::new(Script::default());
    // Without skip mode the connect is over when its packet is taken, and not before.
    let port = crate::Config { skip_on_success: false, ..config().port };
    let poll = Poll::with_config(&Config { port, ..config() }).unwrap();
    let mut events = Events::with_capacity(16);
    let _listener = kernel.listener(address(80));
    let connecting = poll.registrator().connect(address(80), 1, Interests::WRITABLE).unwrap();
    for how in [Shutdown::Read, Shutdown::Write, Shutdown::Both] {
        assert_eq!(connecting.shutdown(how).unwrap_err().kind(), ErrorKind::NotConnected);
    }
    let event = one(&poll, &mut events);
    assert!(event.is_writable() && !event.is_error(), "{event:?}");
    connecting.shutdown(Shutdown::Write).unwrap();
    assert_eq!((&connecting).write(b"x").unwrap_err().raw_os_error(), Some(10_058));
    would_block((&connecting).read(&mut [0; 4]));
}

/// Its send is still on its way when the port has room for a probe.
#[test]
fn a_datagram_socket_is_told_of_room_when_its_send_has_left() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = narrow(3);
    let registrator = poll.registrator();
    let owned = kernel.datagram_socket(address(7));
    let same = owned.try_clone().unwrap();
    let mut socket = UdpSocket::from(owned);
    let (mut one_stream, _near) = stream(&kernel);
    let (mut other, _far) = stream(&kernel);
    for stream in [&mut one_stream, &mut other] {
        registrator.register(stream, 9, Interests::READABLE).unwrap();
    }
    registrator.register(&mut socket, 1, Interests::WRITABLE).unwrap();
    settle(&poll, &mut events);
    let stuck = kernel.stick(&same).unwrap();
    socket.send_to(b"1", address(9)).unwrap();
    assert!(socket.recv_datagram(&mut [0; 4]).is_err(), "the port is full");
    would_block(socket.send_to(b"2", address(9)));
    drop(one_stream);
    settle(&poll, &mut events);
    assert_eq!(stuck.finish(0, 1), 1);
    let event = one(&poll, &mut events);
    assert!(event.is_writable() && event.id() == 1, "{event:?}");
}

/// The first packet is that of a source that is gone.
#[test]
fn a_poll_that_does_not_wait_finds_the_event_behind_packets_of_nobody() {
    let kernel = Kernel::new(Script::default());
    let config =
        Config { port: crate::Config { skip_on_success: false, ..config().port }, ..config() };
    let poll = Poll::with_config(&config).unwrap();
    let mut events = Events::with_capacity(1);
    let registrator = poll.registrator();
    let ((mut gone, _end), (mut stays, peer)) = (stream(&kernel), stream(&kernel));
    registrator.register(&mut gone, 1, Interests::READABLE).unwrap();
    registrator.register(&mut stays, 2, Interests::READABLE).unwrap();
    drop(gone);
    assert!(peer.send(b"x"));
    assert_eq!(poll.poll(&mut events, NOW_MS).unwrap(), 1);
}

/// Its accepts have all failed, so no packet of its own would ever come.
/// What the system says of how much it brought is not relied on.
#[test]
fn a_poll_whose_system_call_says_nothing_or_too_much_brings_the_event() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let poll = Poll::with_config(&config()).unwrap();
        let mut events = Events::with_capacity(1);
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        let mut room = [0; 8];
        for by in [0, 1, usize::MAX] {
            kernel.exaggerate_waits(by);
            kernel.bring_nothing_once();
            assert!(peer.send(b"bytes"));
            assert_eq!(one(&poll, &mut events).id(), 1);
            assert_eq!(stream.read(&mut room).unwrap(), 5);
            would_block(stream.read(&mut room));
            kernel.bring_nothing_once();
            none(&poll, &mut events);
        }
    }
}

#[test]
fn a_listener_out_of_sockets_says_so_and_accepts_again_by_itself() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = narrow(64);
    let registrator = poll.registrator();
    let owned = kernel.listener(address(80));
    let same = owned.try_clone().unwrap();
    let mut listener = TcpListener::from(owned);
    listener.set_depth(1);
    registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
    let mut clients = vec![registrator.connect(address(80), 2, Interests::NONE).unwrap()];
    kernel.fault(&same, Fault::Fail(10_024));
    let (mut accepted, mut failures) = (0, 0);
    for _ in 0..100 {
        poll.poll(&mut events, Some(20)).unwrap();
        for event in &events {
            while event.id() == 1 {
                match listener.accept() {
                    Ok(_) => accepted += 1,
                    Err(error) => {
                        failures += usize::from(error.raw_os_error() == Some(10_024));
                        break;
                    }
                }
            }
        }
        if clients.len() < 4 {
            clients.push(registrator.connect(address(80), 2, Interests::NONE).unwrap());
        }
        if accepted == 4 {
            break;
        }
    }
    assert_eq!((accepted, failures), (4, 1));
}
