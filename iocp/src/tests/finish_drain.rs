//! A drain beside a call that waits for one operation.

use std::{
    sync::{Arc, Barrier},
    thread,
};

use super::{pending, port, recv, OnDrop, LIMIT};
use crate::{
    sim::{Kernel, Script},
    Packets, Wait,
};

/// Regression: the packet that wakes a call of `finish` is the port's own. While that call was in the drop
/// of a buffer, a drain passed it on again and again, and never said that nothing was in flight.
#[test]
fn a_drain_beside_a_call_that_is_in_a_users_drop_ends() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let (other, other_peer) = kernel.stream_pair();
    let other = port.associate_socket(other, 0).unwrap();
    let (inside, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (is_inside, may_go_on) = (Arc::clone(&inside), Arc::clone(&go_on));
    let buffer = OnDrop::new(move || {
        is_inside.wait();
        may_go_on.wait();
    });
    pending(other.recv(port.operation(buffer, 2).unwrap())).detach();
    assert!(other_peer.send(b"1"));
    thread::scope(|scope| {
        let finisher = scope.spawn(|| {
            let _entered = kernel.enter();
            let ticket = recv(&socket, port.operation(super::buffer(), 1).unwrap());
            port.finish(ticket, &mut Packets::with_capacity(4), LIMIT).unwrap().result()
        });
        inside.wait();
        assert!(peer.send(b"data"));
        let mut packets = Packets::with_capacity(4);
        while port.drain(&mut packets, LIMIT).unwrap() != Wait::Packets(0) {}
        assert_eq!(port.stats().in_flight, 0);
        go_on.wait();
        assert_eq!(finisher.join().unwrap(), Ok(4));
    });
}
