//! Waiting for one operation: `finish`, beside other waiters, and a finished ticket in a field.

use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};

use super::{
    buffer, drain, finish, io, is_quiet, panics::Bomb, port, recv, scripts, Counted, LIMIT, NOW,
};
use crate::{
    core::{finishers::SlotUse, keys::AWAITED},
    os,
    sim::{Kernel, OwnedSocket, Peer, Script},
    AssociatedSocket, CompletionKind, CompletionPort, Error, InFlight, Packet, Packets, Submitted,
    Unfinished, UserPacket, Wait,
};

/// A machine with one stream on a port.
struct Setting {
    port: CompletionPort,
    socket: AssociatedSocket<OwnedSocket>,
    peer: Peer,
    kernel: Kernel,
}

impl Setting {
    fn new(script: Script) -> Self {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        Self { port, socket, peer, kernel }
    }

    fn recv(&self) -> InFlight<Vec<u8>> {
        recv(&self.socket, self.port.operation(buffer(), 1).unwrap())
    }

    fn posts(&self) -> u32 {
        self.kernel.counts().posts
    }
}

#[test]
fn an_operation_is_finished_by_the_call_that_takes_its_packet_and_tells_nobody_of_it() {
    for script in scripts() {
        let at = Setting::new(script);
        let mut packets = Packets::with_capacity(4);
        for round in 0..3 {
            let ticket = at.recv();
            assert!(at.peer.send(b"data"));
            let completed = at.port.finish(ticket, &mut packets, LIMIT).unwrap();
            assert_eq!((completed.result(), packets.len()), (Ok(4), 0), "{round} {script:?}");
        }
        assert_eq!(at.posts(), 0, "nobody else to wake");
        assert!(is_quiet(&at.port, &mut packets));
        assert_eq!(at.port.stats().stale_packets, 0);
    }
}

#[test]
fn packets_of_others_come_back_with_the_ticket_and_then_the_operation_without_a_wait() {
    for script in scripts() {
        let at = Setting::new(script);
        let mut packets = Packets::with_capacity(8);
        let ticket = at.recv();
        at.port.post(UserPacket { token: 7, bytes: 0 }).unwrap();
        assert!(at.peer.send(b"data"));
        at.port.post(UserPacket { token: 8, bytes: 0 }).unwrap();
        let mut submitted = Submitted::from(ticket);
        let mut tokens = Vec::new();
        let completed = loop {
            match at.port.finish(submitted, &mut packets, LIMIT) {
                Ok(completed) => break completed,
                Err(Unfinished::Packets(ticket)) => {
                    assert!(!packets.is_empty());
                    tokens.extend(packets.iter().map(|packet| match packet {
                        Packet::User(UserPacket { token, .. }) => *token,
                        other => panic!("{other:?}"),
                    }));
                    submitted = ticket.into();
                }
                Err(other) => panic!("{other:?}"),
            }
        };
        assert_eq!(completed.buffer(), b"data");
        assert!(packets.is_empty(), "with the operation nothing is left to handle");
        while at.port.wait(&mut packets, NOW).unwrap() == Wait::Packets(1) {
            tokens.push(8);
        }
        assert_eq!(tokens, [7, 8]);
    }
}

#[test]
fn each_reason_gives_the_ticket_or_the_operation_back() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(4);
    let ticket = at.recv();
    let late = at.port.finish(ticket, &mut packets, Some(Duration::from_millis(1))).unwrap_err();
    assert!(matches!(late, Unfinished::TimedOut(_)), "{late:?}");
    at.port.waker().wake().unwrap();
    let ticket = late.into_ticket().unwrap();
    let woken = at.port.finish(ticket, &mut packets, LIMIT).unwrap_err();
    assert!(matches!(woken, Unfinished::Woken(_)), "{woken:?}");
    let other = port();
    let ticket = woken.into_ticket().unwrap();
    let failed = other.finish(ticket, &mut packets, LIMIT).unwrap_err();
    assert!(
        matches!(failed, Unfinished::Failed { error: Error::WrongPort, .. }),
        "nobody would wake it there: {failed:?}"
    );
    at.port.close().unwrap();
    let ticket = failed.into_ticket().unwrap();
    let closed = at.port.finish(ticket, &mut packets, LIMIT).unwrap_err();
    assert!(matches!(closed, Unfinished::Closed(_)), "{closed:?}");
    let ticket = closed.into_ticket().unwrap();
    let _ = ticket.cancel().unwrap();
    // Its packet was there before anybody was told of the close.
    let completed = at.port.finish(ticket, &mut packets, None).unwrap();
    assert_eq!(completed.result().unwrap_err().kind, CompletionKind::Cancelled);
    let refused = at.socket.recv(completed.into_operation());
    let refused = at.port.finish(refused, &mut packets, LIMIT).unwrap_err();
    assert_eq!(refused.to_string(), "the completion port is closed");
    let refused = refused.into_ticket().unwrap_err();
    assert_eq!(refused.error, Error::Closed);
    drop(refused.value.into_buffer());
}

#[test]
fn what_is_finished_already_is_returned_without_a_look_at_the_port() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(4);
    let ticket = at.recv();
    assert!(at.peer.send(b"data"));
    io(&at.port, &mut packets);
    at.port.post(UserPacket::default()).unwrap();
    let other = port();
    let completed = other.finish(ticket, &mut packets, LIMIT).unwrap();
    assert_eq!((completed.buffer().as_slice(), packets.len()), (&b"data"[..], 0));
    let completed = at.port.finish(Submitted::Ready(completed), &mut packets, LIMIT).unwrap();
    assert_eq!(completed.result(), Ok(4));
    assert_eq!(at.port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1), "it is still there");
}

/// Nothing may be left of a call that has ended: the flag would cost each settle a post.
#[test]
fn a_call_that_has_ended_leaves_no_flag() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(4);
    let late = at.port.finish(at.recv(), &mut packets, NOW).unwrap_err();
    let ticket = late.into_ticket().unwrap();
    assert!(at.peer.send(b"data"));
    io(&at.port, &mut packets);
    assert_eq!(at.posts(), 0, "nobody waits for it");
    assert_eq!(finish(ticket).buffer(), b"data");
}

/// The packet that wakes a call: posted by whoever settles its operation, posted again by whoever takes
/// it, dropped when the call has ended.
#[test]
fn who_settles_an_awaited_operation_wakes_the_call_and_who_takes_the_packet_passes_it_on() {
    for drains in [false, true] {
        let at = Setting::new(Script::default());
        let mut packets = Packets::with_capacity(4);
        let ticket = at.recv();
        let (awaiting, _) = ticket.awaiting().unwrap();
        assert!(at.peer.send(b"data"));
        let taken = if drains {
            at.port.drain(&mut packets, LIMIT)
        } else {
            at.port.wait(&mut packets, LIMIT)
        };
        assert_eq!((taken, at.posts()), (Ok(Wait::Packets(1)), 1));
        assert!(matches!(packets.iter().next(), Some(Packet::Io { .. })), "told as any other");
        for round in 1..4 {
            // Another array each time: nothing says that it has passed the packet on before.
            assert!(is_quiet(&at.port, &mut Packets::with_capacity(4)));
            assert_eq!(
                at.posts(),
                1 + 2 * round,
                "passed on, and once more to see what is behind it"
            );
        }
        drop(awaiting);
        assert!(is_quiet(&at.port, &mut packets));
        assert_eq!(at.posts(), 7, "late: dropped");
        assert!(is_quiet(&at.port, &mut packets));
        assert_eq!(finish(ticket).buffer(), b"data");
    }
}

/// A call whose operation another waiter settles is woken by that packet, not by its slice.
#[test]
fn a_call_is_woken_by_the_packet_of_its_own_operation_and_passes_on_that_of_another() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(1);
    let (first, second) = (at.recv(), at.recv());
    let (awaiting, operation) = first.awaiting().unwrap();
    let (others, _) = second.awaiting().unwrap();
    assert!(at.peer.send(b"1"));
    io(&at.port, &mut packets);
    assert!(at.peer.send(b"2"));
    io(&at.port, &mut Packets::with_capacity(1));
    let mut own = Packets::with_capacity(2);
    own.batch.calls.finishing = Some(operation);
    let before = at.posts();
    own.dequeue(&at.port.core, 0, false).unwrap();
    assert_eq!(at.posts(), before + 1, "its own packet ends here, the other's goes on");
    assert!(own.is_empty() && own.batch.calls.gives_way_to.is_some_and(|way| way != operation));
    drop((awaiting, others));
    assert!(is_quiet(&at.port, &mut packets));
    assert_eq!(at.posts(), before + 1);
    drop((finish(first), finish(second)));
}

/// Windows wakes the last waiter first: a taker that went back at once would take it again and again.
#[test]
fn a_taker_gives_way_before_it_goes_into_the_port_again() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(4);
    let ticket = at.recv();
    let awaiting = ticket.awaiting().unwrap();
    assert!(at.peer.send(b"data"));
    io(&at.port, &mut packets);
    let limit = Some(Duration::from_millis(120));
    assert_eq!(at.port.wait(&mut packets, limit).unwrap(), Wait::TimedOut);
    // The settler's, one after each time that it has given way (50, 50, 20 milliseconds), and one more.
    assert!(at.posts() <= 5, "{} posts", at.posts());
    let before = at.posts();
    // The wait of the event queue.
    assert_eq!(at.port.wait_once(&mut Packets::with_capacity(4), 1), Ok(Wait::Packets(0)));
    assert_eq!(at.posts(), before + 1);
    drop(awaiting);
    assert_eq!(finish(ticket).buffer(), b"data");
}

/// A waiter that gives way has its own packets first, and gives way later although they were cleared.
#[test]
fn packets_for_the_caller_come_before_giving_way() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(4);
    let ticket = at.recv();
    let awaiting = ticket.awaiting().unwrap();
    assert!(at.peer.send(b"data"));
    io(&at.port, &mut Packets::with_capacity(1));
    at.port.post(UserPacket { token: 5, bytes: 0 }).unwrap();
    assert_eq!(at.port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    let posts = at.posts();
    packets.clear();
    assert!(!packets.batch.is_usual(0), "the next wait does not go into the port at once");
    assert_eq!(at.port.wait(&mut packets, Some(Duration::from_millis(1))), Ok(Wait::TimedOut));
    assert!(at.posts() <= posts + 1);
    drop(awaiting);
    drop(finish(ticket));
}

#[test]
fn forged_packets_of_the_class_wake_nobody_and_end_nothing() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(4);
    let ticket = at.recv();
    let forge = |index: u32, carried: usize| {
        // SAFETY:
        // * a forged packet, which the port must refuse; nobody follows what it carries.
        unsafe { os::port_post(at.port.core.port.handle(), index, AWAITED, carried) }.unwrap();
    };
    let (awaiting, SlotUse { index, generation }) = ticket.awaiting().unwrap();
    let lies = |posts: u32| {
        let generation = generation as usize;
        for (index, carried) in [
            (index, generation),
            (index, generation + 1),
            (index + 1, generation),
            (0, 0),
            (u32::MAX, generation),
        ] {
            forge(index, carried);
        }
        assert!(is_quiet(&at.port, &mut Packets::with_capacity(8)));
        assert_eq!(at.posts(), posts);
    };
    lies(5);
    assert!(!ticket.is_done());
    drop(awaiting);
    assert!(at.peer.send(b"data"));
    io(&at.port, &mut packets);
    lies(10);
    assert_eq!(at.port.stats().foreign_packets, 0);
    assert_eq!(finish(ticket).buffer(), b"data");
}

/// The post that wakes the call fails: it looks again when its time is over.
#[test]
fn a_lost_wake_costs_time_and_never_the_operation() {
    let at = Setting::new(Script::default());
    let ticket = at.recv();
    let (awaiting, operation) = ticket.awaiting().unwrap();
    at.kernel.fail_posts(1, Some(AWAITED));
    assert!(at.peer.send(b"data"));
    io(&at.port, &mut Packets::with_capacity(1));
    let mut own = Packets::with_capacity(1);
    own.batch.calls.finishing = Some(operation);
    assert_eq!(at.port.wait_alertable(&mut own, LIMIT), Ok(Wait::Packets(0)));
    drop(awaiting);
    assert_eq!(finish(ticket).buffer(), b"data");
}

/// An orphan's buffer panics within the call: the ticket goes as it does in any panic, no flag stays.
#[test]
fn a_panic_within_the_call_drops_the_ticket_and_nothing_else() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(4);
    let drops = Arc::new(AtomicUsize::new(0));
    recv(&at.socket, at.port.operation(Bomb::new(&drops), 2).unwrap()).detach();
    let ticket = recv(&at.socket, at.port.operation(Counted::new(&drops), 1).unwrap());
    at.peer.shut_down();
    let call = || at.port.finish(ticket, &mut packets, LIMIT).map(drop).map_err(drop);
    assert!(catch_unwind(AssertUnwindSafe(call)).is_err());
    assert!(packets.batch.calls.finishing.is_none(), "of a call that has ended");
    drain(&at.port);
    assert_eq!((drops.load(Ordering::SeqCst), at.posts()), (2, 0));
}

/// What a panic held back is returned first, though the operation is done.
#[test]
fn packets_that_a_panic_held_back_come_before_the_operation() {
    let at = Setting::new(Script::default());
    let mut packets = Packets::with_capacity(4);
    let drops = Arc::new(AtomicUsize::new(0));
    recv(&at.socket, at.port.operation(Bomb::new(&drops), 2).unwrap()).detach();
    let ticket = at.recv();
    at.peer.shut_down();
    let wait = catch_unwind(AssertUnwindSafe(|| at.port.wait(&mut packets, LIMIT)));
    assert!(wait.is_err() && ticket.is_done());
    let held = at.port.finish(ticket, &mut packets, LIMIT).unwrap_err();
    assert!(matches!(held, Unfinished::Packets(_)) && packets.len() == 1, "{held:?}");
    let ticket = held.into_ticket().unwrap();
    assert_eq!(at.port.finish(ticket, &mut packets, LIMIT).unwrap().result(), Ok(0));
    assert!(packets.is_empty());
}

#[test]
fn a_finished_ticket_is_taken_out_of_its_field_and_no_other() {
    for parked in [false, true] {
        let at = Setting::new(Script::default());
        let mut field = None;
        assert!(InFlight::<Vec<u8>>::take_finished(&mut field).is_none(), "empty");
        field = Some(at.recv());
        let id = field.as_ref().unwrap().id();
        assert!(InFlight::take_finished(&mut field).is_none(), "in flight");
        assert_eq!(field.as_ref().map(InFlight::id), Some(id), "as it was");
        assert!(at.peer.send(b"data"));
        // Cancelled ones have flags, and go the long way.
        if parked {
            let _ = field.as_ref().unwrap().cancel().unwrap();
        }
        io(&at.port, &mut Packets::with_capacity(1));
        let completed = InFlight::take_finished(&mut field).unwrap();
        assert!(field.is_none());
        assert_eq!(completed.buffer(), b"data");
        drop(completed);
        assert_eq!(at.port.stats().operations, 0, "freed once");
    }
}
