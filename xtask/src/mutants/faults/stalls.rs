//! Faults by which one handle holds up or ends what is another's, or a close passes a handle by.

use super::{
    Check::{Loom, Tests},
    Fault,
};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "deadline-read-before-the-wait-is-counted",
        why: "a wait that begins beside an earlier deadline neither knows it nor is told",
        file: "iocp/src/core/counted_waits.rs",
        old: "        let began = self.word.fetch_add(ONE + KNOWING, Ordering::SeqCst);\n        (self.next(), began)",
        new: "        let next = self.next();\n        (next, self.word.fetch_add(ONE + KNOWING, Ordering::SeqCst))",
        by: Loom,
    },
    Fault {
        name: "deadline-not-passed-on",
        why: "a deadline is missed while the only thread that knew it is at work and others wait",
        file: "iocp/src/port/wait.rs",
        old: "            self.port.core.timers.pass_on();\n",
        new: "",
        by: Tests(&["timers"]),
    },
    Fault {
        name: "earlier-deadline-not-told",
        why: "a thread that waits sleeps beyond a deadline that was set meanwhile",
        file: "iocp/src/core/timers.rs",
        old: "if told.is_some_and(|waits| waits || self.may_be_uncounted()) {",
        new: "if told.is_some_and(|_| false) {",
        by: Tests(&["timers"]),
    },
    Fault {
        name: "list-that-has-begun-left-for-later",
        why: "what is due waits behind what is set for later",
        file: "iocp/src/core/wheel.rs",
        old: "if let Some(level) = (1..LEVELS).rev().find(begun) {",
        new: "if let Some(level) = (LEVELS..LEVELS).rev().find(begun) {",
        by: Tests(&["timers"]),
    },
    Fault {
        name: "timers-behind-full-batches",
        why: "no timer ends while each wait is full of packets",
        file: "iocp/src/port/wait.rs",
        old: "if !self.is_closed() && core.timers.take_due(",
        new: "if packets.capacity() > 1 && !self.is_closed() && core.timers.take_due(",
        by: Tests(&["timers"]),
    },
    Fault {
        name: "closing-takes-the-locks-of-cells",
        why: "one driver that is slow to cancel keeps the port from closing, and accepts from going on",
        file: "iocp/src/core/handle_cell.rs",
        old: "        self.packet_key.set_port_closed();\n",
        new: "        let _lock = self.lock();\n        self.packet_key.set_port_closed();\n",
        by: Tests(&["stalling"]),
    },
    Fault {
        name: "results-take-the-locks-of-cells",
        why: "looking at a result waits for the cancel of another operation",
        file: "iocp/src/core/handle_cell.rs",
        old: "        let flags = self.flags.load(Ordering::Acquire);\n",
        new: "        let _lock = self.lock();\n        let flags = self.flags.load(Ordering::Acquire);\n",
        by: Tests(&["stalling"]),
    },
    Fault {
        name: "late-cancellers-take-the-lock",
        why: "a cancel that comes late waits for one on the next handle of its cell",
        file: "iocp/src/core/handle_cell.rs",
        old: "        if !self.serves(packet_key) {\n            return Ok(CancelOutcome::AlreadyDone);\n        }\n        \
              let lock",
        new: "        let lock",
        by: Tests(&["stalling"]),
    },
    Fault {
        name: "one-cancel-ends-all",
        why: "where the handle's value is another's by unsafe code, its operations are ended too",
        file: "iocp/src/core/shared.rs",
        old: "cell.cancel(packet_key, slot.block.overlapped())",
        new: "cell.cancel(packet_key, std::ptr::null_mut())",
        by: Tests(&["forgetting"]),
    },
    Fault {
        name: "cell-opened-without-acquire",
        why: "a handle associated beside a close never hears of it, and is submitted on",
        file: "iocp/src/core/packet_key.rs",
        old: "swap(key | PORT_OPEN, Ordering::AcqRel)",
        new: "swap(key | PORT_OPEN, Ordering::Relaxed)",
        by: Loom,
    },
    Fault {
        name: "port-closed-without-release",
        why: "the same, when the cell is opened after the close has passed it",
        file: "iocp/src/core/packet_key.rs",
        old: "fetch_and(!PORT_OPEN, Ordering::AcqRel)",
        new: "fetch_and(!PORT_OPEN, Ordering::Relaxed)",
        by: Loom,
    },
];
