//! Operations that are redeemed by id from the start.

use std::thread;

use super::{buffer, config, io, port, recv, scripts, LIMIT};
use crate::{
    sim::{Kernel, Point, Script},
    CompletionPort, Error, IoBuf, IoBufMut, Packets,
};

/// Behaviour 29c: redeemed while the submitting call still runs: refused until it has returned.
#[test]
fn a_parked_operation_is_redeemed_by_whoever_sees_its_packet() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(8));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        assert!(peer.send(b"quick"));
        let operation = port.operation(buffer(), 1).unwrap();
        let hold = kernel.hold(&socket, Point::Return);
        thread::scope(|scope| {
            let submitter = scope.spawn(|| socket.recv(operation).park());
            hold.wait_for_call();
            let (id, _) = io(&port, &mut packets);
            assert!(matches!(port.redeem::<Vec<u8>>(id), Err(Error::StillSubmitting)));
            hold.release();
            assert!(matches!(submitter.join().unwrap(), Ok(it) if it == id));
            assert!(matches!(port.redeem::<String>(id), Err(Error::WrongType)));
            let completed = port.redeem::<Vec<u8>>(id).unwrap();
            assert_eq!(completed.buffer(), b"quick");
            assert!(matches!(port.redeem::<Vec<u8>>(id), Err(Error::UnknownOperation)));
            // What was parked once is an ordinary operation again.
            let mut operation = completed.into_operation();
            operation.buffer_mut().clear();
            let ticket = recv(&socket, operation);
            assert!(peer.send(b"next"));
            io(&port, &mut packets);
            assert_eq!(ticket.finish().unwrap().buffer(), b"next");
        });
    }
}

#[test]
fn an_operation_is_redeemed_by_ticket_or_by_id_as_it_was_left() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(8));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let kept = socket.recv(port.operation(buffer(), 1).unwrap()).pending();
    let second = recv(&socket, port.operation(buffer(), 2).unwrap()).park();
    assert!(peer.send(b"1"));
    let (first, _) = io(&port, &mut packets);
    let kept = kept.unwrap();
    assert_eq!(kept.id(), first);
    // Not parked: it has its ticket.
    assert!(matches!(port.redeem::<Vec<u8>>(first), Err(Error::StillSubmitting)));
    assert_eq!(kept.finish().unwrap().buffer(), b"1");
    assert!(matches!(port.redeem::<Vec<u8>>(first), Err(Error::UnknownOperation)));
    assert!(peer.send(b"2"));
    assert_eq!(io(&port, &mut packets).0, second);
    assert_eq!(port.redeem::<Vec<u8>>(second).unwrap().buffer(), b"2");
}

/// A panic payload whose own drop panics, in a buffer's drop.
struct Bomb(Vec<u8>);

struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        panic!("the payload's own drop");
    }
}

impl Drop for Bomb {
    fn drop(&mut self) {
        std::panic::panic_any(Payload);
    }
}

// SAFETY:
// * the bytes are those of a `Vec`.
unsafe impl IoBuf for Bomb {
    fn contents(&self) -> &[u8] {
        self.0.contents()
    }
}

// SAFETY:
// * the room is that of a `Vec`.
unsafe impl IoBufMut for Bomb {
    fn room(&mut self) -> (*mut u8, usize) {
        self.0.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * the caller promises that the first `n` bytes of the room are initialised.
        unsafe { self.0.set_filled(n) };
    }
}

/// Regression: orphans left over by such a payload were freed in the next port's slab.
#[test]
fn orphans_whose_panics_panic_stay_with_their_own_port() {
    let kernel = Kernel::new(Script::default());
    let mut packets = Packets::with_capacity(16);
    let first = CompletionPort::with_config(&config()).unwrap();
    let (socket, peer) = kernel.stream_pair();
    let socket = first.associate_socket(socket, 0).unwrap();
    for token in 0..4 {
        recv(&socket, first.operation(Bomb(buffer()), token).unwrap()).detach();
    }
    peer.shut_down();
    let wait = std::panic::AssertUnwindSafe(|| first.wait(&mut packets, LIMIT));
    let panicked = std::panic::catch_unwind(wait).map(|_| ());
    assert!(panicked.is_err());
    crate::core::shared::forget_panic(panicked);
    assert_eq!(first.stats().operations, 0, "every orphan was freed");

    let second = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = second.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, second.operation(buffer(), 9).unwrap());
    assert!(peer.send(b"whole"));
    io(&second, &mut packets);
    assert_eq!(ticket.finish().unwrap().buffer(), b"whole");
}
