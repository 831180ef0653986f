//! The deliberate faults: one line of the core made wrong, and what must notice it.
//!
//! The old text stands exactly once in its file; where the file has changed so that it does not,
//! `cargo xtask mutants` and a test of this crate fail, and the fault is to be written anew.

mod core;
mod files;
mod lingering;
mod operation;
mod poll;
mod reports;
mod sources;
mod stalls;

use anyhow::{bail, Result};

use super::check::Check;

pub(super) struct Fault {
    pub(super) name: &'static str,
    /// Why it would be a fault.
    pub(super) why: &'static str,
    pub(super) file: &'static str,
    pub(super) old: &'static str,
    pub(super) new: &'static str,
    pub(super) by: Check,
}

impl Fault {
    /// The text of the file with the fault in it.
    pub(super) fn apply(&self, text: &str) -> Result<String> {
        match text.matches(self.old).count() {
            1 => Ok(text.replacen(self.old, self.new, 1)),
            count => bail!("{}: the old text stands there {count} times, not once", self.file),
        }
    }
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Fault> {
    [
        core::FAULTS,
        files::FAULTS,
        operation::FAULTS,
        poll::FAULTS,
        reports::FAULTS,
        sources::FAULTS,
        stalls::FAULTS,
        lingering::FAULTS,
    ]
    .into_iter()
    .flatten()
}
