//! `GetOverlappedResult` and `WSAGetOverlappedResult`.

use iocp_sys as sys;

use super::{
    kit::{
        handle::{self, code, event, Answer, Raw, NO_COUNT},
        memory::Block,
        socket,
    },
    Fact,
};
use crate::net::tcp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "RES01",
        "WSAGetOverlappedResult of SUCCESS and of a warning",
        "done, 3 bytes; error 10040",
        || {
            let (near, _far) = tcp_pair();
            let success = socket::result(&near, Block::new().filled(sys::STATUS_SUCCESS, 3));
            let warning = Block::new().filled(sys::STATUS_BUFFER_OVERFLOW, 3);
            format!("{success}; {}", socket::result(&near, warning))
        },
    ),
    Fact::new("RES02", "WSAGetOverlappedResult of PENDING, without waiting", "error 996", || {
        let (near, _far) = tcp_pair();
        socket::result(&near, Block::new().pending()).to_string()
    }),
    Fact::new(
        "RES04",
        "GetOverlappedResult of handle 0: SUCCESS, PENDING",
        "done, 3 bytes; error 996",
        || {
            let success = result_of(0, Block::new().filled(sys::STATUS_SUCCESS, 3), false);
            format!("{success}; {}", result_of(0, Block::new().pending(), false))
        },
    ),
    Fact::new("RES05", "GetOverlappedResult of a failed block", "error 995, 3 bytes", || {
        let block = Block::new().filled(sys::STATUS_CANCELLED, 3);
        let result = result_of(0, block, false);
        format!("{result}, {} bytes", result.count)
    }),
    Fact::new(
        "RES06",
        "GetOverlappedResult with waiting, the event set, the status PENDING",
        "done, 0 bytes, then PENDING",
        || {
            let event = event();
            handle::set(&event);
            let block = Block::with_event(event.raw()).pending();
            let result = result_of(0, block, true);
            format!("{result}, then {}", block.status())
        },
    ),
];

/// `GetOverlappedResult` with any handle.
fn result_of(file: usize, block: &'static Block, waits: bool) -> Answer {
    let mut count = NO_COUNT;
    // SAFETY:
    // * a block that no operation uses; the count is written during the call; the handle is waited for only if
    //   the block has no event.
    let ok = unsafe {
        let (file, waits) = (file as sys::HANDLE, i32::from(waits));
        sys::GetOverlappedResult(file, block.overlapped(), &mut count, waits)
    };
    Answer { code: code(ok), count }
}
