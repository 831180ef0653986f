//! Waits for objects of the system, on the same port as everything else.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    os::windows::io::AsHandle,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use iocp::{
    CompletionPort, Error, EventObject, HandleWait, Packet, UserPacket, WaitEnd, WaitableTimer,
};
use iocp_sys::{GetModuleHandleW, GetProcAddress};
use iocp_tests::{
    child, not_here, raw,
    waiting::{assert_no_packet, wait_for},
};

const SIGNALLED: Packet = Packet::Signalled { token: 7 };

fn parts(object: &impl AsHandle) -> (CompletionPort, HandleWait) {
    let port = CompletionPort::new().unwrap();
    let wait = port.handle_wait(object, 7).unwrap();
    (port, wait)
}

/// Whether the system has wait completion packets: the crate takes them then.
fn has_wait_packets() -> bool {
    let name: Vec<u16> = "ntdll.dll\0".encode_utf16().collect();
    // SAFETY:
    // * the name ends with 0.
    let ntdll = unsafe { GetModuleHandleW(name.as_ptr()) };
    // SAFETY:
    // * a module that is never unloaded, and a name that ends with 0.
    unsafe { GetProcAddress(ntdll, c"NtCreateWaitCompletionPacket".as_ptr().cast()) }.is_some()
}

// Behaviour 60.
#[test]
fn an_event_and_a_semaphore_bring_one_packet_for_each_start() {
    if !has_wait_packets() {
        not_here("waits by wait completion packets: this Wine has none, the thread pool waits");
    }
    for auto in [true, false] {
        let made = if auto { EventObject::auto_reset() } else { EventObject::manual_reset() };
        let event = made.unwrap();
        let (port, wait) = parts(&event);
        assert_no_packet(&port);
        for _ in 0..3 {
            wait.start().unwrap();
            if auto {
                assert_eq!(wait.start(), Err(Error::Busy));
            }
            event.set().unwrap();
            assert_eq!(wait_for(&port, 1), [SIGNALLED]);
            assert_eq!(raw::try_wait(&event), !auto, "an automatic one is taken");
        }
        event.reset().unwrap();
        assert!(!raw::try_wait(&event));
        assert_no_packet(&port);
    }
    let semaphore = raw::semaphore();
    let (port, wait) = parts(&semaphore);
    for _ in 0..3 {
        raw::release_semaphore(&semaphore);
    }
    for _ in 0..3 {
        wait.start().unwrap();
        assert_eq!(wait_for(&port, 1), [SIGNALLED]);
    }
    wait.start().unwrap();
    assert_no_packet(&port);
}

// Behaviour 60b.
#[test]
fn a_cancelled_wait_takes_no_signal_and_one_that_was_signalled_says_so() {
    let event = raw::event(false);
    let (port, wait) = parts(&event);
    assert_eq!(wait.cancel(), Ok(WaitEnd::Cancelled));
    wait.start().unwrap();
    assert_eq!(wait.cancel(), Ok(WaitEnd::Cancelled));
    raw::set_event(&event);
    assert_no_packet(&port);
    wait.start().unwrap();
    assert_eq!(wait_for(&port, 1), [SIGNALLED]);
    assert_eq!(wait.cancel(), Ok(WaitEnd::Signalled));
    wait.start().unwrap();
    drop(wait);
    raw::set_event(&event);
    assert_no_packet(&port);
    assert!(raw::try_wait(&event), "a dropped wait took nothing");
}

// Behaviour 60b: each signal is taken by one wait, or is there in the end.
#[test]
fn cancels_beside_signals_lose_none() {
    const ROUNDS: usize = 300;
    let semaphore = raw::semaphore();
    let (port, wait) = parts(&semaphore);
    let mut taken = 0;
    thread::scope(|scope| {
        scope.spawn(|| (0..ROUNDS).for_each(|_| raw::release_semaphore(&semaphore)));
        for _ in 0..ROUNDS {
            wait.start().unwrap();
            if wait.cancel() == Ok(WaitEnd::Signalled) {
                assert_eq!(wait_for(&port, 1), [SIGNALLED]);
                taken += 1;
            }
        }
    });
    assert_no_packet(&port);
    let mut left = 0;
    while raw::try_wait(&semaphore) {
        left += 1;
    }
    // The thread pool of a Wine may take a signal in the moment of the cancel, and lose it.
    if has_wait_packets() {
        assert_eq!(taken + left, ROUNDS);
    } else {
        assert!(taken + left <= ROUNDS);
        println!("{taken} taken, {left} left of {ROUNDS}");
    }
}

// Behaviour 60.
#[test]
fn a_timer_of_the_system_ticks_again_and_again() {
    let (port, timer) = (CompletionPort::new().unwrap(), WaitableTimer::new().unwrap());
    let wait = port.handle_wait(&timer, 7).unwrap();
    let start = Instant::now();
    timer.set(Duration::from_millis(20), Some(Duration::from_millis(10))).unwrap();
    for tick in 0..4 {
        wait.start().unwrap();
        assert_eq!(wait_for(&port, 1), [SIGNALLED]);
        assert!(start.elapsed() >= Duration::from_millis(15 + tick * 5), "tick {tick} was early");
    }
    timer.clear().unwrap();
    timer.set(Duration::ZERO, None).unwrap();
    wait.start().unwrap();
    assert_eq!(wait_for(&port, 1), [SIGNALLED]);
    wait.start().unwrap();
    assert_no_packet(&port);
}

fn started() -> Child {
    child::child_of("a_process_is_waited_for_with_its_exit_code", "waits").spawn().unwrap()
}

// Behaviour 60.
#[test]
fn a_process_is_waited_for_with_its_exit_code() {
    if child::role().is_some() {
        child::wait_for_the_end_of_input();
        std::process::exit(259);
    }
    let (port, mut child) = (CompletionPort::new().unwrap(), started());
    let wait = port.handle_wait(&child, 7).unwrap();
    wait.start().unwrap();
    assert_eq!(wait.exit_code(), Ok(None));
    port.post(UserPacket { token: 1, bytes: 2 }).unwrap();
    assert_eq!(wait_for(&port, 1), [Packet::User(UserPacket { token: 1, bytes: 2 })]);
    drop(child.stdin.take());
    assert_eq!(wait_for(&port, 1), [SIGNALLED]);
    assert_eq!(wait.exit_code(), Ok(Some(259)), "the code that stands for running");
    assert_eq!(child.wait().unwrap().code(), Some(259));
}

// Behaviour 60b.
#[test]
fn a_wait_goes_on_when_the_objects_handle_is_closed() {
    let event = raw::event(false);
    let other = event.as_handle().try_clone_to_owned().unwrap();
    let (port, wait) = parts(&event);
    wait.start().unwrap();
    drop(event);
    raw::set_event(&other);
    assert_eq!(wait_for(&port, 1), [SIGNALLED]);
}

// Behaviour 60b.
#[test]
fn a_closed_port_starts_no_wait() {
    let (port, wait) = parts(&raw::event(true));
    port.close().unwrap();
    assert_eq!(wait.start(), Err(Error::Closed));
    assert!(matches!(port.handle_wait(&raw::event(true), 1), Err(Error::Closed)));
}
