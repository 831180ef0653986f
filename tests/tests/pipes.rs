//! Named pipes, connected by the escape for calls that are not wrapped.

#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::windows::io::OwnedHandle,
};

use iocp::{AssociatedHandle, CallResult, CompletionKind, CompletionPort, Submitted};
use iocp_sys::{
    ConnectNamedPipe, ERROR_PIPE_CONNECTED, HANDLE, OVERLAPPED, PIPE_READMODE_MESSAGE, PIPE_WAIT,
};
use iocp_tests::{pipe::message_pipe, raw::pipe_state, waiting::wait_for};

fn name(test: &str) -> String {
    format!(r"\\.\pipe\iocp-{}-{test}", std::process::id())
}

fn client(path: &str) -> File {
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

/// `ConnectNamedPipe`. `None`: connected already, without a packet.
fn connect(
    port: &CompletionPort,
    pipe: &AssociatedHandle<OwnedHandle>,
) -> Option<iocp::InFlight<()>> {
    let operation = port.operation((), 9).unwrap();
    let call = |handle, block: *mut OVERLAPPED, _| {
        // SAFETY:
        // * the pipe is open and overlapped, and the block stays until the packet.
        CallResult::of_win32(|| unsafe { ConnectNamedPipe(handle as HANDLE, block) })
    };
    // SAFETY:
    // * one ConnectNamedPipe with this block, which uses no other memory.
    // * its answer is found out: 535 is an error, and no packet follows.
    let submitted = unsafe { operation.submit_with(pipe, call) };
    match submitted {
        Submitted::Pending(ticket) => Some(ticket),
        Submitted::Ready(completed) => {
            let code = completed.raw_os_error().and_then(|code| u32::try_from(code).ok());
            assert_eq!(code, Some(ERROR_PIPE_CONNECTED), "{completed:?}");
            None
        }
        Submitted::Refused(failed) => panic!("not started: {failed:?}"),
    }
}

#[test]
fn the_state_of_a_pipe_says_its_mode_and_instances() {
    let pipe = message_pipe(&name("state"));
    assert_eq!(pipe_state(&pipe), (PIPE_WAIT | PIPE_READMODE_MESSAGE, 1));
}

// Behaviour 46.
#[test]
fn a_pipe_that_waits_for_its_client_is_connected_by_a_packet() {
    let port = CompletionPort::new().unwrap();
    let path = name("waits");
    let pipe = port.associate_handle(message_pipe(&path), 1).unwrap();
    let ticket = connect(&port, &pipe).expect("nobody is there yet");
    let _client = client(&path);
    assert_eq!(wait_for(&port, 1).len(), 1);
    assert_eq!(ticket.finish().unwrap().result(), Ok(0));
}

// Behaviour 46.
#[test]
fn a_pipe_whose_client_is_there_already_is_connected_without_a_packet() {
    let port = CompletionPort::new().unwrap();
    let path = name("there");
    let pipe = port.associate_handle(message_pipe(&path), 1).unwrap();
    let _client = client(&path);
    assert!(connect(&port, &pipe).is_none());
    assert_eq!((port.stats().in_flight, port.stats().operations), (0, 0));
}

// Behaviour 46.
#[test]
fn a_message_longer_than_the_buffer_comes_in_parts_and_the_end_of_the_pipe_is_told() {
    let port = CompletionPort::new().unwrap();
    let path = name("parts");
    let pipe = port.associate_handle(message_pipe(&path), 1).unwrap();
    let mut other = client(&path);
    assert!(connect(&port, &pipe).is_none());
    other.write_all(b"12345678").unwrap();
    let mut operation = port.operation(Vec::with_capacity(5), 2).unwrap();
    let mut parts = Vec::new();
    for _ in 0..2 {
        let Submitted::Pending(ticket) = pipe.read_at(operation, 0) else {
            panic!("each read sends a packet");
        };
        assert_eq!(wait_for(&port, 1).len(), 1);
        let completed = ticket.finish().unwrap();
        parts.push((completed.result().map_err(|error| error.kind), completed.buffer().clone()));
        operation = completed.into_operation();
        operation.buffer_mut().clear();
    }
    let expected = [(Err(CompletionKind::Truncated), b"12345".to_vec()), (Ok(3), b"678".to_vec())];
    assert_eq!(parts, expected);
    let answer = port.operation(b"answer".to_vec(), 3).unwrap();
    let Submitted::Pending(ticket) = pipe.write_at(answer, 0) else { panic!("a packet follows") };
    assert_eq!(wait_for(&port, 1).len(), 1);
    assert_eq!(ticket.finish().unwrap().result(), Ok(6));
    let mut room = [0; 6];
    other.read_exact(&mut room).unwrap();
    assert_eq!(&room, b"answer");
    drop(other);
    // STATUS_PIPE_BROKEN, said by the call or by the packet.
    let end = match pipe.read_at(operation, 0) {
        Submitted::Ready(completed) => completed,
        Submitted::Pending(ticket) => {
            assert_eq!(wait_for(&port, 1).len(), 1);
            ticket.finish().unwrap()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!((end.result(), end.is_end(), end.raw_os_error()), (Ok(0), true, None));
}
