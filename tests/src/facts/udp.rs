//! Datagrams.

use std::net::{Ipv4Addr, UdpSocket};

use iocp_sys as sys;

use super::{
    kit::{
        memory::{Block, Buffer},
        socket,
    },
    Fact,
};
use crate::net::udp_pair;

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "TCP13",
        "a receive of a UDP socket is pending, the socket is closed",
        "pending; block CANCELLED, 0 bytes",
        || {
            let (near, _far) = udp_pair();
            let block = Block::new();
            let call = socket::recv(&near, Buffer::new(8), Some(block));
            drop(near);
            format!("{call}; {}", block.end())
        },
    )
    .wine("pending; block HANDLES_CLOSED, 0 bytes"),
    Fact::new("UDP05", "ten sends to a closed loopback port", "each succeeds", || {
        let (near, far) = udp_pair();
        drop(far);
        let succeed = (0..10).filter(|_| socket::plain(&near, true, 1) == 0).count();
        if succeed == 10 { "each succeeds" } else { "some fail" }.to_owned()
    })
    .wine_8("some fail"),
    Fact::new("UDP06", "send on an unconnected socket", "10057", || {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        socket::plain(&socket, true, 1).to_string()
    })
    .wine_8("10022"),
    Fact::new(
        "UDP08",
        "shutdown(SD_RECEIVE), then recv; shutdown(SD_SEND), then send",
        "10058; 10058",
        || {
            let (near, _far) = udp_pair();
            socket::shutdown(&near, sys::SD_RECEIVE);
            let received = socket::plain(&near, false, 1);
            socket::shutdown(&near, sys::SD_SEND);
            format!("{received}; {}", socket::plain(&near, true, 1))
        },
    ),
];
