//! `DisconnectEx`.

use super::{
    kit::{
        extension::disconnect,
        handle::{self, event, Nothing, Raw},
        memory::{Block, Buffer},
        port::Port,
        socket::{self, tcp},
    },
    Fact,
};
use crate::net::tcp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new("DIS01", "not connected; no socket", "10057; 10038", || {
        let fresh = disconnect(&tcp(), Some(Block::new()));
        format!("{fresh}; {}", disconnect(&Nothing, Some(Block::new())))
    }),
    Fact::new("DIS02", "connected, without a port", "997; block SUCCESS, 0 bytes", || {
        let ((near, _far), block) = (tcp_pair(), Block::new());
        let call = disconnect(&near, Some(block));
        format!("{call}; {}", block.end())
    }),
    Fact::new("DIS03", "connected, no block, with a port", "0; no packet", || {
        let (near, _far) = tcp_pair();
        let port = Port::of(&near);
        format!("{}; {}", disconnect(&near, None), port.rest())
    }),
    Fact::new("DIS04", "twice, no block", "0, 0", || {
        let (near, _far) = tcp_pair();
        let first = disconnect(&near, None);
        format!("{first}, {}", disconnect(&near, None))
    }),
    Fact::new(
        "DIS05",
        "afterwards: connect, send, getpeername, what the peer reads and what it sends",
        "10056, 10058, 0, done, 0 bytes, done, 2 bytes",
        || {
            let (near, far) = tcp_pair();
            let to = far.local_addr().unwrap();
            disconnect(&near, None);
            let connected = socket::connect(&near, to);
            let sent = socket::plain(&near, true, 1);
            let peer = socket::name(&near, true);
            let read = socket::recv(&far, Buffer::new(4), None);
            let written = socket::send(&far, b"ab", None);
            format!("{connected}, {sent}, {peer}, {read}, {written}")
        },
    ),
    Fact::new(
        "DIS06",
        "the lowest bit of the event is set",
        "997; event set: true; no packet",
        || {
            let ((near, _far), event) = (tcp_pair(), event());
            let port = Port::of(&near);
            let block = Block::with_event((event.raw() as usize | 1) as iocp_sys::HANDLE);
            let call = disconnect(&near, Some(block));
            let set = handle::wait_signalled(&event);
            format!("{call}; event set: {set}; {}", port.rest())
        },
    ),
];
