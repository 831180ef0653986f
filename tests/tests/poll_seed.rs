//! The seed's own scenarios, against a server of this process that delays its answers.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::mpsc::{channel, Sender},
    thread,
    time::Duration,
};

use iocp::poll::{is_closed, Events, Interests, Poll, Registrator, Selector, TcpStream};
use iocp_tests::waiting::{receive, within_deadline};

/// Answers `count` requests, each a line with a number of milliseconds, after so long.
fn delaying_server(count: usize) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().take(count) {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut request = [0; 4];
                stream.read_exact(&mut request).unwrap();
                let delay_ms: u64 = std::str::from_utf8(&request).unwrap().parse().unwrap();
                // The delay is what the server is for; no order is concluded from it alone.
                thread::sleep(Duration::from_millis(delay_ms));
                write!(stream, "after {delay_ms}").unwrap();
            });
        }
    });
    address
}

fn ask(server: SocketAddr, delay_ms: u64) -> TcpStream {
    let mut stream = TcpStream::connect(server).unwrap();
    stream.write_all(format!("{delay_ms:04}").as_bytes()).unwrap();
    stream
}

/// The first of the seed's tests: several streams, one after the other, on a selector.
#[test]
fn a_selector_tells_several_streams_apart_and_brings_their_whole_answers() {
    within_deadline(|| {
        let server = delaying_server(3);
        let selector = Selector::new().unwrap();
        let registrator = selector.registrator();
        let mut streams: Vec<_> = [40, 20, 0].iter().map(|&delay| ask(server, delay)).collect();
        for (token, stream) in streams.iter_mut().enumerate() {
            registrator.register(stream, token, Interests::READABLE).unwrap();
        }
        let mut events = Events::with_capacity(255);
        // `read_to_string` would lose what came before a `WouldBlock`; `read_to_end` keeps it.
        let mut answers = [Vec::new(), Vec::new(), Vec::new()];
        let mut ended = 0;
        while ended < streams.len() {
            selector.select(&mut events, None).unwrap();
            for event in &events {
                let token = event.id();
                match streams[token].read_to_end(&mut answers[token]) {
                    Ok(_) => ended += 1,
                    Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
                }
            }
        }
        assert_eq!(answers, [&b"after 40"[..], b"after 20", b"after 0"]);
    });
}

/// The seed's reactor: one thread polls, another registers and waits for tokens.
struct Reactor {
    handle: Option<thread::JoinHandle<()>>,
    registrator: Registrator,
}

impl Reactor {
    fn new(tokens: Sender<usize>) -> Self {
        let poll = Poll::new().unwrap();
        let registrator = poll.registrator();
        let handle = thread::spawn(move || {
            let mut events = Events::with_capacity(1024);
            loop {
                match poll.poll(&mut events, Some(200)) {
                    Ok(_) => {}
                    Err(error) if is_closed(&error) => break,
                    Err(error) => panic!("poll: {error:?}"),
                }
                for event in &events {
                    tokens.send(event.id()).unwrap();
                }
            }
        });
        Self { handle: Some(handle), registrator }
    }

    fn stop(mut self) {
        self.registrator.close_loop().unwrap();
        self.handle.take().unwrap().join().unwrap();
    }
}

/// The second of the seed's tests: the proposed API.
///
/// Behaviour 39: registered from another thread while the queue is polled.
#[test]
fn a_thread_polls_while_another_registers_and_closes_the_loop() {
    within_deadline(|| {
        let server = delaying_server(1);
        let (sender, receiver) = channel();
        let reactor = Reactor::new(sender);
        let mut stream = ask(server, 30);
        reactor.registrator.register(&mut stream, 10, Interests::READABLE).unwrap();
        let mut answer = Vec::new();
        loop {
            assert_eq!(receive(&receiver), 10);
            match stream.read_to_end(&mut answer) {
                Ok(_) => break,
                Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
            }
        }
        assert_eq!(answer, b"after 30");
        reactor.stop();
        // The end may have been told once more: the read had taken it before its event.
        assert!(receiver.iter().all(|token| token == 10));
    });
}
