//! A handle's place at its port: a gate, and the port that it keeps open.
//!
//! # Safety
//!
//! A seat is the only owner of its gate from the day it is taken, and has a count of the core.

use std::{ptr::NonNull, sync::Arc};

use super::{gate::Gate, shared::Core, step::core_of};
use crate::os::{Code, Handle};

/// A gate of a port, which it keeps open. Dropping it closes the gate.
///
/// One pointer: the gate's step names the core.
pub(crate) struct Seat {
    /// From the core's `Gates`, with a count of the core.
    gate: NonNull<Gate>,
}

// SAFETY:
// * a reference to a gate and one to its core, which are both `Sync`, counted as an `Arc` is.
unsafe impl Send for Seat {}
// SAFETY:
// * as for `Send`: a shared `Seat` gives shared references only.
unsafe impl Sync for Seat {}

impl Seat {
    /// Takes a gate, still closed.
    pub(crate) fn take(core: &Arc<Core>) -> Result<Self, Code> {
        let gate = core.gates.take(Arc::as_ptr(core))?;
        // Its count is given back in the drop.
        let _ = Arc::into_raw(Arc::clone(core));
        Ok(Self { gate })
    }

    /// The gate as the core gave it, for [`core_of`].
    #[inline(always)]
    pub(crate) fn pointer(&self) -> NonNull<Gate> {
        self.gate
    }

    #[inline(always)]
    pub(crate) fn gate(&self) -> &Gate {
        // SAFETY:
        // * a gate of the core, of which `self` has a count.
        unsafe { self.gate.as_ref() }
    }

    /// The handle, as it was associated.
    #[inline(always)]
    pub(crate) fn handle(&self) -> Handle {
        // SAFETY:
        // * the gate is ours, and only we open it.
        unsafe { self.gate().handle_of_own() }
    }

    /// Whether what is done at once sends no packet.
    #[inline(always)]
    pub(crate) fn skips(&self) -> bool {
        // SAFETY:
        // * the gate is ours, and only we open it.
        unsafe { self.gate().skips() }
    }

    #[inline(always)]
    pub(crate) fn core(&self) -> &Core {
        // SAFETY:
        // * the core is alive: `self` has a count of it.
        unsafe { &*self.core_pointer() }
    }

    #[inline(always)]
    fn core_pointer(&self) -> *const Core {
        // SAFETY:
        // * the gate lies in a step of the core's, which lives as long as the core.
        unsafe { core_of(self.gate) }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.gate().close();
        // SAFETY:
        // * the pointer is that of an `Arc`, and the count of `self`, which is given back here.
        let core = unsafe { Arc::from_raw(self.core_pointer()) };
        // SAFETY:
        // * taken from this core's gates, closed, and not used after this.
        unsafe { core.gates.put(self.gate) };
    }
}
