//! mio's named pipes.
#![cfg(windows)]

mod waiting;

use std::{
    fs::OpenOptions,
    io::{ErrorKind, Read, Write},
    os::windows::{fs::OpenOptionsExt, io::FromRawHandle, io::IntoRawHandle},
    sync::atomic::{AtomicU32, Ordering},
};

use mio::{windows::NamedPipe, Interest, Poll, Token};
use waiting::when_ready;

const SERVER: usize = 0;
const CLIENT: usize = 1;

/// From `winbase.h`; written out so that it does not come from the bindings under test.
const FILE_FLAG_OVERLAPPED: u32 = 0x4000_0000;

fn name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!(r"\\.\pipe\iocp-peers-{}-{count}", std::process::id())
}

fn open(name: &str) -> std::io::Result<NamedPipe> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).custom_flags(FILE_FLAG_OVERLAPPED);
    let handle = options.open(name)?.into_raw_handle();
    // SAFETY:
    // * the handle was just taken out of the `File` that owned it: it is ours alone, and a pipe.
    Ok(unsafe { NamedPipe::from_raw_handle(handle) })
}

/// A poll, the server's end (connected) and the client's end, registered.
fn connected() -> (Poll, NamedPipe, NamedPipe) {
    let mut poll = Poll::new().expect("a poll");
    let both = Interest::READABLE | Interest::WRITABLE;
    let name = name();
    let mut server = NamedPipe::new(&name).expect("a pipe");
    poll.registry().register(&mut server, Token(SERVER), both).expect("registered");
    match server.connect() {
        Err(error) if error.kind() == ErrorKind::WouldBlock => {}
        other => panic!("nobody can have connected yet: {other:?}"),
    }
    let mut client = open(&name).expect("the client's end");
    poll.registry().register(&mut client, Token(CLIENT), both).expect("registered");
    when_ready(&mut poll, SERVER, || server.connect());
    (poll, server, client)
}

#[test]
fn a_pipe_carries_bytes_both_ways() {
    let (mut poll, mut server, mut client) = connected();
    let mut buffer = [0; 64];
    assert_eq!(when_ready(&mut poll, CLIENT, || client.write(b"question")), 8);
    let count = when_ready(&mut poll, SERVER, || server.read(&mut buffer));
    assert_eq!(&buffer[..count], b"question");
    assert_eq!(when_ready(&mut poll, SERVER, || server.write(b"answer")), 6);
    let count = when_ready(&mut poll, CLIENT, || client.read(&mut buffer));
    assert_eq!(&buffer[..count], b"answer");
}

#[test]
fn a_pipe_whose_other_end_is_gone_is_at_its_end() {
    let (mut poll, mut server, client) = connected();
    drop(client);
    let mut buffer = [0; 64];
    assert_eq!(when_ready(&mut poll, SERVER, || server.read(&mut buffer)), 0);
}

#[test]
fn a_disconnected_pipe_serves_the_next_client() {
    let name = name();
    let mut poll = Poll::new().expect("a poll");
    let both = Interest::READABLE | Interest::WRITABLE;
    let mut server = NamedPipe::new(&name).expect("a pipe");
    poll.registry().register(&mut server, Token(SERVER), both).expect("registered");
    for message in [b"one", b"two"] {
        let waiting = server.connect().expect_err("nobody there yet");
        assert_eq!(waiting.kind(), ErrorKind::WouldBlock);
        let mut client = open(&name).expect("the client's end");
        poll.registry().register(&mut client, Token(CLIENT), both).expect("registered");
        when_ready(&mut poll, SERVER, || server.connect());
        assert_eq!(when_ready(&mut poll, CLIENT, || client.write(message)), 3);
        let mut buffer = [0; 3];
        assert_eq!(when_ready(&mut poll, SERVER, || server.read(&mut buffer)), 3);
        assert_eq!(&buffer, message);
        drop(client);
        assert_eq!(when_ready(&mut poll, SERVER, || server.read(&mut buffer)), 0);
        server.disconnect().expect("a disconnect");
    }
}
