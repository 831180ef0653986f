//! Named pipes: connecting, bytes and messages, clients that leave, and the pipes of a child process.

#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::windows::io::OwnedHandle,
    process::Stdio,
    time::Duration,
};

use iocp::{
    AssociatedHandle, Completed, CompletionKind, CompletionPort, Control, ControlCode, Error,
    IoBufMut, Pipe, PipeClientOptions, PipeConnect, PipeEnd, PipeServer, PipeServerOptions, Slice,
    Submitted,
};
use iocp_sys::{PIPE_READMODE_MESSAGE, PIPE_WAIT};
use iocp_tests::{
    child, not_here,
    raw::message_pipe,
    raw::pipe_state,
    waiting::{done, wait_for},
    Kernel,
};

fn name(test: &str) -> String {
    format!(r"\\.\pipe\iocp-{}-{test}", std::process::id())
}

/// The other end, by std's blocking calls.
fn plain_client(path: &str) -> File {
    OpenOptions::new().read(true).write(true).open(path).unwrap()
}

fn server(
    port: &CompletionPort,
    options: &PipeServerOptions,
    path: &str,
) -> AssociatedHandle<PipeServer> {
    port.associate_handle(options.create(path).unwrap(), 1).unwrap()
}

fn read<P: PipeEnd + 'static, B: IoBufMut>(
    port: &CompletionPort,
    pipe: &AssociatedHandle<P>,
    buffer: B,
) -> Completed<B> {
    done(port, pipe.read(port.operation(buffer, 4).unwrap()))
}

fn write<P: PipeEnd + 'static>(
    port: &CompletionPort,
    pipe: &AssociatedHandle<P>,
    bytes: impl Into<Vec<u8>>,
) -> Completed<Vec<u8>> {
    done(port, pipe.write(port.operation(bytes.into(), 5).unwrap()))
}

fn connect(port: &CompletionPort, pipe: &AssociatedHandle<PipeServer>) -> Submitted<PipeConnect> {
    pipe.connect(port.operation(PipeConnect, 9).unwrap())
}

#[test]
fn the_state_of_a_pipe_says_its_mode_and_instances() {
    let pipe = message_pipe(&name("state"));
    assert_eq!(pipe_state(&pipe), (PIPE_WAIT | PIPE_READMODE_MESSAGE, 1));
    let path = name("states");
    let first = PipeServerOptions::new().messages(true).create(&path).unwrap();
    let _second = first.next_instance().unwrap();
    assert_eq!(pipe_state(&OwnedHandle::from(first)), (PIPE_WAIT | PIPE_READMODE_MESSAGE, 2));
}

// Behaviour 46.
#[test]
fn a_pipe_that_waits_for_its_client_is_connected_by_a_packet() {
    let port = CompletionPort::new().unwrap();
    let path = name("waits");
    // Made elsewhere.
    let pipe = port.associate_handle(PipeServer::from(message_pipe(&path)), 1).unwrap();
    let ticket = connect(&port, &pipe).pending().expect("nobody is there yet");
    let _client = plain_client(&path);
    assert_eq!(wait_for(&port, 1).len(), 1);
    let connected = ticket.finish().unwrap();
    assert_eq!((connected.result(), connected.connected()), (Ok(0), Ok(())));
    assert_eq!(pipe.get_ref().client_process_id().unwrap(), std::process::id());
    assert!(matches!(pipe.get_ref().next_instance(), Err(Error::Unsupported(_))));
}

// Behaviour 46.
#[test]
fn a_pipe_whose_client_is_there_already_is_connected_without_a_packet() {
    let port = CompletionPort::new().unwrap();
    let path = name("there");
    let pipe = server(&port, &PipeServerOptions::new(), &path);
    let client = PipeClientOptions::new().open(&path).unwrap();
    assert_eq!(client.server_process_id().unwrap(), std::process::id());
    match connect(&port, &pipe) {
        Submitted::Ready(there) => {
            assert_eq!((there.connected(), there.raw_os_error()), (Ok(()), Some(535)));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!((port.stats().in_flight, port.stats().operations), (0, 0));
}

// Behaviour 46b.
#[test]
fn a_client_that_is_gone_is_told_until_the_server_disconnects() {
    let port = CompletionPort::new().unwrap();
    let path = name("gone");
    let pipe = server(&port, &PipeServerOptions::new(), &path);
    drop(plain_client(&path));
    for _ in 0..2 {
        let gone = done(&port, connect(&port, &pipe));
        assert_eq!(gone.connected().unwrap_err().kind, CompletionKind::BrokenPipe);
        assert_eq!(gone.raw_os_error(), Some(232));
    }
    pipe.disconnect().unwrap();
    assert_eq!(pipe.disconnect().unwrap_err().raw_os_error(), Some(233));
    let waits = connect(&port, &pipe).pending().unwrap();
    let mut next = plain_client(&path);
    assert_eq!(wait_for(&port, 1).len(), 1);
    assert_eq!(waits.finish().unwrap().connected(), Ok(()));
    next.write_all(b"new").unwrap();
    assert_eq!(read(&port, &pipe, Vec::with_capacity(8)).buffer(), b"new");
    // The wait for a client is given up.
    pipe.disconnect().unwrap();
    let waits = connect(&port, &pipe).pending().unwrap();
    waits.cancel().unwrap();
    assert_eq!(wait_for(&port, 1).len(), 1);
    let error = waits.finish().unwrap().connected().unwrap_err();
    assert_eq!(error.kind, CompletionKind::Cancelled);
}

// Behaviour 46.
#[test]
fn a_message_longer_than_the_buffer_comes_in_parts_and_the_end_of_the_pipe_is_told() {
    let port = CompletionPort::new().unwrap();
    let path = name("parts");
    let pipe = server(&port, &PipeServerOptions::new().messages(true), &path);
    let mut other = plain_client(&path);
    assert_eq!(done(&port, connect(&port, &pipe)).connected(), Ok(()));
    other.write_all(b"12345678").unwrap();
    let mut parts = Vec::new();
    let mut operation = port.operation(Vec::with_capacity(5), 2).unwrap();
    for _ in 0..2 {
        let Submitted::Pending(ticket) = pipe.read(operation) else {
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
    assert_eq!(write(&port, &pipe, *b"answer").result(), Ok(6));
    let mut room = [0; 6];
    other.read_exact(&mut room).unwrap();
    assert_eq!(&room, b"answer");
    drop(other);
    // STATUS_PIPE_BROKEN, said by the call or by the packet.
    let end = done(&port, pipe.read(operation));
    assert_eq!((end.result(), end.is_end(), end.raw_os_error()), (Ok(0), true, None));
    let failed = write(&port, &pipe, *b"nobody");
    assert_eq!(
        (failed.kind(), failed.raw_os_error()),
        (Some(CompletionKind::BrokenPipe), Some(232))
    );
}

#[test]
fn messages_of_a_typed_client_keep_apart_and_bytes_are_joined() {
    let port = CompletionPort::new().unwrap();
    for messages in [true, false] {
        let path = name(if messages { "messages" } else { "bytes" });
        let pipe = server(&port, &PipeServerOptions::new().messages(messages), &path);
        let client = PipeClientOptions::new().messages(messages).open(&path).unwrap();
        let client = port.associate_handle(client, 2).unwrap();
        for part in ["one", "", "two"] {
            assert_eq!(write(&port, &pipe, part).result(), Ok(part.len()));
        }
        let first = read(&port, &client, Slice::new(Vec::with_capacity(64), ..32));
        let rest = match messages {
            true => {
                let empty = read(&port, &client, Vec::with_capacity(64));
                assert_eq!((empty.result(), empty.is_end()), (Ok(0), false));
                read(&port, &client, Vec::with_capacity(64)).into_buffer()
            }
            false => Vec::new(),
        };
        let first = first.into_buffer().into_inner();
        match messages {
            true => assert_eq!((&first[..], &rest[..]), (&b"one"[..], &b"two"[..])),
            false => assert_eq!(first, b"onetwo"),
        }
    }
}

#[test]
fn what_a_name_refuses_is_said_and_a_busy_pipe_is_waited_for() {
    let path = name("names");
    let options = PipeServerOptions::new().max_instances(2);
    let first = options.create(&path).unwrap();
    // Wine 8 makes it; Windows says 5.
    match options.create(&path) {
        Err(error) => assert_eq!(error.raw_os_error(), Some(5)),
        Ok(_) if iocp_tests::kernel() == Kernel::Windows => panic!("a second first instance"),
        Ok(_) => not_here("a second first instance of a pipe is refused: Wine ignores the flag"),
    }
    let _second = first.next_instance().unwrap();
    assert_eq!(first.next_instance().unwrap_err().raw_os_error(), Some(231));
    assert_eq!(options.create("no pipe").unwrap_err().raw_os_error(), Some(123));
    let client = PipeClientOptions::new().wait_for_instance(Duration::from_millis(20));
    let _both = [client.open(&path).unwrap(), client.open(&path).unwrap()];
    assert_eq!(client.open(&path).unwrap_err().raw_os_error(), Some(231));
    assert_eq!(client.open(name("missing")).unwrap_err().raw_os_error(), Some(2));
    assert_eq!(
        PipeClientOptions::new().messages(true).open(&path).unwrap_err().raw_os_error(),
        Some(231)
    );
    let waiting = std::thread::spawn(move || {
        PipeClientOptions::new().wait_for_instance(Duration::from_secs(100)).open(path)
    });
    drop(_second);
    let _next = first.next_instance().unwrap();
    waiting.join().unwrap().unwrap();
}

/// 50 clients, of which each writes as many messages as it wants to and leaves: what was written is read, in
/// order, and no operation is left.
// Behaviour 46c.
#[test]
fn fifty_clients_that_leave_at_any_point_lose_nothing() {
    const CLIENTS: usize = 50;
    const MESSAGES: usize = 200;
    let port = CompletionPort::new().unwrap();
    for messages in [false, true] {
        let path = name(if messages { "storm-messages" } else { "storm-bytes" });
        let options = PipeServerOptions::new().messages(messages);
        let mut listening = options.create(&path).unwrap();
        let to = path.clone();
        let clients = std::thread::spawn(move || {
            let wait = Duration::from_secs(100);
            for nth in 0..CLIENTS {
                let client = PipeClientOptions::new().wait_for_instance(wait).open(&to).unwrap();
                let port = CompletionPort::new().unwrap();
                let client = port.associate_handle(client, 0).unwrap();
                for message in 0..nth * 37 % (MESSAGES + 1) {
                    let text = format!("{nth}:{message};");
                    assert_eq!(write(&port, &client, text.clone()).result(), Ok(text.len()));
                }
            }
        });
        for nth in 0..CLIENTS {
            let next = listening.next_instance().unwrap();
            let pipe = port.associate_handle(listening, nth).unwrap();
            listening = next;
            // One that has come and gone is 232, and what it wrote is there.
            let connected = done(&port, connect(&port, &pipe));
            assert!(matches!(connected.raw_os_error(), None | Some(535 | 232)), "{connected:?}");
            let (mut got, mut count) = (Vec::new(), 0);
            loop {
                let part = read(&port, &pipe, Vec::with_capacity(64));
                if part.is_end() {
                    break;
                }
                part.result().unwrap();
                got.extend_from_slice(part.buffer());
                count += 1;
            }
            let expected: Vec<_> =
                (0..nth * 37 % (MESSAGES + 1)).map(|message| format!("{nth}:{message};")).collect();
            assert_eq!(String::from_utf8(got).unwrap(), expected.concat());
            assert!(!messages || count == expected.len(), "{count} messages");
        }
        clients.join().unwrap();
    }
    assert_eq!((port.stats().in_flight, port.stats().operations), (0, 0));
}

#[test]
fn the_pipes_of_a_child_process_are_read_and_written_on_a_port() {
    if child::role().is_some() {
        return child::repeat_the_input();
    }
    let port = CompletionPort::new().unwrap();
    let mut child =
        child::child_of("the_pipes_of_a_child_process_are_read_and_written_on_a_port", "repeats")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
    let stdin = port.associate_handle(child.stdin.take().unwrap(), 1).unwrap();
    let stdout = port.associate_handle(child.stdout.take().unwrap(), 2).unwrap();
    write(&port, &stdin, *b"a line\n").result().unwrap();
    // Not to its end: what Wine has started for the child may have the same handle.
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains("a line, said by the child") {
        let part = read(&port, &stdout, Vec::with_capacity(100));
        assert!(!part.is_end(), "{}", String::from_utf8_lossy(&said));
        part.result().unwrap();
        said.extend_from_slice(part.buffer());
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

/// An overlapped end that this program was handed.
#[test]
fn an_end_that_was_connected_elsewhere_is_a_pipe() {
    let port = CompletionPort::new().unwrap();
    let path = name("handed");
    let handed = OwnedHandle::from(PipeServerOptions::new().create(&path).unwrap());
    let mut other = plain_client(&path);
    let pipe = port.associate_handle(Pipe::from(handed), 3).unwrap();
    other.write_all(b"hello").unwrap();
    assert_eq!(read(&port, &pipe, Vec::with_capacity(8)).buffer(), b"hello");
    // The plain end of a pair cannot be tied to a port.
    let plain = Pipe::from(OwnedHandle::from(other));
    assert!(matches!(port.associate_handle(plain, 0).unwrap_err().error, Error::NotAssociable));
}

/// `FSCTL_PIPE_TRANSCEIVE`, what `TransactNamedPipe` sends: writes a message, and waits for the answer.
#[test]
fn a_control_code_that_is_vouched_for_is_sent_without_unsafe() {
    const TRANSCEIVE: ControlCode = {
        // SAFETY:
        // * The driver of pipes reads the input and writes the output, within their lengths, and is done with
        //   both when the request is.
        unsafe { ControlCode::new(0x0011_C017) }
    };
    let port = CompletionPort::new().unwrap();
    let path = name("transceive");
    let pipe = server(&port, &PipeServerOptions::new().messages(true), &path);
    let client = PipeClientOptions::new().messages(true).open(&path).unwrap();
    let client = port.associate_handle(client, 2).unwrap();
    let control = Control { input: "question", output: Vec::with_capacity(4) };
    let asked = client.device_control(TRANSCEIVE, port.operation(control, 1).unwrap());
    let asked = asked.pending().unwrap();
    assert_eq!(read(&port, &pipe, Vec::with_capacity(16)).buffer(), b"question");
    let answer = pipe.write(port.operation("answer", 5).unwrap());
    let cut = done(&port, asked.into());
    let error = cut.result().unwrap_err();
    assert_eq!((error.kind, error.bytes), (CompletionKind::Truncated, 4));
    assert_eq!(cut.buffer().output, b"answ");
    assert_eq!(read(&port, &client, Vec::with_capacity(16)).buffer(), b"er");
    assert_eq!(done(&port, answer).result(), Ok(6));
    // Unread data are in the way (fact PIPE47).
    done(&port, pipe.write(port.operation("unread", 5).unwrap())).result().unwrap();
    let busy = done(&port, client.device_control(TRANSCEIVE, cut.into_operation()));
    assert_eq!(busy.raw_os_error(), Some(231));
}
