//! Packets of a wait that ended in a panic: the port keeps them for whoever waits next.

use std::{
    panic::{catch_unwind, AssertUnwindSafe},
    sync::{atomic::AtomicUsize, Arc},
    thread,
    time::Duration,
};

use super::{
    buffer, drain, finish, is_quiet, panics::Bomb, pending, port, recv, scripts, LIMIT, NOW,
};
use crate::{
    core::{batch::Batch, keys::HELD_BACK},
    sim::{Finish, Kernel, OwnedSocket, Peer, Script},
    AssociatedSocket, CompletionPort, Error, InFlight, Packet, Packets, UserPacket, Wait,
};

/// Not for an order of events: for a thread to be inside its wait, most times.
const MOMENT: Duration = Duration::from_millis(20);

/// A socket with operations in flight whose packets come in one batch, an orphan's among them whose
/// buffer's drop panics.
struct Ending {
    socket: AssociatedSocket<OwnedSocket>,
    tickets: Vec<InFlight<Vec<u8>>>,
    peer: Peer,
}

impl Ending {
    fn submit(kernel: &Kernel, port: &CompletionPort, tokens: &[usize]) -> Self {
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let submit = |&token| pending(socket.recv(port.operation(buffer(), token).unwrap()));
        let mut tickets = vec![submit(&tokens[0])];
        let drops = Arc::new(AtomicUsize::new(0));
        recv(&socket, port.operation(Bomb::new(&drops), 0).unwrap()).detach();
        tickets.extend(tokens[1..].iter().map(submit));
        Self { socket, tickets, peer }
    }

    /// Ends them all, and takes their packets with a wait that panics.
    fn panic(self, port: &CompletionPort) -> Vec<InFlight<Vec<u8>>> {
        self.peer.shut_down();
        let mut packets = Packets::with_capacity(16);
        let wait = catch_unwind(AssertUnwindSafe(|| port.wait(&mut packets, LIMIT)));
        assert_eq!(wait.unwrap_err().downcast_ref(), Some(&"the drop of a buffer"));
        assert!(packets.is_empty() && !packets.was_woken());
        drop(self.socket);
        self.tickets
    }
}

fn tokens(packets: &Packets) -> Vec<usize> {
    let token = |packet: &Packet| match packet {
        Packet::Io { token, .. } | Packet::User(UserPacket { token, .. }) => *token,
        other => panic!("another packet: {other:?}"),
    };
    packets.iter().map(token).collect()
}

fn post(port: &CompletionPort, token: usize) {
    port.post(UserPacket { token, bytes: 0 }).unwrap();
}

/// As a wait whose batch this was, and which panics.
fn hold_back(port: &CompletionPort, tokens: &[usize]) {
    let mut batch = Batch::with_capacity(tokens.len());
    let packet = |&token| Packet::User(UserPacket { token, bytes: 0 });
    batch.packets.extend(tokens.iter().map(packet));
    port.core.unreported.hold_back(&port.core.attention, &mut batch);
}

/// The next wait goes on as one that compared the port's word before this happened.
fn inside_before(port: &CompletionPort, happens: impl FnOnce()) {
    happens();
    port.core.attention.forget();
}

type Way = fn(&CompletionPort, &mut Packets) -> Result<Wait, Error>;

/// Every way to wait, with an array of its own.
fn ways() -> [Way; 5] {
    [
        |port, packets| port.wait(packets, NOW),
        |port, packets| port.wait(packets, None),
        |port, packets| port.wait_alertable(packets, LIMIT),
        |port, packets| port.drain(packets, LIMIT),
        |port, packets| port.wait_once(packets, 0),
    ]
}

#[test]
fn the_next_wait_reports_them_first_whatever_array_and_thread_it_has() {
    // Each is much the same to this, and Miri is slow.
    for script in scripts().into_iter().step_by(if cfg!(miri) { 5 } else { 1 }) {
        if script.finish == Finish::OnWorker {
            continue; // Their packets do not come in one batch.
        }
        for wait in ways() {
            for posts_fail in [false, true] {
                let kernel = &Kernel::new(script);
                let port = &port();
                let batch = Ending::submit(kernel, port, &[1, 2, 3]);
                if posts_fail {
                    kernel.fail_posts(1, Some(HELD_BACK));
                }
                let tickets = batch.panic(port);
                // Younger, and in the queue before the next wait.
                post(port, 4);
                let next = || {
                    let mut packets = Packets::with_capacity(16);
                    assert_eq!(wait(port, &mut packets).unwrap(), Wait::Packets(3));
                    tokens(&packets)
                };
                let next = thread::scope(|scope| scope.spawn(next).join().unwrap());
                assert_eq!(next, [1, 2, 3]);
                assert!(tickets.into_iter().all(|ticket| finish(ticket).result() == Ok(0)));
                let mut packets = Packets::with_capacity(1);
                assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
                assert_eq!(tokens(&packets), [4]);
                assert!(is_quiet(port, &mut packets));
                assert_eq!(port.stats().operations, 0);
            }
        }
    }
}

#[test]
fn what_a_smaller_array_has_no_room_for_stays_in_order() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let tickets = Ending::submit(&kernel, &port, &[1, 2, 3]).panic(&port);
    // A second panic before the first one's packets are reported.
    let batch = Ending::submit(&kernel, &port, &[4, 5]);
    let mut packets = Packets::with_capacity(2);
    let mut seen = Vec::new();
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(2));
    seen.extend(tokens(&packets));
    // What is held back comes before a panic can happen: so this one is made behind the port's back.
    batch.peer.shut_down();
    let late =
        catch_unwind(AssertUnwindSafe(|| Packets::with_capacity(16).dequeue(&port.core, 0, false)));
    assert!(late.is_err());
    post(&port, 6);
    for expected in [2, 1] {
        assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(expected));
        seen.extend(tokens(&packets));
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
    let posts = kernel.counts().posts;
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1));
    assert_eq!(tokens(&packets), [6]);
    assert!(is_quiet(&port, &mut packets));
    assert_eq!(kernel.counts().posts, posts, "nothing is told of any more");
    drop((tickets, batch.tickets));
    drain(&port);
}

/// They have looked before, and are inside the system's call.
#[test]
fn threads_that_wait_already_hear_of_them_until_all_are_reported() {
    let kernel = &Kernel::new(Script::default());
    let port = &port();
    let mut seen = thread::scope(|scope| {
        let waiters: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(move || {
                    let _inside = kernel.enter();
                    let mut packets = Packets::with_capacity(1);
                    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
                    tokens(&packets)[0]
                })
            })
            .collect();
        thread::sleep(MOMENT);
        hold_back(port, &[1, 2, 3]);
        waiters.into_iter().map(|waiter| waiter.join().unwrap()).collect::<Vec<_>>()
    });
    seen.sort_unstable();
    assert_eq!(seen, [1, 2, 3]);
}

/// Those inside the system's call cannot be told: they look when it ends.
#[test]
fn a_post_that_fails_costs_time_and_loses_nothing() {
    let kernel = &Kernel::new(Script::default());
    let port = &port();
    kernel.fail_posts(u32::MAX, Some(HELD_BACK));
    thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            let mut packets = Packets::with_capacity(4);
            assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(2));
            tokens(&packets)
        });
        thread::sleep(MOMENT);
        hold_back(port, &[1, 2]);
        assert_eq!(waiter.join().unwrap(), [1, 2]);
    });
}

/// The call ended with its time, and found nothing.
#[test]
fn a_wait_whose_time_has_passed_looks_once_more_before_it_says_so() {
    let kernel = Kernel::new(Script::default());
    kernel.fail_posts(u32::MAX, None);
    for closes in [false, true] {
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        inside_before(&port, || {
            if closes {
                port.close().unwrap();
            }
            hold_back(&port, &[1]);
        });
        assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1));
        assert_eq!(tokens(&packets), [1]);
    }
}

/// Whoever takes the packet that tells of them in one batch with others passes it on.
#[test]
fn their_packet_among_others_is_passed_on_by_whoever_takes_it() {
    let kernel = Kernel::new(Script::default());
    for with_wake in [false, true] {
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        post(&port, 2);
        if with_wake {
            port.waker().wake().unwrap();
        }
        inside_before(&port, || hold_back(&port, &[1]));
        let posts = kernel.counts().posts;
        assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1));
        assert_eq!((tokens(&packets), packets.was_woken()), (vec![2], with_wake));
        assert_eq!(kernel.counts().posts, posts + 1);
        assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1));
        assert_eq!((tokens(&packets), packets.was_woken()), (vec![1], false));
        assert!(is_quiet(&port, &mut packets));
    }
}

#[test]
fn a_closed_port_reports_them_before_it_says_closed() {
    for closed_first in [false, true] {
        for wait in ways() {
            let kernel = Kernel::new(Script::default());
            let port = port();
            let batch = Ending::submit(&kernel, &port, &[1, 2]);
            if closed_first {
                port.close().unwrap();
            }
            let tickets = batch.panic(&port);
            if !closed_first {
                port.close().unwrap();
            }
            let mut packets = Packets::with_capacity(1);
            for token in [1, 2] {
                assert_eq!(wait(&port, &mut packets).unwrap(), Wait::Packets(1));
                assert_eq!(tokens(&packets), [token]);
            }
            assert!(matches!(port.wait(&mut packets, None), Err(Error::Closed)));
            drain(&port);
            drop(tickets);
        }
    }
}

/// They are only packets: the operations are finished, and freed as ever.
#[test]
fn a_port_that_is_dropped_before_they_are_reported_frees_their_operations() {
    let kernel = Kernel::new(Script::default());
    for reports in [false, true] {
        let port = port();
        let tickets = Ending::submit(&kernel, &port, &[1, 2]).panic(&port);
        if reports {
            assert!(tickets.iter().all(InFlight::is_done));
            drop(tickets);
            assert_eq!(port.stats().operations, 0);
        }
    }
    assert_eq!(kernel.counts().reserved, 0);
}

/// The array of the panic may be used with another port, which has nothing to do with it.
#[test]
fn another_port_reports_nothing_of_them() {
    let kernel = Kernel::new(Script::default());
    let (first, second) = (port(), port());
    let batch = Ending::submit(&kernel, &first, &[1]);
    batch.peer.shut_down();
    let mut packets = Packets::with_capacity(16);
    assert!(catch_unwind(AssertUnwindSafe(|| first.wait(&mut packets, LIMIT))).is_err());
    assert!(is_quiet(&second, &mut packets));
    packets.clear();
    drop(packets);
    let mut packets = Packets::with_capacity(1);
    assert_eq!(first.wait(&mut packets, NOW).unwrap(), Wait::Packets(1));
    assert_eq!(tokens(&packets), [1]);
    assert!(is_quiet(&first, &mut packets));
    drop(batch);
    drain(&first);
}
