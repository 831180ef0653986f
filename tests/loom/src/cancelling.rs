//! Cancelling on a handle while that is closed, and its cell given to the next one.

use loom::{
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    thread,
};

use crate::{explore, handle_word::HandleWord};

#[derive(Debug, Default)]
struct Handle {
    word: HandleWord,
    /// Relaxed: only the word orders it.
    is_open: AtomicBool,
}

impl Handle {
    fn new() -> Arc<Self> {
        let handle = Arc::new(Self::default());
        handle.open();
        handle
    }

    fn open(&self) {
        self.is_open.store(true, Ordering::Relaxed);
        self.word.lock().open();
    }

    fn cancel(&self) {
        let _lock = self.word.lock();
        if self.word.is_open() {
            assert!(self.is_open.load(Ordering::Relaxed), "the value is another's");
        }
    }

    fn close(&self) {
        assert!(self.word.lock().close());
        self.is_open.store(false, Ordering::Relaxed);
    }
}

#[test]
fn no_cancel_meets_a_handle_that_is_closed() {
    explore("cancel; close", || {
        let handle = Handle::new();
        let canceller = thread::spawn({
            let handle = Arc::clone(&handle);
            move || handle.cancel()
        });
        handle.close();
        canceller.join().unwrap();
        assert!(!handle.word.is_open() && handle.word.is_cancelled_all());
    });
}

/// The lock of a late canceller is not lost when the cell is opened again.
#[test]
fn a_late_cancel_meets_the_next_handle_or_none() {
    explore("cancel; close, open, close", || {
        let handle = Handle::new();
        let canceller = thread::spawn({
            let handle = Arc::clone(&handle);
            move || handle.cancel()
        });
        handle.close();
        handle.open();
        handle.close();
        canceller.join().unwrap();
        drop(handle.word.lock());
    });
}

/// The owner of a stream and the queue give it up at once.
#[test]
fn one_of_two_holders_is_the_last_and_sees_what_the_other_did() {
    explore("remove; remove", || {
        let handle = Handle::new();
        assert!(handle.word.add_holder());
        let in_use = Arc::new(AtomicBool::new(true));
        let other = thread::spawn({
            let (handle, in_use) = (Arc::clone(&handle), Arc::clone(&in_use));
            move || {
                in_use.store(false, Ordering::Relaxed);
                handle.word.remove_holder()
            }
        });
        let is_last = handle.word.remove_holder();
        assert!(!is_last || !in_use.load(Ordering::Relaxed), "closed while the other uses it");
        assert!(is_last != other.join().unwrap());
    });
}

/// Two threads submit at once, with two slots, and a third one that was there before.
#[test]
fn no_slot_is_forgotten_by_submits_at_once() {
    explore("remember; remember", || {
        let handle = Handle::new();
        let other = thread::spawn({
            let handle = Arc::clone(&handle);
            move || handle.word.remember(5)
        });
        handle.word.remember(9);
        other.join().unwrap();
        for slot in 0..100 {
            let is_looked_at = handle.word.any_remembered(100, |other| other == slot);
            assert_eq!(is_looked_at, [5, 9].contains(&slot));
        }
    });
}
