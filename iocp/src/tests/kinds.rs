//! Every kind of operation on files, pipes and devices, in every way that it can come out: `tests/KINDS.md` has the
//! table, whose cells are the paths of tests in this file.
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
