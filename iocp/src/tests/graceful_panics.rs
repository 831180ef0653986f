//! Graceful ends in which code of the program's panics.

use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
};

use super::{
    buffer,
    graceful::{close, resetting, LONG, TIMER},
    io, pending, port,
};
use crate::{sim::OwnedSocket, Closed, IoBuf, IoBufMut, Packets};

/// A buffer, or a source, whose code panics once.
struct Panics<T>(T, Arc<AtomicBool>);

impl<T> Panics<T> {
    fn panic_once(&self) {
        assert!(!self.1.swap(false, Ordering::SeqCst), "as it was asked to");
    }
}

// SAFETY:
// * the bytes are those of a `Vec`.
unsafe impl IoBuf for Panics<Vec<u8>> {
    fn contents(&self) -> &[u8] {
        self.0.contents()
    }
}

// SAFETY:
// * the room is that of a `Vec`.
unsafe impl IoBufMut for Panics<Vec<u8>> {
    fn room(&mut self) -> (*mut u8, usize) {
        self.0.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * as the caller promises.
        unsafe { self.0.set_filled(n) };
    }

    fn clear(&mut self) {
        self.panic_once();
        self.0.clear();
    }
}

impl crate::sim::AsSocket for Panics<OwnedSocket> {
    fn as_socket(&self) -> crate::sim::BorrowedSocket<'_> {
        self.panic_once();
        self.0.as_socket()
    }
}

/// After code of the program's has panicked, the end is not said to be graceful unless it is.
#[test]
fn a_panic_within_makes_no_end_graceful() {
    let kernel = resetting();
    let port = port();
    let panics = |now| Arc::new(AtomicBool::new(now));
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operation = port.operation(Panics(buffer(), panics(true)), 2).unwrap();
    let mut closing = socket.close_gracefully(operation, TIMER);
    catch_unwind(AssertUnwindSafe(|| closing.advance())).unwrap_err();
    assert_eq!(closing.advance(), Some(Closed::Panicked));

    let (socket, peer) = kernel.stream_pair();
    let once = panics(false);
    let socket = port.associate_socket(Panics(socket, Arc::clone(&once)), 0).unwrap();
    let mut closing = socket.close_gracefully(port.operation(buffer(), 2).unwrap(), TIMER);
    assert_eq!(closing.advance(), None);
    assert!(peer.send(b"more"));
    io(&port, &mut Packets::with_capacity(1));
    once.store(true, Ordering::SeqCst);
    catch_unwind(AssertUnwindSafe(|| closing.advance())).unwrap_err();
    assert_eq!(closing.advance(), Some(Closed::Panicked));
}

#[test]
fn a_send_whose_buffers_drop_panics_is_over_all_the_same() {
    let kernel = resetting();
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let bomb = super::OnDrop::new(|| panic!("the drop of a buffer"));
    let sent = pending(socket.send(port.operation(bomb, 1).unwrap()));
    io(&port, &mut Packets::with_capacity(1));
    let operation = port.operation(buffer(), 2).unwrap();
    let mut closing = socket.close_gracefully(operation, TIMER).within(LONG).after(sent);
    catch_unwind(AssertUnwindSafe(|| closing.advance())).unwrap_err();
    peer.shut_down();
    assert_eq!(close(&port, closing), Closed::Gracefully);
}
