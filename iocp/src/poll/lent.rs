//! The buffers that streams lend to the system while they wait: a bound for the whole queue.
//!
//! A stream holds one by a [`Lease`]. Without one it waits by a receive of nothing, and reads into its caller's
//! memory. What is given back is kept for the next stream, so steady traffic allocates nothing.

use std::sync::{Arc, Mutex};

use super::util::lock;

pub(crate) type Buffer = Box<[u8]>;

pub(crate) struct Lent {
    /// Bytes of each.
    size: usize,
    /// How many there may be.
    most: usize,
    buffers: Mutex<Buffers>,
}

#[derive(Default)]
struct Buffers {
    /// Not held by a stream.
    free: Vec<Buffer>,
    /// All that there are.
    count: usize,
}

/// The right to one buffer, counted until it is dropped.
pub(crate) struct Lease(Arc<Lent>);

impl Lent {
    pub(crate) fn new(size: usize, bytes: usize) -> Arc<Self> {
        Arc::new(Self { size, most: bytes / size, buffers: Mutex::default() })
    }

    /// A buffer, unless as many are held as there may be.
    pub(crate) fn take(self: &Arc<Self>) -> Option<(Lease, Buffer)> {
        if self.most == 0 {
            return None;
        }
        let mut buffers = lock(&self.buffers);
        let kept = buffers.free.pop();
        if kept.is_none() {
            if buffers.count == self.most {
                return None;
            }
            buffers.count += 1;
        }
        drop(buffers);
        let buffer = kept.unwrap_or_else(|| vec![0; self.size].into_boxed_slice());
        Some((Lease(Arc::clone(self)), buffer))
    }
}

impl Lease {
    /// Gives the buffer back, to be used again.
    pub(crate) fn give_back(self, buffer: Buffer) {
        let lent = &self.0;
        let mut buffers = lock(&lent.buffers);
        buffers.free.push(buffer);
        // The drop of the lease counts it as gone.
        buffers.count += 1;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&self.0.buffers).count -= 1;
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
        let (lease, buffer) = held.pop().unwrap();
        let place = buffer.as_ptr();
        lease.give_back(buffer);
        let again = lent.take().unwrap();
        assert_eq!(again.1.as_ptr(), place);
        assert!(lent.take().is_none());
        // Lost with its operation, as that of a stream that is dropped while it receives.
        drop(again.0);
        assert!(lent.take().is_some() && Lent::new(100, 99).take().is_none());
    }
}
