//! Ends of connections by which nothing is lost, on real sockets, and those that are given up.
//!
//! `IOCP_CLOSES` chooses how many are closed; `cargo xtask deep storm` asks for ten times as many. What
//! Windows does to a plain close is told by the reports beside the tests; under Wine what has arrived at the
//! peer stays, and only what has not left this end is lost.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{ErrorKind, Read, Write},
    net::{Shutdown, TcpStream},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use iocp::{
    AssociatedSocket, Closed, Closing, CompletionPort, LastReceive, Packet, Packets, Submitted,
};
use iocp_tests::{
    kernel,
    net::{tcp_pair, wait_for_data},
    not_here,
    waiting::{done, finish, pending, DEADLINE},
};

/// Bytes of a reply.
const REPLY: usize = 65_536;
/// Connections that are being closed at a time.
const AT_A_TIME: usize = 50;
/// So much later than it could does a peer read.
const LATE: Duration = Duration::from_millis(50);
const TIMER: usize = 99;
/// Bytes sent to a peer that reads none: more than both ends have room for.
const UNREAD: usize = 64 << 20;

/// How many are closed: a tenth of what `cargo xtask deep storm` asks for.
fn closes() -> usize {
    let asked = std::env::var("IOCP_CLOSES").ok();
    asked.map_or(100, |number| number.parse().unwrap())
}

/// The bytes of a connection's reply; no two neighbours have the same.
fn reply(number: usize) -> Vec<u8> {
    (0..REPLY).map(|at| (at.wrapping_mul(31) + number).wrapping_mul(167).to_le_bytes()[1]).collect()
}

/// A connection whose peer has been asked nothing yet.
fn served(port: &CompletionPort) -> (AssociatedSocket<TcpStream>, TcpStream) {
    let (near, far) = tcp_pair();
    (port.associate_socket(near, 0).unwrap(), far)
}

/// Advances at each packet until it is closed.
fn close(port: &CompletionPort, mut closing: Closing<TcpStream, Vec<u8>>) -> Closed {
    let (mut packets, end) = (Packets::with_capacity(4), Instant::now() + DEADLINE);
    loop {
        if let Some(closed) = closing.advance() {
            return closed;
        }
        assert!(Instant::now() < end, "{closing:?}");
        port.wait(&mut packets, Some(DEADLINE)).unwrap();
    }
}

/// Asserts that the connection is reset; what had arrived before may or may not be lost. Returns how many
/// bytes had.
fn assert_reset(mut peer: TcpStream) -> usize {
    let mut all = Vec::new();
    match peer.read_to_end(&mut all) {
        Ok(_) => {
            assert!(kernel().is_wine(), "an end, not a reset, after {} bytes", all.len());
            not_here("a reset that comes while no receive is pending: may read as an end on Wine");
            // After an end the first write is taken.
            peer.write_all(b"?").expect_err("an end, not a reset");
        }
        Err(error) => {
            let kinds = [ErrorKind::ConnectionReset, ErrorKind::ConnectionAborted];
            assert!(kinds.contains(&error.kind()), "{error}");
        }
    }
    all.len()
}

/// What a peer does: reads late; of each four, two also send what nobody reads, one of them only when the
/// close has begun. How many bytes it got before the end.
fn peer(number: usize, mut stream: TcpStream) -> JoinHandle<usize> {
    thread::spawn(move || {
        if number % 4 == 1 {
            stream.write_all(&[b'u'; 500]).unwrap();
        }
        // Not for order: this is the late reader.
        thread::sleep(LATE);
        let (mut all, mut room) = (Vec::<u8>::with_capacity(REPLY), [0; 4096]);
        loop {
            match stream.read(&mut room).unwrap_or_else(|error| panic!("{number}: {error}")) {
                0 => break,
                count => all.extend(&room[..count]),
            }
            if number % 4 == 2 && all.len() % 8192 < 4096 {
                stream.write_all(b"chatter").unwrap();
            }
        }
        assert!(all == reply(number), "{number}: {} bytes, or others", all.len());
        all.len()
    })
}

/// Begins to close a connection with a reply on its way and a receive pending: by a buffer, or without one.
fn begin(port: &CompletionPort, number: usize) -> (Closing<TcpStream, Vec<u8>>, JoinHandle<usize>) {
    let (socket, far) = served(port);
    let operation = port.operation(Vec::with_capacity(64), number).unwrap();
    let receive = match number % 2 {
        0 => pending(socket.recv(operation)),
        _ => pending(socket.probe(operation)),
    };
    let send = port.operation(reply(number), number).unwrap();
    let peer = match socket.send(send) {
        Submitted::Pending(ticket) => {
            let peer = peer(number, far);
            let closing = socket.close_gracefully(receive, number).after(ticket);
            return (closing.within(DEADLINE), peer);
        }
        Submitted::Ready(sent) => {
            assert_eq!(sent.result(), Ok(REPLY));
            peer(number, far)
        }
        Submitted::Refused(failed) => panic!("{failed:?}"),
    };
    (socket.close_gracefully(receive, number).within(DEADLINE), peer)
}

/// Behaviour 47. libuv#3034 (a close with a receive pending) and what it lost, many at a time.
#[test]
fn graceful_closes_with_receives_pending_lose_no_byte_to_late_readers() {
    let (count, start) = (closes(), Instant::now());
    let port = CompletionPort::new().unwrap();
    let mut packets = Packets::with_capacity(64);
    let mut open: Vec<Option<(Closing<_, _>, JoinHandle<usize>)>> = Vec::new();
    let (mut busy, mut ended, mut bytes, mut most) = (0, 0, 0, 0);
    while ended < count {
        let mut touched = Vec::new();
        while busy < AT_A_TIME && open.len() < count {
            touched.push(open.len());
            open.push(Some(begin(&port, open.len())));
            busy += 1;
        }
        most = most.max(busy);
        if touched.is_empty() {
            assert!(start.elapsed() < DEADLINE * 4, "{ended} of {count}");
            port.wait(&mut packets, Some(DEADLINE)).unwrap();
            touched.extend(packets.iter().map(|packet| match *packet {
                Packet::Io { token, .. } | Packet::Timer { token } => token,
                other => panic!("{other:?}"),
            }));
        }
        // Nothing but a packet of its own advances one.
        for number in touched {
            let Some((closing, _)) = &mut open[number] else { continue };
            if let Some(closed) = closing.advance() {
                assert_eq!(closed, Closed::Gracefully, "{number}");
                let (_, peer) = open[number].take().unwrap();
                bytes += peer.join().unwrap();
                (busy, ended) = (busy - 1, ended + 1);
            }
        }
    }
    assert_eq!((bytes, most), (count * REPLY, count.min(AT_A_TIME)));
    assert_eq!((port.stats().in_flight, port.stats().operations), (0, 0));
    println!(
        "graceful: {count} closes on {:?}, {AT_A_TIME} at a time, peers {} ms late, {REPLY} bytes each: \
         {} bytes lost; {} ms",
        kernel(),
        LATE.as_millis(),
        count * REPLY - bytes,
        start.elapsed().as_millis()
    );
}

/// Behaviour 47, where a close that comes too early is seen on Wine too: what has not left this end is
/// gone with it. (What has arrived at the peer is lost on Windows only.)
#[test]
fn a_reply_longer_than_the_buffers_arrives_whole_though_the_peer_sends_what_nobody_reads() {
    const LONG: usize = 8 << 20;
    let port = CompletionPort::new().unwrap();
    let (socket, mut far) = served(&port);
    let operation = port.operation(Vec::with_capacity(64), 2).unwrap();
    let send = socket.send(port.operation(vec![7_u8; LONG], 1).unwrap());
    let closing = match send.pending() {
        Ok(ticket) => socket.close_gracefully(operation, TIMER).after(ticket),
        Err(_) => socket.close_gracefully(operation, TIMER),
    };
    let peer = thread::spawn(move || {
        // Not for order: this is the late reader.
        thread::sleep(LATE);
        let (mut room, mut count) = (vec![0; 65_536], 0);
        loop {
            match far.read(&mut room) {
                Ok(0) => return (count, Ok(())),
                Ok(len) => count += len,
                Err(error) => return (count, Err(error.kind())),
            }
            // What comes after a close resets the connection; whether this call tells is not the point.
            drop(far.write(b"more"));
        }
    });
    let closed = close(&port, closing.within(DEADLINE));
    assert_eq!(peer.join().unwrap(), (LONG, Ok(())));
    assert_eq!(closed, Closed::Gracefully);
}

/// What a plain drop does where the graceful end loses nothing: else the test above shows little here.
#[test]
fn a_plain_drop_with_bytes_unread_resets_the_connection() {
    let port = CompletionPort::new().unwrap();
    let (socket, mut far) = served(&port);
    far.write_all(b"unread").unwrap();
    wait_for_data(&socket, 6);
    let sent = done(&port, socket.send(port.operation(b"reply".to_vec(), 1).unwrap()));
    assert_eq!(sent.result(), Ok(5));
    drop(socket);
    assert_reset(far);
}

/// dotnet/runtime#43385 (the close cancels a receive), and libuv's PR 3036, which cancels it before: the
/// packet of the cancel is not taken when the close begins.
#[test]
fn a_receive_that_was_cancelled_before_the_close_costs_the_peer_nothing() {
    for graceful in [true, false] {
        let port = CompletionPort::new().unwrap();
        let (socket, mut far) = served(&port);
        let ticket = pending(socket.recv(port.operation(Vec::with_capacity(8), 2).unwrap()));
        let sent = done(&port, socket.send(port.operation(b"reply".to_vec(), 1).unwrap()));
        assert_eq!(sent.result(), Ok(5));
        ticket.cancel().unwrap();
        let mut all = [0; 5];
        if graceful {
            let closing = socket.close_gracefully(ticket, TIMER).within(DEADLINE);
            let peer = thread::spawn(move || {
                far.read_exact(&mut all).unwrap();
                assert_eq!((&all, far.read(&mut [0]).unwrap()), (b"reply", 0));
            });
            assert_eq!(close(&port, closing), Closed::Gracefully);
            peer.join().unwrap();
        } else {
            drop((socket, ticket));
            let read = far.read_exact(&mut all).and_then(|()| far.read(&mut [0]));
            if matches!(read, Ok(0)) {
                not_here("a reset by a close with a cancelled receive: the system gave an end");
            }
        }
    }
}

/// objeck-lang#669: a request of four bytes is read, the reply written, and the connection closed at once,
/// over loopback. The sizes are those of the report.
#[test]
fn a_reply_that_is_written_right_before_the_close_arrives() {
    for size in [1024, 4096, 8192, 16_384, 32_768] {
        let port = CompletionPort::new().unwrap();
        let (socket, mut far) = served(&port);
        let peer = thread::spawn(move || {
            far.write_all(b"asks").unwrap();
            let mut all = Vec::new();
            far.read_to_end(&mut all).unwrap();
            all
        });
        let mut operation = port.operation(Vec::with_capacity(4), 2).unwrap();
        let request = loop {
            let request = done(&port, socket.recv(operation));
            if request.buffer().len() == 4 {
                break request;
            }
            assert_ne!(request.result(), Ok(0), "the end before the request");
            operation = request.into_operation();
        };
        let send = socket.send(port.operation(vec![7_u8; size], 1).unwrap());
        let closing = match send.pending() {
            Ok(ticket) => socket.close_gracefully(request, TIMER).after(ticket),
            Err(sent) => {
                assert!(matches!(sent, Submitted::Ready(_)), "{sent:?}");
                socket.close_gracefully(request, TIMER)
            }
        };
        assert_eq!(close(&port, closing.within(DEADLINE)), Closed::Gracefully, "{size}");
        assert!(peer.join().unwrap() == vec![7; size], "{size}");
    }
}

/// Behaviour 48.
#[test]
fn a_peer_that_reads_after_the_deadline_gets_all_that_was_sent() {
    const SENT: usize = 32_768;
    for pending_receive in [true, false] {
        let port = CompletionPort::new().unwrap();
        let (socket, mut far) = served(&port);
        let mut packets = Packets::with_capacity(4);
        let sending = socket.send(port.operation(vec![1; SENT], 1).unwrap());
        assert_eq!(port.finish(sending, &mut packets, None).unwrap().result(), Ok(SENT));
        let operation = port.operation(Vec::with_capacity(8), 2).unwrap();
        let receive: LastReceive<_> =
            if pending_receive { pending(socket.recv(operation)).into() } else { operation.into() };
        let closing = socket.close_gracefully(receive, TIMER).within(LATE);
        assert_eq!(close(&port, closing), Closed::TimedOut);
        assert_eq!(port.stats().in_flight, 0);
        let mut got = Vec::new();
        far.read_to_end(&mut got).unwrap();
        assert!(got.len() == SENT, "{} of {SENT}", got.len());
    }
}

/// Behaviour 48.
#[test]
fn a_peer_that_never_reads_is_given_up_at_the_deadline() {
    let port = CompletionPort::new().unwrap();
    let (socket, far) = served(&port);
    // The send stays in flight, or the system takes it all.
    let ticket = socket.send(port.operation(vec![1; UNREAD], 1).unwrap()).pending();
    let receive = pending(socket.recv(port.operation(Vec::with_capacity(8), 2).unwrap()));
    let (limit, start) = (Duration::from_millis(200), Instant::now());
    let closing = socket.close_gracefully(receive, TIMER).within(limit);
    let closing = match ticket {
        Ok(ticket) => closing.after(ticket),
        Err(_) => closing,
    };
    assert_eq!(close(&port, closing), Closed::TimedOut);
    let took = start.elapsed();
    assert!(took >= limit, "{took:?}");
    println!("graceful: given up after {} ms, limit {} ms", took.as_millis(), limit.as_millis());
    assert!(assert_reset(far) < UNREAD, "it was given up, but all arrived");
    // What was in flight comes back.
    let end = Instant::now() + DEADLINE;
    while port.stats().in_flight > 0 {
        assert!(Instant::now() < end, "{:?}", port.stats());
        port.wait(&mut Packets::with_capacity(4), Some(LATE)).unwrap();
    }
}

/// Behaviour 48.
#[test]
fn a_peer_that_sends_more_than_is_allowed_is_reset_and_one_that_sends_as_much_is_not() {
    for (most, expected) in [(9, Closed::TooMuch), (10, Closed::Gracefully)] {
        let port = CompletionPort::new().unwrap();
        let (socket, mut far) = served(&port);
        far.write_all(b"ten bytes.").unwrap();
        if expected == Closed::Gracefully {
            far.shutdown(Shutdown::Write).unwrap();
        }
        let operation = port.operation(Vec::with_capacity(4), 2).unwrap();
        let closing = socket.close_gracefully(operation, TIMER).within(DEADLINE);
        assert_eq!(close(&port, closing.reading_at_most(most)), expected);
        match expected {
            Closed::Gracefully => assert_eq!(far.read(&mut [0]).unwrap(), 0),
            _ => drop(assert_reset(far)),
        }
    }
}

/// Behaviour 48.
#[test]
fn an_abort_is_a_reset_for_the_peer_and_its_receive_comes_back() {
    let port = CompletionPort::new().unwrap();
    let (socket, far) = served(&port);
    let ticket = pending(socket.recv(port.operation(Vec::with_capacity(8), 2).unwrap()));
    socket.abort();
    assert_reset(far);
    assert!(finish(&port, ticket).result().is_err());
}
