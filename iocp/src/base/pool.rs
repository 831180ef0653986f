//! Buffers of one size that are used again.
//!
//! An operation keeps its buffer and needs no pool. A pool serves where buffers change hands:
//! messages built in one place and sent from another, or connections that hold no buffer while they
//! are idle. The drawback: each take and each return takes a lock.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A store of buffers of one size. Clones are the same pool.
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
#[derive(Clone)]
pub struct BufferPool {
    store: Arc<Store>,
}

/// A buffer that goes back to its pool when it is dropped: a `Vec<u8>`, empty when it is taken.
///
/// It is lent to the system as a `Vec<u8>` is; two pointers in size, it fits into the operation's slot. One
/// whose capacity is below the pool's size, or above twice that, is freed instead.
pub struct PooledBuffer {
    /// There until the drop.
    #[allow(clippy::box_collection)] // two pointers; the box is kept in the pool too
    bytes: Option<Box<Vec<u8>>>,
    store: Arc<Store>,
}

struct Store {
    size: usize,
    most_kept: usize,
    #[allow(clippy::vec_box)] // the boxes are what is kept
    kept: Mutex<Vec<Box<Vec<u8>>>>,
}

impl BufferPool {
    /// A pool of buffers with a capacity of `size` bytes each, that keeps at most `most_kept` of
    /// them while they are not in use, clamped to 1,048,576. 0 keeps none: each buffer is allocated
    /// and freed. Allocates room for as many pointers, and no buffer yet.
    #[must_use]
    pub fn new(size: usize, most_kept: usize) -> Self {
        let most_kept = most_kept.min(1 << 20);
        // Room for all of them, so that giving one back never allocates.
        let kept = Mutex::new(Vec::with_capacity(most_kept));
        Self { store: Arc::new(Store { size, most_kept, kept }) }
    }

    /// Takes a buffer: one that was used before, or a new one. How many there may be at a time is
    /// not limited here; [`Config::max_bytes`](crate::Config::max_bytes) limits what is lent.
    #[must_use]
    pub fn take(&self) -> PooledBuffer {
        let kept = self.store.lock().pop();
        let bytes = kept.unwrap_or_else(|| Box::new(Vec::with_capacity(self.store.size)));
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

impl Store {
    /// No code of the user's runs under the lock, so poison says nothing.
    #[allow(clippy::vec_box)] // the boxes are what is kept
    fn lock(&self) -> MutexGuard<'_, Vec<Box<Vec<u8>>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for PooledBuffer {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        match &self.bytes {
            Some(bytes) => bytes,
            None => unreachable!("taken in the drop only"),
        }
    }
}

impl DerefMut for PooledBuffer {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        match &mut self.bytes {
            Some(bytes) => bytes,
            None => unreachable!("taken in the drop only"),
        }
    }
}

impl Drop for PooledBuffer {
    fn drop(&mut self) {
        // A `Vec` may be given more room than it asked for.
        let Some(mut bytes) = self.bytes.take() else { return };
        let most = self.store.size.saturating_mul(2);
        if bytes.capacity() < self.store.size || bytes.capacity() > most {
            return;
        }
        bytes.clear();
        let mut kept = self.store.lock();
        if kept.len() < self.store.most_kept {
            kept.push(bytes);
        }
    }
}

impl fmt::Debug for BufferPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BufferPool")
            .field("size", &self.size())
            .field("kept", &self.kept())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for PooledBuffer {
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
    fn a_buffer_that_grew_or_was_swapped_does_not_go_back() {
        let pool = BufferPool::new(64, 8);
        pool.take().resize(1_000, 0);
        let _ = std::mem::take(&mut *pool.take());
        assert_eq!(pool.kept(), 0);
    }
}
