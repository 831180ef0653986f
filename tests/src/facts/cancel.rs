//! What cancels an operation: the end of its thread, the calls for it, and what does not.

use std::os::windows::io::OwnedHandle;

use iocp_sys as sys;

use super::{
    kit::{
        handle::{self, copy_of, event, Raw},
        memory::{Block, Buffer},
        named,
        native::{self, Told},
        pipe::{self, MESSAGES},
        port::Port,
        socket,
    },
    Fact,
};
use crate::net::tcp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "CAN01",
        "an AFD poll without a port, with an event; its thread ends",
        "PENDING; event set: true; block CANCELLED, 0 bytes",
        || {
            let (near, _far) = tcp_pair();
            let (block, event) = (Block::new(), event());
            let told = Told::nothing().and_event(&event);
            let call = on_a_thread(&near, |near| poll(near, block, told));
            let set = handle::wait_signalled(&event);
            format!("{call}; event set: {set}; {block}")
        },
    ),
    Fact::new(
        "CAN02",
        "with a port and a context, without an event; its thread ends",
        "PENDING; no packet; block untouched; after data packet SUCCESS",
        || {
            let (near, far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let told = Told::packet(block);
            let call = on_a_thread(&near, |near| poll(near, block, told));
            let before = format!("{}; {block}", port.rest());
            socket::send(&far, b"a", None);
            let packet = port.packet(block);
            let packet = packet.split(',').next().unwrap_or_default();
            format!("{call}; {before}; after data {packet}")
        },
    ),
    Fact::new(
        "CAN03",
        "with a port, a context and an event; its thread ends",
        "PENDING; event set: true; packet CANCELLED, 0 bytes",
        || {
            let (near, _far) = tcp_pair();
            let (port, block, event) = (Port::of(&near), Block::new(), event());
            let told = Told::packet(block).and_event(&event);
            let call = on_a_thread(&near, |near| poll(near, block, told));
            let set = handle::wait_signalled(&event);
            format!("{call}; event set: {set}; {}", port.packet(block))
        },
    ),
    Fact::new(
        "CAN04",
        "with a port, without a context; its thread ends",
        "PENDING; block CANCELLED, 0 bytes; no packet",
        || {
            let (near, _far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let told = Told::nothing();
            let call = on_a_thread(&near, |near| poll(near, block, told));
            format!("{call}; {}; {}", block.end(), port.rest())
        },
    ),
    Fact::new(
        "CAN05",
        "CancelIoEx of all from another thread, with a port and a context",
        "PENDING; 0; packet CANCELLED, 0 bytes",
        || {
            let (near, _far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let call = poll(&near, block, Told::packet(block));
            let cancelled = on_a_thread(&near, |near| handle::cancel(near, None));
            format!("{call}; {cancelled}; {}", port.packet(block))
        },
    ),
    Fact::new("CAN06", "CancelIoEx twice for one read of a pipe", "0, 1168; error 995", || {
        let (server, _client) = pipe::pair(MESSAGES);
        let event = event();
        let block = Block::with_event(event.raw());
        handle::read(&server, Buffer::new(2), Some(block));
        let first = handle::cancel(&server, Some(block));
        let second = handle::cancel(&server, Some(block));
        assert!(handle::wait_signalled(&event), "the read ends");
        format!("{first}, {second}; {}", handle::result(&server, block))
    }),
    Fact::new(
        "CAN07",
        "NtCancelIoFile and NtCancelIoFileEx with nothing to cancel",
        "SUCCESS, NOT_FOUND",
        || {
            let server = pipe::server(&pipe::new_name(), MESSAGES).unwrap();
            let (all, _) = native::cancel_thread(server.raw());
            format!("{all}, {}", native::cancel(&server, None))
        },
    )
    .wine_8("SUCCESS, SUCCESS"),
    Fact::new(
        "CAN08",
        "NtCancelIoFile through another handle of the pipe",
        "SUCCESS; block CANCELLED, 0 bytes",
        || {
            let (server, _client) = pipe::pair(MESSAGES);
            let (other, block) = (copy_of(&server), Block::new());
            native::read(&server, Buffer::new(2), block, Told::nothing());
            let (status, _) = native::cancel_thread(other.raw());
            format!("{status}; {}", block.end())
        },
    ),
    Fact::new(
        "CAN09",
        "one of two handles is closed; then NtCancelIoFile by the other",
        "block untouched; SUCCESS; block CANCELLED, 0 bytes",
        || {
            let (server, _client) = pipe::pair(MESSAGES);
            let (other, block) = (copy_of(&server), Block::new());
            native::read(&server, Buffer::new(2), block, Told::nothing());
            drop(server);
            let before = block.to_string();
            let (status, _) = native::cancel_thread(other.raw());
            format!("{before}; {status}; {}", block.end())
        },
    ),
    Fact::new(
        "CAN10",
        "NtCancelIoFile on a value that is no handle",
        "INVALID_HANDLE, block untouched",
        || {
            // Handles are multiples of 4, and the system counts them up from small ones.
            let (status, block) = native::cancel_thread(0x00DE_AD04 as sys::HANDLE);
            format!("{status}, {block}")
        },
    ),
    Fact::new(
        "HND03",
        "WSAGetOverlappedResult through a DuplicateHandle copy of the socket",
        "error 10038",
        || {
            let (near, _far) = tcp_pair();
            let block = Block::new();
            socket::recv(&near, Buffer::new(2), Some(block));
            let copy: OwnedHandle = copy_of(&near);
            socket::result(&copy, block).to_string()
        },
    ),
    Fact::new(
        "HND04",
        "a read with a port, another handle of the pipe; the one it was sent on is closed",
        "pending; no packet; after data packet SUCCESS, 1 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (port, other, block) = (Port::of(&server), copy_of(&server), Block::new());
            let call = handle::read(&server, Buffer::new(2), Some(block));
            drop(server);
            let before = port.rest();
            handle::write(&client, b"a", Some(Block::new()));
            let after = port.packet(block);
            drop(other);
            format!("{call}; {before}; after data {after}")
        },
    ),
];

fn poll(socket: &std::net::TcpStream, block: &'static Block, told: Told) -> String {
    named(native::poll(socket, sys::AFD_POLL_RECEIVE, block, told))
}

/// Does something on a thread that has ended when this returns.
pub(super) fn on_a_thread<F: Sync, T: Send>(with: &F, work: impl FnOnce(&F) -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(|| work(with)).join().unwrap())
}
