//! What a call writes into its block, and when.

use std::net::TcpListener;

use iocp_sys as sys;

use super::{
    kit::{
        extension::{self, NO_DATA},
        handle::{self, event, Nothing},
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
        "BLOCK02",
        "an AFD poll with a port and an event, cancelled by the end of its thread, no packet taken",
        "PENDING; block CANCELLED, 0 bytes",
        || {
            let (near, _far) = tcp_pair();
            let (_port, block, event) = (Port::of(&near), Block::new(), event());
            let told = Told::packet(block).and_event(&event);
            let call = super::cancel::on_a_thread(&near, |near| {
                named(native::poll(near, sys::AFD_POLL_RECEIVE, block, told))
            });
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new("BLOCK04", "a native read is pending", "PENDING, block untouched", || {
        let (server, _client) = pipe::pair(MESSAGES);
        let block = Block::new();
        let call = native::read(&server, Buffer::new(2), block, Told::nothing());
        format!("{}, {block}", named(call))
    }),
    Fact::new("BLOCK05", "WSARecv is pending", "pending, block PENDING, count untouched", || {
        let (near, _far) = tcp_pair();
        let block = Block::new();
        let call = socket::recv(&near, Buffer::new(2), Some(block));
        format!("{call}, {block}")
    }),
    Fact::new(
        "BLOCK06",
        "AcceptEx and ConnectNamedPipe that are refused at once: the status",
        "10038, PENDING; 535, PENDING",
        || {
            let (accept, listen) = (Block::new(), Block::new());
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let accepted = extension::accept(&listener, &Nothing, NO_DATA, Some(accept));
            let (server, _client) = pipe::pair(MESSAGES);
            let listened = pipe::listen(&server, Some(listen));
            format!("{accepted}, {}; {listened}, {}", accept.status(), listen.status())
        },
    ),
    Fact::new(
        "BLOCK07",
        "SIO_GET_EXTENSION_FUNCTION_POINTER with an unknown id",
        "10022, count untouched: true, block untouched, no packet",
        || {
            let (near, _far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let control = sys::SIO_GET_EXTENSION_FUNCTION_POINTER;
            let answer = socket::ioctl(&near, control, &[0xEE; 16], Buffer::new(8), Some(block));
            let untouched = answer.count == handle::NO_COUNT;
            format!("{}, count untouched: {untouched}, {block}, {}", answer.code, port.rest())
        },
    ),
    Fact::new(
        "BLOCK08",
        "two reads with one block, cancelled by NtCancelIoFileEx of it: packets",
        "SUCCESS; packet CANCELLED, 0 bytes; packet CANCELLED, 0 bytes; no packet",
        || {
            let (server, _client) = pipe::pair(MESSAGES);
            let (port, block) = (Port::of(&server), Block::new());
            for _ in 0..2 {
                native::read(&server, Buffer::new(2), block, Told::packet(block));
            }
            let call = native::cancel(&server, Some(block));
            let (first, second) = (port.packet(block), port.packet(block));
            format!("{call}; {first}; {second}; {}", port.rest())
        },
    ),
];
