//! The lock between cancelling and closing: a handle value is used only while it is ours.

use std::{sync::mpsc::channel, thread, time::Duration};

use super::{buffer, drain, finish, port, recv, scripts};
use crate::{
    sim::{Kernel, Point},
    CancelOutcome, Packets, Wait,
};

/// Long enough for a thread that nothing holds up.
const MOMENT: Option<Duration> = Some(Duration::from_millis(if cfg!(miri) { 300 } else { 30 }));

// Behaviour 16.
#[test]
fn a_socket_is_closed_only_after_the_canceller_inside_has_left() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate(socket).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        let canceller = ticket.canceller();
        let hold = kernel.hold(&socket, Point::Cancel);
        thread::scope(|scope| {
            let inside = scope.spawn(move || canceller.cancel());
            hold.wait_for_call();
            let (begun, begins) = channel();
            let closing = scope.spawn(move || {
                begun.send(()).unwrap();
                drop(socket);
            });
            begins.recv().unwrap();
            let nothing = port.wait(&mut Packets::with_capacity(1), MOMENT).unwrap();
            assert_eq!(nothing, Wait::TimedOut);
            assert_eq!(peer.try_recv(&mut [0; 4]), None, "still open");
            hold.release();
            assert_eq!(inside.join().unwrap().unwrap(), CancelOutcome::Requested);
            closing.join().unwrap();
            assert_eq!(peer.try_recv(&mut [0; 4]), Some(0), "closed");
        });
        drain(&port);
        assert!(finish(ticket).result().is_err());
    }
}

/// `cancel_all` holds it too, and nobody who submits needs it.
#[test]
fn a_canceller_inside_holds_up_no_submit_and_no_completion() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate(socket).unwrap();
        let hold = kernel.hold(&socket, Point::Cancel);
        thread::scope(|scope| {
            let inside = scope.spawn(|| socket.cancel_all());
            hold.wait_for_call();
            let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
            assert!(peer.send(b"goes on"));
            super::io(&port, &mut packets);
            assert_eq!(finish(ticket).buffer(), b"goes on");
            hold.release();
            inside.join().unwrap().unwrap();
        });
    }
}
