//! A port's handle closed by a raw call while somebody waits on it.
//!
//! Alone in its program: until the waiter notices, the handle's value may name another test's object.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    mem::ManuallyDrop, os::windows::io::AsRawHandle, sync::mpsc::channel, thread, time::Duration,
};

use iocp::{CompletionPort, Error, Packets, UserPacket};
use iocp_tests::{
    kernel, raw,
    waiting::{receive, within_deadline},
    Kernel,
};

/// Whether a waiter learns of it at once. Wine 8 lets it sleep to the end of its time.
fn wakes_waiters() -> bool {
    kernel() != Kernel::Wine(8)
}

/// Long enough for a waiter to be inside its call, mostly; a shorter one only shows less.
const INSIDE: Duration = Duration::from_millis(100);

// Behaviour 25.
#[test]
fn a_handle_closed_by_a_raw_call_ends_every_wait_within_its_slice_and_closes_the_port() {
    the_system_says_that_it_was_abandoned();
    // Never dropped: its drop would close a value that is not its own any more.
    let port = ManuallyDrop::new(CompletionPort::new().unwrap());
    let (starts, started) = channel();
    let (ends, ended) = channel();
    for _ in 0..4 {
        let (port, starts, ends) = (CompletionPort::clone(&port), starts.clone(), ends.clone());
        thread::spawn(move || {
            let port = ManuallyDrop::new(port);
            starts.send(()).unwrap();
            let result = port.wait(&mut Packets::with_capacity(4), None);
            ends.send(result).unwrap();
        });
    }
    (0..4).for_each(|_| receive(&started));
    thread::sleep(INSIDE);
    // SAFETY:
    // * its owner is never dropped; from here on it only waits.
    unsafe { raw::close_port_behind(port.as_raw_handle() as usize) };
    for _ in 0..4 {
        let result = receive(&ended);
        assert!(matches!(result, Err(Error::Closed)), "{result:?}");
    }
    // It stays closed, and nobody asks the system again.
    assert!(port.is_closed());
    assert!(matches!(port.close(), Err(Error::Closed)));
    assert!(matches!(port.post(UserPacket::default()), Err(Error::Closed)));
    let late = CompletionPort::clone(&port);
    let result = within_deadline(move || {
        let late = ManuallyDrop::new(late);
        late.wait(&mut Packets::with_capacity(4), None)
    });
    assert!(matches!(result, Err(Error::Closed)), "{result:?}");
}

/// What the system itself says to a waiter. One that came too late, on a busy machine, hears of a
/// handle that is not there, or that its time is over: asked again, then.
fn the_system_says_that_it_was_abandoned() {
    // ERROR_ABANDONED_WAIT_0, or WAIT_TIMEOUT.
    let expected = if wakes_waiters() { 735 } else { 258 };
    let said: Vec<_> =
        (0..20).map_while(|_| Some(said()).filter(|said| *said != expected)).collect();
    assert!(said.len() < 20, "never {expected}: {said:?}");
}

/// The code of a wait on a port that is closed behind it.
fn said() -> u32 {
    let port = ManuallyDrop::new(CompletionPort::new().unwrap());
    let value = port.as_raw_handle() as usize;
    let (starts, started) = channel();
    let (ends, ended) = channel();
    thread::spawn(move || {
        starts.send(()).unwrap();
        ends.send(raw::wait(value, 1_000).map(|_| ())).unwrap();
    });
    let () = receive(&started);
    thread::sleep(INSIDE);
    // SAFETY:
    // * its owner is never dropped and never used again.
    unsafe { raw::close_port_behind(value) };
    receive(&ended).expect_err("nobody posts")
}
