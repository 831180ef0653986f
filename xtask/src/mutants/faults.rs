//! The deliberate faults: one line of the core made wrong, and what must notice it. They stand in the files of
//! `faults/`; `# by` is a [`Check`](super::check::Check).

use std::sync::OnceLock;

use crate::fault::Fault;

const LISTS: [&str; 8] = [
    include_str!("faults/core.diff"),
    include_str!("faults/files.diff"),
    include_str!("faults/operation.diff"),
    include_str!("faults/poll.diff"),
    include_str!("faults/reports.diff"),
    include_str!("faults/sources.diff"),
    include_str!("faults/stalls.diff"),
    include_str!("faults/lingering.diff"),
];

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Fault> {
    static ALL: OnceLock<Vec<Fault>> = OnceLock::new();
    ALL.get_or_init(|| LISTS.into_iter().flat_map(Fault::read).collect()).iter()
}
