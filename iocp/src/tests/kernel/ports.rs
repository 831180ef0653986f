//! Ports: who gets a packet, what goes first, how waits end.

use std::thread;

use super::{windows, Port};
use crate::{os::Code, sim::Kernel};

/// Fact PORT19.
#[test]
fn who_waits_last_gets_the_first_packet_and_who_comes_after_them_the_rest() {
    let kernel = &Kernel::new(windows());
    let port = &Port::new();
    thread::scope(|scope| {
        let mut waiters = Vec::new();
        for sleeping in 1..=3 {
            waiters.push(scope.spawn(move || {
                let _entered = kernel.enter();
                port.take(u32::MAX, false).map(|taken| taken.key)
            }));
            while kernel.counts().sleeping < sleeping {
                thread::yield_now();
            }
        }
        (1..=4).for_each(|key| port.post(key));
        let last = port.take(0, false).map(|taken| taken.key);
        assert_eq!(last, Ok(4), "those before are given away");
        let got = waiters.into_iter().map(|waiter| waiter.join().unwrap());
        assert!(got.eq([Ok(3), Ok(2), Ok(1)]));
    });
}

/// Facts PORT01, PORT02, PORT16.
#[test]
fn a_procedure_call_goes_first_on_a_thread_that_has_not_taken_its_last_packet_here() {
    let kernel = Kernel::new(windows());
    let port = Port::new();
    for _ in 0..2 {
        kernel.queue_apc();
        port.post(7);
        assert_eq!(port.take(0, true), Err(Code::WAIT_IO_COMPLETION), "and again: it tied nothing");
        port.assert_key(7);
        kernel.queue_apc();
        port.post(8);
        assert_eq!(port.take(0, true).map(|taken| taken.key), Ok(8));
        assert_eq!(port.take(0, true), Err(Code::WAIT_IO_COMPLETION), "it was still queued");
        // A packet of another port unties the thread.
        let other = Port::new();
        other.post(9);
        other.assert_key(9);
    }
}

/// Facts PORT21, PORT22.
#[test]
fn waits_of_a_port_whose_last_handle_is_closed_are_abandoned() {
    let kernel = &Kernel::new(windows());
    kernel.allow_stale_handles();
    let Port(port) = Port::new();
    let handle = port.borrow().value();
    let port = &Port(port);
    thread::scope(|scope| {
        let waits = [false, true].map(|alertable| {
            scope.spawn(move || {
                let _entered = kernel.enter();
                port.take(u32::MAX, alertable)
            })
        });
        while kernel.counts().sleeping < 2 {
            thread::yield_now();
        }
        // SAFETY:
        // * the simulated kernel never gives the value out again, and counts later uses of it.
        unsafe { crate::os::handle_close(handle) };
        for wait in waits {
            assert_eq!(wait.join().unwrap(), Err(Code::ABANDONED_WAIT));
        }
    });
}

impl Port {
    #[track_caller]
    fn assert_key(&self, key: usize) {
        assert_eq!(self.take(0, false).map(|taken| taken.key), Ok(key));
    }
}
