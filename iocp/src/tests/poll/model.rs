//! Random schedules against a model: two counters for each stream.
//!
//! The peer and the program send bytes that count up. Whatever the kernel does, in whichever chunks,
//! with whatever interests, each side must get every byte once and in order. The program reads and
//! writes only as far as events allow it, so an event that is missing makes the end wait for ever
//! (the deadline), and one that is wrong meets `WouldBlock`: behind a short read one may be a guess, but never two
//! in a row.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::{
    io::{ErrorKind, Read, Write},
    time::{Duration, Instant},
};

use super::config;
use crate::{
    poll::{Config, Events, Interests, Poll, Registrator, TcpStream},
    sim::{Kernel, Peer, Script},
    tests::storm::Dice,
};

const PERIOD: usize = 251;
const STEPS: usize = if cfg!(miri) { 15 } else { 80 };
const LIMIT: Duration = Duration::from_secs(if cfg!(miri) { 600 } else { 120 });

#[test]
fn random_storms_of_reads_and_writes_agree_with_the_model() {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first: u64 = read("IOCP_STORM_SEED", 1);
    let count = read("IOCP_STORM_COUNT", if cfg!(miri) { 2 } else { 300 });
    let mut total = Totals::default();
    for seed in first..first + count {
        // The harness shows this if anything fails.
        println!("model: seed {seed}");
        schedule(seed, &mut total);
    }
    println!("model: {count} schedules from seed {first}, {total:?}");
    if count >= 100 {
        let Totals { read, written, blocked, guesses, ends, resets, lingered } = total;
        let met = [read, written, blocked, guesses, ends, resets, lingered];
        assert!(met.iter().all(|&times| times > 0), "a case was never met: {total:?}");
    }
}

/// What the schedules met: a case that is never met is not tested.
#[derive(Debug, Default)]
struct Totals {
    read: usize,
    written: usize,
    blocked: usize,
    guesses: usize,
    ends: usize,
    resets: usize,
    lingered: usize,
}

/// A stream, its peer, and what is known of both.
struct Pair {
    /// `None` once it is dropped.
    stream: Option<TcpStream>,
    peer: Peer,
    token: usize,
    interests: Interests,
    /// Events said so, and no `WouldBlock` has taken it back.
    may_read: bool,
    may_write: bool,
    /// Exactly at an event: the next call must not say `WouldBlock`.
    must_read: bool,
    must_write: bool,
    /// The event may be a guess.
    may_guess: bool,
    peer_sent: usize,
    read: usize,
    written: usize,
    peer_read: usize,
    peer_shut: bool,
    shut: bool,
    reset: bool,
    /// The end, or the error, was read.
    over: bool,
    /// The stream was dropped with bytes unread: a reset may cut what it wrote.
    cut: bool,
    /// Written so far as events allow at the end.
    target: usize,
}

fn schedule(seed: u64, total: &mut Totals) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let script = if seed % 2 == 0 { Script::any(seed) } else { Script::hostile(seed) };
    let kernel = Kernel::new(script);
    // Buffers for none of the streams, for some, for all.
    let receive_buffer = 1 + dice.roll(60) as usize;
    let lent_bytes = receive_buffer * dice.roll(4) as usize;
    let high = 1 + dice.roll(200) as usize;
    let config = Config {
        receive_buffer,
        lent_bytes,
        send_high_water: high,
        send_low_water: dice.roll(high as u64) as usize,
        port: crate::Config { skip_on_success: dice.roll(3) > 0, ..config().port },
        ..config()
    };
    let poll = Poll::with_config(&config).unwrap();
    let mut events = Events::with_capacity(1 + dice.roll(8) as usize);
    let mut pairs: Vec<_> = (0..3).map(|_| Pair::new(&kernel)).collect();
    let registrator = poll.registrator();
    for (number, pair) in pairs.iter_mut().enumerate() {
        pair.register(&registrator, 10 + number, &mut dice);
    }
    let mut next_token = 100;
    for _ in 0..STEPS {
        let which = dice.roll(3) as usize;
        pairs[which].step(&registrator, &mut next_token, &mut dice, total);
        if dice.roll(2) == 0 {
            poll.poll(&mut events, Some(0)).unwrap();
            note(&events, &mut pairs);
        }
    }
    finish(&poll, &mut events, &mut pairs, total);
    for pair in &mut pairs {
        pair.stream = None;
    }
    let end = Instant::now() + LIMIT;
    while poll.stats().in_flight > 0 {
        assert!(Instant::now() < end, "seed {seed}: {:?}", poll.stats());
        // What lingers needs a peer that reads.
        pairs.iter_mut().for_each(Pair::peer_receives);
        poll.poll(&mut events, Some(1)).unwrap();
        assert!(events.is_empty(), "seed {seed}: an event of nothing: {events:?}");
    }
    // The receives of streams that are gone are kept, and some sends for all.
    assert!(poll.stats().operations <= 4 * pairs.len(), "seed {seed}: {:?}", poll.stats());
}

/// Everything must come to its end by events alone.
fn finish(poll: &Poll, events: &mut Events, pairs: &mut [Pair], total: &mut Totals) {
    let both = Interests::READABLE | Interests::WRITABLE;
    for (number, pair) in pairs.iter_mut().enumerate() {
        if let Some(stream) = &mut pair.stream {
            poll.registrator().register(stream, 1000 + number, both).unwrap();
            pair.registered(1000 + number, both);
            pair.target = if pair.shut || number == 1 { 0 } else { pair.written + 400 };
        }
        if !pair.reset && !pair.peer_shut {
            pair.peer.shut_down();
            pair.peer_shut = true;
        }
    }
    let end = Instant::now() + LIMIT;
    loop {
        let mut over = true;
        for pair in &mut *pairs {
            pair.read_on(usize::MAX, total);
            pair.write_on(pair.target.saturating_sub(pair.written), total);
            pair.peer_receives();
            over &= pair.is_over();
        }
        if over {
            return;
        }
        let states: Vec<_> = pairs.iter().map(Pair::state).collect();
        assert!(Instant::now() < end, "never over: {states:?}");
        poll.poll(events, Some(1)).unwrap();
        note(events, pairs);
    }
}

/// Notes what the events say, and checks that they may say it.
fn note(events: &Events, pairs: &mut [Pair]) {
    for event in events {
        let mut mine = pairs.iter_mut().filter(|pair| pair.token == event.id());
        let Some(pair) = mine.next() else { panic!("a stale token: {event:?}") };
        assert!(pair.stream.is_some(), "an event of a dropped stream: {event:?}");
        assert!(!event.is_readable() || pair.interests.is_readable(), "not wanted: {event:?}");
        assert!(!event.is_writable() || pair.interests.is_writable(), "not wanted: {event:?}");
        assert!(event.is_readable() || event.is_writable(), "of nothing: {event:?}");
        assert!(!event.is_error() || pair.reset, "no error here: {event:?}");
        assert!(!event.is_read_closed() || pair.reset || pair.peer_shut, "no end: {event:?}");
        pair.may_read |= event.is_readable();
        pair.must_read |= event.is_readable();
        pair.may_write |= event.is_writable();
        pair.must_write |= event.is_writable();
    }
}

impl Pair {
    fn new(kernel: &Kernel) -> Self {
        let (stream, peer) = super::stream(kernel);
        Self {
            stream: Some(stream),
            peer,
            token: 0,
            interests: Interests::NONE,
            may_read: false,
            may_write: false,
            must_read: false,
            must_write: false,
            may_guess: false,
            peer_sent: 0,
            read: 0,
            written: 0,
            peer_read: 0,
            peer_shut: false,
            shut: false,
            reset: false,
            over: false,
            cut: false,
            target: 0,
        }
    }

    fn state(&self) -> [usize; 6] {
        let flags = [self.may_read, self.may_write, self.reset, self.over, self.cut, self.shut];
        let flags = flags.iter().fold(0, |bits, &flag| bits << 1 | usize::from(flag));
        [self.token, self.peer_sent, self.read, self.written, self.peer_read, flags]
    }

    fn registered(&mut self, token: usize, interests: Interests) {
        (self.token, self.interests) = (token, interests);
        (self.may_read, self.may_write) = (false, false);
        (self.must_read, self.must_write, self.may_guess) = (false, false, false);
    }

    fn register(&mut self, registrator: &Registrator, token: usize, dice: &mut Dice) {
        let sets = [Interests::READABLE, Interests::WRITABLE];
        let interests = match dice.roll(4) {
            0 => Interests::NONE,
            1 => sets[0],
            2 => sets[1],
            _ => sets[0] | sets[1],
        };
        if let Some(stream) = &mut self.stream {
            registrator.register(stream, token, interests).unwrap();
            self.registered(token, interests);
        }
    }

    fn step(
        &mut self,
        registrator: &Registrator,
        next_token: &mut usize,
        dice: &mut Dice,
        total: &mut Totals,
    ) {
        match dice.roll(40) {
            0..=9 if !self.peer_shut && !self.reset && self.stream.is_some() => {
                let bytes = count_up(self.peer_sent, 1 + dice.roll(50) as usize);
                assert!(self.peer.send(&bytes));
                self.peer_sent += bytes.len();
            }
            10..=19 => self.read_on(1 + dice.roll(70) as usize, total),
            20..=28 => self.write_on(1 + dice.roll(90) as usize, total),
            29..=33 => self.peer_receives(),
            34..=35 => {
                *next_token += 1;
                self.register(registrator, *next_token, dice);
            }
            36 => {
                if let Some(stream) = &self.stream {
                    registrator.deregister(stream).unwrap();
                    self.registered(self.token, Interests::NONE);
                }
            }
            37 if dice.roll(4) == 0 && !self.peer_shut => {
                self.peer.shut_down();
                self.peer_shut = true;
            }
            38 if dice.roll(6) == 0 => {
                self.peer.reset();
                self.reset = true;
                total.resets += 1;
            }
            39 if dice.roll(4) == 0 => self.leave(total),
            _ => {}
        }
    }

    /// Shuts down, or drops the stream.
    fn leave(&mut self, total: &mut Totals) {
        let Some(stream) = &self.stream else { return };
        if !self.shut && self.token % 2 == 0 {
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            self.shut = true;
            return;
        }
        self.cut |= self.read < self.peer_sent;
        total.lingered += usize::from(self.written > self.peer_read);
        self.stream = None;
    }

    /// Reads in small pieces, up to `most` bytes, as far as events allow.
    fn read_on(&mut self, most: usize, total: &mut Totals) {
        let mut left = most;
        while self.may_read && left > 0 {
            let Some(stream) = &mut self.stream else { return };
            let mut room = vec![0; left.min(23)];
            match stream.read(&mut room) {
                Ok(0) => {
                    assert!(self.peer_shut, "an end that nobody sent");
                    assert!(self.reset || self.read == self.peer_sent, "an end too early");
                    (self.over, self.may_read) = (true, false);
                    total.ends += 1;
                }
                Ok(count) => {
                    assert_eq!(room[..count], count_up(self.read, count), "lost or twice");
                    self.read += count;
                    left -= count;
                    total.read += count;
                    // A short read has drained: what comes later is told by an event.
                    self.may_read = count == room.len();
                    self.may_guess = !self.may_read;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    assert!(self.may_guess || !self.must_read, "readable, and nothing to read");
                    total.guesses += usize::from(self.must_read);
                    (self.may_read, self.may_guess) = (false, false);
                }
                Err(error) => {
                    assert!(self.reset, "{error:?}");
                    (self.over, self.may_read) = (true, false);
                }
            }
            self.must_read = false;
        }
    }

    fn write_on(&mut self, count: usize, total: &mut Totals) {
        let bytes = count_up(self.written, count);
        let mut from = 0;
        while self.may_write && from < bytes.len() {
            let Some(stream) = &mut self.stream else { return };
            match stream.write(&bytes[from..]) {
                Ok(count) => {
                    assert!(count > 0 && !self.shut);
                    from += count;
                    self.written += count;
                    total.written += count;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    assert!(!self.must_write, "writable, and no room");
                    self.may_write = false;
                    total.blocked += 1;
                }
                Err(error) => {
                    assert!(self.reset || self.shut, "{error:?}");
                    self.may_write = false;
                }
            }
            self.must_write = false;
        }
    }

    fn peer_receives(&mut self) {
        let mut room = [0; 40];
        while let Some(count @ 1..) = self.peer.try_recv(&mut room) {
            assert_eq!(room[..count], count_up(self.peer_read, count), "lost or twice");
            self.peer_read += count;
        }
        assert!(self.peer_read <= self.written);
    }

    fn is_over(&self) -> bool {
        let sent = self.peer_read == self.written && self.written >= self.target;
        (sent || self.reset || self.cut) && (self.over || self.stream.is_none())
    }
}

fn count_up(from: usize, count: usize) -> Vec<u8> {
    (from..from + count).map(|number| (number % PERIOD) as u8).collect()
}
