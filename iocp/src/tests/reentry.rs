//! Code of the user's that runs inside the crate and uses it again; other code that uses the handles.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc, Mutex,
    },
    thread,
};

use super::{buffer, drain, finish, io, is_quiet, pending, port, recv, scripts, NOW};
use crate::{
    os,
    sim::{self, AsSocket, BorrowedSocket, Finish, Kernel, OwnedSocket, Point, Script},
    CancelOutcome, CompletionKind, CompletionPort, InFlight, IoBuf, IoBufMut, Packets, Submitted,
    UserPacket,
};

/// Uses a port in every way, from wherever it is called.
struct Busybody {
    port: CompletionPort,
    tickets: Mutex<Vec<InFlight<Vec<u8>>>>,
    calls: AtomicUsize,
}

impl Busybody {
    fn new(port: &CompletionPort) -> Arc<Self> {
        let (tickets, calls) = (Mutex::default(), AtomicUsize::new(0));
        Arc::new(Self { port: port.clone(), tickets, calls })
    }

    fn meddle(&self) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let mut packets = Packets::with_capacity(2);
        let _ = self.port.wait(&mut packets, NOW);
        let tickets = std::mem::take(&mut *self.tickets.lock().unwrap());
        for ticket in tickets {
            let _ = ticket.cancel();
            drop(ticket);
        }
        drop(self.port.operation(buffer(), 9));
        let _ = self.port.waker().wake();
        assert!(self.port.stats().operations <= 64);
    }
}

/// A socket that meddles whenever it is asked which it is.
struct Nosy {
    socket: OwnedSocket,
    meddler: Arc<Busybody>,
}

impl AsSocket for Nosy {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        self.meddler.meddle();
        self.socket.as_socket()
    }
}

#[test]
fn a_socket_that_uses_its_port_while_it_is_asked_locks_and_breaks_nothing() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let meddler = Busybody::new(&port);
        let (socket, peer) = kernel.stream_pair();
        let socket =
            port.associate_socket(Nosy { socket, meddler: Arc::clone(&meddler) }, 0).unwrap();
        for token in 0..4 {
            // Each submit lets the one before go, from inside.
            let ticket = pending(socket.recv(port.operation(buffer(), token).unwrap()));
            meddler.tickets.lock().unwrap().push(ticket);
        }
        assert_eq!(meddler.calls.load(Ordering::SeqCst), 5, "associating asks too");
        assert!(peer.send(b"for the last"));
        drop(std::mem::take(&mut *meddler.tickets.lock().unwrap()));
        drain(&port);
        assert_eq!(port.stats().operations, 0);
    }
}

/// A buffer whose drop meddles.
struct Meddling {
    bytes: Vec<u8>,
    meddler: Arc<Busybody>,
}

impl Drop for Meddling {
    fn drop(&mut self) {
        self.meddler.meddle();
    }
}

// SAFETY:
// * the bytes are those of a `Vec`.
unsafe impl IoBuf for Meddling {
    fn contents(&self) -> &[u8] {
        self.bytes.contents()
    }
}

// SAFETY:
// * the room is that of a `Vec`.
unsafe impl IoBufMut for Meddling {
    fn room(&mut self) -> (*mut u8, usize) {
        self.bytes.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * the caller promises that the first `n` bytes of the room are initialised.
        unsafe { self.bytes.set_filled(n) };
    }
}

#[test]
fn orphans_whose_buffers_use_their_port_in_their_drop_are_freed_once() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let meddler = Busybody::new(&port);
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        for token in 0..6 {
            let bytes = buffer();
            let buffer = Meddling { bytes, meddler: Arc::clone(&meddler) };
            let ticket = recv(&socket, port.operation(buffer, token).unwrap());
            if token % 2 == 0 {
                ticket.detach();
            } else {
                drop(ticket);
            }
        }
        let kept = recv(&socket, port.operation(buffer(), 6).unwrap());
        meddler.tickets.lock().unwrap().push(kept);
        peer.shut_down();
        drain(&port);
        assert_eq!(meddler.calls.load(Ordering::SeqCst), 6);
        assert_eq!(port.stats().operations, 0);
    }
}

/// The last reference to the port lies in a buffer that the port itself drops: the clone in it is
/// a cycle until the packet is taken, and none after.
#[test]
fn a_port_whose_last_reference_is_dropped_by_one_of_its_own_waits_ends_in_order() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let meddler = Busybody::new(&port);
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let buffer = Meddling { bytes: buffer(), meddler };
    recv(&socket, port.operation(buffer, 1).unwrap()).detach();
    drop(socket);
    assert!(peer.is_over());
    drain(&port);
    assert_eq!(kernel.counts().reserved, 2, "slots, and gates");
    drop(port);
    assert_eq!(kernel.counts().reserved, 0);
}

/// Other code sets the skip flag through a handle of its own: a packet that this crate waits for
/// never comes. Nothing is freed, and who sends the packet by hand ends the operation.
#[test]
fn skip_mode_set_by_other_code_leaves_operations_pending_and_breaks_nothing() {
    let kernel = Kernel::new(Script { plain_writes: false, ..Script::default() });
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let others = socket.try_clone().unwrap();
    let socket = port.associate_socket(socket, 0).unwrap();
    os::set_skip_on_success(os::borrow_socket(&others)).unwrap();
    assert!(!socket.skips_on_success());
    assert!(peer.send(b"there"));
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    assert!(is_quiet(&port, &mut packets));
    assert_eq!(port.stats().in_flight, 1, "seen here");
    assert_eq!(ticket.cancel().unwrap(), CancelOutcome::AlreadyDone);
    let slot = port.core.slot(ticket.id().index);
    let (key, block) = (slot.packet_key.load(Ordering::Relaxed), slot.block.overlapped() as usize);
    port.core.port.post(0, key, block).unwrap();
    assert_eq!(io(&port, &mut packets), (ticket.id(), 5));
    assert_eq!(finish(ticket).buffer(), b"there");
}

// Behaviour 15.
#[test]
fn a_socket_closed_by_other_code_while_a_call_is_inside_never_succeeds() {
    for script in scripts() {
        for point in [Point::Entry, Point::Return] {
            let kernel = Kernel::new(script);
            kernel.allow_stale_handles();
            let (port, mut packets) = (port(), Packets::with_capacity(4));
            let (socket, _peer) = kernel.stream_pair();
            let socket = port.associate_socket(socket, 0).unwrap();
            let operation = port.operation(buffer(), 1).unwrap();
            let hold = kernel.hold(&socket, point);
            let submitted = thread::scope(|scope| {
                let submitter = scope.spawn(|| socket.recv(operation));
                hold.wait_for_call();
                sim::close_raw(socket.as_raw_socket());
                hold.release();
                submitter.join().unwrap()
            });
            match submitted {
                Submitted::Ready(failed) => {
                    assert_eq!(point, Point::Entry);
                    assert_eq!(failed.raw_os_error(), Some(10_057));
                }
                Submitted::Pending(ticket) => {
                    assert_eq!(point, Point::Return);
                    io(&port, &mut packets);
                    let kind = finish(ticket).result().unwrap_err().kind;
                    assert_eq!(kind, CompletionKind::LocalClose);
                }
                Submitted::Refused(failed) => panic!("{failed}"),
            }
            assert!(is_quiet(&port, &mut packets));
        }
    }
}

/// Whatever a wait brings may be used at once, on the thread that waits.
#[test]
fn a_packet_is_posted_from_within_the_drop_of_an_orphan_and_taken_by_the_next_wait() {
    struct Posts(Vec<u8>, CompletionPort);
    impl Drop for Posts {
        fn drop(&mut self) {
            self.1.post(UserPacket { token: 5, bytes: 6 }).unwrap();
        }
    }
    // SAFETY:
    // * the bytes are those of a `Vec`.
    unsafe impl IoBuf for Posts {
        fn contents(&self) -> &[u8] {
            self.0.contents()
        }
    }
    let kernel = Kernel::new(Script { finish: Finish::AtDequeue, ..Script::default() });
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let buffer = Posts(b"sent".to_vec(), port.clone());
    pending(socket.send(port.operation(buffer, 1).unwrap())).detach();
    assert_eq!(port.wait(&mut packets, super::LIMIT).unwrap(), crate::Wait::Packets(1));
    let user = crate::Packet::User(UserPacket { token: 5, bytes: 6 });
    assert_eq!(packets.iter().next(), Some(&user));
}
