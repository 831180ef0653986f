//! Address space: reserved, committed in parts, released whole.
//!
//! What is not committed stays uninitialised, so that Miri refuses to read it, and full of noise
//! for everybody else.

use std::{
    alloc::{alloc, dealloc, Layout},
    collections::BTreeMap,
    ptr::NonNull,
    sync::{atomic::Ordering, Mutex},
};

use super::{
    lock,
    machine::{Machine, NO_RESOURCES},
};
use crate::os::Code;

/// A reservation; kept here so that one leaked on purpose stays reachable.
struct Reservation {
    #[allow(dead_code)] // keeps the memory reachable
    base: NonNull<u8>,
    machine: &'static Machine,
    bytes: usize,
    committed: usize,
}

// SAFETY:
// * the pointer is only kept.
unsafe impl Send for Reservation {}

static RESERVED: Mutex<BTreeMap<usize, Reservation>> = Mutex::new(BTreeMap::new());

/// Windows reserves at 64 KiB; Miri's host need not.
const ALIGN: usize = 65_536;

fn layout(bytes: usize) -> Result<Layout, Code> {
    Layout::from_size_align(bytes.max(1), ALIGN).map_err(|_| Code(8))
}

pub(super) fn reserve(bytes: usize) -> Result<NonNull<u8>, Code> {
    let layout = layout(bytes)?;
    // SAFETY:
    // * the size is not 0.
    let base = NonNull::new(unsafe { alloc(layout) }).ok_or(Code(8))?;
    let machine = Machine::current();
    machine.reserved.fetch_add(1, Ordering::Relaxed);
    let reservation = Reservation { base, machine, bytes, committed: 0 };
    lock(&RESERVED).insert(base.as_ptr() as usize, reservation);
    Ok(base)
}

/// # Safety
///
/// As `seam::commit`.
pub(super) unsafe fn commit(base: NonNull<u8>, start: usize, bytes: usize) -> Result<(), Code> {
    if Machine::current().refuses_commit() {
        return Err(NO_RESOURCES);
    }
    let mut reserved = lock(&RESERVED);
    let Some(reservation) = reserved.get_mut(&(base.as_ptr() as usize)) else {
        panic!("memory is committed that was not reserved");
    };
    assert!(start + bytes <= reservation.bytes, "more is committed than was reserved");
    assert!(start >= reservation.committed, "memory is committed twice");
    reservation.committed = start + bytes;
    // SAFETY:
    // * inside the reservation, as just checked.
    let start = unsafe { base.as_ptr().add(start) };
    // SAFETY:
    // * inside the reservation, and nobody uses it yet.
    unsafe { start.write_bytes(0, bytes) };
    Ok(())
}

/// # Safety
///
/// As `seam::release`.
pub(super) unsafe fn release(base: NonNull<u8>, bytes: usize) {
    let reservation = lock(&RESERVED).remove(&(base.as_ptr() as usize));
    let Some(reservation) = reservation else { panic!("memory is released twice") };
    reservation.machine.reserved.fetch_sub(1, Ordering::Relaxed);
    assert_eq!(reservation.bytes, bytes, "memory is released with the size it was reserved with");
    let Ok(layout) = layout(bytes) else { unreachable!("it was reserved with this layout") };
    // SAFETY:
    // * allocated with this layout, freed once: it was in the table.
    unsafe { dealloc(base.as_ptr(), layout) };
}
