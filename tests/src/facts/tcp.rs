//! Receiving on TCP sockets: what a receive ends with, and what ends it.

use std::{net::TcpStream, os::windows::io::OwnedHandle};

use iocp_sys as sys;

use super::{
    kit::{
        handle::{event, Raw},
        memory::{Block, Buffer},
        port::Port,
        socket,
    },
    Fact,
};
use crate::{
    net::{tcp_pair, wait_for_data},
    raw::reset_on_close,
};

pub(super) const FACTS: &[Fact] = &[
    Fact::new("TCP01", "12 bytes come", "pending; packet SUCCESS, 12 bytes", || {
        let (near, far) = tcp_pair();
        let (port, block) = (Port::of(&near), Block::new());
        let call = socket::recv(&near, Buffer::new(32), Some(block));
        socket::send(&far, b"Hello World!", None);
        format!("{call}; {}", port.packet(block))
    }),
    Fact::new(
        "TCP02",
        "data are there",
        "done, 2 bytes; packet SUCCESS, 2 bytes; no packet",
        || {
            let (near, far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            socket::send(&far, b"ab", None);
            wait_for_data(&near, 2);
            let call = socket::recv(&near, Buffer::new(32), Some(block));
            let packet = port.packet(block);
            format!("{call}; {packet}; {}", port.rest())
        },
    )
    .or("pending; packet SUCCESS, 2 bytes; no packet"),
    Fact::new(
        "TCP03",
        "the peer has closed in order",
        "done, 0 bytes; packet SUCCESS, 0 bytes; no packet",
        || {
            let (near, far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            drop(far);
            assert_eq!(near.peek(&mut [0]).unwrap(), 0, "the end of the stream");
            let call = socket::recv(&near, Buffer::new(32), Some(block));
            let packet = port.packet(block);
            format!("{call}; {packet}; {}", port.rest())
        },
    ),
    Fact::new(
        "TCP04",
        "the peer closes in order; the peer shuts its sending side",
        "block SUCCESS, 0 bytes; block SUCCESS, 0 bytes",
        || {
            let ends = [true, false].map(|closes| {
                let (near, far) = tcp_pair();
                let block = Block::new();
                socket::recv(&near, Buffer::new(32), Some(block));
                if closes {
                    drop(far);
                    return block.end();
                }
                assert_eq!(socket::shutdown(&far, sys::SD_SEND), 0, "shutdown");
                block.end()
            });
            ends.join("; ")
        },
    ),
    Fact::new("TCP05", "the peer resets", "pending; packet CONNECTION_RESET, 0 bytes", || {
        let (near, far) = tcp_pair();
        let (port, block) = (Port::of(&near), Block::new());
        let call = socket::recv(&near, Buffer::new(32), Some(block));
        reset(far);
        format!("{call}; {}", port.packet(block))
    }),
    Fact::new("TCP06", "SO_ERROR after that", "0", || {
        let (near, _) = after_reset();
        socket::so_error(&near).to_string()
    }),
    Fact::new("TCP07", "WSARecv and send after that", "error 10054, error 10054", || {
        let (near, event) = after_reset();
        let block = Block::with_event(event.raw());
        let received = socket::recv(&near, Buffer::new(32), Some(block));
        format!("{received}, error {}", socket::plain(&near, true, 1))
    })
    .wine_8("done, 0 bytes, error 10054"),
    Fact::new(
        "TCP10",
        "WSARecv on a socket that is not connected",
        "error 10057, no packet",
        || {
            let socket = socket::tcp();
            let (port, block) = (Port::of(&socket), Block::new());
            let call = socket::recv(&socket, Buffer::new(32), Some(block));
            format!("{call}, {}", port.rest())
        },
    ),
    Fact::new(
        "TCP12",
        "the socket is closed",
        "pending; packet CONNECTION_ABORTED, 0 bytes",
        || {
            let (near, _far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let call = socket::recv(&near, Buffer::new(32), Some(block));
            drop(near);
            format!("{call}; {}", port.packet(block))
        },
    )
    .wine("pending; packet HANDLES_CLOSED, 0 bytes"),
    Fact::new(
        "TCP14",
        "the thread that received has ended, then 2 bytes come",
        "pending; no packet; packet SUCCESS, 2 bytes",
        || {
            let (near, far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let call = super::cancel::on_a_thread(&near, |near| {
                socket::recv(near, Buffer::new(32), Some(block)).to_string()
            });
            let before = port.rest();
            socket::send(&far, b"ab", None);
            format!("{call}; {before}; {}", port.packet(block))
        },
    ),
    Fact::new("TCP15", "WSARecv without buffers", "error 10022", || {
        let (near, _far) = tcp_pair();
        socket::recv_into(&near, &[], Some(Block::new())).to_string()
    })
    .wine_8("pending"),
    Fact::new(
        "TCP16",
        "WSARecv with room for 0 bytes, then data, then a receive of them",
        "pending; block SUCCESS, 0 bytes; done, 2 bytes",
        || {
            let (near, far) = tcp_pair();
            let block = Block::new();
            let call = socket::recv(&near, Buffer::new(0), Some(block));
            socket::send(&far, b"ab", None);
            let end = block.end();
            format!("{call}; {end}; {}", socket::recv(&near, Buffer::new(32), None))
        },
    ),
    Fact::new("TCP17", "the same with data there", "done, 0 bytes, block SUCCESS, 0 bytes", || {
        let (near, far) = tcp_pair();
        let block = Block::new();
        socket::send(&far, b"ab", None);
        wait_for_data(&near, 2);
        let call = socket::recv(&near, Buffer::new(0), Some(block));
        format!("{call}, {block}")
    }),
    Fact::new("TCP18", "recv of 0 bytes with data there", "0", || {
        let (near, far) = tcp_pair();
        socket::send(&far, b"ab", None);
        wait_for_data(&near, 2);
        socket::plain(&near, false, 0).to_string()
    }),
    Fact::new(
        "TCP19",
        "two receives of 2 bytes, then 4 bytes come",
        "ab: block SUCCESS, 2 bytes; cd: block SUCCESS, 2 bytes",
        || {
            let (near, far) = tcp_pair();
            let both = [Buffer::new(2), Buffer::new(2)].map(|buffer| {
                let block = Block::new();
                socket::recv(&near, buffer, Some(block));
                (buffer, block)
            });
            socket::send(&far, b"abcd", None);
            let ends = both.map(|(buffer, block)| {
                let end = block.end();
                format!("{}: {end}", buffer.text())
            });
            ends.join("; ")
        },
    ),
    Fact::new(
        "TCP21",
        "two buffers of 2 bytes, then 3 bytes come",
        "ab c.; block SUCCESS, 3 bytes",
        || {
            let (near, far) = tcp_pair();
            let (buffers, block) = ([Buffer::new(2), Buffer::new(2)], Block::new());
            socket::recv_into(&near, &buffers, Some(block));
            socket::send(&far, b"abc", None);
            let end = block.end();
            format!("{} {}; {end}", buffers[0].text(), buffers[1].text())
        },
    ),
];

/// Ends a connection by a reset.
pub(super) fn reset(end: TcpStream) {
    reset_on_close(&end);
    drop(end);
}

/// A socket whose receive has reported a reset, and an event.
fn after_reset() -> (TcpStream, OwnedHandle) {
    let (near, far) = tcp_pair();
    let block = Block::new();
    socket::recv(&near, Buffer::new(32), Some(block));
    reset(far);
    let end = block.end();
    assert_eq!(end, "block CONNECTION_RESET, 0 bytes", "a reset");
    (near, event())
}
