//! Waits for objects, by wait completion packets and by the thread pool: the same either way.

use std::{thread, time::Duration};

use super::{forget, is_quiet, port, post_raw, LIMIT, NOW};
use crate::{
    core::keys::{slotless, LAST_GENERATION},
    os::{self, Code},
    sim::{Kernel, Script, Signals, Waitable},
    CompletionPort, Error, EventObject, HandleWait, Packet, Packets, Wait, WaitEnd, WaitableTimer,
};

/// What the last test's port would have to be: 7, for each wait here.
const TOKEN: usize = 7;
const SIGNALLED: Packet = Packet::Signalled { token: TOKEN };

/// Either way that the system has.
fn either(test: impl Fn(&Kernel)) {
    for wait_packets in [true, false] {
        for seed in 0..8 {
            test(&Kernel::new(Script { wait_packets, seed, ..Script::default() }));
        }
    }
}

fn parts(kernel: &Kernel, signals: Signals) -> (CompletionPort, Waitable, HandleWait) {
    let (port, object) = (port(), kernel.waitable(signals));
    let wait = port.handle_wait(&object, TOKEN).unwrap();
    (port, object, wait)
}

fn take(port: &CompletionPort) -> Vec<Packet> {
    let mut packets = Packets::with_capacity(8);
    assert!(matches!(port.wait(&mut packets, LIMIT), Ok(Wait::Packets(1..))));
    packets.iter().copied().collect()
}

fn quiet(port: &CompletionPort) -> bool {
    is_quiet(port, &mut Packets::with_capacity(8))
}

/// Posts with the key of the first wait of a port, in its first use.
fn forge(port: &CompletionPort, generation: usize) {
    port.core.port.post(0, slotless(0, generation).0, 0).unwrap();
}

#[test]
fn each_start_brings_one_packet_once_the_object_is_signalled() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::One);
        assert!(!wait.is_started() && quiet(&port));
        for _ in 0..3 {
            wait.start().unwrap();
            assert!(wait.is_started() && quiet(&port));
            assert_eq!(wait.start(), Err(Error::Busy));
            object.signal();
            assert_eq!(take(&port), [SIGNALLED]);
            assert!(!wait.is_started() && !object.try_wait(), "the wait took the signal");
        }
        object.signal();
        assert!(quiet(&port), "not started");
        wait.start().unwrap();
        assert_eq!(take(&port), [SIGNALLED], "signalled already");
        assert_eq!(port.stats().stale_packets, 0);
    });
}

#[test]
fn a_semaphore_lets_one_start_go_for_each_release_and_a_set_event_every_start() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::Counted);
        object.signal();
        object.signal();
        for _ in 0..2 {
            wait.start().unwrap();
            assert_eq!(take(&port), [SIGNALLED]);
        }
        wait.start().unwrap();
        assert!(quiet(&port));
        let (port, object, wait) = parts(kernel, Signals::Stay);
        object.signal();
        for _ in 0..3 {
            wait.start().unwrap();
            assert_eq!(take(&port), [SIGNALLED]);
        }
        object.reset();
        wait.start().unwrap();
        assert!(quiet(&port));
    });
}

#[test]
fn a_process_tells_its_exit_code_once_it_has_ended() {
    either(|kernel| {
        let (port, process, wait) = parts(kernel, Signals::Stay);
        wait.start().unwrap();
        assert_eq!(wait.exit_code(), Ok(None));
        process.exit(259);
        assert_eq!(take(&port), [SIGNALLED]);
        assert_eq!(wait.exit_code(), Ok(Some(259)), "the code that stands for running");
    });
}

#[test]
fn an_event_of_ones_own_is_waited_for_until_it_is_reset() {
    either(|_| {
        for (event, stays) in [
            (EventObject::auto_reset().unwrap(), false),
            (EventObject::manual_reset().unwrap(), true),
        ] {
            let port = port();
            let wait = port.handle_wait(&event, TOKEN).unwrap();
            event.set().unwrap();
            event.set().unwrap();
            wait.start().unwrap();
            assert_eq!(take(&port), [SIGNALLED]);
            wait.start().unwrap();
            if stays {
                assert_eq!(take(&port), [SIGNALLED]);
            } else {
                assert!(quiet(&port), "set twice is set once");
            }
            event.reset().unwrap();
            assert_eq!(
                wait.cancel(),
                Ok(if stays { WaitEnd::Signalled } else { WaitEnd::Cancelled })
            );
            wait.start().unwrap();
            assert!(quiet(&port));
        }
    });
}

#[test]
fn a_timer_of_the_system_is_waited_for_as_any_object_and_refuses_times_that_it_has_not() {
    either(|_| {
        let (port, timer) = (port(), WaitableTimer::new().unwrap());
        let wait = port.handle_wait(&timer, TOKEN).unwrap();
        timer.set(Duration::from_secs(1), Some(Duration::from_secs(1))).unwrap();
        wait.start().unwrap();
        assert!(quiet(&port));
        timer.set(Duration::ZERO, None).unwrap();
        assert_eq!(take(&port), [SIGNALLED]);
        assert_eq!(timer.set(Duration::MAX, None), Err(Error::TooLong));
        let period = Duration::from_millis(1 << 31);
        assert_eq!(timer.set(Duration::ZERO, Some(period)), Err(Error::TooLong));
        timer.clear().unwrap();
    });
}

#[test]
fn a_cancel_says_whether_a_signal_was_taken_and_that_is_always_reported() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::One);
        assert_eq!(wait.cancel(), Ok(WaitEnd::Cancelled), "never started");
        wait.start().unwrap();
        assert_eq!(wait.cancel(), Ok(WaitEnd::Cancelled));
        object.signal();
        assert!(quiet(&port) && object.try_wait(), "the signal is still there");
        wait.start().unwrap();
        object.signal();
        assert_eq!(wait.cancel(), Ok(WaitEnd::Signalled), "in the queue");
        assert_eq!(wait.start(), Err(Error::Busy), "its packet is to come");
        assert_eq!(take(&port), [SIGNALLED]);
        assert_eq!(wait.cancel(), Ok(WaitEnd::Signalled), "taken");
        wait.start().unwrap();
        assert!(quiet(&port));
        assert_eq!(wait.cancel(), Ok(WaitEnd::Cancelled));
        assert!(!object.try_wait());
    });
}

#[test]
fn a_dropped_wait_reports_nothing_and_its_late_packet_is_refused() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::One);
        wait.start().unwrap();
        drop(wait);
        object.signal();
        assert!(quiet(&port) && object.try_wait(), "it was not waited for any more");
        let wait = port.handle_wait(&object, TOKEN).unwrap();
        wait.start().unwrap();
        object.signal();
        drop(wait);
        assert!(quiet(&port), "the packet was queued");
        // The next wait has the same entry, in another generation.
        let next = port.handle_wait(&object, 8).unwrap();
        next.start().unwrap();
        let stale = port.stats().stale_packets;
        forge(&port, 1);
        forge(&port, LAST_GENERATION);
        assert!(quiet(&port));
        assert_eq!(port.stats().stale_packets, stale + 2, "refused");
        object.signal();
        assert_eq!(take(&port), [Packet::Signalled { token: 8 }]);
    });
}

#[test]
fn a_forged_packet_with_a_live_key_is_one_signal_too_many_and_loses_none() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::One);
        wait.start().unwrap();
        forge(&port, 0);
        assert_eq!(take(&port), [SIGNALLED], "it is not told apart");
        assert!(!wait.is_started());
        // The system's wait goes on: started again, it is the same one.
        wait.start().unwrap();
        assert!(quiet(&port));
        object.signal();
        assert_eq!(take(&port), [SIGNALLED]);
        assert!(quiet(&port) && !object.try_wait());
        // And where the object is signalled before the next start.
        wait.start().unwrap();
        forge(&port, 0);
        assert_eq!(take(&port), [SIGNALLED]);
        object.signal();
        wait.start().unwrap();
        assert_eq!(take(&port), [SIGNALLED]);
        assert!(!object.try_wait());
        // A cancel asks the system, not the packets.
        wait.start().unwrap();
        if wait.cancel() == Ok(WaitEnd::Signalled) {
            assert_eq!(take(&port), [SIGNALLED]);
        }
        wait.start().unwrap();
        forge(&port, 0);
        assert_eq!(take(&port), [SIGNALLED]);
        assert_eq!(wait.cancel(), Ok(WaitEnd::Cancelled));
        object.signal();
        assert!(quiet(&port) && object.try_wait());
    });
}

#[test]
fn the_objects_handle_may_be_closed_while_the_wait_goes_on() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::One);
        let again = port.handle_wait(&object, 8).unwrap();
        wait.start().unwrap();
        let last = port.handle_wait(&object, 9).unwrap();
        drop(object);
        // Nobody can signal it any more but those who have a handle of it: the waits do.
        again.start().unwrap();
        last.start().unwrap();
        assert!(quiet(&port));
        assert_eq!(wait.cancel(), Ok(WaitEnd::Cancelled));
    });
}

#[test]
fn a_signal_whose_post_fails_is_kept_for_the_next_wait() {
    let kernel = Kernel::new(Script { wait_packets: false, ..Script::default() });
    let (port, object, wait) = parts(&kernel, Signals::One);
    let other = kernel.waitable(Signals::One);
    let second = port.handle_wait(&other, 8).unwrap();
    wait.start().unwrap();
    second.start().unwrap();
    kernel.fail_posts(2, None);
    object.signal();
    other.signal();
    let mut packets = Packets::with_capacity(1);
    // The pool may call from another thread.
    let mut seen = Vec::new();
    while seen.len() < 2 {
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
        seen.extend(packets.iter().copied());
    }
    assert_eq!(seen, [SIGNALLED, Packet::Signalled { token: 8 }]);
    assert!(is_quiet(&port, &mut packets));
    wait.start().unwrap();
    object.signal();
    assert_eq!(take(&port), [SIGNALLED]);
}

#[test]
fn a_closed_port_starts_no_wait_and_one_that_goes_on_holds_the_port() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::One);
        wait.start().unwrap();
        object.signal();
        assert_eq!(wait.cancel(), Ok(WaitEnd::Signalled), "and the pool has posted it");
        port.close().unwrap();
        assert_eq!(wait.start(), Err(Error::Closed));
        assert!(matches!(port.handle_wait(&object, 1), Err(Error::Closed)));
        assert_eq!(take(&port), [SIGNALLED], "what was there comes before the close");
        let (port, object, wait) = parts(kernel, Signals::One);
        wait.start().unwrap();
        drop(port);
        object.signal();
        assert!(wait.is_started());
        drop(wait);
    });
}

#[test]
fn a_forgotten_wait_keeps_what_the_system_refers_to() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::One);
        wait.start().unwrap();
        forget(wait);
        object.signal();
        assert_eq!(take(&port), [SIGNALLED]);
    });
}

#[test]
fn what_is_no_object_to_wait_for_is_refused_and_nothing_is_left() {
    either(|kernel| {
        let (a, _b) = kernel.stream_pair();
        let port = port();
        let wait = port.handle_wait(
            &crate::sim::BorrowedHandle::from(crate::sim::AsSocket::as_socket(&a)),
            TOKEN,
        );
        let wait = wait.unwrap();
        let refused = wait.start().unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(6), "{refused}");
        assert!(!wait.is_started());
        assert_eq!(wait.cancel(), Ok(WaitEnd::Cancelled));
    });
}

#[test]
fn waits_are_shared_between_threads_that_start_cancel_and_take() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::Counted);
        const ROUNDS: usize = 40;
        let taken = thread::scope(|scope| {
            let taker = scope.spawn(|| {
                let _entered = kernel.enter();
                let mut packets = Packets::with_capacity(4);
                let mut taken = 0;
                while taken < ROUNDS {
                    match port.wait(&mut packets, LIMIT) {
                        Ok(Wait::Packets(count)) => taken += count,
                        other => panic!("{other:?} after {taken}"),
                    }
                }
                taken
            });
            let mut starts = 0;
            let mut cancelled = 0;
            while starts - cancelled < ROUNDS {
                match wait.start() {
                    Ok(()) => starts += 1,
                    Err(Error::Busy) => {
                        thread::yield_now();
                        continue;
                    }
                    Err(other) => panic!("{other}"),
                }
                if starts % 3 == 0 && wait.cancel() == Ok(WaitEnd::Cancelled) {
                    cancelled += 1;
                    continue;
                }
                object.signal();
            }
            taker.join().unwrap()
        });
        assert_eq!(taken, ROUNDS);
        assert!(quiet(&port));
    });
}

#[test]
fn a_wait_and_everything_else_come_to_the_same_port() {
    either(|kernel| {
        let (port, object, wait) = parts(kernel, Signals::One);
        wait.start().unwrap();
        object.signal();
        port.post(crate::UserPacket { token: 3, bytes: 4 }).unwrap();
        let mut packets = Packets::with_capacity(8);
        let mut seen = Vec::new();
        while seen.len() < 2 {
            assert!(matches!(port.wait(&mut packets, LIMIT), Ok(Wait::Packets(1..))));
            seen.extend(packets.iter().copied());
        }
        assert!(seen.contains(&SIGNALLED) && seen.len() == 2, "{seen:?}");
        assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut);
    });
}

#[test]
fn a_post_with_any_key_of_the_class_is_refused_where_no_entry_has_it() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    for key in [2, slotless(0, 0).0, slotless(5, 9).0, slotless(1, LAST_GENERATION).0] {
        port.core.port.post(6, key, 1234).unwrap();
    }
    assert!(quiet(&port));
    assert_eq!((port.stats().stale_packets, port.stats().foreign_packets), (4, 0));
    assert_eq!(post_raw(os::Handle(4 << 40)), Err(Code::INVALID_HANDLE));
}
