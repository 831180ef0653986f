//! Ports by native calls: posting, waiting, procedure calls.

use iocp_sys as sys;

use super::{
    kit::{
        apc::{alert, Counter},
        port::Port,
        port_native as nt,
    },
    Fact,
};

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "PORT01",
        "alertable wait, a packet and a procedure call queued, first wait of this thread",
        "USER_APC; ran 1; then 1; 7, 8, SUCCESS, 0x0",
        || {
            let (port, counter) = (Port::new(), Counter::queued());
            nt::set(&port, 7, 8, 0, 0);
            let first = nt::remove_some(&port, 1, false, true);
            let ran = counter.ran();
            format!("{first}; ran {ran}; then {}", nt::remove_some(&port, 1, false, true))
        },
    )
    .wine_8("1; 7, 8, SUCCESS, 0x0; ran 0; then USER_APC"),
    Fact::new(
        "PORT02",
        "the same by a thread that has taken a packet from this port",
        "1; 9, 8, SUCCESS, 0x0; ran 0; alerted, ran 1",
        || {
            let port = Port::new();
            nt::set(&port, 7, 8, 0, 0);
            nt::remove(&port);
            let counter = Counter::queued();
            nt::set(&port, 9, 8, 0, 0);
            let taken = nt::remove_some(&port, 1, false, true);
            let ran = counter.ran();
            alert();
            format!("{taken}; ran {ran}; alerted, ran {}", counter.ran())
        },
    ),
    Fact::new("PORT03", "NtRemoveIoCompletion and Ex, empty, no time", "TIMEOUT; TIMEOUT", || {
        let port = Port::new();
        format!("{}; {}", nt::remove(&port), nt::remove_some(&port, 1, false, false))
    }),
    Fact::new(
        "PORT04",
        "NtSetIoCompletion with an error status, then NtRemoveIoCompletion",
        "123, 456, 0xC0000010, all of the information",
        || {
            let information = 0x1234_5678_usize << (usize::BITS - 32) | 0x1357;
            let port = Port::new();
            nt::set(&port, 123, 456, sys::STATUS_INVALID_DEVICE_REQUEST, information);
            let all = format!("0x{information:X}");
            nt::remove(&port).replace(&all, "all of the information")
        },
    ),
    Fact::new("PORT05", "NtQueryIoCompletion: empty, posted, taken", "0, 1, 0", || {
        let port = Port::new();
        let empty = nt::depth(&port);
        nt::set(&port, 1, 2, 0, 0);
        let posted = nt::depth(&port);
        nt::remove(&port);
        format!("{empty}, {posted}, {}", nt::depth(&port))
    }),
    Fact::new(
        "PORT06",
        "two packets, room for two",
        "2; 1, 2, SUCCESS, 0x3; 4, 5, CANCELLED, 0x6",
        || {
            let port = Port::new();
            nt::set(&port, 1, 2, sys::STATUS_SUCCESS, 3);
            nt::set(&port, 4, 5, sys::STATUS_CANCELLED, 6);
            nt::remove_some(&port, 2, false, false)
        },
    ),
    Fact::new(
        "PORT07",
        "two packets, room for one, no time limit, twice",
        "1; 1, 2, SUCCESS, 0x3, then 1; 4, 5, SUCCESS, 0x6",
        || {
            let port = Port::new();
            nt::set(&port, 1, 2, sys::STATUS_SUCCESS, 3);
            nt::set(&port, 4, 5, sys::STATUS_SUCCESS, 6);
            let first = nt::remove_some(&port, 1, true, false);
            format!("{first}, then {}", nt::remove_some(&port, 1, true, false))
        },
    ),
    Fact::new(
        "PORT08",
        "empty, a procedure call queued, a wait that is not alertable",
        "TIMEOUT, ran 0",
        || {
            let (port, counter) = (Port::new(), Counter::queued());
            let status = nt::remove_some(&port, 1, false, false);
            format!("{status}, ran {}", counter.ran())
        },
    ),
    Fact::new("PORT09", "the same, an alertable wait", "USER_APC, ran 1", || {
        let (port, counter) = (Port::new(), Counter::queued());
        let status = nt::remove_some(&port, 1, false, true);
        format!("{status}, ran {}", counter.ran())
    }),
];
