//! Random schedules of threads: pollers that come and go, readers that never poll, and registrations that change
//! beside both.
//!
//! Each peer sends, and waits for the answer; so an event that nobody is told of stops its stream. A poller looks
//! again when its slice of time is over: one that is told something only then has missed the wake.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::{
    io::{ErrorKind, Read, Write},
    sync::{Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use super::{config, stream, NOW_MS};
use crate::{
    core::batch::SLICE_MS,
    poll::{Config, Events, Interests, Poll, Registrator, TcpStream},
    sim::{Kernel, Peer, Script},
    tests::storm::Dice,
};

const STREAMS: usize = 3;
const POLLERS: u64 = 2;
const MESSAGES: u64 = 6;
const CHANGES: u64 = 12;

#[test]
fn random_storms_of_pollers_readers_and_registrations_miss_no_wake() {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first: u64 = read("IOCP_STORM_SEED", 1);
    for seed in first..first + read("IOCP_STORM_COUNT", if cfg!(miri) { 1 } else { 100 }) {
        // The harness shows this if anything fails.
        println!("crowd: seed {seed}");
        schedule(seed);
    }
}

fn schedule(seed: u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let script = if seed % 2 == 0 { Script::any(seed) } else { Script::hostile(seed) };
    // A post that fails wakes nobody before a slice is over.
    let script = Script { post_failures: 0, ..script };
    let kernel = &Kernel::new(script);
    let receive_buffer = 1 + dice.roll(60) as usize;
    let lent_bytes = receive_buffer * dice.roll(4) as usize;
    let config = Config {
        receive_buffer,
        lent_bytes,
        port: crate::Config { skip_on_success: dice.roll(3) > 0, ..config().port },
        ..config()
    };
    let poll = &Poll::with_config(&config).unwrap();
    let registrator = &poll.registrator();
    let (mut streams, mut peers) = (Vec::new(), Vec::new());
    for token in 0..STREAMS {
        let (mut stream, peer) = stream(kernel);
        registrator.register(&mut stream, token, both()).unwrap();
        streams.push(stream);
        peers.push(peer);
    }
    let (streams, told) = (&streams, &[(); STREAMS].map(|()| Told::default()));
    thread::scope(|scope| {
        for number in 0..POLLERS {
            let dice = Dice(dice.roll(u64::MAX >> 1) + number);
            scope.spawn(move || polls(kernel, poll, told, dice));
        }
        for (stream, told) in streams.iter().zip(told) {
            scope.spawn(move || answers(stream, told));
        }
        let mut others = Vec::new();
        for peer in peers {
            let dice = Dice(dice.roll(u64::MAX >> 1));
            others.push(scope.spawn(move || asks(kernel, &peer, dice)));
        }
        let dice = Dice(dice.roll(u64::MAX >> 1));
        others.push(scope.spawn(move || changes(registrator, streams, dice)));
        let ends: Vec<_> = others.into_iter().map(thread::ScopedJoinHandle::join).collect();
        registrator.close_loop().unwrap();
        assert!(ends.iter().all(Result::is_ok), "seed {seed}");
    });
}

fn both() -> Interests {
    Interests::READABLE | Interests::WRITABLE
}

/// What the owner of a stream is told by whoever polls: that something is ready, and that it is over.
#[derive(Default)]
struct Told(Mutex<(bool, bool)>, Condvar);

impl Told {
    fn tell(&self, over: bool) {
        let mut told = self.0.lock().unwrap();
        *told = (true, told.1 | over);
        self.1.notify_one();
    }

    /// Waits for the next event. False: it is over.
    fn wait(&self) -> bool {
        let told = self.0.lock().unwrap();
        let mut told = self.1.wait_while(told, |&mut (ready, over)| !ready && !over).unwrap();
        told.0 = false;
        !told.1
    }
}

/// Polls until the loop is closed: for ever, for no time, with other events, with those of another queue.
fn polls(kernel: &Kernel, poll: &Poll, told: &[Told; STREAMS], mut dice: Dice) {
    let _inside = kernel.enter();
    let other = Poll::new().unwrap();
    let mut events = Events::with_capacity(4);
    loop {
        match dice.roll(8) {
            0 => events = Events::with_capacity(1 + dice.roll(6) as usize),
            1 => assert_eq!(other.poll(&mut events, NOW_MS).unwrap(), 0),
            2 => thread::yield_now(),
            _ => {}
        }
        let (timeout, start) = (if dice.roll(3) == 0 { NOW_MS } else { None }, Instant::now());
        if poll.poll(&mut events, timeout).is_err() {
            return told.iter().for_each(|told| told.tell(true));
        }
        let late = start.elapsed() >= Duration::from_millis(SLICE_MS.into());
        assert!(!late || events.is_empty(), "a wake was missed: {events:?}");
        events.iter().for_each(|event| told[event.id() % STREAMS].tell(false));
    }
}

/// Sends back what comes; never polls.
fn answers(mut stream: &TcpStream, told: &Told) {
    let mut room = [0; 40];
    loop {
        let count = match stream.read(&mut room) {
            Ok(0) => return,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::WouldBlock && told.wait() => continue,
            Err(_) => return,
        };
        let mut sent = 0;
        while sent < count {
            match stream.write(&room[sent..count]) {
                Ok(more) => sent += more,
                Err(error) if error.kind() == ErrorKind::WouldBlock && told.wait() => {}
                Err(_) => return,
            }
        }
    }
}

/// The peer's side of a stream: asks, and waits for the answer.
fn asks(kernel: &Kernel, peer: &Peer, mut dice: Dice) {
    let _inside = kernel.enter();
    for number in 0..MESSAGES {
        let sent = vec![number as u8; 1 + dice.roll(100) as usize];
        assert!(peer.send(&sent));
        let (mut got, mut room) = (Vec::new(), [0; 48]);
        while got.len() < sent.len() {
            match peer.recv(&mut room) {
                Some(count @ 1..) => got.extend_from_slice(&room[..count]),
                other => panic!("{other:?} after {} bytes", got.len()),
            }
        }
        assert_eq!(got, sent);
    }
}

/// Changes tokens and interests, and leaves each stream with all of them.
fn changes(registrator: &Registrator, streams: &[TcpStream], mut dice: Dice) {
    for change in 1..=CHANGES as usize {
        let number = dice.roll(STREAMS as u64) as usize;
        let stream = &streams[number];
        let interests = [Interests::NONE, Interests::READABLE, Interests::WRITABLE, both()];
        let token = change * STREAMS + number;
        registrator.reregister(stream, token, interests[dice.roll(4) as usize]).unwrap();
        if dice.roll(4) == 0 {
            registrator.deregister(stream).unwrap();
        }
        thread::yield_now();
        registrator.reregister(stream, token, both()).unwrap();
    }
}
