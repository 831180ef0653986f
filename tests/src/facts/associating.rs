//! Files and sockets that are associated with a port: which may be, when, and what then comes.

use std::ptr::null_mut;

use iocp_sys as sys;

use super::{
    kit::{
        apc::{alert, Counter},
        extension::{self, NO_DATA},
        handle::{self, code, Raw},
        memory::{Block, Buffer},
        named,
        native::{self, Told},
        pipe::{self, MESSAGES, WAITING},
        port::{Port, KEY},
        socket,
    },
    Fact,
};
use crate::net::tcp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new("PORT24", "associate a synchronous file", "error 87", || {
        let (server, _client) = pipe::pair(WAITING);
        format!("error {}", Port::new().associate(&server, KEY))
    }),
    Fact::new(
        "PORT25",
        "FileCompletionInformation on a synchronous pipe",
        "INVALID_PARAMETER, block untouched",
        || {
            let (server, _client) = pipe::pair(WAITING);
            let (port, block) = (Port::new(), Block::new());
            let value = [port.raw() as usize, KEY].map(usize::to_ne_bytes).concat();
            let class = sys::FileCompletionInformation;
            let status = native::set_information(&server, class, &value, block);
            format!("{status}, {block}")
        },
    )
    .wine("INVALID_PARAMETER, block INVALID_PARAMETER, 0 bytes"),
    Fact::new(
        "PORT26",
        "BindIoCompletionCallback: a synchronous file; an overlapped one, again, again without a callback",
        "87; 0, 87, 87",
        || {
            let (server, _client) = pipe::pair(WAITING);
            let synchronous = bind_callback(&server, Some(no_callback));
            let (server, _client) = pipe::pair(MESSAGES);
            let first = bind_callback(&server, Some(no_callback));
            let second = bind_callback(&server, Some(no_callback));
            let third = bind_callback(&server, None);
            format!("{synchronous}; {first}, {second}, {third}")
        },
    ),
    Fact::new(
        "PORT28",
        "the port is associated after a read became pending",
        "PENDING; packet SUCCESS, 2 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let block = Block::new();
            let call = native::read(&server, Buffer::new(8), block, Told::packet(block));
            let port = Port::of(&server);
            handle::write(&client, b"ab", Some(Block::new()));
            format!("{}; {}", named(call), port.packet(block))
        },
    ),
    Fact::new(
        "PORT29",
        "the same, and the read has an APC routine",
        "PENDING; no packet, ran 0; alerted, ran 1",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (block, counter) = (Block::new(), Counter::new());
            let call = native::read(&server, Buffer::new(8), block, Told::apc(counter));
            let port = Port::of(&server);
            handle::write(&client, b"ab", Some(Block::new()));
            block.end();
            let before = format!("{}, ran {}", port.rest(), counter.ran());
            alert();
            format!("{}; {before}; alerted, ran {}", named(call), counter.ran())
        },
    ),
    Fact::new(
        "PORT30",
        "NtReadFile with an APC routine on an associated handle",
        "INVALID_PARAMETER",
        || {
            let (server, _client) = pipe::pair(MESSAGES);
            let _port = Port::of(&server);
            let (block, counter) = (Block::new(), Counter::new());
            named(native::read(&server, Buffer::new(8), block, Told::apc(counter)))
        },
    ),
    Fact::new(
        "PORT31",
        "an AFD poll with an APC routine on an associated socket",
        "INVALID_PARAMETER",
        || {
            let (near, _far) = tcp_pair();
            let _port = Port::of(&near);
            let (block, told) = (Block::new(), Told::apc(Counter::new()));
            named(native::poll(&near, sys::AFD_POLL_RECEIVE, block, told))
        },
    ),
    Fact::new(
        "PORT32",
        "WSARecv with a completion routine on an associated socket",
        "error 10022",
        || {
            let (near, _far) = tcp_pair();
            let _port = Port::of(&near);
            let (buffer, mut flags) = (Buffer::new(4).wsabuf(), 0);
            let block = Block::new();
            // SAFETY:
            // * the array is read and the flags are written during the call; buffer and block are leaked.
            let result = unsafe {
                                let block = block.overlapped();
                let (near, no_count) = (socket::value(&near), null_mut());
                sys::WSARecv(near, &buffer, 1, no_count, &mut flags, block, Some(no_routine))
            };
            format!("error {}", socket::code(result))
        },
    ),
    Fact::new(
        "PORT33",
        "an AFD poll on an associated socket without a context, then data",
        "PENDING; block SUCCESS; no packet",
        || {
            let (near, far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let call = native::poll(&near, sys::AFD_POLL_RECEIVE, block, Told::nothing());
            socket::send(&far, b"a", None);
            block.end();
            format!("{}; block {}; {}", named(call), block.status(), port.rest())
        },
    ),
    Fact::new(
        "PORT34",
        "an AFD poll on an associated socket with a context and an event, then data",
        "PENDING; event set: true; a packet of SUCCESS",
        || {
            let (near, far) = tcp_pair();
            let (port, block, event) = (Port::of(&near), Block::new(), handle::event());
            let told = Told::packet(block).and_event(&event);
            let call = native::poll(&near, sys::AFD_POLL_RECEIVE, block, told);
            socket::send(&far, b"a", None);
            let set = handle::wait_signalled(&event);
            let packet = port.packet(block);
            let packet = packet.split(',').next().unwrap_or_default().replace("packet ", "");
            format!("{}; event set: {set}; a packet of {packet}", named(call))
        },
    ),
    Fact::new("PORT36", "a listening socket with a port is closed", "no packet", || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = Port::of(&listener);
        drop(listener);
        port.rest()
    }),
    Fact::new(
        "PORT37",
        "a listening socket with a port and an accept is closed",
        "pending; packet CANCELLED, 0 bytes",
        || {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let (port, block, acceptor) = (Port::of(&listener), Block::new(), socket::tcp());
            let call = extension::accept(&listener, &acceptor, NO_DATA, Some(block));
            assert_eq!(call, sys::ERROR_IO_PENDING, "AcceptEx");
            drop(listener);
            format!("pending; {}", port.packet(block))
        },
    ),
];

/// `BindIoCompletionCallback`: 0, or its code.
fn bind_callback(file: &impl Raw, callback: sys::LPOVERLAPPED_COMPLETION_ROUTINE) -> u32 {
    // SAFETY:
    // * an open handle; a function of this program that does nothing, or none.
    code(unsafe { sys::BindIoCompletionCallback(file.raw(), callback, 0) })
}

unsafe extern "system" fn no_callback(_: u32, _: u32, _: *mut sys::OVERLAPPED) {}

unsafe extern "system" fn no_routine(_: u32, _: u32, _: *mut sys::OVERLAPPED, _: u32) {}
