//! `TransmitFile`.

use iocp_sys::{FILE_FLAG_OVERLAPPED, GENERIC_READ};

use super::{
    kit::{
        extension::transmit, folder::Folder, handle::Nothing, memory::Block, port::Port,
        socket::tcp,
    },
    Fact,
};
use crate::net::tcp_pair;

const NONE: [&[u8]; 2] = [b"", b""];

pub(super) const FACTS: &[Fact] = &[
    Fact::new("TF01", "no socket; an unconnected one; one of UDP", "10038; 10057; 10057", || {
        let folder = Folder::new();
        let file = folder.file(b"file", GENERIC_READ, FILE_FLAG_OVERLAPPED);
        let nothing = transmit(&Nothing, &file, NONE, Block::new().at(0));
        let alone = transmit(&tcp(), &file, NONE, Block::new().at(0));
        format!("{nothing}; {alone}; {}", transmit(&datagrams(), &file, NONE, Block::new().at(0)))
    }),
    Fact::new("TF03", "head, file and tail", "packet SUCCESS, 12 bytes; headfiletail", || {
        let folder = Folder::new();
        let file = folder.file(b"file", GENERIC_READ, FILE_FLAG_OVERLAPPED);
        let ((near, far), block) = (tcp_pair(), Block::new().at(0));
        let port = Port::of(&near);
        transmit(&near, &file, [b"head", b"tail"], block);
        format!("{}; {}", port.packet(block), arrived(&far, 12))
    }),
    Fact::new("TF04", "from offset 10 of 16", "997; packet SUCCESS, 6 bytes; abcdef", || {
        let folder = Folder::new();
        let file = folder.file(b"0123456789abcdef", GENERIC_READ, FILE_FLAG_OVERLAPPED);
        let ((near, far), block) = (tcp_pair(), Block::new().at(10));
        let port = Port::of(&near);
        let call = transmit(&near, &file, NONE, block);
        format!("{call}; {}; {}", port.packet(block), arrived(&far, 6))
    }),
];

/// What has come, as text.
fn arrived(far: &std::net::TcpStream, len: usize) -> String {
    let mut bytes = vec![0; len];
    let mut far = far;
    std::io::Read::read_exact(&mut far, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn datagrams() -> std::net::UdpSocket {
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap()
}
