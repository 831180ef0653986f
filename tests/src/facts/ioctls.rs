//! Calls of `WSAIoctl`.

use iocp_sys as sys;

use super::{
    kit::{
        memory::{Block, Buffer},
        port::Port,
        socket,
    },
    Fact,
};
use crate::net::{tcp_pair, udp_pair};

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "IOCTL02",
        "SIO_GET_EXTENSION_FUNCTION_POINTER with a block and a port",
        "done, as many bytes as a pointer; packet SUCCESS, 0 bytes",
        || {
            let (near, _far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let id = sys::WSAID_CONNECTEX;
            let mut bytes = id.Data1.to_ne_bytes().to_vec();
            bytes.extend(id.Data2.to_ne_bytes());
            bytes.extend(id.Data3.to_ne_bytes());
            bytes.extend(id.Data4);
            let control = sys::SIO_GET_EXTENSION_FUNCTION_POINTER;
            let out = Buffer::new(size_of::<usize>());
            let call = socket::ioctl(&near, control, &bytes, out, Some(block)).to_string();
            let size = format!("{} bytes", size_of::<usize>());
            let call = call.replace(&size, "as many bytes as a pointer");
            format!("{call}; {}", port.packet(block))
        },
    ),
    Fact::new(
        "IOCTL06",
        "SIO_BASE_HANDLE with a block and a port: the answer, the room",
        "pending; packet NOT_SUPPORTED, 0 bytes; untouched: true",
        || {
            let (near, _far) = tcp_pair();
            let (port, block, out) = (Port::of(&near), Block::new(), Buffer::new(8));
            let call = socket::ioctl(&near, sys::SIO_BASE_HANDLE, &[], out, Some(block));
            let packet = port.packet(block);
            format!("{call}; {packet}; untouched: {}", out.text() == "........")
        },
    ),
    Fact::new(
        "IOCTL07",
        "an unknown code, without a block and with one",
        "error 10045, count 0; pending; packet NOT_SUPPORTED, 0 bytes",
        || {
            let (near, _far) = tcp_pair();
            let (port, block) = (Port::of(&near), Block::new());
            let without = socket::ioctl(&near, UNKNOWN, &[], Buffer::new(8), None);
            let with = socket::ioctl(&near, UNKNOWN, &[], Buffer::new(8), Some(block));
            format!("{without}, count {}; {with}; {}", without.count, port.packet(block))
        },
    ),
    Fact::new(
        "IOCTL05",
        "SIO_BASE_HANDLE without a block, of a TCP and of a UDP socket",
        "done, the socket; done, the socket",
        || {
            let ((tcp, _far), (udp, _other)) = (tcp_pair(), udp_pair());
            format!("{}; {}", base(&tcp), base(&udp))
        },
    ),
];

/// What `SIO_BASE_HANDLE` says without a block.
fn base(of: &impl super::kit::handle::Raw) -> String {
    let out = Buffer::new(size_of::<usize>());
    let answer = socket::ioctl(of, sys::SIO_BASE_HANDLE, &[], out, None);
    let socket = out.bytes() == socket::value(of).to_ne_bytes();
    let answer = if answer.code == 0 { "done".to_owned() } else { answer.to_string() };
    format!("{answer}, {}", if socket { "the socket" } else { "another" })
}

/// A control code that no socket has.
const UNKNOWN: u32 = 0xDEAD_BEEF;
