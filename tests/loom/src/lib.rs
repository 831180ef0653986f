//! Every interleaving of what races for one slot or one handle, by loom.
//!
//! The words are the production files, compiled once more with loom's atomics: the files ask for
//! `super::sync`, which is std's in `iocp` and loom's here. So the library knows nothing of loom.
//!
//! `cargo xtask deep loom`, or `cargo test -p iocp-loom --release -- --nocapture`: each model prints
//! how many interleavings it tried.
#![cfg(test)]

#[path = "../../../iocp/src/core/attention.rs"]
#[allow(dead_code)] // what no model uses
mod attention;
mod awaited;
mod cancelling;
mod closing;
#[path = "../../../iocp/src/core/counted_waits.rs"]
mod counted_waits;
mod deadlines;
#[path = "../../../iocp/src/core/handle_word.rs"]
#[allow(dead_code, unused_imports)] // what no model uses
mod handle_word;
mod listing;
#[path = "../../../iocp/src/core/packet_key.rs"]
mod packet_key;
#[path = "../../../iocp/src/core/sleepers.rs"]
mod sleepers;
mod slot;
#[path = "../../../iocp/src/core/state.rs"]
#[allow(dead_code, unused_imports)] // what no model uses
mod state;
#[path = "../../../iocp/src/core/wakes.rs"]
#[allow(dead_code)] // what no model uses
mod wakes;
mod waking;

/// The atomics of the words: those of `iocp/src/core/sync.rs`, as loom has them.
mod sync {
    pub(crate) use loom::sync::atomic::{
        AtomicU16, AtomicU32, AtomicU64, AtomicU8, AtomicUsize, Ordering,
    };

    pub(crate) fn back_off(_round: u32) {
        loom::thread::yield_now();
    }
}

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    Arc,
};

/// Runs a model and prints how many interleavings there were.
fn explore(name: &str, model: impl Fn() + Sync + Send + 'static) {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    loom::model(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        model();
    });
    println!("loom: {name}: {} interleavings", count.load(Ordering::Relaxed));
}
