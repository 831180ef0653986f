//! The ownership of one idle slot.

use std::sync::Arc;

use crate::core::{shared::Core, slot::Slot, state::Snapshot};

/// An idle slot, owned: freed on drop. Also keeps the port open.
pub(crate) struct Lease {
    core: Arc<Core>,
    index: u32,
    pub(crate) generation: u64,
    /// The next submit is redeemed by id.
    pub(crate) parked: bool,
}

impl Lease {
    /// Takes over a slot that the caller owns, idle, in this generation, its buffer outside.
    pub(crate) fn adopt(core: Arc<Core>, index: u32, generation: u64) -> Self {
        Self { core, index, generation, parked: false }
    }

    #[inline]
    pub(crate) fn slot(&self) -> &Slot {
        self.core.slot(self.index)
    }

    pub(crate) fn core(&self) -> &Arc<Core> {
        &self.core
    }

    pub(crate) fn index(&self) -> u32 {
        self.index
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // SAFETY:
        // * a lease is the ownership of an idle slot whose buffer is outside.
        unsafe { self.core.free(self.index) };
    }
}

impl Lease {
    /// Gives up the slot without freeing it: somebody else owns it now. Returns the core.
    pub(crate) fn give_up(self) -> Arc<Core> {
        let this = std::mem::ManuallyDrop::new(self);
        // SAFETY:
        // * `this` is never dropped, so the reference is moved out once.
        unsafe { std::ptr::read(&this.core) }
    }

    /// Lets an operation in flight go: whoever takes its packet frees it. `Some` if it is done
    /// already: its slot, idle and owned, its buffer still inside; and what the state was.
    pub(crate) fn let_go(mut self) -> Option<(Self, Snapshot)> {
        if self.slot().state.orphan(self.generation) {
            drop(self.give_up());
            return None;
        }
        match self.slot().state.redeem(self.generation) {
            Some(before) => {
                self.generation += 1;
                Some((self, before))
            }
            None => {
                // Parked, and somebody else's now.
                drop(self.give_up());
                None
            }
        }
    }
}
