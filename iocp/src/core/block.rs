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
pub(crate) struct StatusBlock {
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
    pub(crate) fn overlapped(&self) -> *mut OVERLAPPED {
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// Pending, nothing transferred.
    ///
    /// A status of zero would mean success: a stray packet would be believed.
    ///
    /// # Safety
    ///
    /// The caller owns the idle slot that the block is in: the kernel does not have the block, and nobody
    /// else writes to it.
    #[inline(always)]
    pub(crate) unsafe fn preset(&self) {
        self.status.store(PENDING, Ordering::Relaxed);
        self.count.store(0, Ordering::Relaxed);
    }

    /// No offset and no event. Only a call of the user's own sets them.
    ///
    /// # Safety
    ///
    /// As [`preset`](Self::preset).
    #[cold]
    pub(crate) unsafe fn reset(&self) {
        self.offset[0].store(0, Ordering::Relaxed);
        self.offset[1].store(0, Ordering::Relaxed);
        self.event.store(0, Ordering::Relaxed);
    }

    /// Says how an operation ended: one whose status the system gave in another way, or whose bytes
    /// are not what the system counted.
    ///
    /// # Safety
    ///
    /// As [`preset`](Self::preset).
    #[cold]
    pub(crate) unsafe fn end(&self, status: NtStatus, count: usize) {
        self.status.store(status.0, Ordering::Relaxed);
        self.count.store(count, Ordering::Relaxed);
    }

    /// How the operation ended, unless the status is still [`PENDING`](NtStatus::PENDING).
    #[inline(always)]
    pub(crate) fn outcome(&self) -> Outcome {
        let status = NtStatus(self.status.load(Ordering::Acquire));
        Outcome { status, count: self.count.load(Ordering::Relaxed) }
    }

    /// The same, read plainly by the slot's owner, so that the compiler may read it once for several
    /// calls.
    ///
    /// # Safety
    ///
    /// As [`preset`](Self::preset).
    #[inline(always)]
    pub(crate) unsafe fn outcome_of_own(&self) -> Outcome {
        // SAFETY:
        // * valid and aligned; the caller owns the slot, so nobody writes it meanwhile.
        let status = unsafe { self.status.as_ptr().read() };
        // SAFETY:
        // * as for the status.
        Outcome { status: NtStatus(status), count: unsafe { self.count.as_ptr().read() } }
    }
}
