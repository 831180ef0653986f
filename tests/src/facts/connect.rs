//! `ConnectEx` and `connect`.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::windows::io::OwnedSocket;

use super::{
    kit::{
        extension::connect,
        handle::Nothing,
        memory::Block,
        port::Port,
        socket::{self, tcp},
    },
    Fact,
};
use crate::net::tcp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new("CON01", "a listening socket; one that is not bound", "10022; 10022", || {
        let listener = listener();
        let to = listener.local_addr().unwrap();
        let listening = connect(&listener, to, b"", Some(Block::new()));
        format!("{listening}; {}", connect(&tcp(), to, b"", Some(Block::new())))
    }),
    Fact::new("CON02", "no socket; no block", "10038; 87", || {
        let listener = listener();
        let to = listener.local_addr().unwrap();
        let nothing = connect(&Nothing, to, b"", Some(Block::new()));
        format!("{nothing}; {}", connect(&bound(), to, b"", None))
    }),
    Fact::new(
        "CON03",
        "somebody listens; without data, and with 3 bytes",
        "997; packet SUCCESS, 0 bytes; packet SUCCESS, 3 bytes",
        || {
            let listener = listener();
            let to = listener.local_addr().unwrap();
            let (first, second) = (bound(), bound());
            let (port, none, three) = (Port::of(&first), Block::new(), Block::new());
            let call = connect(&first, to, b"", Some(none));
            let packet = port.packet(none);
            port.associate(&second, super::kit::port::KEY);
            connect(&second, to, b"abc", Some(three));
            format!("{call}; {packet}; {}", port.packet(three))
        },
    ),
    Fact::new("CON04", "nobody listens", "997; packet CONNECTION_REFUSED, 0 bytes", || {
        let (socket, block) = (bound(), Block::new());
        let port = Port::of(&socket);
        let call = connect(&socket, nobody(), b"", Some(block));
        format!("{call}; {}", port.packet(block))
    }),
    Fact::new("CON05", "a connected socket; the accepted end", "10056; 10056", || {
        let (near, far) = tcp_pair();
        let listener = listener();
        let to = listener.local_addr().unwrap();
        let ends = [&near, &far].map(|end| connect(end, to, b"", Some(Block::new())).to_string());
        ends.join("; ")
    }),
    Fact::new(
        "CON11",
        "connect after a ConnectEx that succeeded, without the update",
        "10022",
        || {
            let (listener, socket, block) = (listener(), bound(), Block::new());
            let to = listener.local_addr().unwrap();
            connect(&socket, to, b"", Some(block));
            assert_eq!(block.end(), "block SUCCESS, 0 bytes", "ConnectEx");
            socket::connect(&socket, to).to_string()
        },
    )
    .wine("10056"),
    Fact::new(
        "CON12",
        "connect after a refused connect, when somebody listens",
        "10061, 0",
        || {
            let (listener, socket) = (listener(), tcp());
            let refused = socket::connect(&socket, nobody());
            let to = listener.local_addr().unwrap();
            format!("{refused}, {}", socket::connect(&socket, to))
        },
    )
    .wine_8("10061, 10053"),
];

fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

/// A bound socket.
fn bound() -> OwnedSocket {
    let socket = tcp();
    assert_eq!(socket::bind(&socket), 0, "bind");
    socket
}

/// A local address where nobody listens.
fn nobody() -> SocketAddr {
    listener().local_addr().unwrap()
}
