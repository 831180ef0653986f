//! Buffers that tell what becomes of them.

use std::sync::{
    atomic::{AtomicUsize, Ordering},
    Arc, Mutex,
};

use iocp::{IoBuf, IoBufMut};

/// What became of [`Watched`] buffers.
#[derive(Clone, Debug, Default)]
pub struct Fate {
    drops: Arc<AtomicUsize>,
    contents: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Fate {
    /// How many were dropped.
    #[must_use]
    pub fn drops(&self) -> usize {
        self.drops.load(Ordering::SeqCst)
    }

    /// The memory of those dropped, as it was then.
    #[must_use]
    pub fn contents(&self) -> Vec<Vec<u8>> {
        self.contents.lock().unwrap().clone()
    }
}

/// A buffer that counts its drops and keeps what was in its memory at the drop.
#[derive(Debug)]
pub struct Watched {
    bytes: Vec<u8>,
    fate: Fate,
    /// Panics when it is dropped.
    pub panics: bool,
}

impl Watched {
    /// `len` bytes of `0xEE`.
    #[must_use]
    pub fn new(len: usize, fate: &Fate) -> Self {
        Self { bytes: vec![0xEE; len], fate: fate.clone(), panics: false }
    }

    /// The whole memory.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.fate.drops.fetch_add(1, Ordering::SeqCst);
        self.fate.contents.lock().unwrap().push(std::mem::take(&mut self.bytes));
        assert!(!self.panics, "this buffer panics when it is dropped");
    }
}

// SAFETY:
// * the bytes lie on the heap, and only `&mut` could move them.
unsafe impl IoBuf for Watched {
    fn contents(&self) -> &[u8] {
        &self.bytes
    }
}

// SAFETY:
// * all of it is room, on the heap, and always initialised.
unsafe impl IoBufMut for Watched {
    fn room(&mut self) -> (*mut u8, usize) {
        (self.bytes.as_mut_ptr(), self.bytes.len())
    }

    unsafe fn set_filled(&mut self, _n: usize) {}
}
