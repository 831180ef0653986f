//! The status block of an operation: the `OVERLAPPED`, seen as what the kernel may write at any
//! moment.
//!
//! # Safety
//!
//! While the operation is in flight the kernel owns the block. Status and count are atomics, since
//! waiters look at them before they know whether it still does; the rest is touched by the owner of
//! the idle slot only.

use std::{
    mem::size_of,
    sync::atomic::{AtomicU32, AtomicUsize, Ordering},
};

use iocp_sys::OVERLAPPED;
use static_assertions::{assert_eq_align, const_assert, const_assert_eq};

use crate::base::status::NtStatus;

/// `STATUS_PENDING`: what the status block says until the kernel is done.
const PENDING: u32 = 0x103;

/// The kernel's view of a slot: an `OVERLAPPED` whose status is only ever read as atomics.
///
/// `Internal` is split on 64-bit targets because its upper half may hold garbage.
#[repr(C)]
pub(super) struct StatusBlock {
    status: AtomicU32,
    #[cfg(target_pointer_width = "64")]
    garbage: AtomicU32,
    count: AtomicUsize,
    offset: [AtomicU32; 2],
    event: AtomicUsize,
}

const_assert_eq!(size_of::<StatusBlock>(), size_of::<OVERLAPPED>());
assert_eq_align!(StatusBlock, OVERLAPPED);
const_assert!(cfg!(target_endian = "little"));

/// What the status block says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub(crate) status: NtStatus,
    pub(crate) count: usize,
}

impl StatusBlock {
    /// The address the kernel gets.
    #[inline(always)]
    pub(super) fn overlapped(&self) -> *mut OVERLAPPED {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// Pending, nothing transferred.
    ///
    /// A status of zero would mean success: a stray packet would be believed.
    ///
    /// # Safety
    ///
    /// The kernel does not have the block, and the caller alone may hand it over.
    #[inline(always)]
    pub(super) unsafe fn preset(&self) {
        self.status.store(PENDING, Ordering::Relaxed);
        self.count.store(0, Ordering::Relaxed);
    }

    /// No offset and no event: what nobody sets but the caller's own call.
    ///
    /// # Safety
    ///
    /// As [`preset`](Self::preset).
    pub(super) unsafe fn reset(&self) {
        self.offset[0].store(0, Ordering::Relaxed);
        self.offset[1].store(0, Ordering::Relaxed);
        self.event.store(0, Ordering::Relaxed);
    }

    /// Ended with this status and so many bytes.
    ///
    /// # Safety
    ///
    /// The kernel does not have the block, and the caller alone may touch it.
    pub(super) unsafe fn end(&self, status: NtStatus, count: usize) {
        self.status.store(status.0, Ordering::Relaxed);
        self.count.store(count, Ordering::Relaxed);
    }

    /// Whether the kernel has written a status: only its low 32 bits count.
    #[inline(always)]
    pub(super) fn is_finished(&self) -> bool {
        self.status.load(Ordering::Acquire) != PENDING
    }

    /// What it says of a finished operation.
    #[inline(always)]
    pub(super) fn outcome(&self) -> Outcome {
        let status = NtStatus(self.status.load(Ordering::Acquire));
        Outcome { status, count: self.count.load(Ordering::Relaxed) }
    }

    /// The same, by the owner: read plainly, so that it is read once however often it is asked.
    ///
    /// # Safety
    ///
    /// The kernel does not have the block, and the caller alone may hand it over.
    #[inline(always)]
    pub(super) unsafe fn outcome_of_own(&self) -> Outcome {
        // SAFETY:
        // * valid and aligned; nobody writes it meanwhile: the kernel is done, and nobody else does.
        let status = unsafe { self.status.as_ptr().read() };
        // SAFETY:
        // * as for the status.
        Outcome { status: NtStatus(status), count: unsafe { self.count.as_ptr().read() } }
    }
}
