//! Faults by which a dropped stream of the event queue loses what it has sent, or stays for ever.

use super::{Check::Tests, Fault};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "receive-left-to-the-owner",
        why: "the receive of a dropped stream is cancelled, which resets the connection",
        file: "iocp/src/poll/source/stream/linger.rs",
        old: "(inbox.take_last(), config.linger_bytes)",
        new: "(Last::None, config.linger_bytes)",
        by: Tests(&["lingering"]),
    },
    Fault {
        name: "first-write-unknown-to-the-queue",
        why: "what the owner sends without the lock is not known at its drop",
        file: "iocp/src/poll/source/stream/sending.rs",
        old: "                    self.wrote = true;\n",
        new: "",
        by: Tests(&["lingering"]),
    },
    Fault {
        name: "packets-of-a-dropped-stream-still-its-owners",
        why: "the packet of a lingering stream's receive is an event of nobody's",
        file: "iocp/src/poll/source/stream/linger.rs",
        old: "        at.watch(Watch::NONE);\n",
        new: "",
        by: Tests(&["lingering"]),
    },
    Fault {
        name: "refused-receive-forgotten",
        why: "a lingering stream that meets a full port twice is not visited when there is room",
        file: "iocp/src/poll/source/stream/packets.rs",
        old: "                at.marks.take_starved(RECV);\n",
        new: "",
        by: Tests(&["lingering"]),
    },
    Fault {
        name: "time-limit-told-to-no-waiter",
        why: "a thread that waits already learns of a time limit when its slice is over",
        file: "iocp/src/poll/lingering.rs",
        old: "            let _ = port.post(UserPacket { token: usize::MAX, bytes: 0 });\n",
        new: "            let _ = port;\n",
        by: Tests(&["lingering"]),
    },
    Fault {
        name: "alarm-not-set-again",
        why: "after the first time limit no other is looked at",
        file: "iocp/src/poll/queue/mod.rs",
        old: "                    self.hub.lingering.set_alarm(&self.hub.lists);\n",
        new: "",
        by: Tests(&["lingering"]),
    },
    Fault {
        name: "place-kept-by-the-gone",
        why: "streams that have ended count against the cap, and their places are never used again",
        file: "iocp/src/poll/queue/mod.rs",
        old: "            self.hub.lingering.end(place, &self.hub.lists);\n",
        new: "            let _ = place;\n",
        by: Tests(&["lingering"]),
    },
    Fault {
        name: "flood-without-a-turn-for-others",
        why: "what comes beyond the receives of one visit is never received",
        file: "iocp/src/poll/source/stream/last.rs",
        old: "        at.hub.post(at.index);\n",
        new: "",
        by: Tests(&["lingering"]),
    },
    Fault {
        name: "end-sent-before-the-queue-is-empty",
        why: "what is queued behind a send in flight is never sent",
        file: "iocp/src/poll/source/stream/linger.rs",
        old: "    if end.is_some() || !sending.is_over() {",
        new: "    if end.is_some() {",
        by: Tests(&["lingering"]),
    },
];
