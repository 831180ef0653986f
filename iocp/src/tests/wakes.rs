//! Wakes before one is heard are one packet, and none relies on a packet that was heard.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use crate::core::wakes::Wakes;

#[test]
fn wakes_before_one_is_heard_post_once_and_a_failed_one_is_made_up_for() {
    let (wakes, posts) = (Wakes::default(), AtomicUsize::new(0));
    let post = || {
        posts.fetch_add(1, Ordering::Relaxed);
        Ok::<(), ()>(())
    };
    assert_eq!(wakes.wake(|| Err(7)), Err(7));
    for round in 1..4 {
        for _ in 0..3 {
            wakes.wake(post).unwrap();
        }
        assert_eq!(posts.load(Ordering::Relaxed), round);
        assert!(wakes.heard() && !wakes.heard());
    }
}

/// A wake that was heard before its caller came back must not stand for a later packet.
#[test]
fn a_slow_wake_does_not_speak_for_a_later_one_whose_post_fails() {
    let wakes = Wakes::default();
    let slow = wakes.wake(|| {
        assert!(wakes.heard());
        assert_eq!(wakes.wake(|| Err(())), Err(()));
        Ok::<(), ()>(())
    });
    assert_eq!(slow, Ok(()));
    let posted = AtomicBool::new(false);
    let post = || {
        posted.store(true, Ordering::Relaxed);
        Ok::<(), ()>(())
    };
    wakes.wake(post).unwrap();
    assert!(posted.into_inner(), "the wake relied on a packet that was heard long ago");
}

#[test]
fn wakes_of_many_threads_are_all_heard() {
    let (wakes, packets) = (Wakes::default(), AtomicUsize::new(0));
    let rounds = if cfg!(miri) { 20 } else { 2_000 };
    for _ in 0..rounds {
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    let post = || {
                        packets.fetch_add(1, Ordering::AcqRel);
                        Ok::<(), ()>(())
                    };
                    wakes.wake(post).unwrap();
                });
            }
        });
        assert!(packets.swap(0, Ordering::AcqRel) > 0);
        assert!(wakes.heard());
    }
}
