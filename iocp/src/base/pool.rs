//! Buffers of one size that are used again.
//!
//! An operation keeps its buffer and needs no pool. A pool serves where buffers change hands:
//! messages built in one place and sent from another, or connections that hold no buffer while they
//! are idle. The drawback: each take and each return takes a lock.
//!
//! # Safety
//!
//! A pooled buffer lends what the buffer in its box lends, which does not move when the box does.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{
    aligned::AlignedBuffer,
    buffer::{IoBuf, IoBufMut},
};

/// A store of buffers of one size, `Vec<u8>` or [`AlignedBuffer`]. Clones are the same pool.
///
/// # Examples
///
/// ```
/// let pool = iocp::BufferPool::new(4096, 2);
/// let mut buffer = pool.take();
/// buffer.extend_from_slice(b"hello");
/// drop(buffer);
/// assert_eq!(pool.kept(), 1);
/// assert!(pool.take().is_empty());
/// ```
pub struct BufferPool<B: Pooled = Vec<u8>> {
    store: Arc<Store<B>>,
}

/// A buffer that goes back to its pool when it is dropped: a `Vec<u8>` or [`AlignedBuffer`], empty when it is
/// taken.
///
/// It is lent to the system as the buffer in it is; two pointers in size, it fits into the operation's slot. One
/// whose capacity is below the pool's size, or above twice that, or whose alignment is another, is freed instead.
pub struct PooledBuffer<B: Pooled = Vec<u8>> {
    /// There until the drop.
    #[allow(clippy::box_collection)] // two pointers; the box is kept in the pool too
    bytes: Option<Box<B>>,
    store: Arc<Store<B>>,
}

/// What a pool can hold: `Vec<u8>` and [`AlignedBuffer`].
pub trait Pooled: sealed::Pooled {}

mod sealed {
    use super::IoBufMut;

    pub trait Pooled: IoBufMut {
        /// What its address is a multiple of, as far as that was asked for.
        fn alignment(&self) -> usize;
    }
}

struct Store<B> {
    size: usize,
    alignment: usize,
    make: fn(usize, usize) -> B,
    most_kept: usize,
    #[allow(clippy::vec_box)] // the boxes are what is kept
    kept: Mutex<Vec<Box<B>>>,
}

impl BufferPool {
    /// A pool of buffers with a capacity of `size` bytes each, that keeps at most `most_kept` of
    /// them while they are not in use, clamped to 1,048,576. 0 keeps none: each buffer is allocated
    /// and freed. Allocates room for as many pointers, and no buffer yet.
    #[must_use]
    pub fn new(size: usize, most_kept: usize) -> Self {
        Self::of(size, 1, most_kept, |size, _| Vec::with_capacity(size))
    }
}

impl BufferPool<AlignedBuffer> {
    /// As [`new`](BufferPool::new), of buffers that begin at a multiple of `alignment` bytes; `size` is rounded
    /// up to a multiple of it.
    ///
    /// # Panics
    ///
    /// If `alignment` is no power of two, or the size above `isize::MAX`.
    #[must_use]
    pub fn aligned(size: usize, alignment: usize, most_kept: usize) -> Self {
        let first = AlignedBuffer::new(size, alignment);
        Self::of(first.capacity(), alignment, most_kept, AlignedBuffer::new)
    }
}

impl<B: Pooled> BufferPool<B> {
    fn of(size: usize, alignment: usize, most_kept: usize, make: fn(usize, usize) -> B) -> Self {
        let most_kept = most_kept.min(1 << 20);
        // Room for all of them, so that giving one back never allocates.
        let kept = Mutex::new(Vec::with_capacity(most_kept));
        Self { store: Arc::new(Store { size, alignment, make, most_kept, kept }) }
    }

    /// Takes a buffer: one that was used before, or a new one. How many there may be at a time is
    /// not limited here; [`Config::max_bytes`](crate::Config::max_bytes) limits what is lent.
    #[must_use]
    pub fn take(&self) -> PooledBuffer<B> {
        let kept = self.store.lock().pop();
        let Store { size, alignment, make, .. } = *self.store;
        let bytes = kept.unwrap_or_else(|| Box::new(make(size, alignment)));
        PooledBuffer { bytes: Some(bytes), store: Arc::clone(&self.store) }
    }

    /// The capacity of each buffer, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.store.size
    }

    /// How many buffers it keeps now.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.store.lock().len()
    }
}

impl<B: Pooled> Clone for BufferPool<B> {
    fn clone(&self) -> Self {
        Self { store: Arc::clone(&self.store) }
    }
}

impl<B> Store<B> {
    /// No code of the user's runs under the lock, so poison says nothing.
    #[allow(clippy::vec_box)] // the boxes are what is kept
    fn lock(&self) -> MutexGuard<'_, Vec<Box<B>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<B: Pooled> Deref for PooledBuffer<B> {
    type Target = B;

    fn deref(&self) -> &B {
        match &self.bytes {
            Some(bytes) => bytes,
            None => unreachable!("taken in the drop only"),
        }
    }
}

impl<B: Pooled> DerefMut for PooledBuffer<B> {
    fn deref_mut(&mut self) -> &mut B {
        match &mut self.bytes {
            Some(bytes) => bytes,
            None => unreachable!("taken in the drop only"),
        }
    }
}

impl Pooled for Vec<u8> {}
impl Pooled for AlignedBuffer {}

impl sealed::Pooled for Vec<u8> {
    fn alignment(&self) -> usize {
        1
    }
}

impl sealed::Pooled for AlignedBuffer {
    fn alignment(&self) -> usize {
        AlignedBuffer::alignment(self)
    }
}

// SAFETY:
// * As for the buffer in it, whose bytes do not move when its box does.
unsafe impl<B: Pooled> IoBuf for PooledBuffer<B> {
    fn contents(&self) -> &[u8] {
        (**self).contents()
    }

    fn capacity(&self) -> usize {
        IoBuf::capacity(&**self)
    }
}

// SAFETY:
// * As for the buffer in it, which it owns.
unsafe impl<B: Pooled> IoBufMut for PooledBuffer<B> {
    fn room(&mut self) -> (*mut u8, usize) {
        (**self).room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * The room is that of the buffer, so what the caller promises of it is what the buffer asks for.
        unsafe { (**self).set_filled(n) };
    }

    fn clear(&mut self) {
        IoBufMut::clear(&mut **self);
    }
}

impl<B: Pooled> Drop for PooledBuffer<B> {
    fn drop(&mut self) {
        // A `Vec` may be given more room than it asked for.
        let Some(mut bytes) = self.bytes.take() else { return };
        let most = self.store.size.saturating_mul(2);
        let capacity = IoBuf::capacity(&*bytes);
        let alignment = sealed::Pooled::alignment(&*bytes);
        if capacity < self.store.size || capacity > most || alignment != self.store.alignment {
            return;
        }
        IoBufMut::clear(&mut *bytes);
        let mut kept = self.store.lock();
        if kept.len() < self.store.most_kept {
            kept.push(bytes);
        }
    }
}

impl<B: Pooled> fmt::Debug for BufferPool<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferPool")
            .field("size", &self.size())
            .field("kept", &self.kept())
            .finish_non_exhaustive()
    }
}

impl<B: Pooled + fmt::Debug> fmt::Debug for PooledBuffer<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PooledBuffer").field(&self.bytes).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_goes_back_empty_and_no_more_are_kept_than_wanted() {
        let pool = BufferPool::new(64, 1);
        let (mut first, second) = (pool.take(), pool.take());
        first.extend_from_slice(b"data");
        let place = first.as_ptr();
        drop(first);
        drop(second);
        assert_eq!(pool.kept(), 1);
        let again = pool.take();
        assert_eq!((again.as_ptr(), again.len(), again.capacity()), (place, 0, 64));
    }

    #[test]
    fn a_pool_of_any_size_can_be_made() {
        let pool = BufferPool::new(64, usize::MAX);
        drop(pool.take());
        assert_eq!(pool.kept(), 1);
    }

    #[test]
    fn aligned_buffers_come_back_and_others_put_in_their_place_do_not() {
        let pool = BufferPool::aligned(1000, 4096, 2);
        assert_eq!(pool.size(), 4096);
        let mut buffer = pool.take();
        buffer.extend_from_slice(b"data");
        let place = buffer.as_ptr();
        drop(buffer);
        let mut again = pool.take();
        assert_eq!((again.as_ptr(), again.len(), again.capacity()), (place, 0, 4096));
        *again = AlignedBuffer::new(4096, 512);
        drop(again);
        assert_eq!(pool.kept(), 0, "its alignment is another");
    }

    #[test]
    fn a_buffer_that_grew_or_was_swapped_does_not_go_back() {
        let pool = BufferPool::new(64, 8);
        pool.take().resize(1_000, 0);
        let _ = std::mem::take(&mut *pool.take());
        assert_eq!(pool.kept(), 0);
    }
}
