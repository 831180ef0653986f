//! The status block of an operation: the `OVERLAPPED`, seen as what the kernel may write at any
//! moment.
//!
//! # Safety
//!
//! While the operation is in flight the kernel owns the block. Status and count are atomics, since
//! waiters look at them before they know whether it still does; the rest is touched by the owner of
//! the idle slot only.

use std::{
    cell::UnsafeCell,
    mem::size_of,
    sync::atomic::{AtomicU32, AtomicUsize, Ordering},
};

use iocp_sys::OVERLAPPED;
use static_assertions::{assert_eq_align, const_assert, const_assert_eq};

use crate::status::NtStatus;

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
    offset: UnsafeCell<[u32; 2]>,
    event: UnsafeCell<usize>,
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

    /// Pending, nothing transferred, at a file offset.
    ///
    /// A status of zero would mean success: a stray packet would be believed.
    ///
    /// # Safety
    ///
    /// The kernel does not have the block, and the caller alone may hand it over.
    #[inline(always)]
    pub(super) unsafe fn preset(&self, offset: u64) {
        self.status.store(PENDING, Ordering::Relaxed);
        self.count.store(0, Ordering::Relaxed);
        let low_high = [(offset & 0xFFFF_FFFF) as u32, (offset >> 32) as u32];
        // SAFETY:
        // * the caller alone has the block, so nobody else reads or writes the cell.
        unsafe { self.offset.get().write(low_high) };
        // SAFETY:
        // * the caller alone has the block, so nobody else reads or writes the cell.
        unsafe { self.event.get().write(0) };
    }

    /// Ended with this status, and no bytes.
    ///
    /// # Safety
    ///
    /// The kernel does not have the block, and the caller alone may touch it.
    pub(super) unsafe fn end(&self, status: NtStatus) {
        self.status.store(status.0, Ordering::Relaxed);
        self.count.store(0, Ordering::Relaxed);
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
}
