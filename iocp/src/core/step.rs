//! A step: 64 KiB of a reservation, whose first bytes name the port that it belongs to.
//!
//! So a pointer to anything in a step leads to the port, and a value that needs both holds one.
//!
//! # Safety
//!
//! A step is committed memory, zeroed at first, that stays until the port is gone.

use std::{
    ptr::NonNull,
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering},
};

use super::shared::Core;

/// Bytes of a step, and its alignment: what reservations are aligned to.
pub(super) const STEP_BYTES: usize = 65_536;

/// What a step begins with.
pub(super) struct Header {
    core: AtomicPtr<Core>,
    /// Which step it is.
    number: AtomicUsize,
}

/// Says whose step it is, and which of its steps.
///
/// # Safety
///
/// `start` is the start of a step whose first bytes are committed.
pub(super) unsafe fn name_step(start: NonNull<u8>, core: *const Core, number: usize) {
    // SAFETY:
    // * zeroed or named before, both of which are valid headers; aligned as the step is.
    let header = unsafe { start.cast::<Header>().as_ref() };
    header.core.store(core.cast_mut(), Ordering::Relaxed);
    header.number.store(number, Ordering::Relaxed);
}

/// Whose step `place` lies in.
///
/// # Safety
///
/// As [`header_of`].
#[inline(always)]
pub(crate) unsafe fn core_of<T>(place: NonNull<T>) -> *const Core {
    // SAFETY:
    // * the caller promises the same.
    unsafe { header_of(place) }.core.load(Ordering::Relaxed)
}

/// The number of the step that `place` lies in.
///
/// # Safety
///
/// As [`header_of`].
pub(super) unsafe fn number_of<T>(place: NonNull<T>) -> usize {
    // SAFETY:
    // * the caller promises the same.
    unsafe { header_of(place) }.number.load(Ordering::Relaxed)
}

/// # Safety
///
/// `place` lies in a step that was [named](name_step) and stays for `'a`, and its provenance is that
/// of the reservation.
#[inline(always)]
unsafe fn header_of<'a, T>(place: NonNull<T>) -> &'a Header {
    let place = place.as_ptr().cast::<u8>();
    // SAFETY:
    // * it lies in a step of the reservation, which begins at this multiple.
    let step = unsafe { place.sub(place as usize % STEP_BYTES) };
    // SAFETY:
    // * a step begins with a header.
    unsafe { &*step.cast::<Header>() }
}
