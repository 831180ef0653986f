//! The event queue's streams on a Windows kernel.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr},
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use iocp::poll::{self, Config, Event, Events, Interests, Poll, TcpStream};
use iocp_tests::{
    kernel,
    net::{ends_by_a_reset, tcp_pair},
    not_here, raw,
    waiting::{receive, DEADLINE},
};

const LIMIT_MS: Option<i32> = Some(120_000);
const NOW_MS: Option<i32> = Some(0);

/// Bytes enough that each stream of a test may be lent a buffer.
const LENT: usize = 1 << 20;

fn small(lent_bytes: usize) -> Config {
    let config = Config::default().receive_buffer(1024).lent_bytes(lent_bytes);
    config.send_high_water(65_536).send_low_water(8_192)
}

fn queue() -> (Poll, Events) {
    (Poll::with_config(&small(LENT)).unwrap(), Events::with_capacity(16))
}

#[track_caller]
fn one(poll: &Poll, events: &mut Events) -> Event {
    assert_eq!(poll.poll(events, LIMIT_MS).unwrap(), 1, "{events:?}");
    *events.iter().next().unwrap()
}

#[track_caller]
fn is_closed<T: std::fmt::Debug>(result: io::Result<T>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotConnected);
    assert!(poll::is_closed(&error), "{error:?}");
}

fn would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

/// Behaviour 35: one receive, one association, the last token.
#[test]
fn a_stream_registered_three_times_has_one_receive_and_the_last_token() {
    let (poll, mut events) = queue();
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    for token in 1..=3 {
        poll.registrator().register(&mut stream, token, Interests::READABLE).unwrap();
    }
    assert_eq!(poll.stats().in_flight, 1);
    far.write_all(b"hello").unwrap();
    let event = one(&poll, &mut events);
    assert!(event.id() == 3 && event.is_readable() && !event.is_writable());
    let mut room = [0; 16];
    assert_eq!(stream.read(&mut room).unwrap(), 5);
    assert!(would_block(&stream.read(&mut room).unwrap_err()));
}

/// Behaviour 36: merged in one poll.
#[test]
fn an_idle_stream_is_writable_once_and_readable_with_data() {
    let (poll, mut events) = queue();
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    let both = Interests::READABLE | Interests::WRITABLE;
    poll.registrator().register(&mut stream, 7, both).unwrap();
    let event = one(&poll, &mut events);
    assert!(event.is_writable() && !event.is_readable());
    assert_eq!(poll.poll(&mut events, NOW_MS).unwrap(), 0);
    far.write_all(b"data").unwrap();
    let event = one(&poll, &mut events);
    assert!(event.is_readable() && !event.is_writable());
    poll.registrator().reregister(&stream, 7, both).unwrap();
    let event = one(&poll, &mut events);
    assert!(event.is_readable() && event.is_writable());
}

/// Behaviour 37: exact bytes, then the end for ever.
#[test]
fn ten_thousand_bytes_arrive_exactly_whatever_the_size_of_reads() {
    for lent_bytes in [LENT, 0] {
        for size in [1, 4096] {
            let poll = Poll::with_config(&small(lent_bytes)).unwrap();
            let mut events = Events::with_capacity(16);
            let (near, mut far) = tcp_pair();
            let mut stream = TcpStream::from(near);
            poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
            let sent: Vec<u8> = (0..=250).cycle().take(10_000).collect();
            far.write_all(&sent).unwrap();
            far.shutdown(Shutdown::Write).unwrap();
            let mut got = Vec::new();
            let mut room = vec![0; size];
            'ended: loop {
                assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "after {}", got.len());
                loop {
                    match stream.read(&mut room) {
                        Ok(0) => break 'ended,
                        Ok(count) => got.extend_from_slice(&room[..count]),
                        Err(error) => {
                            assert!(would_block(&error), "{error:?}");
                            break;
                        }
                    }
                }
            }
            assert!(got == sent);
            for _ in 0..3 {
                assert_eq!(stream.read(&mut room).unwrap(), 0);
            }
        }
    }
}

/// Behaviour 38: back-pressure, and every byte in order.
#[test]
fn a_peer_that_stops_reading_blocks_writes_until_it_reads_again() {
    let (poll, mut events) = queue();
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    poll.registrator().register(&mut stream, 5, Interests::WRITABLE).unwrap();
    let chunk: Vec<u8> = (0..=250).cycle().take(251 * 128).collect();
    let mut written = 0;
    let end = Instant::now() + DEADLINE;
    // The systems' own buffers take megabytes before any send stays pending.
    let blocked = loop {
        assert!(Instant::now() < end, "{written} bytes without an end");
        match stream.write(&chunk[written % chunk.len()..]) {
            Ok(count) => written += count,
            Err(error) => break error,
        }
    };
    assert!(would_block(&blocked), "{blocked:?}");
    let reader = thread::spawn(move || {
        let (mut got, mut room) = (0_usize, vec![0; 65_536]);
        loop {
            match far.read(&mut room).unwrap() {
                0 => return got,
                count => {
                    let in_order =
                        |(at, &byte): (usize, &u8)| usize::from(byte) == (got + at) % 251;
                    assert!(room[..count].iter().enumerate().all(in_order), "after {got}");
                    got += count;
                }
            }
        }
    });
    let mut told = 0;
    while told < 3 {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "no event in time");
        assert!(events.iter().all(|event| event.is_writable() && event.id() == 5));
        told += 1;
        loop {
            match stream.write(&chunk[written % chunk.len()..]) {
                Ok(count) => written += count,
                Err(error) if would_block(&error) => break,
                Err(error) => panic!("{error:?}"),
            }
            if written > 64 << 20 {
                told = 3;
                break;
            }
        }
    }
    // What is queued is still sent, and then comes the end.
    drop(stream);
    while poll.stats().in_flight > 0 {
        assert!(Instant::now() < end + DEADLINE);
        poll.poll(&mut events, Some(20)).unwrap();
    }
    assert_eq!(reader.join().unwrap(), written);
}

/// Behaviour 39: an endless poll on one thread, registering on another.
#[test]
fn data_of_a_stream_registered_during_an_endless_poll_is_told() {
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    let (sender, receiver) = channel();
    let poller = thread::spawn(move || {
        while poll.poll(&mut events, None).is_ok() {
            events.iter().for_each(|event| sender.send(event.id()).unwrap());
        }
    });
    far.write_all(b"early").unwrap();
    registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
    assert_eq!(receive(&receiver), 1);
    registrator.close_loop().unwrap();
    poller.join().unwrap();
    is_closed(registrator.register(&mut stream, 1, Interests::READABLE));
    is_closed(registrator.close_loop());
    let mut room = [0; 16];
    assert_eq!(stream.read(&mut room).unwrap(), 5, "what was received is still read");
}

/// Behaviour 40: the event first, then closed at once.
#[test]
fn data_and_a_close_that_are_both_there_come_in_this_order() {
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    let (near, mut far) = tcp_pair();
    iocp_tests::net::wait_for_data(
        &{
            far.write_all(b"last").unwrap();
            near.try_clone().unwrap()
        },
        4,
    );
    let mut stream = TcpStream::from(near);
    registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
    registrator.close_loop().unwrap();
    assert!(one(&poll, &mut events).is_readable());
    is_closed(poll.poll(&mut events, None));
    is_closed(poll.poll(&mut events, None));
}

/// Behaviour 17: a reset through the queue: what was received first, then the error for ever.
#[test]
fn a_reset_is_an_error_after_what_was_received() {
    let (poll, mut events) = queue();
    let (near, mut far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    far.write_all(b"kept").unwrap();
    assert!(one(&poll, &mut events).is_readable());
    let mut room = [0; 16];
    if !kernel().is_windows() {
        // Wine's server may take the socket's error, and the next receive reads as an end.
        not_here("a reset that comes while no receive is pending: may read as an end on Wine");
        assert_eq!(stream.read(&mut room).unwrap(), 4);
    }
    raw::reset_on_close(&far);
    drop(far);
    if kernel().is_windows() {
        assert_eq!(stream.read(&mut room).unwrap(), 4);
    }
    let event = one(&poll, &mut events);
    assert!(event.is_error() && event.is_read_closed(), "{event:?}");
    for _ in 0..2 {
        assert_eq!(stream.read(&mut room).unwrap_err().raw_os_error(), Some(10_054));
    }
}

/// Behaviour 41: refused by all, and by the first only.
#[test]
fn a_connect_tries_its_addresses_in_turn_and_says_why_none_accepts() {
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    let closed: SocketAddr = {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.local_addr().unwrap()
    };
    let mut stream = registrator.connect(closed, 1, Interests::NONE).unwrap();
    assert!(one(&poll, &mut events).is_error());
    assert_eq!(stream.read(&mut [0; 4]).unwrap_err().raw_os_error(), Some(10_061));
    let listener = registrator.listen((Ipv4Addr::LOCALHOST, 0), 2, 4).unwrap();
    let open = listener.local_addr().unwrap();
    let mut near = registrator.connect(&[closed, open][..], 3, Interests::WRITABLE).unwrap();
    let (mut connected, mut far) = (false, None);
    while !connected || far.is_none() {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "no event in time");
        for event in &events {
            assert!(!event.is_error(), "{event:?}");
            match event.id() {
                2 => far = Some(listener.accept().unwrap().0),
                _ => connected = event.is_writable(),
            }
        }
    }
    assert_eq!(near.peer_addr().unwrap(), open);
    near.write_all(b"hello").unwrap();
    let mut far = far.unwrap();
    registrator.register(&mut far, 4, Interests::READABLE).unwrap();
    while !events.iter().any(|event| event.id() == 4) {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "no event in time");
    }
    let mut room = [0; 8];
    assert_eq!(far.read(&mut room).unwrap(), 5);
    near.shutdown(Shutdown::Write).unwrap();
}

#[test]
fn sockets_of_the_callers_own_listen_for_both_families_and_connect_from_their_address() {
    use std::net::{IpAddr, Ipv6Addr};

    use iocp_tests::raw::bound;

    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    let own = bound((Ipv6Addr::UNSPECIFIED, 0).into());
    let listener = registrator.listen_on(own, 1, 4).unwrap();
    let port = listener.local_addr().unwrap().port();
    for ip in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        let own = bound((ip, 0).into());
        let interests = Interests::WRITABLE;
        let stream = registrator.connect_from(own, (ip, port).into(), 2, interests).unwrap();
        let (mut connected, mut far) = (false, None);
        while !connected || far.is_none() {
            assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "no event in time");
            for event in &events {
                assert!(!event.is_error(), "{event:?}");
                match event.id() {
                    1 => far = Some(listener.accept().unwrap()),
                    _ => connected = event.is_writable(),
                }
            }
        }
        let (_, peer) = far.unwrap();
        assert_eq!(
            (peer.ip().to_canonical(), peer.port()),
            (ip, stream.local_addr().unwrap().port())
        );
    }
    // One that listens already, and one that is not bound.
    let own = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    registrator.listen_on(own.into(), 3, 1).unwrap();
    let unbound = iocp::stream_socket(&(Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    assert_eq!(registrator.listen_on(unbound, 4, 1).unwrap_err().raw_os_error(), Some(10_022));
}

/// Behaviour 42: some clients reset at once.
#[test]
fn a_listener_serves_the_others_when_clients_reset_at_once() {
    const CLIENTS: usize = 100;
    let (poll, mut events) = queue();
    let registrator = poll.registrator();
    let listener = registrator.listen((Ipv4Addr::LOCALHOST, 0), 1, 4).unwrap();
    let address = listener.local_addr().unwrap();
    let clients = thread::spawn(move || {
        let mut served = 0;
        for number in 0..CLIENTS {
            let mut client = std::net::TcpStream::connect(address).unwrap();
            if number % 10 == 0 {
                raw::reset_on_close(&client);
                continue;
            }
            client.set_read_timeout(Some(DEADLINE)).unwrap();
            let mut answer = [0; 2];
            client.read_exact(&mut answer).unwrap();
            served += usize::from(&answer == b"ok");
        }
        served
    });
    let end = Instant::now() + 3 * DEADLINE;
    while !clients.is_finished() {
        assert!(Instant::now() < end, "the clients are not served");
        poll.poll(&mut events, Some(20)).unwrap();
        for event in &events {
            assert!(!event.is_error(), "{event:?}");
        }
        while let Ok((mut stream, _)) = listener.accept() {
            // The peer may be gone by now.
            let _ = stream.write_all(b"ok");
        }
    }
    assert_eq!(clients.join().unwrap(), CLIENTS - CLIENTS / 10);
    assert!(would_block(&listener.accept().unwrap_err()));
}

/// Behaviour 27: never early; negative limits do not wait.
#[test]
fn a_poll_ends_at_its_limit_and_not_before() {
    let (poll, mut events) = queue();
    for ms in [0, -1, i32::MIN] {
        assert_eq!(poll.poll(&mut events, Some(ms)).unwrap(), 0);
    }
    for micros in [1, 500, 20_000] {
        let (start, limit) = (Instant::now(), Duration::from_micros(micros));
        assert_eq!(poll.poll_for(&mut events, limit).unwrap(), 0);
        assert!(start.elapsed() >= limit);
    }
}

#[test]
fn an_aborted_stream_resets_a_peer_that_does_not_read() {
    let (poll, mut events) = queue();
    let (near, far) = tcp_pair();
    let mut stream = TcpStream::from(near);
    poll.registrator().register(&mut stream, 5, Interests::WRITABLE).unwrap();
    let end = Instant::now() + DEADLINE;
    while stream.write(&[7; 65_536]).is_ok() {
        assert!(Instant::now() < end, "no end of room");
    }
    stream.abort();
    while poll.stats().in_flight > 0 {
        assert!(Instant::now() < end, "it lingers");
        poll.poll(&mut events, Some(20)).unwrap();
    }
    ends_by_a_reset(far);
}
