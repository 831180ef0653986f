//! The two modes of a handle, `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` and `FILE_SKIP_SET_EVENT_ON_HANDLE`, and
//! what signals events and handles.

use std::net::TcpListener;

use iocp_sys as sys;

use super::{
    kit::{
        extension,
        handle::{self, event, Raw},
        memory::{Block, Buffer},
        named,
        native::{self, Told},
        pipe::{self, BYTES, MESSAGES, WAITING},
        port::Port,
        socket,
    },
    Fact,
};
use crate::net::tcp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "SKIP01",
        "the native class with 2 bytes, and on a synchronous pipe",
        "INFO_LENGTH_MISMATCH, INVALID_PARAMETER",
        || {
            let class = sys::FileIoCompletionNotificationInformation;
            let (server, _client) = pipe::pair(MESSAGES);
            let short = native::set_information(&server, class, &[1, 0], Block::new());
            let (server, _client) = pipe::pair(WAITING);
            let value = SKIP_PACKET.to_ne_bytes();
            let synchronous = native::set_information(&server, class, &value, Block::new());
            format!("{short}, {synchronous}")
        },
    ),
    Fact::new("SKIP02", "the modes after setting 2, 1 and 0", "2, 3, 3", || {
        let (server, _client) = pipe::pair(MESSAGES);
        let modes = [2, 1, 0].map(|mode| {
            assert_eq!(handle::set_modes(&server, mode), 0, "SetFileCompletionNotificationModes");
            native::modes(&server).to_string()
        });
        modes.join(", ")
    }),
    Fact::new(
        "SKIP04",
        "ReadFile and WriteFile that are done at once",
        "done, 2 bytes, block SUCCESS, 2 bytes; done, 1 bytes; no packet",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (port, block) = (skipping(&server), Block::new());
            handle::write(&client, b"ab", Some(Block::new()));
            let read = handle::read(&server, Buffer::new(8), Some(block));
            let read = format!("{read}, {block}");
            let written = handle::write(&server, b"c", Some(Block::new()));
            format!("{read}; {written}; {}", port.rest())
        },
    ),
    Fact::new(
        "SKIP05",
        "ReadFile that is pending, then succeeds",
        "pending; packet SUCCESS, 2 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (port, block) = (skipping(&server), Block::new());
            let read = handle::read(&server, Buffer::new(8), Some(block));
            handle::write(&client, b"ab", Some(Block::new()));
            format!("{read}; {}", port.packet(block))
        },
    ),
    Fact::new(
        "SKIP06",
        "ConnectEx to a port where nobody listens",
        "997; packet CONNECTION_REFUSED, 0 bytes",
        || {
            let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
            let (socket, block) = (socket::tcp(), Block::new());
            assert_eq!(socket::bind(&socket), 0, "bind");
            let port = skipping(&socket);
            let call = extension::connect(&socket, nobody, b"", Some(block));
            format!("{call}; {}", port.packet(block))
        },
    ),
    Fact::new(
        "SKIP07",
        "ReadFile of a message that is longer than the buffer",
        "pending; packet BUFFER_OVERFLOW, 2 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (port, block) = (skipping(&server), Block::new());
            handle::write(&client, b"abcd", Some(Block::new()));
            let read = handle::read(&server, Buffer::new(2), Some(block));
            if read.code == sys::ERROR_IO_PENDING {
                return format!("{read}; {}", port.packet(block));
            }
            format!("{read}; {}", port.rest())
        },
    )
    .or("error 234; no packet")
    .wine("error 234; no packet"),
    Fact::new(
        "SKIP09",
        "NtReadFile of such a message without a port",
        "BUFFER_OVERFLOW, block BUFFER_OVERFLOW, 2 bytes",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let block = Block::new();
            handle::write(&client, b"abcd", Some(Block::new()));
            let call = native::read(&server, Buffer::new(2), block, Told::nothing());
            format!("{}, {block}", named(call))
        },
    ),
    Fact::new(
        "SKIP10",
        "ReadFile that fails at once, an event and no mode: packet and event",
        "error 109; no packet; not set",
        || {
            let (server, client) = pipe::pair(BYTES);
            let (port, event) = (Port::of(&server), event());
            drop(client);
            handle::set(&event);
            let block = Block::with_event(event.raw());
            let read = handle::read(&server, Buffer::new(2), Some(block));
            format!("{read}; {}; {}", port.rest(), handle::state(&event))
        },
    ),
    Fact::new(
        "SKIP11",
        "NtReadFile that is pending, its event being set before",
        "PENDING, not set; then set",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (event, block) = (event(), Block::new());
            handle::set(&event);
            let told = Told::nothing().and_event(&event);
            let call = native::read(&server, Buffer::new(2), block, told);
            let before = handle::state(&event);
            handle::write(&client, b"a", Some(Block::new()));
            let after = if handle::wait_signalled(&event) { "set" } else { "not set" };
            format!("{}, {before}; then {after}", named(call))
        },
    ),
    Fact::new(
        "SKIP12",
        "a read ends: the handle, with an event, and without one",
        "not set; set",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let event = event();
            let one = Block::with_event(event.raw());
            handle::read(&server, Buffer::new(2), Some(one));
            handle::write(&client, b"a", Some(Block::new()));
            one.end();
            let with = handle::state(&server);
            let two = Block::new();
            handle::read(&server, Buffer::new(2), Some(two));
            handle::write(&client, b"a", Some(Block::new()));
            two.end();
            format!("{with}; {}", handle::state(&server))
        },
    ),
    Fact::new(
        "SKIP13",
        "both modes, a read that was pending ends: its packet, and the handle",
        "packet SUCCESS, 1 bytes; not set",
        || {
            let (server, client) = pipe::pair(MESSAGES);
            let (port, block) = (skipping(&server), Block::new());
            handle::read(&server, Buffer::new(2), Some(block));
            assert_eq!(handle::set_modes(&server, 2), 0, "SetFileCompletionNotificationModes");
            handle::write(&client, b"a", Some(Block::new()));
            format!("{}; {}", port.packet(block), handle::state(&server))
        },
    ),
    Fact::new("SKIP16", "DisconnectEx", "997; packet SUCCESS, 0 bytes", || {
        let (near, _far) = tcp_pair();
        let (port, block) = (skipping(&near), Block::new());
        let call = extension::disconnect(&near, Some(block));
        format!("{call}; {}", port.packet_or_end(block))
    })
    .wine("997; no packet"),
    Fact::new(
        "SKIP17",
        "ConnectEx with the lowest bit of its event set",
        "997; event set; no packet; 0 bytes",
        || {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let (socket, event) = (socket::tcp(), event());
            assert_eq!(socket::bind(&socket), 0, "bind");
            let port = Port::of(&socket);
            let block = Block::with_event((event.raw() as usize | 1) as sys::HANDLE);
            let to = listener.local_addr().unwrap();
            let call = extension::connect(&socket, to, b"", Some(block));
            let state = if handle::wait_signalled(&event) { "set" } else { "not set" };
            let result = handle::result(&socket, block);
            format!("{call}; event {state}; {}; {} bytes", port.rest(), result.count)
        },
    ),
];

/// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` as the native class has it.
const SKIP_PACKET: u32 = sys::FILE_SKIP_COMPLETION_PORT_ON_SUCCESS;

/// A port, with which the file is associated in skip mode.
fn skipping(file: &impl Raw) -> Port {
    let port = Port::of(file);
    assert_eq!(handle::set_modes(file, 1), 0, "SetFileCompletionNotificationModes");
    port
}
