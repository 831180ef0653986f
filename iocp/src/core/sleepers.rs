//! How many waits sleep, or are about to: who has something for them that no packet brings asks whether one
//! packet must be posted.
//!
//! A wait counts itself, then looks whether there is something. Who has something says so, then looks at the
//! count, by an instruction that writes it too. Of two such instructions one is first: a wait that is counted
//! later sees what was said before, and one that was counted earlier is seen (`tests/loom/src/listing.rs`).

use super::sync::{AtomicU32, Ordering};

#[derive(Debug, Default)]
pub(crate) struct Sleepers(AtomicU32);

impl Sleepers {
    /// A wait begins. It looks for what there is after this, before it sleeps.
    #[inline(always)]
    pub(crate) fn begin(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    #[inline(always)]
    pub(crate) fn end(&self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether there is one. The caller has said before that there is something.
    pub(crate) fn any(&self) -> bool {
        self.0.fetch_or(0, Ordering::AcqRel) > 0
    }
}
