//! Faults by which packets that a panic held back are not reported, or not in order.

use super::{Check::Tests, Fault};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "held-back-packets-not-looked-for",
        why: "younger packets are reported first, for as long as there are any",
        file: "iocp/src/core/unreported.rs",
        old: "            attention.set_holds_back(true);\n",
        new: "",
        by: Tests(&["held_back"]),
    },
    Fault {
        name: "held-back-packets-not-told",
        why: "a thread that waits already hears of them only when its time slice ends",
        file: "iocp/src/core/unreported.rs",
        old: "        self.tell(&mut kept);\n",
        new: "",
        by: Tests(&["held_back"]),
    },
    Fault {
        name: "held-back-packets-not-passed-on",
        why: "one thread hears of them, has no room for all, and lets the others wait",
        file: "iocp/src/port/wait.rs",
        old: "            self.port.core.unreported.tell_again();\n",
        new: "",
        by: Tests(&["held_back"]),
    },
    Fault {
        name: "held-back-packets-beyond-the-room-lost",
        why: "a smaller array takes some, and the others are never reported",
        file: "iocp/src/core/unreported.rs",
        old: "batch.packets.extend(kept.packets.drain(..count));",
        new: "batch.packets.extend(kept.packets.drain(..).take(count));",
        by: Tests(&["held_back"]),
    },
    Fault {
        name: "held-back-packets-beside-the-time-limit",
        why: "a wait says that its time has passed, or that the port is closed, and leaves packets",
        file: "iocp/src/port/wait.rs",
        old: "                Err(Code::WAIT_TIMEOUT) if self.core.unreported.holds_back() => continue,\n",
        new: "",
        by: Tests(&["held_back"]),
    },
    Fault {
        name: "held-back-packets-with-the-array",
        why: "a wait with another array never reports what a panic held back",
        file: "iocp/src/core/packets.rs",
        old: "            core.unreported.hold_back(&core.attention, &mut self.batch);\n",
        new: "",
        by: Tests(&["held_back", "panics"]),
    },
];
