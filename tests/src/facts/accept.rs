//! `AcceptEx`: what it refuses, when it ends, and what ends it.

use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};

use iocp_sys as sys;

use super::{
    kit::{
        extension::{accept, accept_into, connect, Lengths, DATA, NO_DATA, ROOM},
        handle::{self, Nothing},
        memory::Block,
        port::Port,
        socket::{self, tcp},
    },
    Fact,
};
use crate::net::tcp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new("ACC01", "no listener; no acceptor", "10038; 10038", || {
        let first = accept(&Nothing, &tcp(), NO_DATA, Some(Block::new()));
        let second = accept(&listener(), &Nothing, NO_DATA, Some(Block::new()));
        format!("{first}; {second}")
    }),
    Fact::new("ACC02", "the listener is bound and does not listen", "10022", || {
        let listener = tcp();
        assert_eq!(socket::bind(&listener), 0, "bind");
        accept(&listener, &tcp(), NO_DATA, Some(Block::new())).to_string()
    })
    .wine("997"),
    Fact::new("ACC03", "no buffer, and lengths that are not 0", "10014", || {
        accept_into(&listener(), &tcp(), None, NO_DATA, Some(Block::new())).to_string()
    })
    .wine("10022"),
    Fact::new(
        "ACC04",
        "a local address of 0 bytes; a client connects",
        "997; block SUCCESS, 0 bytes",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let call = accept(&listener, &acceptor, Lengths(0, 0, ROOM), Some(block));
            let _client = client(&listener);
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new("ACC06", "a local address of 31 bytes; CancelIo on the listener", "997; 0", || {
        let (listener, acceptor, block) = (listener(), tcp(), Block::new());
        let call = accept(&listener, &acceptor, Lengths(0, 31, ROOM), Some(block));
        format!("{call}; {}", handle::cancel_thread(&listener))
    }),
    Fact::new("ACC07", "a remote address of 0 bytes", "10014", || {
        accept(&listener(), &tcp(), Lengths(0, ROOM, 0), Some(Block::new())).to_string()
    }),
    Fact::new("ACC08", "a remote address of 31 bytes", "997", || {
        accept(&listener(), &tcp(), Lengths(0, ROOM, 31), Some(Block::new())).to_string()
    }),
    Fact::new("ACC09", "no block", "87", || accept(&listener(), &tcp(), NO_DATA, None).to_string()),
    Fact::new(
        "ACC10",
        "the acceptor is a UDP socket; bound; connected",
        "10022; 10022; 10022",
        || {
            let listener = listener();
            let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let first = accept(&listener, &udp, NO_DATA, Some(Block::new()));
            let bound = tcp();
            assert_eq!(socket::bind(&bound), 0, "bind");
            let second = accept(&listener, &bound, NO_DATA, Some(Block::new()));
            let (connected, _far) = tcp_pair();
            let third = accept(&listener, &connected, NO_DATA, Some(Block::new()));
            format!("{first}; {second}; {third}")
        },
    )
    .wine("997; 997; 997"),
    Fact::new("ACC11", "the acceptor waits in another accept", "997, 10022", || {
        let (listener, acceptor) = (listener(), tcp());
        let first = accept(&listener, &acceptor, NO_DATA, Some(Block::new()));
        let second = accept(&listener, &acceptor, NO_DATA, Some(Block::new()));
        format!("{first}, {second}")
    }),
    Fact::new("ACC12", "connect and ConnectEx of an acceptor that waits", "10022, 10022", || {
        let (listener, acceptor) = (listener(), tcp());
        accept(&listener, &acceptor, NO_DATA, Some(Block::new()));
        let to = listener.local_addr().unwrap();
        let plain = socket::connect(&acceptor, to);
        format!("{plain}, {}", connect(&acceptor, to, b"", Some(Block::new())))
    }),
    Fact::new(
        "ACC13",
        "no room for data; a client connects",
        "997; packet SUCCESS, 0 bytes",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let port = Port::of(&listener);
            let call = accept(&listener, &acceptor, NO_DATA, Some(block));
            let _client = client(&listener);
            format!("{call}; {}", port.packet(block))
        },
    ),
    Fact::new(
        "ACC14",
        "room for data; a client connects and sends nothing: the status",
        "997; PENDING",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let call = accept(&listener, &acceptor, DATA, Some(block));
            let _client = client(&listener);
            // The accept without data behind it is done: so this client was seen.
            let (second, other) = (tcp(), Block::new());
            accept(&listener, &second, NO_DATA, Some(other));
            let _other = client(&listener);
            assert_eq!(other.end(), "block SUCCESS, 0 bytes", "the second client");
            format!("{call}; {}", block.status())
        },
    ),
    Fact::new(
        "ACC15",
        "room for data; a client sends a byte",
        "997; block SUCCESS, 1 bytes",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let call = accept(&listener, &acceptor, DATA, Some(block));
            let client = client(&listener);
            socket::send(&client, b"a", None);
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new(
        "ACC16",
        "room for data; a client connects and closes",
        "997; block SUCCESS, 0 bytes",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let call = accept(&listener, &acceptor, DATA, Some(block));
            drop(client(&listener));
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new(
        "ACC17",
        "the acceptor is closed, no client",
        "997; block CANCELLED, 0 bytes",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let call = accept(&listener, &acceptor, NO_DATA, Some(block));
            drop(acceptor);
            format!("{call}; {}", block.end())
        },
    ),
    Fact::new(
        "ACC19",
        "the acceptor is closed after the accept is done, then its packet",
        "packet SUCCESS, 1 bytes",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let port = Port::of(&listener);
            accept(&listener, &acceptor, DATA, Some(block));
            let client = client(&listener);
            socket::send(&client, b"a", None);
            // A port's handle is signalled while there is a packet.
            assert!(handle::wait_signalled(&port), "the accept is done");
            drop(acceptor);
            port.packet(block)
        },
    ),
    Fact::new("ACC20", "CancelIo on the acceptor: the status", "PENDING", || {
        let (listener, acceptor, block) = (listener(), tcp(), Block::new());
        accept(&listener, &acceptor, NO_DATA, Some(block));
        handle::cancel_thread(&acceptor);
        block.status()
    }),
    Fact::new(
        "ACC21",
        "the listener is closed, associated after the call",
        "997; packet CANCELLED, 0 bytes; no packet",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let call = accept(&listener, &acceptor, NO_DATA, Some(block));
            let port = Port::of(&listener);
            drop(listener);
            let packet = port.packet(block);
            format!("{call}; {packet}; {}", port.rest())
        },
    ),
    Fact::new(
        "ACC22",
        "the listener has the key 7, the acceptor the key 8",
        "packet SUCCESS, 0 bytes",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            let port = Port::of(&listener);
            assert_eq!(port.associate(&acceptor, 8), 0, "CreateIoCompletionPort");
            accept(&listener, &acceptor, NO_DATA, Some(block));
            let _client = client(&listener);
            port.packet(block)
        },
    ),
    Fact::new(
        "ACC23",
        "getsockname on the acceptor after SO_UPDATE_ACCEPT_CONTEXT",
        "0, 0",
        || {
            let (listener, acceptor, block) = (listener(), tcp(), Block::new());
            accept(&listener, &acceptor, NO_DATA, Some(block));
            let _client = client(&listener);
            block.end();
            let value = socket::value(&listener).to_ne_bytes();
            let code = socket::set_option(&acceptor, sys::SO_UPDATE_ACCEPT_CONTEXT, &value);
            format!("{code}, {}", socket::name(&acceptor, false))
        },
    ),
];

fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

fn client(of: &TcpListener) -> TcpStream {
    TcpStream::connect(of.local_addr().unwrap()).unwrap()
}
