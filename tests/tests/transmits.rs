//! Sending files without reading them.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    fs::File,
    io::Read,
    net::{Shutdown, TcpStream},
    path::PathBuf,
    sync::Arc,
    thread,
    time::Duration,
};

use iocp::{open_overlapped, CompletionKind, CompletionPort, Transmit};
use iocp_tests::{
    kernel,
    net::tcp_pair,
    not_here,
    waiting::{done, finish, pending, wait_until, DEADLINE},
};

/// A file of these bytes that is removed at the end of its test.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str, contents: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("iocp-{}-{name}", std::process::id()));
        std::fs::write(&path, contents).unwrap();
        Self(path)
    }

    fn open(&self) -> File {
        open_overlapped(File::options().read(true), &self.0, 0).unwrap()
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

fn reading(mut peer: TcpStream) -> thread::JoinHandle<Vec<u8>> {
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    thread::spawn(move || {
        let mut all = Vec::new();
        peer.read_to_end(&mut all).unwrap();
        all
    })
}

fn bytes(len: usize) -> Vec<u8> {
    (0..len).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

// Behaviour 65.
#[test]
fn a_file_and_its_parts_arrive_between_head_and_tail_byte_by_byte() {
    let contents = bytes(1 << 20);
    let file = Temporary::new("transmit", &contents);
    let port = CompletionPort::new().unwrap();
    let (near, far) = tcp_pair();
    let reader = reading(far);
    let socket = port.associate_socket(near, 0).unwrap();
    let transmit = Transmit::between("head", Arc::new(file.open()), b"tail".to_vec());
    let operation = port.operation(transmit, 0).unwrap();
    let completed = done(&port, socket.transmit_file(operation));
    assert_eq!(completed.result(), Ok((1 << 20) + 8), "{completed:?}");
    let mut operation = completed.into_operation();
    operation.buffer_mut().set_range(1000, 70_000);
    let completed = done(&port, socket.transmit_file(operation));
    assert_eq!(completed.result(), Ok(70_008));
    let mut operation = completed.into_operation();
    operation.buffer_mut().set_start((1 << 20) - 5);
    let completed = done(&port, socket.transmit_file(operation));
    assert_eq!(completed.result(), Ok(13));
    let mut operation = completed.into_operation();
    operation.buffer_mut().set_range(3, 0);
    let completed = done(&port, socket.transmit_file(operation));
    assert_eq!(completed.result(), Ok(8), "head and tail alone");
    socket.shutdown(Shutdown::Write).unwrap();
    let parts = [&contents[..], &contents[1000..71_000], &contents[(1 << 20) - 5..], &[]];
    let expected: Vec<u8> =
        parts.iter().flat_map(|part| [b"head", *part, b"tail"].concat()).collect();
    let arrived = reader.join().unwrap();
    assert_eq!(arrived.len(), expected.len());
    assert!(arrived == expected, "every byte in its place");
}

// Behaviour 65.
#[test]
fn a_transmit_from_behind_the_end_or_over_a_socket_that_sends_no_more_is_a_result() {
    let file = Temporary::new("transmit-errors", &bytes(100));
    let port = CompletionPort::new().unwrap();
    let (near, _far) = tcp_pair();
    near.shutdown(Shutdown::Write).unwrap();
    let socket = port.associate_socket(near, 0).unwrap();
    let operation = port.operation(Transmit::new(file.open()), 0).unwrap();
    let completed = done(&port, socket.transmit_file(operation));
    let error = completed.result().unwrap_err();
    // Windows: 10058 (Microsoft). Wine: what the host says of a pipe that is shut.
    assert!(error.raw_os_error().is_some(), "{error:?}");
    let (near, _far) = tcp_pair();
    let connected = port.associate_socket(near, 0).unwrap();
    let mut operation = completed.into_operation();
    operation.buffer_mut().set_start(101);
    let completed = done(&port, connected.transmit_file(operation));
    if completed.raw_os_error() != Some(10_022) {
        assert!(kernel().is_wine(), "Microsoft: {completed:?}");
        not_here("TransmitFile from behind the end of a file: this Wine sends nothing of it");
        assert_eq!(completed.result(), Ok(0));
    }
    let alone = iocp::stream_socket(&"127.0.0.1:1".parse().unwrap()).unwrap();
    let alone = port.associate_socket(TcpStream::from(alone), 0).unwrap();
    let completed = done(&port, alone.transmit_file(completed.into_operation()));
    assert_eq!(completed.raw_os_error(), Some(10_057), "fact TF01");
}

// Behaviour 65.
#[test]
fn a_transmit_to_a_peer_that_does_not_read_is_cancelled_and_its_file_comes_back() {
    let file = Temporary::new("transmit-cancel", &bytes(32 << 20));
    let port = CompletionPort::new().unwrap();
    let (near, far) = tcp_pair();
    let socket = port.associate_socket(near, 0).unwrap();
    let file = Arc::new(file.open());
    let transmit = Transmit::between((), Arc::clone(&file), ());
    let ticket = pending(socket.transmit_file(port.operation(transmit, 0).unwrap()));
    // Until it goes no further: Wine 8 loses, now and then, a cancel that meets the system while it sends.
    assert_eq!(far.peek(&mut [0]).unwrap(), 1);
    thread::sleep(Duration::from_millis(200));
    ticket.cancel().unwrap();
    let completed = finish(&port, ticket);
    assert_eq!(completed.result().unwrap_err().kind, CompletionKind::Cancelled, "{completed:?}");
    drop(pending(socket.transmit_file(completed.into_operation())));
    drop(socket);
    wait_until(&port, || port.stats().in_flight == 0);
    assert_eq!(Arc::strong_count(&file), 1, "its operation is over, and so is its use");
}
