//! Files and pipes on the event queue's port, beside sockets.

#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    fs::File,
    io::{Read, Write},
    net::TcpListener,
};

use iocp::{
    open_overlapped,
    poll::{is_closed, Events, Interests, Poll, TcpStream},
    ChangeBuffer, ChangeFilter, InFlight, PipeClientOptions, PipeConnect, PipeServerOptions,
    Watched,
};

const LIMIT_MS: Option<i32> = Some(120_000);

// Behaviour 46d.
#[test]
fn one_thread_and_wait_serve_a_socket_a_pipe_and_a_file() {
    const SOCKET: usize = 1;
    let poll = Poll::new().unwrap();
    let registrator = poll.registrator();
    let mut events = Events::with_capacity(16);

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut peer = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let mut socket = TcpStream::from(listener.accept().unwrap().0);
    registrator.register(&mut socket, SOCKET, Interests::READABLE).unwrap();

    let path = std::env::temp_dir().join(format!("iocp-{}-own", std::process::id()));
    std::fs::write(&path, b"from the file").unwrap();
    let file = open_overlapped(File::options().read(true), &path, 0).unwrap();
    let file = registrator.associate_handle(file, 2).unwrap();
    let read = registrator.operation(Vec::with_capacity(64)).unwrap();
    let mut of_file = file.read_at(read, 0).pending().ok();

    let name = format!(r"\\.\pipe\iocp-{}-own", std::process::id());
    let server = PipeServerOptions::new().create(&name).unwrap();
    let server = registrator.associate_handle(server, 3).unwrap();
    let connect = registrator.operation(PipeConnect).unwrap();
    let mut connecting = server.connect(connect).pending().ok();
    let client = PipeClientOptions::new().open(&name).unwrap();
    let client = registrator.associate_handle(client, 4).unwrap();
    let hello = registrator.operation("from the pipe").unwrap();
    let mut writing = client.write(hello).pending().ok();
    peer.write_all(b"from the socket").unwrap();

    let mut of_pipe = None;
    let mut got = Vec::new();
    while got.len() < 4 {
        assert!(poll.poll(&mut events, LIMIT_MS).unwrap() > 0, "{got:?}");
        for event in &events {
            if event.id() == SOCKET {
                let mut text = [0; 64];
                let n = socket.read(&mut text).unwrap();
                got.push(String::from_utf8_lossy(&text[..n]).into_owned());
            }
            if let Some(written) = InFlight::take_finished(&mut writing) {
                got.push(format!("{:?}", written.result()));
            }
            if let Some(connected) = InFlight::take_finished(&mut connecting) {
                assert_eq!(connected.connected(), Ok(()));
                let read = registrator.operation(Vec::with_capacity(64)).unwrap();
                of_pipe = server.read(read).pending().ok();
            }
            for ticket in [&mut of_file, &mut of_pipe] {
                if let Some(read) = InFlight::take_finished(ticket) {
                    got.push(String::from_utf8(read.into_buffer()).unwrap());
                }
            }
        }
    }
    got.sort_unstable();
    assert_eq!(got, ["Ok(13)", "from the file", "from the pipe", "from the socket"]);
    drop(file);
    std::fs::remove_file(path).unwrap();
}

#[test]
fn a_directory_is_watched_by_its_path_in_the_loop_of_the_sockets() {
    let path = std::env::temp_dir().join(format!("iocp-{}-watched", std::process::id()));
    std::fs::create_dir(&path).unwrap();
    let poll = Poll::new().unwrap();
    let registrator = poll.registrator();
    let watch = registrator.watch(&path, ChangeFilter::NAMES, false, 7).unwrap();
    let operation = registrator.operation(ChangeBuffer::new(4096)).unwrap();
    let mut ticket = watch.changes(operation).pending().ok();
    std::fs::write(path.join("new"), b"").unwrap();
    let mut events = Events::with_capacity(16);
    poll.poll(&mut events, LIMIT_MS).unwrap();
    assert!(events.iter().map(|event| event.id()).eq([7]));
    let done = InFlight::take_finished(&mut ticket).unwrap();
    match done.watched().unwrap() {
        Watched::Changes(changes) => assert!(changes.into_iter().any(|one| one.name == "new")),
        other => panic!("{other:?}"),
    }
    assert!(registrator.watch(path.join("new"), ChangeFilter::NAMES, false, 8).is_err());
    registrator.close_loop().unwrap();
    let closed = registrator.watch(&path, ChangeFilter::NAMES, false, 9).unwrap_err();
    assert!(is_closed(&closed), "{closed:?}");
    drop(watch);
    std::fs::remove_dir_all(path).unwrap();
}
