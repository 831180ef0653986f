//! Waits on a port by calls of kernel32: what they fill, and alertable ones.
//!
//! # Safety
//!
//! What a call fills lies on the stack of that call.

use iocp_sys as sys;

use super::{
    kit::{
        apc::{alert, Counter},
        handle::{self, code, Raw},
        last_error,
        memory::{Block, Buffer},
        pipe::{self, MESSAGES},
        port::{Port, KEY},
    },
    Fact,
};

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "PORT10",
        "GetQueuedCompletionStatus times out",
        "error 258, overlapped 0, bytes 11, key 22",
        || {
            let (code, wait) = get(&Port::new(), 0);
            format!("error {code}, {wait}")
        },
    ),
    Fact::new(
        "PORT11",
        "GetQueuedCompletionStatus takes a failed operation",
        "error 995, overlapped of the operation, bytes 0, key 7",
        || {
            let (server, _client) = pipe::pair(MESSAGES);
            let (port, block) = (Port::of(&server), Block::new());
            handle::read(&server, Buffer::new(4), Some(block));
            handle::cancel(&server, Some(block));
            let (code, wait) = get(&port, 5000);
            let of = format!("overlapped {}", block.address());
            format!("error {code}, {}", wait.replace(&of, "overlapped of the operation"))
        },
    ),
    Fact::new(
        "PORT12",
        "GetQueuedCompletionStatus takes a success, the last error being 4660",
        "TRUE, overlapped 3, bytes 1, key 2, last error 4660",
        || {
            let port = Port::new();
            port.post(1, 2, 3);
            // SAFETY:
            // * sets a value of this thread.
            unsafe { sys::SetLastError(4660) };
            let (code, wait) = get(&port, 5000);
            assert_eq!(code, 0, "a packet");
            format!("TRUE, {wait}, last error {}", last_error())
        },
    ),
    Fact::new("PORT13", "GetQueuedCompletionStatusEx times out", "258, count 0 or 1", || {
        let (count, taken) = Port::new().take_in(0, false);
        format!("{}, count {}", taken.unwrap_err(), at_most_one(count))
    }),
    Fact::new(
        "PORT14",
        "PostQueuedCompletionStatus, then GetQueuedCompletionStatusEx",
        "packet SUCCESS, 123 bytes, key 456, overlapped 789",
        || {
            let port = Port::new();
            port.post(123, 456, 789);
            let packet = port.take().unwrap();
            format!("{packet}, overlapped {}", packet.block)
        },
    ),
    Fact::new(
        "PORT15",
        "GetQueuedCompletionStatusEx, alertable, empty, a procedure call queued",
        "192, ran 1, count 0 or 1",
        || {
            let port = tied();
            let counter = Counter::queued();
            let (count, taken) = port.take_in(0, true);
            let count = at_most_one(count);
            format!("{}, ran {}, count {count}", taken.unwrap_err(), counter.ran())
        },
    ),
    Fact::new("PORT16", "the same with a packet queued", "packet SUCCESS, 1 bytes, ran 0", || {
        let port = tied();
        let counter = Counter::queued();
        port.post(1, KEY, 0);
        let (_, taken) = port.take_in(0, true);
        let ran = counter.ran();
        alert();
        format!("{}, ran {ran}", taken.unwrap())
    }),
    Fact::new(
        "PORT17",
        "two waits for the port's handle after a packet was posted",
        "set, set, then packet SUCCESS, 1 bytes",
        || {
            let port = Port::new();
            port.post(1, KEY, 0);
            let states = format!("{}, {}", handle::state(&port), handle::state(&port));
            format!("{states}, then {}", port.take().unwrap())
        },
    ),
];

/// `GetQueuedCompletionStatus`: its code, 0 for none, and what it filled.
fn get(port: &Port, timeout_ms: u32) -> (u32, String) {
    let (mut bytes, mut key, mut overlapped) = (11, 22, 33 as *mut sys::OVERLAPPED);
    // SAFETY:
    // * an open port; what is filled is there during the call.
    let ok = unsafe {
        let port = port.raw();
        sys::GetQueuedCompletionStatus(port, &mut bytes, &mut key, &mut overlapped, timeout_ms)
    };
    (code(ok), format!("overlapped {}, bytes {bytes}, key {key}", overlapped as usize))
}

/// A port from which this thread has taken a packet.
fn tied() -> Port {
    let port = Port::new();
    port.post(0, KEY, 0);
    port.take().unwrap();
    port
}

/// The count of a wait that gave nothing: it differs by version.
fn at_most_one(count: u32) -> String {
    match count {
        0 | 1 => "0 or 1".to_owned(),
        count => count.to_string(),
    }
}
