//! Datagrams with control messages: a server answers from the address that it was asked at.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
    time::Duration,
};

use iocp::{
    poll::{Events, Poll},
    AssociatedSocket, CompletionKind, CompletionPort, ControlKind, ControlMessage, Datagram,
    InFlight, Message, Operation, PacketInfo,
};
use iocp_tests::{
    kernel, not_here,
    raw::udp_of_both_families,
    waiting::{done, finish, pending},
};

type Server = AssociatedSocket<UdpSocket>;

fn server(any: IpAddr) -> (CompletionPort, Server, u16) {
    let port = CompletionPort::new().unwrap();
    let socket = UdpSocket::bind((any, 0)).unwrap();
    let number = socket.local_addr().unwrap().port();
    (port.clone(), port.associate_socket(socket, 1).unwrap(), number)
}

fn operation(port: &CompletionPort) -> Operation<Message<Vec<u8>>> {
    port.operation(Message::new(Vec::with_capacity(64)), 0).unwrap()
}

/// Asks at this address; what the server was told of it.
fn ask(port: &CompletionPort, server: &Server, number: u16, at: IpAddr) -> Option<PacketInfo> {
    let near: IpAddr =
        if at.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
    let client = UdpSocket::bind((near, 0)).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let ticket = pending(server.recv_msg(operation(port)));
    client.send_to(b"question", (at, number)).unwrap();
    let completed = finish(port, ticket);
    assert_eq!(completed.result(), Ok(8), "{completed:?}");
    let message = completed.buffer();
    assert_eq!(message.buffer(), b"question");
    assert_eq!(message.address(), Some(client.local_addr().unwrap()));
    let info = message.packet_info();
    let mut answer = completed.into_operation();
    let control: Vec<_> = info.map(ControlMessage::PacketInfo).into_iter().collect();
    answer.buffer_mut().set_control(&control).unwrap();
    let sent = done(port, server.send_msg(answer));
    assert_eq!(sent.result(), Ok(8), "{sent:?}");
    let mut bytes = [0; 16];
    let (count, from) = client.recv_from(&mut bytes).unwrap();
    assert_eq!((&bytes[..count], from.port()), (&b"question"[..], number));
    if info.is_some() && from.ip() != at {
        assert!(kernel().is_wine(), "from the address that was asked, not {from}");
        not_here("the address that an answer comes from: this Wine takes its own");
    }
    info
}

// Behaviour 63.
#[test]
fn a_server_answers_from_the_address_that_was_asked() {
    let (port, server, number) = server(Ipv4Addr::UNSPECIFIED.into());
    server.ask_for(ControlKind::PacketInfo).unwrap();
    for last in [1, 2, 77] {
        let at = IpAddr::from([127, 0, 0, last]);
        let info = ask(&port, &server, number, at).expect("packet information");
        assert_eq!(info.address, at);
    }
}

// Behaviour 63.
#[test]
fn a_server_of_ipv6_is_told_the_address_too() {
    let (port, server, number) = server(Ipv6Addr::UNSPECIFIED.into());
    if let Err(error) = server.ask_for(ControlKind::PacketInfo) {
        assert!(kernel().is_wine(), "{error}");
        return not_here("packet information of IPv6: this Wine refuses the option");
    }
    let info = ask(&port, &server, number, Ipv6Addr::LOCALHOST.into());
    match info {
        Some(info) => assert_eq!(info.address, IpAddr::from(Ipv6Addr::LOCALHOST)),
        None => {
            assert!(kernel().is_wine());
            not_here("packet information of IPv6: this Wine tells none");
        }
    }
}

// Behaviour 63.
#[test]
fn a_server_of_both_families_is_told_the_address_of_either() {
    let port = CompletionPort::new().unwrap();
    let socket = udp_of_both_families();
    let number = socket.local_addr().unwrap().port();
    let server = port.associate_socket(socket, 1).unwrap();
    if let Err(error) = server.ask_for(ControlKind::PacketInfo) {
        assert!(kernel().is_wine(), "{error}");
        return not_here("packet information of IPv6: this Wine refuses the option");
    }
    let at = Ipv4Addr::new(127, 0, 0, 1);
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    let ticket = pending(server.recv_msg(operation(&port)));
    client.send_to(b"question", (at, number)).unwrap();
    let completed = finish(&port, ticket);
    let message = completed.buffer();
    assert!(!message.is_control_truncated(), "{message:?}");
    match message.packet_info() {
        Some(info) => assert!(
            [IpAddr::from(at), at.to_ipv6_mapped().into()].contains(&info.address),
            "{info:?}"
        ),
        None => {
            assert!(kernel().is_wine());
            not_here(
                "packet information of IPv4 on a socket of both families: this Wine tells none",
            );
        }
    }
}

// Behaviour 63b.
#[test]
fn the_hops_that_are_left_are_told_and_a_longer_datagram_is_truncated() {
    let (port, server, number) = server(Ipv4Addr::LOCALHOST.into());
    let hops = server.ask_for(ControlKind::HopLimit);
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_ttl(33).unwrap();
    let ticket = pending(server.recv_msg(operation(&port)));
    client.send_to(&[7; 100], ("127.0.0.1", number)).unwrap();
    let completed = finish(&port, ticket);
    assert_eq!(completed.result().unwrap_err().kind, CompletionKind::Truncated, "{completed:?}");
    assert_eq!(completed.buffer().buffer()[..], [7; 64]);
    match (hops, completed.buffer().hop_limit()) {
        (Ok(()), Some(hops)) => assert_eq!(hops, 33),
        other => {
            assert!(kernel().is_wine(), "{other:?}");
            not_here("hops that a datagram has left: this Wine tells none");
        }
    }
}

// Behaviour 63b. Windows before 10 build 20348 has none either.
#[test]
fn the_congestion_bits_of_a_datagram_are_told_where_the_system_has_them() {
    let (port, server, number) = server(Ipv4Addr::LOCALHOST.into());
    if let Err(error) = server.ask_for(ControlKind::Ecn) {
        assert!(matches!(error.raw_os_error(), Some(10_042 | 10_022)), "{error:?}");
        return not_here("congestion bits of a datagram: this system has no such option");
    }
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    let ticket = pending(server.recv_msg(operation(&port)));
    client.send_to(b"asks", ("127.0.0.1", number)).unwrap();
    let completed = finish(&port, ticket);
    let bits = completed.buffer().control().find_map(|message| match message {
        ControlMessage::Ecn(bits) => Some(bits),
        _ => None,
    });
    match bits {
        Some(bits) => assert_eq!(bits, 0, "not capable"),
        None => {
            assert!(kernel().is_wine());
            not_here("congestion bits of a datagram: this Wine tells none");
        }
    }
}

// Behaviour 63b.
#[test]
fn a_cancelled_message_brings_nothing() {
    let (port, server, _) = server(Ipv4Addr::LOCALHOST.into());
    let ticket = pending(server.recv_msg(operation(&port)));
    ticket.cancel().unwrap();
    let completed = finish(&port, ticket);
    assert_eq!(completed.result().unwrap_err().kind, CompletionKind::Cancelled);
    assert_eq!(completed.buffer().control().count(), 0);
}

// Behaviour 63b.
#[test]
fn several_buffers_are_one_datagram_each_way() {
    let (port, server, number) = server(Ipv4Addr::LOCALHOST.into());
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let rooms = || (Vec::<u8>::with_capacity(3), Vec::<u8>::with_capacity(8));
    let mut bytes = [0; 16];

    let datagram = port.vectored_operation(Datagram::new(rooms()), 0).unwrap();
    let ticket = pending(server.recv_from_vectored(datagram));
    client.send_to(b"0123456", ("127.0.0.1", number)).unwrap();
    let completed = finish(&port, ticket);
    assert_eq!(completed.result(), Ok(7), "{completed:?}");
    let (head, rest) = completed.buffer().buffer();
    assert_eq!((&head[..], &rest[..]), (&b"012"[..], &b"3456"[..]));
    let sent = done(&port, server.send_to_vectored(completed.into_operation()));
    assert_eq!(sent.result(), Ok(7));
    assert_eq!(client.recv(&mut bytes).unwrap(), 7);
    assert_eq!(&bytes[..7], b"0123456");

    let message = port.vectored_operation(Message::new(rooms()), 0).unwrap();
    let ticket = pending(server.recv_msg_vectored(message));
    client.send_to(b"abcdef", ("127.0.0.1", number)).unwrap();
    let completed = finish(&port, ticket);
    assert_eq!(completed.result(), Ok(6), "{completed:?}");
    let (head, rest) = completed.buffer().buffer();
    assert_eq!((&head[..], &rest[..]), (&b"abc"[..], &b"def"[..]));
    let mut answer = completed.into_operation();
    answer.buffer_mut().set_control(&[]).unwrap();
    let sent = done(&port, server.send_msg_vectored(answer));
    assert_eq!(sent.result(), Ok(6));
    assert_eq!(client.recv(&mut bytes).unwrap(), 6);
    assert_eq!(&bytes[..6], b"abcdef");
}

/// A service of the event queue that answers from the address that it was asked at.
#[test]
fn messages_are_received_and_answered_in_the_loop_of_the_event_queue() {
    let poll = Poll::new().unwrap();
    let registrator = poll.registrator();
    let mut events = Events::with_capacity(8);
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
    let number = socket.local_addr().unwrap().port();
    let service = registrator.associate_socket(socket, 7).unwrap();
    service.ask_for(ControlKind::PacketInfo).unwrap();
    let client = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let room = || registrator.operation(Message::new(Vec::with_capacity(64))).unwrap();
    for _ in 0..3 {
        let mut receiving = service.recv_msg(room()).pending().ok();
        client.send_to(b"question", (Ipv4Addr::LOCALHOST, number)).unwrap();
        let question = loop {
            poll.poll(&mut events, Some(60_000)).unwrap();
            assert!(events.iter().all(|event| event.id() == 7) && !events.is_empty());
            if let Some(question) = InFlight::take_finished(&mut receiving) {
                break question;
            }
        };
        let mut answer = question.into_operation();
        let message = answer.buffer_mut();
        let asked = message.packet_info();
        assert_eq!(asked.map(|info| info.address), Some(Ipv4Addr::LOCALHOST.into()));
        let asked = asked.map(ControlMessage::PacketInfo);
        message.set_control(asked.as_slice()).unwrap();
        service.send_msg(answer).pending().unwrap().detach();
        let mut bytes = [0; 16];
        let (count, from) = client.recv_from(&mut bytes).unwrap();
        assert_eq!((&bytes[..count], from.port()), (&b"question"[..], number));
    }
}
