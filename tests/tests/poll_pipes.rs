//! Pipes as sources of the event queue: many clients at once, messages, a server that goes on, a child's pipes.

#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    process::Stdio,
    time::{Duration, Instant},
};

use iocp::{
    poll::{Config, Event, Events, Interests, PipeStream, Poll},
    CompletionPort, PipeClientOptions, PipeServer, PipeServerOptions,
};
use iocp_tests::{child, waiting::done};

const LIMIT_MS: Option<i32> = Some(120_000);
const BOTH: Interests = Interests::READABLE.union(Interests::WRITABLE);

fn name(test: &str) -> String {
    format!(r"\\.\pipe\iocp-{}-queue-{test}", std::process::id())
}

/// The other end, by std's blocking calls.
fn plain_client(path: &str) -> File {
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

#[track_caller]
fn until(poll: &Poll, events: &mut Events, is: impl Fn(&Event) -> bool) {
    loop {
        assert!(poll.poll(events, LIMIT_MS).unwrap() > 0, "it never comes");
        if events.iter().any(&is) {
            return;
        }
    }
}

/// Calls again after each poll, until it does not block.
#[track_caller]
fn retried<T>(poll: &Poll, events: &mut Events, mut call: impl FnMut() -> io::Result<T>) -> T {
    loop {
        match call() {
            Ok(value) => return value,
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
        }
        assert!(poll.poll(events, LIMIT_MS).unwrap() > 0, "nothing comes");
    }
}

// Behaviour 46e.
#[test]
fn a_server_of_the_queue_waits_answers_sees_the_end_and_gets_the_next_client() {
    let (poll, mut events) = (Poll::new().unwrap(), Events::with_capacity(16));
    let path = name("server");
    let mut pipe = PipeStream::from(PipeServerOptions::new().create(&path).unwrap());
    poll.registrator().register(&mut pipe, 1, BOTH).unwrap();
    assert_eq!(poll.poll(&mut events, Some(0)).unwrap(), 0);
    assert_eq!(pipe.read(&mut [0; 8]).unwrap_err().kind(), ErrorKind::WouldBlock);
    for round in 0..3 {
        let mut client = plain_client(&path);
        until(&poll, &mut events, |event| event.id() == 1 && event.is_writable());
        assert_eq!(pipe.get_ref().client_process_id().unwrap(), std::process::id());
        let hello = format!("hello {round}");
        client.write_all(hello.as_bytes()).unwrap();
        let mut room = [0; 64];
        let count = retried(&poll, &mut events, || pipe.read(&mut room));
        assert_eq!(&room[..count], hello.as_bytes());
        pipe.write_all(b"answer").unwrap();
        client.read_exact(&mut room[..6]).unwrap();
        assert_eq!(&room[..6], b"answer");
        if round == 0 {
            // The server ends it: unread bytes are lost, and that is no end to its client.
            pipe.disconnect().unwrap();
            assert_eq!(client.read(&mut room).unwrap_err().raw_os_error(), Some(233));
        } else {
            drop(client);
            assert_eq!(retried(&poll, &mut events, || pipe.read(&mut room)), 0);
            assert_eq!(pipe.read(&mut room).unwrap(), 0);
            assert_eq!(pipe.write(b"?").unwrap_err().raw_os_error(), Some(232));
            pipe.disconnect().unwrap();
        }
    }
    drop(pipe);
    while poll.stats().operations > 0 {
        poll.poll(&mut events, Some(10)).unwrap();
    }
}

struct Connection {
    pipe: PipeStream<PipeServer>,
    message: Vec<u8>,
    got: Vec<Vec<u8>>,
}

/// 50 clients at once, of which each writes as many messages as it wants to and leaves: what was written is read, in
/// order, and no operation is left.
// Behaviour 46e.
#[test]
fn fifty_clients_of_the_queue_that_leave_at_any_point_lose_nothing() {
    const CLIENTS: usize = 50;
    const MESSAGES: usize = 200;
    for messages in [false, true] {
        let config = Config::default().receive_buffer(7);
        let (poll, mut events) = (Poll::with_config(&config).unwrap(), Events::with_capacity(64));
        let registrator = poll.registrator();
        let path = name(if messages { "storm-messages" } else { "storm-bytes" });
        let options = PipeServerOptions::new().messages(messages).buffer(64);
        let mut connections = HashMap::new();
        let listen = |connections: &mut HashMap<_, _>, server| {
            let mut pipe = PipeStream::from(server);
            let token = connections.len();
            registrator.register(&mut pipe, token, BOTH).unwrap();
            connections.insert(token, Connection { pipe, message: Vec::new(), got: Vec::new() });
        };
        listen(&mut connections, options.create(&path).unwrap());
        let clients = std::thread::spawn(move || {
            let threads: Vec<_> = (0..CLIENTS)
                .map(|nth| {
                    let path = path.clone();
                    std::thread::spawn(move || {
                        let wait = PipeClientOptions::new().wait_for_instance(LONG);
                        let port = CompletionPort::new().unwrap();
                        let client = port.associate_handle(wait.open(&path).unwrap(), 0).unwrap();
                        for message in 0..nth * 37 % (MESSAGES + 1) {
                            let text = format!("{nth}:{message};");
                            let write = port.operation(text.clone(), 0).unwrap();
                            let written = done(&port, client.write(write));
                            assert_eq!(written.result(), Ok(text.len()));
                        }
                    })
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        let (mut connected, mut ended, mut room) = (0, 0, [0; 5]);
        while ended < CLIENTS {
            assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "{ended} have ended");
            let mut next = Vec::new();
            for event in &events {
                let connection = connections.get_mut(&event.id()).unwrap();
                if event.is_writable() {
                    connected += 1;
                    next.push(connection.pipe.get_ref().next_instance().unwrap());
                }
                loop {
                    match connection.pipe.read_message(&mut room) {
                        Ok(Some(part)) => {
                            connection.message.extend_from_slice(&room[..part.len]);
                            if part.is_last && messages {
                                connection.got.push(std::mem::take(&mut connection.message));
                            }
                        }
                        Ok(None) => {
                            ended += 1;
                            registrator.deregister(&connection.pipe).unwrap();
                            break;
                        }
                        Err(error) => {
                            assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}");
                            break;
                        }
                    }
                }
            }
            next.into_iter().for_each(|server| listen(&mut connections, server));
        }
        clients.join().unwrap();
        assert_eq!((connected, connections.len()), (CLIENTS, CLIENTS + 1));
        let mut all: Vec<_> = connections
            .values()
            .map(|connection| match messages {
                true => connection.got.clone(),
                false => {
                    let parts = connection.message.split_inclusive(|&byte| byte == b';');
                    parts.map(<[u8]>::to_vec).collect()
                }
            })
            .collect();
        all.sort_unstable_by_key(Vec::len);
        let mut expected: Vec<Vec<_>> = (0..CLIENTS)
            .map(|nth| {
                let sent = 0..nth * 37 % (MESSAGES + 1);
                sent.map(|message| format!("{nth}:{message};").into_bytes()).collect()
            })
            .chain([Vec::new()])
            .collect();
        expected.sort_unstable_by_key(Vec::len);
        assert_eq!(all, expected);
        connections.clear();
        while poll.stats().operations > 0 {
            poll.poll(&mut events, Some(10)).unwrap();
        }
    }
}

const LONG: Duration = Duration::from_secs(100);

// Behaviour 46e.
#[test]
fn the_pipes_of_a_child_process_are_sources() {
    if child::role().is_some() {
        return child::repeat_the_input();
    }
    let (poll, mut events) = (Poll::new().unwrap(), Events::with_capacity(16));
    let mut child = child::child_of("the_pipes_of_a_child_process_are_sources", "repeats")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdin = PipeStream::from(child.stdin.take().unwrap());
    let mut stdout = PipeStream::from(child.stdout.take().unwrap());
    poll.registrator().register(&mut stdin, 1, Interests::WRITABLE).unwrap();
    poll.registrator().register(&mut stdout, 2, Interests::READABLE).unwrap();
    retried(&poll, &mut events, || stdin.write(b"a line\n"));
    // Not to its end: what Wine has started for the child may have the same handle.
    let (mut said, mut room) = (Vec::new(), [0; 100]);
    while !String::from_utf8_lossy(&said).contains("a line, said by the child") {
        let count = retried(&poll, &mut events, || stdout.read(&mut room));
        assert!(count > 0, "{}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&room[..count]);
    }
    retried(&poll, &mut events, || stdin.flush());
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

// Behaviour 46e.
#[test]
fn a_client_that_says_nothing_is_told_after_the_idle_limit() {
    const LIMIT: Duration = Duration::from_millis(200);
    let (poll, mut events) = (Poll::new().unwrap(), Events::with_capacity(16));
    let path = name("idle");
    let mut pipe = PipeStream::from(PipeServerOptions::new().create(&path).unwrap());
    poll.registrator().register(&mut pipe, 1, BOTH).unwrap();
    let mut client = plain_client(&path);
    until(&poll, &mut events, |event| event.id() == 1);
    let began = Instant::now();
    pipe.set_idle_limit(Some(LIMIT)).unwrap();
    until(&poll, &mut events, Event::is_idle);
    assert!(began.elapsed() >= LIMIT, "{:?}", began.elapsed());
    client.write_all(b"awake").unwrap();
    let mut room = [0; 8];
    assert_eq!(retried(&poll, &mut events, || pipe.read(&mut room)), 5);
    pipe.set_idle_limit(None).unwrap();
    assert_eq!(poll.poll(&mut events, Some(300)).unwrap(), 0, "{events:?}");
}
