//! The gates of a port: memory for as many handles as there ever were at a time.
//!
//! Taken in steps of address space, committed page by page, and given to one handle after the other:
//! accepting and closing connections allocates nothing. It is given back when the port is gone: a late
//! canceller finds valid memory, though the gate may be another handle's by now.
//!
//! # Safety
//!
//! A place holds a valid [`Gate`] once its number is below `made`, and that stays until the `Gates`
//! are dropped.

use std::{
    mem::size_of,
    ptr::NonNull,
    sync::{Mutex, MutexGuard, PoisonError},
};

use static_assertions::const_assert;

use super::{
    gate::Gate,
    shared::Core,
    step::{name_step, number_of, Header, STEP_BYTES},
};
use crate::os::{self, Code};

/// The first place of a step is its header.
const IN_A_STEP: usize = STEP_BYTES / size_of::<Gate>() - 1;

const_assert!(size_of::<Header>() <= size_of::<Gate>());

/// Committed at a time: what the system's pages are multiples of.
const PAGE_BYTES: usize = 4096;

/// All gates of a port.
#[derive(Debug)]
pub(crate) struct Gates {
    list: Mutex<List>,
}

#[derive(Debug, Default)]
struct List {
    steps: Vec<NonNull<u8>>,
    /// Bytes of the last step that are committed.
    committed: usize,
    /// How many gates there are. They are numbered from 1.
    made: usize,
    /// The number of a gate that nobody has, whose key is that of the next one; 0 for none.
    free: usize,
}

// SAFETY:
// * the pointers are only the starts of memory that the list owns; what lies there is `Sync`.
unsafe impl Send for List {}

impl Gates {
    pub(crate) fn new() -> Self {
        Self { list: Mutex::default() }
    }

    /// Takes a gate, closed. `core` is who it belongs to: [`core_of`](super::step::core_of) tells.
    pub(crate) fn take(&self, core: *const Core) -> Result<NonNull<Gate>, Code> {
        let mut list = self.lock();
        if list.free == 0 {
            return list.make(core);
        }
        let gate = list.at(list.free);
        // SAFETY:
        // * one of these gates, which are shared.
        list.free = unsafe { gate.as_ref() }.key();
        Ok(gate)
    }

    /// Gives a gate back that is closed.
    ///
    /// # Safety
    ///
    /// It was [taken](Self::take) from these gates and is given back once.
    pub(crate) unsafe fn put(&self, gate: NonNull<Gate>) {
        let mut list = self.lock();
        // SAFETY:
        // * one of these gates, whose step was named when it was made.
        let number = unsafe { number_of(gate) } * IN_A_STEP + place_of(gate);
        // SAFETY:
        // * one of these gates, which are shared.
        unsafe { gate.as_ref() }.set_key(list.free);
        list.free = number;
    }

    /// Tells every gate that the port is closed. The list is locked, and no gate: a handle whose driver
    /// is slow to cancel keeps nobody from taking a gate or giving one back.
    pub(crate) fn set_port_closed(&self) {
        let list = self.lock();
        for number in 1..=list.made {
            // SAFETY:
            // * one of these gates, which are shared.
            unsafe { list.at(number).as_ref() }.set_port_closed();
        }
    }

    /// No panic can happen under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl List {
    /// Makes the next gate.
    fn make(&mut self, core: *const Core) -> Result<NonNull<Gate>, Code> {
        if self.made == self.steps.len() * IN_A_STEP {
            self.reserve(core)?;
        }
        let end = (self.made % IN_A_STEP + 2) * size_of::<Gate>();
        if end > self.committed {
            self.commit()?;
        }
        self.made += 1;
        let gate = self.at(self.made);
        // SAFETY:
        // * committed memory of its size and alignment, that nobody uses yet.
        unsafe { gate.as_ptr().write(Gate::new()) };
        Ok(gate)
    }

    /// Begins a step.
    fn reserve(&mut self, core: *const Core) -> Result<(), Code> {
        // Room for its start first: nothing is lost where memory is short.
        self.steps.reserve(1);
        let step = os::reserve(STEP_BYTES)?;
        self.steps.push(step);
        self.committed = 0;
        if let Err(code) = self.commit() {
            self.steps.pop();
            // SAFETY:
            // * just reserved, and nobody has a pointer into it.
            unsafe { os::release(step, STEP_BYTES) };
            return Err(code);
        }
        // SAFETY:
        // * the start of a step, just committed.
        unsafe { name_step(step, core, self.steps.len() - 1) };
        Ok(())
    }

    /// Commits the next page of the last step.
    fn commit(&mut self) -> Result<(), Code> {
        let Some(&step) = self.steps.last() else { return Err(Code::NOT_ENOUGH_MEMORY) };
        // SAFETY:
        // * a page of that step, which is 16 of them: gates end before its end.
        unsafe { os::commit(step, self.committed, PAGE_BYTES) }?;
        self.committed += PAGE_BYTES;
        Ok(())
    }

    /// The gate with this number. The pointer may be used for all of its step.
    fn at(&self, number: usize) -> NonNull<Gate> {
        assert!((1..=self.made).contains(&number), "no gate has this number");
        let (step, place) = ((number - 1) / IN_A_STEP, (number - 1) % IN_A_STEP + 1);
        // SAFETY:
        // * in bounds of the step: that many places, and the header's, fit into it.
        let gate = unsafe { self.steps[step].as_ptr().add(place * size_of::<Gate>()) };
        // SAFETY:
        // * an offset from a pointer that is not null, inside its allocation, is not null.
        unsafe { NonNull::new_unchecked(gate.cast()) }
    }
}

/// Which place of its step the gate lies at: from 1.
fn place_of(gate: NonNull<Gate>) -> usize {
    gate.as_ptr() as usize % STEP_BYTES / size_of::<Gate>()
}

impl Drop for Gates {
    fn drop(&mut self) {
        for step in self.lock().steps.drain(..) {
            // SAFETY:
            // * the core drops its gates when nobody else refers to it: handles and operations count.
            unsafe { os::release(step, STEP_BYTES) };
        }
    }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;
    use crate::sim::{Kernel, Script};

    #[test]
    fn every_gate_lies_in_memory_that_is_committed_and_overlaps_no_other() {
        let _kernel = Kernel::new(Script::default());
        let gates = Gates::new();
        let mut last = None;
        for made in 1..=2 * IN_A_STEP + 3 {
            let gate = gates.take(std::ptr::null()).unwrap();
            let list = gates.lock();
            let (step, offset) = (list.steps.len() - 1, gate.as_ptr() as usize % STEP_BYTES);
            assert!(offset >= size_of::<Gate>() && offset + size_of::<Gate>() <= list.committed);
            assert!(list.committed <= STEP_BYTES && list.committed % PAGE_BYTES == 0);
            assert_eq!(Some(step * IN_A_STEP + place_of(gate)), Some(made));
            assert_ne!(last.replace(gate), Some(gate));
        }
    }
}
