//! The buffers that the streams of an event queue lend to the system while they wait: a bound for the whole queue.
//!
//! A stream without one waits by a receive of nothing, and reads into its caller's memory. A buffer goes back to the
//! others when it is dropped, also with the operation of a stream that is gone: so steady traffic allocates nothing.
//!
//! # Safety
//!
//! A lent buffer lends what the boxed slice in it lends, which does not move when the value does.

use std::mem::{size_of, take};
use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use static_assertions::const_assert;

use super::buffer::{IoBuf, IoBufMut};

/// All buffers of a queue.
pub(crate) struct Lent {
    /// Bytes of each.
    size: usize,
    /// How many there may be.
    most: usize,
    /// Those that are not held.
    free: Mutex<Vec<Box<[u8]>>>,
    /// How many are held by a stream, or kept for a new one. Changed under the lock.
    held: AtomicUsize,
}

/// One buffer, until it is dropped; or none, which has no bytes.
#[derive(Default)]
pub(crate) struct LentBuffer {
    bytes: Box<[u8]>,
    of: Option<Arc<Lent>>,
}

// It fits into the slot of its operation.
const_assert!(size_of::<LentBuffer>() <= 3 * size_of::<usize>());

impl Lent {
    pub(crate) fn new(size: usize, bytes: usize) -> Arc<Self> {
        Arc::new(Self {
            size,
            most: bytes / size,
            free: Mutex::default(),
            held: AtomicUsize::new(0),
        })
    }

    /// A buffer, unless as many are held as there may be.
    #[inline]
    pub(crate) fn take(self: &Arc<Self>) -> Option<LentBuffer> {
        self.take_below(self.most)
    }

    /// A buffer for a stream of which nothing is known, unless a quarter of those that there may be are held: the
    /// others are for streams that have received small messages.
    pub(crate) fn take_first(self: &Arc<Self>) -> Option<LentBuffer> {
        self.take_below(self.most_for_new())
    }

    /// Whether new streams may hold all that are held now.
    pub(crate) fn has_some_for_new(&self) -> bool {
        self.held.load(Ordering::Relaxed) <= self.most_for_new()
    }

    fn most_for_new(&self) -> usize {
        self.most / 4
    }

    /// A buffer, unless so many are held. Without any, this is on the way of each message.
    #[inline]
    fn take_below(self: &Arc<Self>, most: usize) -> Option<LentBuffer> {
        if most == 0 {
            return None;
        }
        self.take_free(most)
    }

    fn take_free(self: &Arc<Self>, most: usize) -> Option<LentBuffer> {
        let mut free = self.lock();
        let held = self.held.load(Ordering::Relaxed);
        if held >= most {
            return None;
        }
        self.held.store(held + 1, Ordering::Relaxed);
        let kept = free.pop();
        drop(free);
        let bytes = kept.unwrap_or_else(|| vec![0; self.size].into_boxed_slice());
        Some(LentBuffer { bytes, of: Some(Arc::clone(self)) })
    }

    /// No code of the user's runs under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, Vec<Box<[u8]>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for LentBuffer {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

// SAFETY:
// * The bytes lie on the heap, and are freed or given to another only when the value is dropped.
unsafe impl IoBuf for LentBuffer {
    fn contents(&self) -> &[u8] {
        &self.bytes
    }
}

// SAFETY:
// * All of its bytes are room, which only the owner of the value can reach; they are always initialised, so there
//   is no length to set.
unsafe impl IoBufMut for LentBuffer {
    fn room(&mut self) -> (*mut u8, usize) {
        (self.bytes.as_mut_ptr(), self.bytes.len())
    }

    unsafe fn set_filled(&mut self, _n: usize) {}
}

impl Drop for LentBuffer {
    fn drop(&mut self) {
        if let Some(lent) = self.of.take() {
            let mut free = lent.lock();
            free.push(take(&mut self.bytes));
            lent.held.store(lent.held.load(Ordering::Relaxed) - 1, Ordering::Relaxed);
        }
    }
}

#[cfg(all(test, not(windows)))]
impl Lent {
    /// Whether so many more may be taken.
    pub(crate) fn has_room_for(&self, more: usize) -> bool {
        self.held.load(Ordering::Relaxed) + more <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_buffers_than_fit_and_those_given_back_are_used_again() {
        let lent = Lent::new(100, 350);
        let mut held: Vec<_> = (0..3).map(|_| lent.take().unwrap()).collect();
        assert!(lent.take().is_none(), "350 bytes are three buffers");
        let place = held.pop().unwrap().as_ptr();
        assert_eq!(lent.take().unwrap().as_ptr(), place);
        assert!(lent.take().is_some() && Lent::new(100, 99).take().is_none());
    }

    #[test]
    fn streams_that_have_received_nothing_hold_a_quarter_of_the_buffers_at_most() {
        let lent = Lent::new(10, 80);
        let held = [lent.take_first().unwrap(), lent.take_first().unwrap()];
        assert!(lent.take_first().is_none());
        let others: Vec<_> = (0..6).map(|_| lent.take().unwrap()).collect();
        drop(held);
        assert!(lent.take_first().is_none(), "six are held still");
        drop(others);
        assert!(lent.take_first().is_some() && Lent::new(10, 39).take_first().is_none());
    }
}
