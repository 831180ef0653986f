//! The packet key of a handle, in one word with whether its port is open.
//!
//! A submit compares the slot's key with the handle's in any case. The same comparison fails when the
//! port is closed.
//!
//! Associating and closing race. Closing sets the port's flag, then clears the bit of every handle cell;
//! associating opens the cell, then looks at the flag. Both change the word by an atomic
//! read-modify-write, so one of them reads what the other wrote: either the bit is cleared after the cell
//! was opened, or opening it acquires the flag, and the associating thread sees that the port is closed.
//! Neither needs a lock.

use super::sync::{AtomicUsize, Ordering};

/// Bit 0 of a packet key: set while the port is open, so that closing makes every submit's comparison
/// fail.
const PORT_OPEN: usize = 1;

#[derive(Debug, Default)]
pub(crate) struct PacketKey(AtomicUsize);

impl PacketKey {
    /// Sets the key of the next handle, of an open port. Whether the port is closed is to be looked at
    /// after this.
    pub(super) fn open(&self, key: usize) {
        self.0.swap(key | PORT_OPEN, Ordering::AcqRel);
    }

    /// The port is closed: after its flag was set.
    pub(super) fn set_port_closed(&self) {
        self.0.fetch_and(!PORT_OPEN, Ordering::AcqRel);
    }

    pub(super) fn port_is_closed(&self) -> bool {
        self.0.load(Ordering::Relaxed) & PORT_OPEN == 0
    }

    /// Whether it is this key, and the port is open.
    #[inline(always)]
    pub(super) fn is_open_with(&self, key: usize) -> bool {
        self.0.load(Ordering::Relaxed) == key
    }

    /// The key, whether the port is open or not.
    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed) | PORT_OPEN
    }
}
