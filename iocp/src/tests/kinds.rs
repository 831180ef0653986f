//! Every kind of operation on files, pipes and devices, in every way that it can come out; each cell is the
//! path of a test in this file.
//!
//! | kind | success at once | success pending | error at once | error at completion | cancel | drop while pending | handle closed while pending | port closed while pending |
//! | --- | --- | --- | --- | --- | --- | --- | --- | --- |
//! | read | `at_once::read` | `read::pending` | `read::error_at_once` | `read::error_later` | `read::cancelled` | `read::dropped` | `read::handle_closed` | `read::port_closed` |
//! | write | `at_once::write` | `write::pending` | `write::error_at_once` | `write::error_later` | `write::cancelled` | `write::dropped` | `write::handle_closed` | `write::port_closed` |
//! | append | `at_once::append` | `append::pending` | `append::error_at_once` | `append::error_later` | `append::cancelled` | `append::dropped` | `append::handle_closed` | `append::port_closed` |
//! | read_sectors | `at_once::read_sectors` | `read_sectors::pending` | `read_sectors::error_at_once` | `read_sectors::error_later` | `read_sectors::cancelled` | `read_sectors::dropped` | `read_sectors::handle_closed` | `read_sectors::port_closed` |
//! | write_sectors | `at_once::write_sectors` | `write_sectors::pending` | `write_sectors::error_at_once` | `write_sectors::error_later` | `write_sectors::cancelled` | `write_sectors::dropped` | `write_sectors::handle_closed` | `write_sectors::port_closed` |
//! | scatter | `at_once::scatter` | `scatter::pending` | `scatter::error_at_once` | `scatter::error_later` | `scatter::cancelled` | `scatter::dropped` | `scatter::handle_closed` | `scatter::port_closed` |
//! | gather | `at_once::gather` | `gather::pending` | `gather::error_at_once` | `gather::error_later` | `gather::cancelled` | `gather::dropped` | `gather::handle_closed` | `gather::port_closed` |
//! | lock | `at_once::lock` | `lock::pending` | `lock::error_at_once` | `lock::error_later` | `lock::cancelled` | `lock::dropped` | `lock::handle_closed` | `lock::port_closed` |
//! | control | `at_once::control` | `control::pending` | `control::error_at_once` | `control::error_later` | `control::cancelled` | `control::dropped` | `control::handle_closed` | `control::port_closed` |
//! | pipe_read | `at_once::pipe_read` | `pipe_read::pending` | `pipe_read::error_at_once` | `pipe_read::error_later` | `pipe_read::cancelled` | `pipe_read::dropped` | `pipe_read::handle_closed` | `pipe_read::port_closed` |
//! | pipe_write | `at_once::pipe_write` | `pipe_write::pending` | `pipe_write::error_at_once` | `pipe_write::error_later` | `pipe_write::cancelled` | `pipe_write::dropped` | `pipe_write::handle_closed` | `pipe_write::port_closed` |
//! | pipe_connect | n/a: a client that is there already is the error 535 (`pipes.rs`, `a_client_that_is_there_already_is_connected_without_a_packet`) | `pipe_connect::pending` | `pipe_connect::error_at_once` | `pipe_connect::error_later` | `pipe_connect::cancelled` | `pipe_connect::dropped` | `pipe_connect::handle_closed` | `pipe_connect::port_closed` |
//!
//! "At once" is the call's answer. No handle of these kinds is in skip mode, so success owes a packet then too.
//! An unlock and a disconnect are calls that start no operation. A vectored write of a file is `gather`.

use super::{config, drain, finish, io, is_quiet, pending, ready, scripts, LIMIT};
use crate::{
    os::AsHandle,
    sim::{Answer, Fault, Kernel, OwnedSocket, Script},
    AlignedBuffer, AssociatedHandle, CompletionKind, CompletionPort, Control, ControlCode, Error,
    LockMode, NtStatus, Packets, Pages, Pipe, PipeClientOptions, PipeConnect, PipeServer,
    PipeServerOptions, Submitted, Unbuffered, Wait,
};

const NAME: &str = r"\\.\pipe\kinds";
/// What the simulated drivers answer with their input.
// SAFETY:
// * they copy the input to the output, within both lengths.
const ECHO: ControlCode = unsafe { ControlCode::new(0x0015_0000) };

fn port() -> CompletionPort {
    CompletionPort::with_config(&config()).unwrap()
}

/// Those that say what is done in this way.
fn scripts_that(answer: Answer) -> impl Iterator<Item = Script> {
    scripts().into_iter().filter(move |script| script.answer == answer)
}

/// A file on a page, associated.
fn file(kernel: &Kernel, port: &CompletionPort) -> AssociatedHandle<OwnedSocket> {
    port.associate_handle(kernel.disk_file(&[b'.'; 4096]), 7).unwrap()
}

fn unbuffered(kernel: &Kernel, port: &CompletionPort) -> AssociatedHandle<Unbuffered<OwnedSocket>> {
    let file = Unbuffered::new(kernel.disk_file(&[b'.'; 4096])).unwrap();
    port.associate_handle(file, 7).unwrap()
}

/// The two ends of a pipe, of which the client's is associated.
struct Ends {
    client: AssociatedHandle<Pipe>,
    server: AssociatedHandle<PipeServer>,
}

fn ends(_: &Kernel, port: &CompletionPort) -> Ends {
    let server = PipeServerOptions::new().create(NAME).unwrap();
    let client = PipeClientOptions::new().open(NAME).unwrap();
    let [server, client] = [OwnedSocket::from(server), client.into()];
    let server = port.associate_handle(server.into(), 7).unwrap();
    Ends { client: port.associate_handle(client.into(), 7).unwrap(), server }
}

fn sector() -> AlignedBuffer {
    AlignedBuffer::new(512, 512)
}

fn pages() -> Pages {
    Pages::new(vec![AlignedBuffer::new(4096, 4096)]).unwrap()
}

/// One module of tests for a kind: how its source is made, which handle that has, how it is submitted, which
/// result is right, and what makes it so where it waits for something.
macro_rules! kinds {
    ($($kind:ident: $make:expr, $handle:expr, $submit:expr, $result:literal, $help:expr;)+) => {$(
        mod $kind {
            use super::*;

            #[test]
            fn pending() {
                for script in scripts_that(Answer::Pending) {
                    succeeds(script, false);
                }
            }

            /// `first`: what it would wait for is there before.
            pub(super) fn succeeds(script: Script, first: bool) {
                let kernel = Kernel::new(script);
                let (port, mut packets) = (port(), Packets::with_capacity(4));
                let source = $make(&kernel, &port);
                let _before = first.then(|| $help(&source, &port));
                let ticket = super::pending($submit(&source, &port));
                let _after = (!first).then(|| $help(&source, &port));
                while !ticket.is_done() {
                    assert!(matches!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(_)));
                }
                assert_eq!(finish(ticket).result(), Ok($result));
            }

            #[test]
            fn error_at_once() {
                let kernel = Kernel::new(Script::default());
                let (port, mut packets) = (port(), Packets::with_capacity(4));
                let source = $make(&kernel, &port);
                kernel.fault_on($handle(&source).as_handle(), Fault::Fail(NtStatus::ACCESS_DENIED.0));
                let failed = ready($submit(&source, &port));
                assert_eq!(failed.raw_os_error(), Some(5));
                assert_eq!((port.stats().in_flight, port.stats().operations), (0, 1));
                assert!(is_quiet(&port, &mut packets), "no packet is owed");
            }

            #[test]
            fn error_later() {
                for script in scripts_that(Answer::Pending) {
                    let kernel = Kernel::new(script);
                    let (port, mut packets) = (port(), Packets::with_capacity(4));
                    let source = $make(&kernel, &port);
                    let fault = Fault::Done { status: NtStatus::ACCESS_DENIED.0, bytes: 0 };
                    kernel.fault_on($handle(&source).as_handle(), fault);
                    let ticket = super::pending($submit(&source, &port));
                    io(&port, &mut packets);
                    assert_eq!(finish(ticket).raw_os_error(), Some(5));
                    assert!(is_quiet(&port, &mut packets), "one packet");
                }
            }

            #[test]
            fn cancelled() {
                for script in scripts() {
                    let kernel = Kernel::new(script);
                    let (port, mut packets) = (port(), Packets::with_capacity(4));
                    let source = $make(&kernel, &port);
                    kernel.fault_on($handle(&source).as_handle(), Fault::Wait);
                    let ticket = super::pending($submit(&source, &port));
                    ticket.cancel().unwrap();
                    io(&port, &mut packets);
                    assert_eq!(finish(ticket).kind(), Some(CompletionKind::Cancelled));
                    assert!(is_quiet(&port, &mut packets), "one packet");
                }
            }

            #[test]
            fn dropped() {
                for script in scripts() {
                    let kernel = Kernel::new(script);
                    let port = port();
                    let source = $make(&kernel, &port);
                    kernel.fault_on($handle(&source).as_handle(), Fault::Wait);
                    drop(super::pending($submit(&source, &port)));
                    assert_eq!(kernel.counts().cancels, 1);
                    drain(&port);
                    assert_eq!(port.stats().operations, 0, "freed with its buffer");
                }
            }

            #[test]
            fn handle_closed() {
                for script in scripts() {
                    let kernel = Kernel::new(script);
                    let (port, mut packets) = (port(), Packets::with_capacity(4));
                    let source = $make(&kernel, &port);
                    kernel.fault_on($handle(&source).as_handle(), Fault::Wait);
                    let ticket = super::pending($submit(&source, &port));
                    drop(source);
                    io(&port, &mut packets);
                    let ended = finish(ticket);
                    assert_eq!(ended.kind(), Some(CompletionKind::Cancelled));
                    drop(ended);
                    assert_eq!(port.stats().operations, 0);
                }
            }

            #[test]
            fn port_closed() {
                for script in scripts() {
                    let kernel = Kernel::new(script);
                    let (port, mut packets) = (port(), Packets::with_capacity(4));
                    let source = $make(&kernel, &port);
                    kernel.fault_on($handle(&source).as_handle(), Fault::Wait);
                    let ticket = super::pending($submit(&source, &port));
                    port.close().unwrap();
                    assert_eq!(port.wait(&mut packets, LIMIT), Err(Error::Closed));
                    assert!(!ticket.is_done(), "a close of the port cancels nothing");
                    drop(source);
                    drain(&port);
                    assert_eq!(finish(ticket).kind(), Some(CompletionKind::Cancelled));
                    drop(port);
                }
            }
        }
    )+};
}

/// The kinds whose call may have succeeded when it returns.
macro_rules! at_once {
    ($($kind:ident)+) => {
        mod at_once {
            use super::*;

            $(
                #[test]
                fn $kind() {
                    for script in scripts_that(Answer::AtOnce) {
                        super::$kind::succeeds(script, true);
                    }
                }
            )+
        }
    };
}

at_once! {
    read write append read_sectors write_sectors scatter gather lock control pipe_read pipe_write
}

/// Needs no help.
fn alone<T>(_: &T, _: &CompletionPort) {}

/// The source is the handle.
fn itself<T>(source: &T) -> &T {
    source
}

/// The handle is the client's.
fn client(ends: &Ends) -> &AssociatedHandle<Pipe> {
    &ends.client
}

kinds! {
    read: file, itself, |file: &AssociatedHandle<OwnedSocket>, port: &CompletionPort| {
        file.read_at(port.operation(Vec::with_capacity(8), 1).unwrap(), 0)
    }, 8, alone;

    write: file, itself, |file: &AssociatedHandle<OwnedSocket>, port: &CompletionPort| {
        file.write_at(port.operation(b"data".to_vec(), 1).unwrap(), 0)
    }, 4, alone;

    append: file, itself, |file: &AssociatedHandle<OwnedSocket>, port: &CompletionPort| {
        file.append(port.operation(b"data".to_vec(), 1).unwrap())
    }, 4, alone;

    read_sectors: unbuffered, itself,
        |file: &AssociatedHandle<Unbuffered<OwnedSocket>>, port: &CompletionPort| {
            file.read_sectors_at(port.operation(sector(), 1).unwrap(), 512)
        }, 512, alone;

    write_sectors: unbuffered, itself,
        |file: &AssociatedHandle<Unbuffered<OwnedSocket>>, port: &CompletionPort| {
            let mut contents = sector();
            contents.set_len(512);
            file.write_sectors_at(port.operation(contents, 1).unwrap(), 512)
        }, 512, alone;

    scatter: unbuffered, itself,
        |file: &AssociatedHandle<Unbuffered<OwnedSocket>>, port: &CompletionPort| {
            file.read_scatter(port.operation(pages(), 1).unwrap(), 1024)
        }, 3072, alone;

    gather: unbuffered, itself,
        |file: &AssociatedHandle<Unbuffered<OwnedSocket>>, port: &CompletionPort| {
            file.write_gather(port.operation(pages(), 1).unwrap(), 1024)
        }, 4096, alone;

    lock: file, itself, |file: &AssociatedHandle<OwnedSocket>, port: &CompletionPort| {
        file.lock(port.operation((), 1).unwrap(), 0..10, LockMode::Exclusive)
    }, 0, alone;

    control: file, itself, |file: &AssociatedHandle<OwnedSocket>, port: &CompletionPort| {
        let echo = Control { input: b"echo".to_vec(), output: Vec::with_capacity(8) };
        file.device_control(ECHO, port.operation(echo, 1).unwrap())
    }, 4, alone;

    pipe_read: ends, client,
        |ends: &Ends, port: &CompletionPort| {
            ends.client.read(port.operation(Vec::with_capacity(8), 1).unwrap())
        }, 4, |ends: &Ends, port: &CompletionPort| {
            ends.server.write(port.operation(b"data".to_vec(), 2).unwrap())
        };

    pipe_write: ends, client,
        |ends: &Ends, port: &CompletionPort| {
            ends.client.write(port.operation(b"data".to_vec(), 1).unwrap())
        }, 4, alone;
}

mod pipe_connect_of {
    use super::*;

    pub(super) type Server = AssociatedHandle<PipeServer>;

    pub(super) fn make(_: &Kernel, port: &CompletionPort) -> Server {
        port.associate_handle(PipeServerOptions::new().create(NAME).unwrap(), 7).unwrap()
    }

    pub(super) fn submit(server: &Server, port: &CompletionPort) -> Submitted<PipeConnect> {
        server.connect(port.operation(PipeConnect, 1).unwrap())
    }

    /// A client comes.
    pub(super) fn help(_: &Server, _: &CompletionPort) -> Pipe {
        PipeClientOptions::new().open(NAME).unwrap()
    }
}

kinds! {
    pipe_connect: pipe_connect_of::make, itself, pipe_connect_of::submit, 0, pipe_connect_of::help;
}
