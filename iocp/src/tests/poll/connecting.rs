//! Connects and accepts through the queue.

use std::{
    io::{Read, Write},
    net::SocketAddr,
};

use super::{none, one, queue, would_block, LIMIT_MS};
use crate::{
    poll::{Config, Events, Interests, Poll, TcpListener},
    sim::{Answer, Fault, Kernel, Script, SocketSpec},
    tests::scripts,
};

fn address(port: u16) -> SocketAddr {
    ([127, 0, 0, 1], port).into()
}

/// Behaviour 41: refused by every address: an event whatever the interests, and the error.
#[test]
fn a_connect_that_all_addresses_refuse_is_an_error_event() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        for interests in [Interests::NONE, Interests::READABLE | Interests::WRITABLE] {
            let addresses = [address(1), address(2), address(3)];
            let mut stream = poll.registrator().connect(&addresses[..], 4, interests).unwrap();
            let event = one(&poll, &mut events);
            assert!(event.is_error() && event.id() == 4);
            assert_eq!(stream.read(&mut [0; 4]).unwrap_err().raw_os_error(), Some(10_061));
            assert_eq!(stream.write(b"x").unwrap_err().raw_os_error(), Some(10_061));
            none(&poll, &mut events);
        }
        assert_eq!(kernel.counts().submits, 6);
    }
}

/// Behaviour 41: the address that accepts is the one that is used.
#[test]
fn a_connect_tries_its_addresses_in_turn() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let registrator = poll.registrator();
        let mut listener = TcpListener::from(kernel.listener(address(80)));
        registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
        let addresses = [address(1), address(2), address(80)];
        let mut near = registrator.connect(&addresses[..], 2, Interests::WRITABLE).unwrap();
        let (mut connected, mut far) = (false, None);
        while !connected || far.is_none() {
            assert!(poll.poll(&mut events, super::LIMIT_MS).unwrap() > 0);
            for event in &events {
                assert!(!event.is_error(), "{event:?}");
                match event.id() {
                    1 => far = Some(listener.accept().unwrap().0),
                    _ => connected = event.is_writable(),
                }
            }
        }
        would_block(listener.accept());
        let mut far = far.unwrap();
        registrator.register(&mut far, 3, Interests::READABLE).unwrap();
        near.write_all(b"hello").unwrap();
        let event = one(&poll, &mut events);
        assert!(event.id() == 3 && event.is_readable());
        let mut room = [0; 8];
        assert_eq!(far.read(&mut room).unwrap(), 5);
        would_block(near.read(&mut room));
    }
}

/// Behaviour 42: the depth grows to its limit and is kept, clients that are gone are not seen, the others are served.
#[test]
fn a_listener_keeps_its_accepts_and_does_not_report_peers_that_are_gone() {
    // The last three have no number of Winsock's, so only a packet says them.
    let gone = [0xC000_0140, 0xC000_020D, 0xC000_00C9, 0xC000_020B, 0xC000_023A];
    let mut deepest = 0;
    for (number, script) in scripts().into_iter().enumerate() {
        let status = gone[number % gone.len()];
        let answer = if number % gone.len() < 2 { script.answer } else { Answer::Pending };
        let kernel = Kernel::new(Script { answer, ..script });
        let (poll, mut events) = queue();
        let registrator = poll.registrator();
        let socket = kernel.listener(address(80));
        // The first accept is of a peer that is gone at once, as the packet says.
        kernel.fault(&socket, Fault::Done { status, bytes: 0 });
        let mut listener = TcpListener::from(socket);
        listener.set_depth(4);
        registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
        none(&poll, &mut events);
        assert_eq!(poll.stats().in_flight, 2, "few at first");
        let clients: Vec<_> = (0..100).map(|_| kernel.connect(address(80)).unwrap()).collect();
        let mut served = Vec::new();
        while served.len() < clients.len() {
            let event = one(&poll, &mut events);
            assert!(event.id() == 1 && event.is_readable() && !event.is_error());
            // One at a time: those that are left give another event.
            served.push(listener.accept().unwrap());
        }
        while poll.poll(&mut events, Some(0)).unwrap() > 0 {}
        would_block(listener.accept());
        deepest = deepest.max(poll.stats().in_flight);
        assert!((2..=4).contains(&poll.stats().in_flight));
    }
    assert_eq!(deepest, 4, "no listener had connections on all of its accepts");
}

#[test]
fn a_paused_listener_leaves_connections_in_the_backlog_and_loses_none() {
    for script in scripts() {
        for deregisters in [true, false] {
            let kernel = Kernel::new(script);
            let (poll, mut events) = queue();
            let registrator = poll.registrator();
            let mut listener = TcpListener::from(kernel.listener(address(80)));
            registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
            let mut clients: Vec<_> =
                (0..3).map(|_| kernel.connect(address(80)).unwrap()).collect();
            assert_eq!(one(&poll, &mut events).id(), 1);
            let mut served = vec![listener.accept().unwrap()];
            if deregisters {
                registrator.deregister(&listener).unwrap();
            } else {
                registrator.reregister(&listener, 2, Interests::NONE).unwrap();
            }
            for _ in 0..1_000 {
                if poll.stats().in_flight > 0 {
                    assert_eq!(poll.poll(&mut events, Some(1)).unwrap(), 0, "{events:?}");
                }
            }
            assert_eq!(poll.stats().in_flight, 0, "no accept goes on");
            // What was accepted by then.
            while let Ok(accepted) = listener.accept() {
                served.push(accepted);
            }
            let before = served.len();
            clients.extend((0..5).map(|_| kernel.connect(address(80)).unwrap()));
            none(&poll, &mut events);
            would_block(listener.accept());
            registrator.reregister(&listener, 3, Interests::READABLE).unwrap();
            while served.len() < clients.len() {
                assert_eq!(one(&poll, &mut events).id(), 3);
                served.push(listener.accept().unwrap());
            }
            assert!(before <= 3 && served.len() == 8);
        }
    }
}

/// Behaviour 42: what stops the listener itself is told once, and tried again.
#[test]
fn a_listener_that_runs_out_of_sockets_says_so_and_goes_on() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    let socket = kernel.listener(address(80));
    let second = socket.try_clone().unwrap();
    let mut listener = TcpListener::from(socket);
    listener.set_depth(1);
    registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
    let _first = kernel.connect(address(80)).unwrap();
    assert!(one(&poll, &mut events).is_readable());
    kernel.fault(&second, Fault::Fail(10_024));
    listener.accept().unwrap();
    let event = one(&poll, &mut events);
    assert!(event.is_error() && event.is_readable());
    none(&poll, &mut events);
    assert_eq!(listener.accept().unwrap_err().raw_os_error(), Some(10_024));
    would_block(listener.accept());
    let _second = kernel.connect(address(80)).unwrap();
    assert!(one(&poll, &mut events).is_readable());
    listener.accept().unwrap();
}

/// However many accepts end in one batch: the first to connect is the first to be accepted.
#[test]
fn connections_are_accepted_in_the_order_in_which_they_came() {
    const DEPTH: usize = if cfg!(miri) { 4 } else { 1024 };
    const MORE: usize = if cfg!(miri) { 4 } else { 100 };
    let kernel = Kernel::new(Script::default());
    let port = crate::Config { max_operations: 2048, ..super::config().port };
    let poll = Poll::with_config(&Config { port, ..super::config() }).unwrap();
    let mut events = Events::with_capacity(DEPTH);
    let mut listener = TcpListener::from(kernel.listener(address(80)));
    listener.set_depth(DEPTH);
    poll.registrator().register(&mut listener, 1, Interests::READABLE).unwrap();
    let clients: Vec<_> = (0..DEPTH + MORE).map(|_| kernel.connect(address(80)).unwrap()).collect();
    for (number, client) in clients.iter().enumerate() {
        assert!(client.send(&u32::try_from(number).unwrap().to_le_bytes()));
    }
    let mut served = 0_u32;
    while (served as usize) < clients.len() {
        assert_eq!(one(&poll, &mut events).id(), 1);
        while let Ok((mut stream, _)) = listener.accept() {
            let mut number = [0; 4];
            assert_eq!(stream.read(&mut number).unwrap(), 4);
            assert_eq!(u32::from_le_bytes(number), served);
            served += 1;
        }
    }
}

#[test]
fn a_socket_of_the_callers_own_connects_or_says_why_it_does_not() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let registrator = poll.registrator();
        let mut listener = TcpListener::from(kernel.listener(address(80)));
        registrator.register(&mut listener, 1, Interests::READABLE).unwrap();
        let own = || kernel.socket(SocketSpec::default());
        let to = address(80);
        let mut stream = registrator.connect_from(own(), to, 2, Interests::WRITABLE).unwrap();
        let mut connected = false;
        while !connected {
            assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0);
            connected = events.iter().any(|event| event.id() == 2 && event.is_writable());
        }
        assert_eq!(stream.write(b"x").unwrap(), 1);
        let failed = registrator.connect_from(own(), address(9), 3, Interests::NONE).unwrap();
        while !events.iter().any(|event| event.id() == 3 && event.is_error()) {
            assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0);
        }
        assert_eq!((&failed).read(&mut [0; 4]).unwrap_err().raw_os_error(), Some(10_061));
        let datagrams = kernel.datagram_socket(address(7));
        let error = registrator.connect_from(datagrams, to, 4, Interests::NONE).err().unwrap();
        assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
    }
}

/// The error comes whatever the interests, but not to a stream that is not registered any more.
#[test]
fn a_connect_that_fails_after_its_stream_was_deregistered_is_not_told() {
    for script in scripts() {
        for count in [1, 2] {
            let _kernel = Kernel::new(script);
            let (poll, mut events) = queue();
            let registrator = poll.registrator();
            let addresses: Vec<_> = (1..=count).map(address).collect();
            let both = Interests::READABLE | Interests::WRITABLE;
            let mut stream = registrator.connect(&addresses[..], 4, both).unwrap();
            registrator.deregister(&stream).unwrap();
            for _ in 0..100 {
                if poll.stats().in_flight > 0 {
                    assert_eq!(poll.poll(&mut events, Some(20)).unwrap(), 0, "{events:?}");
                }
            }
            none(&poll, &mut events);
            assert_eq!(stream.read(&mut [0; 4]).unwrap_err().raw_os_error(), Some(10_061));
            // Registered again it is told at once.
            registrator.register(&mut stream, 5, both).unwrap();
            let event = one(&poll, &mut events);
            assert!(event.id() == 5 && event.is_error(), "{event:?}");
        }
    }
}
