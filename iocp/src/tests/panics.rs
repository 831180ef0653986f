//! User code that panics inside the crate.

use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
};

use super::{buffer, config, drain, finish, port, recv, scripts, LIMIT, NOW};
use crate::{
    sim::{Kernel, Script},
    CallResult, CompletionPort, Config, IoBuf, IoBufMut, NtStatus, Packets, Wait,
};

/// A buffer whose drop panics, once it has counted.
pub(super) struct Bomb {
    bytes: Vec<u8>,
    drops: Arc<AtomicUsize>,
}

impl Bomb {
    pub(super) fn new(drops: &Arc<AtomicUsize>) -> Self {
        Self { bytes: buffer(), drops: Arc::clone(drops) }
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        self.drops.fetch_add(1, Ordering::SeqCst);
        panic!("the drop of a buffer");
    }
}

// SAFETY:
// * the bytes are those of a `Vec`.
unsafe impl IoBuf for Bomb {
    fn contents(&self) -> &[u8] {
        self.bytes.contents()
    }
}

// SAFETY:
// * the room is that of a `Vec`.
unsafe impl IoBufMut for Bomb {
    fn room(&mut self) -> (*mut u8, usize) {
        self.bytes.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * the caller promises that the first `n` bytes of the room are initialised.
        unsafe { self.bytes.set_filled(n) };
    }
}

/// Behaviour 31: orphans whose buffers panic, among operations that are waited for.
#[test]
fn a_panicking_drop_unwinds_only_after_the_batch_is_settled() {
    for script in scripts() {
        if script.finish == crate::sim::Finish::OnWorker {
            continue; // Its packets do not come in one batch.
        }
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(16));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        let before = recv(&socket, port.operation(buffer(), 1).unwrap());
        for token in 2..5 {
            recv(&socket, port.operation(Bomb::new(&drops), token).unwrap()).detach();
        }
        let after = recv(&socket, port.operation(buffer(), 5).unwrap());
        peer.shut_down();
        let wait = catch_unwind(AssertUnwindSafe(|| port.wait(&mut packets, LIMIT)));
        let payload = wait.unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&"the drop of a buffer"));
        assert_eq!(drops.load(Ordering::SeqCst), 3, "each once");
        assert!(before.is_done() && after.is_done());
        let posts = kernel.counts();
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(2), "kept");
        assert_eq!(kernel.counts(), posts);
        assert_eq!(packets.len(), 2);
        assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::TimedOut, "reported once");
        assert_eq!(finish(before).result(), Ok(0));
        assert_eq!(finish(after).result(), Ok(0));
        let stats = port.stats();
        assert_eq!((stats.in_flight, stats.operations), (0, 0));
    }
}

/// Regression: a wake in the batch of a panicking drop was forgotten.
#[test]
fn a_wake_in_the_batch_of_a_panicking_drop_is_not_lost() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(16));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let drops = Arc::new(AtomicUsize::new(0));
    recv(&socket, port.operation(Bomb::new(&drops), 1).unwrap()).detach();
    port.waker().wake().unwrap();
    peer.shut_down();
    assert!(catch_unwind(AssertUnwindSafe(|| port.wait(&mut packets, LIMIT))).is_err());
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Woken);
}

/// Behaviour 31: closing and dropping everything with buffers that panic neither aborts nor hangs.
#[test]
fn a_panicking_drop_during_the_last_drain_is_swallowed() {
    let kernel = Kernel::new(Script::default());
    let port = CompletionPort::with_config(&Config { max_operations: 4, ..config() }).unwrap();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let drops = Arc::new(AtomicUsize::new(0));
    for token in 0..3 {
        recv(&socket, port.operation(Bomb::new(&drops), token).unwrap()).detach();
    }
    drop(port);
    drop(socket);
    assert_eq!(drops.load(Ordering::SeqCst), 3);
}

#[test]
fn a_close_packet_in_the_batch_of_a_panicking_drop_is_passed_on() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(16));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let drops = Arc::new(AtomicUsize::new(0));
    recv(&socket, port.operation(Bomb::new(&drops), 1).unwrap()).detach();
    peer.shut_down();
    port.close().unwrap();
    let posts = kernel.counts().posts;
    assert!(catch_unwind(AssertUnwindSafe(|| port.drain(&mut packets, LIMIT))).is_err());
    assert_eq!(kernel.counts().posts, posts + 1);
    drain(&port);
}

/// A buffer that panics when it is asked for its room.
struct Coy(Arc<AtomicUsize>);

impl Drop for Coy {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

// SAFETY:
// * no bytes at all.
unsafe impl IoBuf for Coy {
    fn contents(&self) -> &[u8] {
        &[]
    }
}

// SAFETY:
// * it never gives any room.
unsafe impl IoBufMut for Coy {
    fn room(&mut self) -> (*mut u8, usize) {
        panic!("no room for you")
    }

    unsafe fn set_filled(&mut self, _n: usize) {}
}

#[test]
fn a_buffer_that_panics_before_the_call_is_dropped_once_and_its_slot_is_free() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let drops = Arc::new(AtomicUsize::new(0));
    let operation = port.operation(Coy(Arc::clone(&drops)), 1).unwrap();
    assert!(catch_unwind(AssertUnwindSafe(|| socket.recv(operation))).is_err());
    assert_eq!(drops.load(Ordering::SeqCst), 1);
    assert_eq!((port.stats().operations, kernel.counts().submits), (0, 0));
}

/// A closure of `submit_with` that unwinds counts as issued.
#[test]
fn a_call_that_panics_leaves_an_orphan() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operation = port.operation(buffer(), 1).unwrap();
    let call = |handle, block, buffer: *mut Vec<u8>| {
        // SAFETY:
        // * the buffer lies where it was put, and nobody else refers to it.
        let (buf, len) = unsafe { &mut *buffer }.room();
        let wsabuf = iocp_sys::WSABUF { len: len as u32, buf };
        // SAFETY:
        // * `socket` below keeps the handle open during this call.
        let handle = unsafe { crate::os::Borrowed::new(crate::os::Handle(handle)) };
        // SAFETY:
        // * The block and the buffer's memory are the operation's, which keeps them until its packet.
        let issued = unsafe { crate::os::recv(handle, &[wsabuf], block) };
        if issued == crate::os::Issued::Pending {
            panic!("after the call");
        }
        CallResult::Issued(NtStatus::SUCCESS)
    };
    let submitted = catch_unwind(AssertUnwindSafe(|| {
        // SAFETY:
        // * one receive into the buffer's own memory; panicking counts as made.
        unsafe { operation.submit_with(&socket, call) }
    }));
    assert!(submitted.is_err());
    assert_eq!(port.stats().in_flight, 1);
    assert!(peer.send(b"data"));
    drain(&port);
    assert_eq!(port.stats().operations, 0);
}
