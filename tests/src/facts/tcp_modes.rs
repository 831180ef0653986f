//! TCP sockets: sending, shutting down, and what options do to overlapped calls.

use std::net::TcpListener;

use iocp_sys as sys;

use super::{
    kit::{
        handle::NO_COUNT,
        memory::{Block, Buffer},
        port::Port,
        socket,
    },
    tcp::reset,
    Fact,
};
use crate::net::tcp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "TCP08",
        "WSARecv on a socket that was reset while nothing was pending",
        "error 10054, count untouched: true, no packet",
        || {
            let (near, far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            reset(far);
            // Waits until the reset is there, whatever it reads as.
            drop(near.peek(&mut [0]));
            let call = socket::recv(&near, Buffer::new(32), Some(block));
            let untouched = call.count == NO_COUNT;
            format!("{call}, count untouched: {untouched}, {}", port.rest())
        },
    )
    .wine_8("done, 0 bytes, count untouched: false, packet SUCCESS, 0 bytes"),
    Fact::new(
        "TCP09",
        "WSASend on a socket that the peer has reset",
        "error 10054, count untouched: true, no packet",
        || {
            let (near, far) = tcp_pair();
            let (port, first, block) = (Port::of(&near), Block::new(), Block::new());
            socket::recv(&near, Buffer::new(32), Some(first));
            reset(far);
            port.packet(first);
            let call = socket::send(&near, b"ab", Some(block));
            let untouched = call.count == NO_COUNT;
            format!("{call}, count untouched: {untouched}, {}", port.rest())
        },
    ),
    Fact::new(
        "TCP22",
        "WSARecv on a socket that does not block: with a block, without",
        "pending, error 10035",
        || {
            let (near, _far) = tcp_pair();
            socket::set_nonblocking(&near);
            let without = socket::recv(&near, Buffer::new(32), None);
            let with = socket::recv(&near, Buffer::new(32), Some(Block::new()));
            format!("{with}, {without}")
        },
    ),
    Fact::new(
        "TCP24",
        "SO_RCVTIMEO 100: recv; WSARecv after 200 ms, then data",
        "10060; pending, block PENDING, count untouched; block SUCCESS, 2 bytes",
        || {
            let ((near, far), (other, _far)) = (tcp_pair(), tcp_pair());
            for end in [&near, &other] {
                socket::set_option(end, sys::SO_RCVTIMEO, &100_u32.to_ne_bytes());
            }
            let plain = socket::plain(&other, false, 1);
            let block = Block::new();
            let call = socket::recv(&near, Buffer::new(32), Some(block));
            // What is looked at is that this time does nothing.
            std::thread::sleep(std::time::Duration::from_millis(200));
            let before = block.to_string();
            socket::send(&far, b"ab", None);
            format!("{plain}; {call}, {before}; {}", block.end())
        },
    ),
    Fact::new(
        "TCP25",
        "shutdown(SD_RECEIVE) while a receive is pending: a new one, the old one",
        "pending; error 10058; block SUCCESS, 2 bytes",
        || {
            let (near, far) = tcp_pair();
            let (block, other) = (Block::new(), Block::new());
            let call = socket::recv(&near, Buffer::new(32), Some(block));
            assert_eq!(socket::shutdown(&near, sys::SD_RECEIVE), 0, "shutdown");
            let new = socket::recv(&near, Buffer::new(32), Some(other));
            socket::send(&far, b"ab", None);
            format!("{call}; {new}; {}", block.end())
        },
    ),
    Fact::new(
        "TCP26",
        "shutdown(SD_SEND) twice; unconnected; listening; a bad number",
        "0, 0; 10057; 10057; 10022",
        || {
            let (near, _far) = tcp_pair();
            let first = socket::shutdown(&near, sys::SD_SEND);
            let second = socket::shutdown(&near, sys::SD_SEND);
            let fresh = socket::shutdown(&socket::tcp(), sys::SD_SEND);
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let listening = socket::shutdown(&listener, sys::SD_SEND);
            let (other, _far) = tcp_pair();
            let bad = socket::shutdown(&other, 0xDEAD);
            format!("{first}, {second}; {fresh}; {listening}; {bad}")
        },
    ),
    Fact::new("TCP27", "send after own SD_SEND; recv after own SD_RECEIVE", "10058; 10058", || {
        let (near, _far) = tcp_pair();
        socket::shutdown(&near, sys::SD_SEND);
        let sent = socket::plain(&near, true, 1);
        socket::shutdown(&near, sys::SD_RECEIVE);
        format!("{sent}; {}", socket::plain(&near, false, 1))
    }),
    Fact::new(
        "TCP29",
        "getpeername and getsockname after both sides have shut down",
        "0, 0",
        || {
            let (near, far) = tcp_pair();
            socket::shutdown(&near, sys::SD_SEND);
            socket::shutdown(&far, sys::SD_SEND);
            assert_eq!(near.peek(&mut [0]).unwrap(), 0, "the end of the stream");
            format!("{}, {}", socket::name(&near, true), socket::name(&near, false))
        },
    )
    .wine_8("10057, 0"),
    Fact::new("TCP30", "shutdown of an associated socket", "0; no packet", || {
        let (near, _far) = tcp_pair();
        let port = Port::of(&near);
        format!("{}; {}", socket::shutdown(&near, sys::SD_SEND), port.rest())
    }),
    Fact::new("TCP31", "connect of an associated socket", "0; no packet", || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = socket::tcp();
        let port = Port::of(&socket);
        let code = socket::connect(&socket, listener.local_addr().unwrap());
        format!("{code}; {}", port.rest())
    }),
    Fact::new(
        "TCP32",
        "WSASend of 1 MiB with SO_SNDBUF 0; the peer reads it",
        "pending, block SUCCESS, 1048576 bytes",
        || {
            let (near, mut far) = tcp_pair();
            socket::set_option(&near, sys::SO_SNDBUF, &0_u32.to_ne_bytes());
            let block = Block::new();
            let call = socket::send(&near, &vec![1; MIB], Some(block));
            std::io::Read::read_exact(&mut far, &mut vec![0; MIB]).unwrap();
            format!("{call}, {}", block.end())
        },
    ),
];

const MIB: usize = 1 << 20;
