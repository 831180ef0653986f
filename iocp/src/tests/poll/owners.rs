//! Owners that make and drop streams in each other's places, beside pollers: every event that is owed
//! comes, and none goes to the next owner of a place.

use std::{
    collections::HashMap,
    io::{ErrorKind, Read, Write},
    net::Shutdown,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{channel, Receiver, Sender},
        Mutex,
    },
    thread,
    time::Duration,
};

use super::config;
use crate::{
    poll::{Config, Event, Events, Interests, Poll, Registrator, TcpStream},
    sim::{Kernel, Peer, Script},
    tests::storm::Dice,
};

const LIMIT: Duration = Duration::from_secs(if cfg!(miri) { 300 } else { 120 });

struct Shared<'a> {
    kernel: &'a Kernel,
    registrator: Registrator,
    told: Mutex<HashMap<usize, Sender<Event>>>,
    next: AtomicUsize,
    early: AtomicUsize,
}

struct Owner<'a, 'b> {
    shared: &'a Shared<'b>,
    stream: TcpStream,
    peer: Peer,
    token: usize,
    events: Receiver<Event>,
    trace: Vec<String>,
    seed: u64,
}

impl Drop for Owner<'_, '_> {
    fn drop(&mut self) {
        self.shared.told.lock().unwrap().remove(&self.token);
        if thread::panicking() {
            eprintln!("seed {} token {} trace {:?}", self.seed, self.token, self.trace);
        }
    }
}

impl<'a, 'b> Owner<'a, 'b> {
    fn new(shared: &'a Shared<'b>, seed: u64, interests: Interests) -> Self {
        let (socket, peer) = shared.kernel.stream_pair();
        let mut stream = TcpStream::from(socket);
        let token = shared.next.fetch_add(1, Ordering::Relaxed);
        let (tell, events) = channel();
        shared.told.lock().unwrap().insert(token, tell);
        let mut trace = vec![format!("reg {interests:?}")];
        loop {
            match shared.registrator.register(&mut stream, token, interests) {
                Ok(()) => break,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    trace.push("full".into());
                    thread::yield_now();
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        Self { shared, stream, peer, token, events, trace, seed }
    }

    fn again(&mut self, interests: Interests) {
        self.trace.push(format!("rereg {interests:?}"));
        loop {
            match self.shared.registrator.reregister(&self.stream, self.token, interests) {
                Ok(()) => break,
                Err(error) if error.kind() == ErrorKind::WouldBlock => thread::yield_now(),
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    fn wait(&mut self, what: &str, ok: impl Fn(&Event) -> bool) {
        loop {
            match self.events.recv_timeout(LIMIT) {
                Ok(event) => {
                    self.trace.push(format!("{what}:{event:?}"));
                    if ok(&event) {
                        return;
                    }
                }
                Err(_) => panic!("no event: {what}"),
            }
        }
    }

    fn read(&mut self, want: usize) {
        let mut got = 0;
        let mut room = [0; 40];
        while got < want {
            match self.stream.read(&mut room) {
                Ok(0) => panic!("end"),
                Ok(count) => {
                    self.trace.push(format!("r{count}"));
                    got += count;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.trace.push("rWB".into());
                    self.wait("read", Event::is_readable);
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(got, want);
    }

    fn write(&mut self, len: usize) {
        let bytes = vec![7; len];
        let mut done = 0;
        let mut peer = [0; 64];
        let mut taken = 0;
        while done < len {
            match self.stream.write(&bytes[done..]) {
                Ok(count) => {
                    self.trace.push(format!("w{count}"));
                    done += count;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.trace.push("wWB".into());
                    while let Some(count @ 1..) = self.peer.try_recv(&mut peer) {
                        taken += count;
                    }
                    self.wait_taking("write", Event::is_writable, &mut taken);
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        while taken < len {
            match self.peer.recv(&mut peer) {
                Some(count @ 1..) => taken += count,
                other => panic!("peer got {other:?} after {taken} of {len}"),
            }
        }
        assert_eq!(taken, len);
    }

    /// The peer goes on reading meanwhile.
    fn wait_taking(&mut self, what: &str, ok: impl Fn(&Event) -> bool, taken: &mut usize) {
        let end = std::time::Instant::now() + LIMIT;
        let mut peer = [0; 64];
        loop {
            while let Some(count @ 1..) = self.peer.try_recv(&mut peer) {
                *taken += count;
            }
            match self.events.recv_timeout(Duration::from_millis(1)) {
                Ok(event) => {
                    self.trace.push(format!("{what}:{event:?}"));
                    if ok(&event) {
                        return;
                    }
                }
                Err(_) => assert!(std::time::Instant::now() < end, "no event: {what}"),
            }
        }
    }
}

fn owner(shared: &Shared<'_>, seed: u64, rounds: usize) {
    let _inside = shared.kernel.enter();
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let both = Interests::READABLE | Interests::WRITABLE;
    for _ in 0..rounds {
        if dice.roll(4) == 0 {
            // In somebody's place for a moment.
            let waker = shared.registrator.waker(0).unwrap();
            if dice.roll(2) == 0 {
                let _ = waker.wake();
            }
        }
        let interests = match dice.roll(4) {
            0 => Interests::READABLE,
            1 => Interests::WRITABLE,
            _ => both,
        };
        let mut owner = Owner::new(shared, seed, interests);
        if interests.is_writable() && dice.roll(3) > 0 {
            owner.wait("first", Event::is_writable);
        }
        for _ in 0..dice.roll(6) {
            match dice.roll(5) {
                0 => {
                    let mut interests = both;
                    if dice.roll(2) == 0 {
                        shared.registrator.deregister(&owner.stream).unwrap();
                        owner.trace.push("dereg".into());
                        interests = Interests::READABLE;
                    }
                    owner.again(interests);
                }
                1 | 2 => {
                    owner.again(both);
                    let len = 1 + dice.roll(90) as usize;
                    assert!(owner.peer.send(&vec![3; len]));
                    owner.read(len);
                }
                _ => {
                    owner.again(both);
                    let len = 1 + dice.roll(300) as usize;
                    owner.write(len);
                }
            }
        }
        match dice.roll(4) {
            0 => {
                owner.again(Interests::READABLE);
                owner.peer.shut_down();
                let mut room = [0; 8];
                loop {
                    match owner.stream.read(&mut room) {
                        Ok(0) => break,
                        Ok(_) => panic!("bytes"),
                        Err(error) if error.kind() == ErrorKind::WouldBlock => {
                            owner.wait("end", Event::is_readable);
                        }
                        Err(error) => panic!("{error:?}"),
                    }
                }
            }
            1 => owner.stream.shutdown(Shutdown::Both).unwrap(),
            2 => {
                let _ = owner.stream.write(&[1; 100]);
            }
            _ => {}
        }
    }
}

fn storm(seed: u64, pollers: usize, script: Script, lent_bytes: usize, max_operations: u32) {
    let kernel = &Kernel::new(script);
    let config = Config {
        receive_buffer: 32,
        lent_bytes,
        port: crate::Config { max_operations, skip_on_success: seed % 3 > 0, ..config().port },
        ..config()
    };
    let poll = &Poll::with_config(&config).unwrap();
    let shared = &Shared {
        kernel,
        registrator: poll.registrator(),
        told: Mutex::default(),
        next: AtomicUsize::new(1),
        early: AtomicUsize::new(0),
    };
    let rounds = if cfg!(miri) { 4 } else { 60 };
    let failed = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..pollers {
            scope.spawn(move || {
                let mut events = Events::with_capacity(4);
                while poll.poll(&mut events, None).is_ok() {
                    for event in &events {
                        let told = shared.told.lock().unwrap();
                        match told.get(&event.id()) {
                            Some(tell) => drop(tell.send(*event)),
                            None => drop(shared.early.fetch_add(1, Ordering::Relaxed)),
                        }
                    }
                }
            });
        }
        let owners: Vec<_> = (0..3)
            .map(|number| scope.spawn(move || owner(shared, seed * 10 + number, rounds)))
            .collect();
        for owner in owners {
            if owner.join().is_err() {
                failed.store(true, Ordering::Relaxed);
            }
        }
        shared.registrator.close_loop().unwrap();
    });
    assert!(
        !failed.load(Ordering::Relaxed),
        "seed {seed} pollers {pollers} lent {lent_bytes} max {max_operations} {script:?}"
    );
}

#[test]
fn owners_in_each_others_places_hear_of_everything() {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first: u64 = read("ATTACK_SEED", 1);
    let count = read("ATTACK_COUNT", if cfg!(miri) { 1 } else { 40 });
    for seed in first..first + count {
        let mut script = Script::any(seed);
        script.early_timeouts = 0;
        script.overtaking = 0;
        if seed % 4 == 0 {
            script = Script { window: 64, ..Script::default() };
        }
        let max = if seed % 5 == 0 { 5 } else { 64 };
        storm(seed, 1 + (seed % 3) as usize, script, 32 * (seed % 4) as usize, max);
    }
}
