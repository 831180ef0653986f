//! Many connections through one event queue: nothing lost, nothing left, nothing allocated for messages.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream as Client},
    sync::{Barrier, Mutex},
    thread,
    time::{Duration, Instant},
};

use iocp::poll::{is_closed, Events, Interests, Poll, Registrator, TcpStream};
use iocp_tests::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting::new();

/// Threads that register, and later play the clients.
const THREADS: usize = 4;
const MESSAGES: usize = 100;
/// Rounds in which buffers grow to their size.
const WARM: usize = 10;
const LONGEST: usize = 4096;
const LIMIT: Duration = Duration::from_secs(300);

/// 1,000 connections take longer than a plain test should: that many if `IOCP_LOAD` says so.
fn connections() -> usize {
    let asked = std::env::var("IOCP_LOAD").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(100_usize).next_multiple_of(THREADS)
}

type Slots = [Mutex<Option<TcpStream>>];

/// The only test of this file: allocations are counted in the whole process.
///
/// Behaviour 29: in the steady state of an event queue too.
#[test]
fn many_connections_lose_nothing_leave_nothing_and_allocate_nothing_for_messages() {
    let count = connections();
    let poll = Poll::new().unwrap();
    let registrator = poll.registrator();
    let slots: Vec<_> = (0..count).map(|_| Mutex::new(None)).collect();
    let (start, steady, over) =
        (Barrier::new(THREADS + 1), Barrier::new(THREADS + 1), Barrier::new(THREADS + 1));
    thread::scope(|scope| {
        let pollers = [(); 2].map(|()| scope.spawn(|| echo(&poll, &slots)));
        let clients: Vec<_> = (0..THREADS)
            .map(|number| {
                let each = count / THREADS;
                let slots = &slots[number * each..][..each];
                let (registrator, barriers) = (&registrator, [&start, &steady, &over]);
                scope.spawn(move || talk(registrator, number * each, slots, barriers))
            })
            .collect();
        start.wait();
        let begin = Instant::now();
        steady.wait();
        let allocations = ALLOCATOR.during(|| {
            over.wait();
        });
        println!("{count} connections, {MESSAGES} messages each: {:?}", begin.elapsed());
        for client in clients {
            client.join().unwrap();
        }
        registrator.close_loop().unwrap();
        let echoed: usize = pollers.into_iter().map(|poller| poller.join().unwrap()).sum();
        assert!(echoed > 0);
        // A connection takes a second buffer for sending the first time that one is not enough, which
        // may be late; nothing is allocated for messages.
        let messages = count * (MESSAGES - WARM);
        assert!(allocations.count <= count, "{} in {messages} messages", allocations.count);
        println!("{} second buffers in {messages} messages", allocations.count);
    });
    for slot in &slots {
        drop(slot.lock().unwrap().take());
    }
    let stats = poll.stats();
    drop(poll);
    // Every peer has closed and every end was read: nothing is in flight. Some receives are kept for the next streams.
    assert!(stats.in_flight == 0 && stats.operations <= 64, "{stats:?}");
    assert_eq!(iocp::leaked_operations(), 0);
}

/// Polls, and sends back what comes. Returns how many bytes.
fn echo(poll: &Poll, slots: &Slots) -> usize {
    let mut events = Events::with_capacity(64);
    let mut room = vec![0; LONGEST];
    let mut echoed = 0;
    loop {
        match poll.poll(&mut events, Some(60_000)) {
            Ok(0) => panic!("no event for a minute"),
            Ok(_) => {}
            Err(error) if is_closed(&error) => return echoed,
            Err(error) => panic!("{error:?}"),
        }
        for event in &events {
            let mut slot = slots[event.id()].lock().unwrap();
            let Some(stream) = slot.as_mut() else { continue };
            loop {
                match stream.read(&mut room) {
                    Ok(0) => {
                        *slot = None;
                        break;
                    }
                    Ok(count) => {
                        stream.write_all(&room[..count]).unwrap();
                        echoed += count;
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => panic!("{error:?}"),
                }
            }
        }
    }
}

/// Connects, registers the other ends from this thread, and plays the clients of all of them.
fn talk(registrator: &Registrator, first: usize, slots: &Slots, barriers: [&Barrier; 3]) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let mut clients = Vec::new();
    for (at, slot) in slots.iter().enumerate() {
        let client = Client::connect(address).unwrap();
        client.set_nodelay(true).unwrap();
        client.set_read_timeout(Some(LIMIT)).unwrap();
        clients.push(client);
        let mut slot = slot.lock().unwrap();
        let stream = slot.insert(TcpStream::from(listener.accept().unwrap().0));
        stream.set_nodelay(true).unwrap();
        registrator.register(stream, first + at, Interests::READABLE).unwrap();
    }
    let (mut sent, mut got) = (vec![0; LONGEST], vec![0; LONGEST]);
    let mut random = 0x9E37_79B9_u32 ^ u32::try_from(first).unwrap() | 1;
    let mut lengths = vec![0; clients.len()];
    barriers[0].wait();
    for message in 0..MESSAGES {
        if message == WARM {
            barriers[1].wait();
        }
        let fill = |sent: &mut [u8], at: usize| {
            for (place, byte) in sent.iter_mut().zip((message + at)..) {
                *place = u8::try_from(byte % 251).unwrap();
            }
        };
        for (at, client) in clients.iter_mut().enumerate() {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            let any = usize::try_from(random).unwrap() % LONGEST + 1;
            // The last is small enough for a lent buffer.
            let warm = if message == WARM - 1 { LONGEST - 1 } else { LONGEST };
            lengths[at] = if message < WARM { warm } else { any };
            fill(&mut sent[..lengths[at]], at);
            client.write_all(&sent[..lengths[at]]).unwrap();
        }
        for (at, client) in clients.iter_mut().enumerate() {
            client.read_exact(&mut got[..lengths[at]]).unwrap();
            fill(&mut sent[..lengths[at]], at);
            assert!(got[..lengths[at]] == sent[..lengths[at]], "message {message} of {at}");
        }
    }
    barriers[2].wait();
    drop(clients);
    // The queue reads every end before it is closed.
    let end = Instant::now() + LIMIT;
    while slots.iter().any(|slot| slot.lock().unwrap().is_some()) {
        assert!(Instant::now() < end, "an end was not told");
        thread::yield_now();
    }
}
