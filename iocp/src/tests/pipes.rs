//! Named pipes: clients that come before, during and after a connect, and leave at any time; bytes and
//! messages; names and instances.

use std::time::Duration;

use super::{buffer, drain, finish, io, is_quiet, pending, port, ready, scripts, LIMIT};
use crate::{
    os::OwnedHandle,
    sim::{Kernel, Script},
    AssociatedHandle, Completed, CompletionKind, CompletionPort, Error, IoBufMut, NtStatus,
    Packets, Pipe, PipeClientOptions, PipeConnect, PipeEnd, PipeServer, PipeServerOptions, Slice,
    Submitted, Wait,
};

const NAME: &str = r"\\.\pipe\tests";

fn server(port: &CompletionPort, options: &PipeServerOptions) -> AssociatedHandle<PipeServer> {
    port.associate_handle(options.create(NAME).unwrap(), 1).unwrap()
}

fn client(port: &CompletionPort, options: &PipeClientOptions) -> AssociatedHandle<Pipe> {
    port.associate_handle(options.open(NAME).unwrap(), 2).unwrap()
}

/// Both ends, in byte or message mode.
fn pair(
    port: &CompletionPort,
    messages: bool,
) -> (AssociatedHandle<PipeServer>, AssociatedHandle<Pipe>) {
    let server = server(port, &PipeServerOptions::new().messages(messages));
    (server, client(port, &PipeClientOptions::new().messages(messages)))
}

/// Finished, at once or by its packet; other packets are left out.
fn end<B: Send + 'static>(port: &CompletionPort, submitted: Submitted<B>) -> Completed<B> {
    match submitted {
        Submitted::Ready(completed) => completed,
        Submitted::Pending(ticket) => {
            let mut packets = Packets::with_capacity(8);
            while !ticket.is_done() {
                assert!(matches!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(_)));
            }
            finish(ticket)
        }
        Submitted::Refused(refused) => panic!("{refused:?}"),
    }
}

fn write<P: PipeEnd + 'static>(port: &CompletionPort, pipe: &AssociatedHandle<P>, bytes: &[u8]) {
    let written = end(port, pipe.write(port.operation(bytes.to_vec(), 5).unwrap()));
    assert_eq!(written.result(), Ok(bytes.len()));
}

fn read<P: PipeEnd + 'static, B: IoBufMut>(
    port: &CompletionPort,
    pipe: &AssociatedHandle<P>,
    buffer: B,
) -> Completed<B> {
    let operation = port.operation(buffer, 4).unwrap_or_else(|refused| panic!("{refused:?}"));
    end(port, pipe.read(operation))
}

#[test]
fn a_connect_waits_for_a_client_and_its_packet_comes_with_it() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let pipe = server(&port, &PipeServerOptions::new());
        let connect = pending(pipe.connect(port.operation(PipeConnect, 3).unwrap()));
        assert!(is_quiet(&port, &mut packets));
        let _client = client(&port, &PipeClientOptions::new());
        io(&port, &mut packets);
        assert_eq!(finish(connect).connected(), Ok(()));
        assert_eq!(pipe.get_ref().client_process_id().unwrap(), std::process::id());
    }
}

#[test]
fn a_client_that_is_there_already_is_connected_without_a_packet() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (pipe, client) = pair(&port, false);
    let there = ready(pipe.connect(port.operation(PipeConnect, 3).unwrap()));
    assert_eq!(there.connected(), Ok(()));
    assert_eq!((there.raw_os_error(), there.is_end()), (Some(535), false));
    assert!(is_quiet(&port, &mut packets));
    write(&port, &client, b"hello");
    assert_eq!(read(&port, &pipe, buffer()).buffer(), b"hello");
    assert_eq!(client.get_ref().server_process_id().unwrap(), std::process::id());
}

/// Pitfall PIPE-02: a server that only connects again is told the same for ever.
#[test]
fn a_client_that_is_gone_is_told_again_and_again_until_the_server_disconnects() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (pipe, client) = pair(&port, false);
    drop(client);
    let mut connect = port.operation(PipeConnect, 3).unwrap();
    for _ in 0..3 {
        let gone = ready(pipe.connect(connect));
        assert_eq!(gone.connected().unwrap_err().kind, CompletionKind::BrokenPipe);
        assert_eq!(gone.raw_os_error(), Some(232));
        connect = gone.into_operation();
    }
    pipe.disconnect().unwrap();
    let error = pipe.disconnect().unwrap_err();
    assert!(matches!(error, Error::Os { call: "DisconnectNamedPipe", .. }));
    assert_eq!(error.raw_os_error(), Some(233));
    let waits = pending(pipe.connect(connect));
    assert_eq!(pipe.disconnect().unwrap_err().raw_os_error(), Some(536), "nobody is there");
    let _next = PipeClientOptions::new().open(NAME).unwrap();
    io(&port, &mut packets);
    assert_eq!(finish(waits).connected(), Ok(()));
}

#[test]
fn the_next_client_gets_nothing_of_the_one_before() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let port = port();
        let (pipe, first) = pair(&port, false);
        write(&port, &first, b"unread");
        let late = pending(first.read(port.operation(buffer(), 6).unwrap()));
        pipe.disconnect().unwrap();
        // What was in flight of the first connection ends with it, and is no end that was meant.
        let lost = end(&port, late.into());
        assert_eq!((lost.is_end(), lost.raw_os_error()), (false, Some(233)));
        assert_eq!(read(&port, &pipe, buffer()).raw_os_error(), Some(233));
        assert_eq!(pipe.get_ref().client_process_id().unwrap_err().raw_os_error(), Some(1168));
        let connect = pending(pipe.connect(port.operation(PipeConnect, 3).unwrap()));
        let second = client(&port, &PipeClientOptions::new());
        assert_eq!(end(&port, connect.into()).connected(), Ok(()));
        write(&port, &second, b"new");
        assert_eq!(read(&port, &pipe, buffer()).buffer(), b"new");
        assert_eq!(read(&port, &first, buffer()).raw_os_error(), Some(233));
    }
}

#[test]
fn what_was_written_before_a_close_is_read_before_the_end() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let port = port();
        let (pipe, other) = pair(&port, false);
        write(&port, &other, b"last words");
        drop(other);
        let read_on = read(&port, &pipe, buffer());
        assert_eq!((read_on.buffer().as_slice(), read_on.is_end()), (&b"last words"[..], false));
        let over = read(&port, &pipe, buffer());
        assert_eq!((over.result(), over.is_end()), (Ok(0), true));
        assert_eq!(over.status(), NtStatus::PIPE_BROKEN);
        let failed = end(&port, pipe.write(port.operation(b"?".to_vec(), 1).unwrap()));
        assert_eq!(failed.kind(), Some(CompletionKind::BrokenPipe));
        assert_eq!(failed.raw_os_error(), Some(232));
    }
}

#[test]
fn messages_keep_apart_and_one_that_is_too_long_comes_in_parts() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let port = port();
        let (pipe, other) = pair(&port, true);
        for message in [&b"one"[..], b"", b"a longer one", b"last"] {
            write(&port, &other, message);
        }
        let mut got = Vec::new();
        for _ in 0..5 {
            let part = read(&port, &pipe, Slice::new(buffer(), ..8));
            let whole = part.result().map_err(|error| (error.kind, error.bytes));
            assert!(!part.is_end());
            got.push((whole, part.into_buffer().into_inner()));
        }
        let cut = Err((CompletionKind::Truncated, 8));
        assert_eq!(got[0], (Ok(3), b"one".to_vec()));
        assert_eq!(got[1], (Ok(0), Vec::new()), "an empty message is no end");
        assert_eq!(got[2], (cut, b"a longer".to_vec()));
        assert_eq!(got[3], (Ok(4), b" one".to_vec()));
        assert_eq!(got[4], (Ok(4), b"last".to_vec()));
        // The other way, and without room for any.
        write(&port, &pipe, b"answer");
        assert_eq!(read(&port, &other, buffer()).buffer(), b"answer");
    }
}

#[test]
fn bytes_of_several_writes_are_joined_and_an_empty_write_is_nothing() {
    let _kernel = Kernel::new(Script::default());
    let port = port();
    let (pipe, other) = pair(&port, false);
    for part in [&b"one"[..], b"", b"two"] {
        write(&port, &other, part);
    }
    assert_eq!(read(&port, &pipe, buffer()).buffer(), b"onetwo");
    let refused = PipeClientOptions::new().messages(true).open(NAME).unwrap_err();
    assert_eq!(refused.raw_os_error(), Some(231));
    let next = pipe.get_ref().next_instance().unwrap();
    let refused = PipeClientOptions::new().messages(true).open(NAME).unwrap_err();
    assert!(matches!(refused, Error::Os { call: "SetNamedPipeHandleState", .. }), "{refused:?}");
    drop(next);
}

#[test]
fn a_write_waits_for_its_reader_and_what_is_unread_is_taken_back_by_a_cancel() {
    let _kernel = Kernel::new(Script { window: 4, ..Script::default() });
    let port = port();
    let (pipe, other) = pair(&port, false);
    let long = pending(pipe.write(port.operation(b"0123456789".to_vec(), 1).unwrap()));
    assert_eq!(read(&port, &other, Slice::new(buffer(), ..3)).get_ref_bytes(), b"012");
    assert!(!long.is_done());
    assert_eq!(read(&port, &other, Slice::new(buffer(), ..3)).get_ref_bytes(), b"345");
    assert_eq!(end(&port, long.into()).result(), Ok(10), "the rest fits");
    let again = pending(pipe.write(port.operation(b"abcdef".to_vec(), 1).unwrap()));
    assert_eq!(read(&port, &other, Slice::new(buffer(), ..5)).get_ref_bytes(), b"6789a");
    let again = match again.is_done() {
        true => panic!("5 bytes are more than the window"),
        false => again,
    };
    again.cancel().unwrap();
    assert_eq!(end(&port, again.into()).kind(), Some(CompletionKind::Cancelled));
    drop(pipe);
    assert!(read(&port, &other, buffer()).is_end(), "nothing is left of it");
}

#[test]
fn a_name_has_a_first_instance_and_no_more_than_it_says() {
    let _kernel = Kernel::new(Script::default());
    let options = PipeServerOptions::new().max_instances(2);
    let refused = |result: Result<PipeServer, Error>| match result {
        Err(error @ Error::Os { call: "CreateNamedPipeW", .. }) => error.raw_os_error(),
        other => panic!("{other:?}"),
    };
    let first = options.create(NAME).unwrap();
    assert_eq!(refused(options.create(NAME)), Some(5));
    let second = first.next_instance().unwrap();
    assert_eq!(refused(second.next_instance()), Some(231));
    drop(first);
    let third = options.clone().first_instance(false).create(NAME).unwrap();
    drop((second, third));
    let elsewhere = PipeServer::from(OwnedHandle::from(options.create(NAME).unwrap()));
    assert!(matches!(elsewhere.next_instance(), Err(Error::Unsupported(_))));
    assert_eq!(refused(options.create("\\\\.\\pipe\\a\0b")), Some(123));
}

#[test]
fn a_client_waits_for_a_free_instance_as_long_as_it_wants_to() {
    let kernel = Kernel::new(Script::default());
    let wait = |limit| PipeClientOptions::new().wait_for_instance(limit).open(NAME);
    let missing = wait(Duration::from_secs(60)).unwrap_err();
    assert_eq!(missing.raw_os_error(), Some(2), "told at once");
    let server = PipeServerOptions::new().create(NAME).unwrap();
    let first = wait(Duration::ZERO).unwrap();
    assert_eq!(wait(Duration::ZERO).unwrap_err().raw_os_error(), Some(231));
    assert_eq!(wait(Duration::from_millis(5)).unwrap_err().raw_os_error(), Some(231));
    let second = std::thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            let _entered = kernel.enter();
            wait(Duration::from_secs(120))
        });
        let _next = server.next_instance().unwrap();
        waiting.join().unwrap()
    });
    assert!(second.is_ok(), "{second:?}");
    drop(first);
}

#[test]
fn a_client_does_not_listen_and_a_file_is_no_pipe() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (_server, other) = pair(&port, false);
    let turned = PipeServer::from(OwnedHandle::from(other.into_inner()));
    assert!(matches!(port.associate_handle(turned, 0).unwrap_err().error, Error::NotAssociable));
    let file = PipeServer::from(kernel.disk_file(b""));
    let file = port.associate_handle(file, 0).unwrap();
    assert!(ready(file.connect(port.operation(PipeConnect, 1).unwrap())).connected().is_err());
    assert_eq!(file.disconnect().unwrap_err().raw_os_error(), Some(1));
    assert_eq!(file.get_ref().client_process_id().unwrap_err().raw_os_error(), Some(1));
}

/// 50 clients that come, write up to 200 messages and leave at any point: what was written before a client
/// left is read, in order, and nothing else; and nothing is leaked.
#[test]
fn a_storm_of_clients_that_leave_at_any_point_loses_nothing() {
    let (clients, messages) = if cfg!(miri) { (4, 5) } else { (50, 200) };
    for by_messages in [false, true] {
        for seed in 0..3 {
            let _kernel = Kernel::new(Script { window: usize::MAX, ..Script::any(seed) });
            let port = port();
            let options = PipeServerOptions::new().messages(by_messages);
            let mut pipe = options.create(NAME).unwrap();
            for nth in 0..clients {
                let next = pipe.next_instance().unwrap();
                let this = port.associate_handle(std::mem::replace(&mut pipe, next), nth).unwrap();
                let client = client(&port, &PipeClientOptions::new());
                let leaves_after = (nth * 37 + usize::try_from(seed).unwrap()) % (messages + 1);
                let mut expected = Vec::new();
                for message in 0..leaves_after {
                    let text = format!("{nth}:{message};").into_bytes();
                    expected.extend_from_slice(&text);
                    write(&port, &client, &text);
                }
                drop(client);
                let gone = end(&port, this.connect(port.operation(PipeConnect, 1).unwrap()));
                assert!(gone.connected().is_err());
                let mut got = Vec::new();
                loop {
                    let part = read(&port, &this, Slice::new(buffer(), ..7));
                    if part.is_end() {
                        break;
                    }
                    got.extend_from_slice(part.get_ref_bytes());
                }
                assert_eq!(got, expected);
            }
            drop(pipe);
            drain(&port);
            assert_eq!(port.stats().operations, 0);
        }
    }
}

trait Bytes {
    fn get_ref_bytes(&self) -> &[u8];
}

impl Bytes for Completed<Slice<Vec<u8>>> {
    fn get_ref_bytes(&self) -> &[u8] {
        self.buffer().get_ref()
    }
}
