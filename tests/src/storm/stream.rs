//! The bytes of a connection, and the buffers that remember what they received.

use std::{
    mem::take,
    sync::{Arc, Mutex, PoisonError},
};

use iocp::{IoBuf, IoBufMut};

/// What is in a buffer before anything is received; never a byte of a stream.
const UNTOUCHED: u8 = 0xEE;

/// The byte of any stream at this place; no short period.
pub(super) fn byte_at(place: usize) -> u8 {
    let mixed = (place as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    u8::try_from(mixed % u64::from(UNTOUCHED)).unwrap_or(0)
}

/// The bytes of a stream from `place` on.
pub(super) fn bytes_at(place: usize, len: usize) -> Vec<u8> {
    (place..place + len).map(byte_at).collect()
}

/// What was received on one connection, by the order in which the receives were submitted.
#[derive(Debug, Default)]
pub(super) struct Log(Mutex<Vec<(u64, Vec<u8>)>>);

impl Log {
    fn add(&self, number: u64, bytes: &[u8]) {
        if !bytes.is_empty() {
            let mut received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            received.push((number, bytes.to_vec()));
        }
    }

    /// How many bytes were received.
    pub(super) fn len(&self) -> usize {
        let received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        received.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// Every byte from the first on, once and in order.
    pub(super) fn check(&self) {
        let mut received = take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        received.sort_unstable_by_key(|&(number, _)| number);
        let mut place = 0;
        for (number, bytes) in received {
            for byte in bytes {
                assert_eq!(byte, byte_at(place), "receive {number}, the stream's byte {place}");
                place += 1;
            }
        }
    }
}

/// A buffer to receive into. Whatever becomes of its operation, what it received is logged.
#[derive(Debug)]
pub(super) struct Tracked {
    bytes: Vec<u8>,
    number: u64,
    log: Arc<Log>,
}

impl Tracked {
    pub(super) fn new(len: usize) -> Self {
        Self { bytes: vec![UNTOUCHED; len], number: 0, log: Arc::default() }
    }

    /// The next receive is this one of this connection.
    pub(super) fn use_for(&mut self, number: u64, log: &Arc<Log>) {
        self.number = number;
        self.log = Arc::clone(log);
    }

    /// Logs what a receive brought. Behind the `count` bytes nothing was written.
    pub(super) fn received(&mut self, count: usize) {
        assert_eq!(self.touched(), count, "receive {}: {:02X?}", self.number, self.bytes);
        self.log.add(self.number, &self.bytes[..count]);
        self.bytes[..count].fill(UNTOUCHED);
    }

    /// How many bytes were written, all from the start.
    fn touched(&self) -> usize {
        let count = self.bytes.iter().take_while(|&&byte| byte != UNTOUCHED).count();
        let rest = &self.bytes[count..];
        assert!(rest.iter().all(|&byte| byte == UNTOUCHED), "a gap: {:02X?}", self.bytes);
        count
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        let count = self.touched();
        self.received(count);
    }
}

// SAFETY:
// * the bytes lie on the heap, and only `&mut` could move them.
unsafe impl IoBuf for Tracked {
    fn contents(&self) -> &[u8] {
        &self.bytes
    }
}

// SAFETY:
// * all of it is room, on the heap, and always initialised.
unsafe impl IoBufMut for Tracked {
    fn room(&mut self) -> (*mut u8, usize) {
        (self.bytes.as_mut_ptr(), self.bytes.len())
    }

    unsafe fn set_filled(&mut self, _n: usize) {}
}
