//! A handle's place at its port: a gate, and the port that it keeps open.
//!
//! # Safety
//!
//! A seat is the only owner of its gate from the day it is taken, and has a count of the core.

use std::{ptr::NonNull, sync::Arc};

use super::{gate::Gate, held::Held, shared::Core};
use crate::os::{Borrowed, Code, Handle};

/// A gate of a port, which it keeps open. Dropping it closes the gate and gives it back.
pub(crate) struct Seat(Held<Gate>);

impl Seat {
    /// Takes a gate, still closed.
    pub(crate) fn take(core: &Arc<Core>) -> Result<Self, Code> {
        let gate = core.gates.take(Arc::as_ptr(core))?;
        // SAFETY:
        // * a gate of this core, which lives as long as it.
        Ok(Self(unsafe { Held::new(Arc::clone(core), gate) }))
    }

    #[inline(always)]
    pub(crate) fn pointer(&self) -> NonNull<Gate> {
        self.0.pointer()
    }

    #[inline(always)]
    pub(crate) fn gate(&self) -> &Gate {
        self.0.get()
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
        self.0.core()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.gate().close();
        // SAFETY:
        // * taken from this core's gates, closed, and not used after this.
        unsafe { self.core().gates.put(self.0.pointer()) };
    }
}

/// What to submit on.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) seat: &'a Seat,
    /// The same as the seat's.
    pub(crate) handle: Borrowed<'a>,
}
