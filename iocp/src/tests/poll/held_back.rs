//! Packets that a wait has taken and not returned, on the port of an event queue.

use std::{thread, time::Duration};

use super::{none, one, queue, stream, LIMIT_MS};
use crate::{
    core::{batch::Batch, shared::Core},
    poll::{Events, Interests, Poll, Token},
    sim::{Kernel, Peer, Script},
    Packets,
};

/// A registered stream that has said what it was to say so far.
fn listening(kernel: &Kernel, poll: &Poll, token: Token) -> (crate::poll::TcpStream, Peer) {
    let (mut stream, peer) = stream(kernel);
    poll.registrator().register(&mut stream, token, Interests::READABLE).unwrap();
    (stream, peer)
}

/// As a wait that panics.
fn take_and_hold_back(core: &Core) {
    let mut packets = Packets::with_capacity(4);
    packets.dequeue(core, 0, false).unwrap();
    let mut batch = Batch::with_capacity(4);
    batch.packets.extend(packets.iter().copied());
    assert!(!batch.packets.is_empty());
    core.unreported.hold_back(&core.attention, &mut batch);
}

#[test]
fn the_next_poll_tells_of_them() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let (_first, first_peer) = listening(&kernel, &poll, 1);
    let (_second, second_peer) = listening(&kernel, &poll, 2);
    none(&poll, &mut events);
    assert!(first_peer.send(b"held back"));
    take_and_hold_back(poll.core());
    assert!(second_peer.send(b"younger"));
    assert_eq!(one(&poll, &mut events).id(), 1, "before anything younger");
    assert_eq!(one(&poll, &mut events).id(), 2);
    none(&poll, &mut events);
}

#[test]
fn a_thread_that_polls_already_hears_of_them() {
    let kernel = &Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let poll = &poll;
    let (_stream, peer) = listening(kernel, poll, 1);
    none(poll, &mut events);
    assert!(peer.send(b"held back"));
    let mut packets = Packets::with_capacity(4);
    packets.dequeue(poll.core(), 0, false).unwrap();
    thread::scope(|scope| {
        let polling = scope.spawn(|| {
            let mut events = Events::with_capacity(4);
            one(poll, &mut events).id()
        });
        // Not for order: for that thread to be inside, most times.
        thread::sleep(Duration::from_millis(20));
        let mut batch = Batch::with_capacity(4);
        batch.packets.extend(packets.iter().copied());
        poll.core().unreported.hold_back(&poll.core().attention, &mut batch);
        assert_eq!(polling.join().unwrap(), 1);
    });
}

/// A poll that is ended by a wake has taken the packet that tells of them too.
#[test]
fn a_poll_that_is_woken_passes_their_packet_on() {
    let kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let (_stream, peer) = listening(&kernel, &poll, 1);
    none(&poll, &mut events);
    assert!(peer.send(b"held back"));
    take_and_hold_back(poll.core());
    poll.core().port.wake().unwrap();
    // As a poll that has looked for them before.
    poll.core().attention.forget();
    let posts = kernel.counts().posts;
    assert_eq!(poll.poll(&mut events, LIMIT_MS).unwrap(), 0, "woken");
    assert_eq!(kernel.counts().posts, posts + 1);
    assert_eq!(one(&poll, &mut events).id(), 1);
    none(&poll, &mut events);
}
