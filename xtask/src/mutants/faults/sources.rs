//! Faults of what is no operation with a slot, of what the kernel or a peer writes in records, and of files that
//! are transmitted.

use super::{Check::Tests, Fault};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "slotless-generation-not-compared",
        why: "a late or forged packet of a wait or job that is over is taken for its successor's",
        file: "iocp/src/core/slotless.rs",
        old: "(entry.generation == generation && entry.sender.is_some())",
        new: "({ let _ = generation; entry.sender.is_some() })",
        by: Tests(&["slotless", "waits", "jobs"]),
    },
    Fault {
        name: "slotless-generation-not-raised",
        why: "the key of an entry that is over is given to the next wait or job",
        file: "iocp/src/core/slotless.rs",
        old: "            entry.generation += 1;\n",
        new: "",
        by: Tests(&["slotless", "waits", "jobs"]),
    },
    Fault {
        name: "change-record-of-half-a-character",
        why: "a malformed record is told as a change",
        file: "iocp/src/base/changes.rs",
        old: ".filter(|name| name.len() % 2 == 0)?",
        new: "?",
        by: Tests(&["changes", "decoders"]),
    },
    Fault {
        name: "transmit-of-nothing-is-all",
        why: "a range of 0 bytes sends the whole file: to the system 0 is the rest of it",
        file: "iocp/src/ops/transmit.rs",
        old: "(len > 0, offset, len)",
        new: "(true, offset, len)",
        by: Tests(&["transmits"]),
    },
    Fault {
        name: "first-data-of-the-connection-before",
        why: "an accept that fails shows the first bytes of the connection before it",
        file: "iocp/src/ops/accept.rs",
        old: "accept.received = result.unwrap_or(0);",
        new: "accept.received = result.unwrap_or(accept.room.len());",
        by: Tests(&["connecting"]),
    },
];
