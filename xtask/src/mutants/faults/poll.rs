//! The faults of the event queue.

use super::{Check::Tests, Fault};

pub(super) const FAULTS: &[Fault] = &[
    Fault {
        name: "receive-in-flight-not-told-anew",
        why: "an event comes under a token that its stream is not registered with any more",
        file: "iocp/src/poll/source/stream/inbox/mod.rs",
        old: "            ticket.set_tag(self.tag(ticket.token()), direct);\n",
        new: "",
        by: Tests(&["telling"]),
    },
    Fault {
        name: "handle-not-told-anew",
        why: "a receive that comes to another stream tells under the token of the first",
        file: "iocp/src/poll/source/stream/inbox/mod.rs",
        old: "            self.socket.set_key(token);\n",
        new: "",
        by: Tests(&["telling"]),
    },
    Fault {
        name: "any-success-is-told",
        why: "the end of a stream is an event like one of bytes, and is never said to be the end",
        file: "iocp/src/poll/queue/deliver.rs",
        old: "|| bytes == 0 && kind_of(tag) != PROBE ||",
        new: "|| bytes == usize::MAX ||",
        by: Tests(&["telling"]),
    },
    Fault {
        name: "a-dead-token-beside-other-events",
        why: "the event of a stream is lost to the last one of the stream that had its number",
        file: "iocp/src/poll/queue/deliver.rs",
        old: "self.queue.deliver_by_marks(index, self.events);\n            return true;",
        new: "self.events.add(index, arrived.key(), Ready::READABLE);\n            return true;",
        by: Tests(&["telling"]),
    },
    Fault {
        name: "too-many-requests-is-no-shortage",
        why:
            "a receive that was not started fails for ever with a code that says: wait for an event",
        file: "iocp/src/base/kind.rs",
        old: "10_024 | 10_035 | 10_055 |",
        new: "10_024 | 10_055 |",
        by: Tests(&["shortage"]),
    },
    Fault {
        name: "too-many-requests-would-block",
        why: "a write that was not started says `WouldBlock`, and no event follows",
        file: "iocp/src/poll/error.rs",
        old: "        WSAEWOULDBLOCK => WSAENOBUFS,\n",
        new: "",
        by: Tests(&["shortage"]),
    },
    Fault {
        name: "the-error-that-a-probe-took",
        why: "that an earlier datagram met nobody is said by an event, and by no receive",
        file: "iocp/src/poll/source/udp/incoming.rs",
        old: "_ => self.suspected = Some(code_of(error)),",
        new: "_ => self.found = true,",
        by: Tests(&["datagram"]),
    },
    Fault {
        name: "a-probe-of-a-datagram-owes-no-packet",
        why: "a probe that finds a datagram at once is used again while its packet is still to come",
        file: "iocp/src/ops/datagram.rs",
        old: "Prepared::receiving_nothing(())",
        new: "Prepared::filling_nothing(())",
        by: Tests(&["datagram"]),
    },
    Fault {
        name: "probe-in-flight-not-told-anew",
        why: "an event comes under a token that its socket is not registered with any more",
        file: "iocp/src/poll/source/udp/incoming.rs",
        old: "        if let Some(ticket) = &self.probe.flying {\n            ticket.set_tag(tag, direct);\n        }\n",
        new: "",
        by: Tests(&["datagram"]),
    },
];
