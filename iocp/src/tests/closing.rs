//! Closing ports, with waiters and with operations in flight.

use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    buffer, config, drain, finish, io, port, post_raw, recv, scripts, Counted, LIMIT, NOW,
};
use crate::{
    core::{batch::SLICE_MS, keys::CLOSE},
    leaked_operations, os,
    sim::{Finish, Kernel, Script},
    CompletionPort, Config, Error, Packet, Packets, Submitted, UserPacket, Wait,
};

/// Behaviour 24: close wakes four waiters of four.
#[test]
fn close_wakes_every_waiter_and_the_second_close_is_refused() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        thread::scope(|scope| {
            let waiters: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| port.wait(&mut Packets::with_capacity(4), None)))
                .collect();
            port.close().unwrap();
            for waiter in waiters {
                assert!(matches!(waiter.join().unwrap(), Err(Error::Closed)));
            }
        });
        assert!(matches!(port.close(), Err(Error::Closed)));
        // Each has passed the close packet on: so nobody slept to the end of a slice beside it.
        for _ in 0..3 {
            let before = kernel.counts().posts;
            let waited = port.wait(&mut Packets::with_capacity(4), None);
            assert!(matches!(waited, Err(Error::Closed)), "a wait after close");
            assert_eq!(kernel.counts().posts, before + 1, "taken and passed on");
        }
        assert!(matches!(port.operation(buffer(), 1).unwrap_err().error, Error::Closed));
        assert!(matches!(port.post(UserPacket::default()), Err(Error::Closed)));
        assert!(matches!(port.waker().wake(), Err(Error::Closed)));
    }
}

/// A submit asks the handle, not the port: each handle has been told.
#[test]
fn nothing_is_submitted_on_handles_of_a_closed_port() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let sockets: Vec<_> = (0..3).map(|_| kernel.stream_pair()).collect();
    let mut operations: Vec<_> = (0..3).map(|at| port.operation(buffer(), at).unwrap()).collect();
    let (sockets, peers): (Vec<_>, Vec<_>) = sockets
        .into_iter()
        .map(|(socket, peer)| (port.associate_socket(socket, 0).unwrap(), peer))
        .unzip();
    // One that was submitted on its handle before, one on another, one never.
    for at in 0..2 {
        assert!(peers[at].send(b"1"));
        let done = match sockets[at].recv(operations.remove(0)) {
            Submitted::Pending(ticket) => {
                io(&port, &mut Packets::with_capacity(1));
                finish(ticket)
            }
            Submitted::Ready(done) => done,
            Submitted::Refused(failed) => panic!("{failed:?}"),
        };
        operations.push(done.into_operation());
    }
    port.close().unwrap();
    let (unused, first, second) =
        (operations.remove(0), operations.remove(0), operations.remove(0));
    for (socket, operation) in [(0, first), (0, second), (2, unused)] {
        let refused = sockets[socket].recv(operation);
        assert!(
            matches!(&refused, Submitted::Refused(it) if it.error == Error::Closed),
            "{refused:?}"
        );
    }
    assert_eq!(port.stats().in_flight, 0);
}

/// Behaviour 24: what was queued before the close is delivered first.
#[test]
fn packets_queued_before_close_are_delivered_before_closed() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(1));
    for token in 0..3 {
        port.post(UserPacket { token, bytes: 0 }).unwrap();
    }
    port.close().unwrap();
    for token in 0..3 {
        assert_eq!(port.wait(&mut packets, None).unwrap(), Wait::Packets(1));
        let expected = Packet::User(UserPacket { token, bytes: 0 });
        assert_eq!(packets.iter().next(), Some(&expected));
    }
    assert!(matches!(port.wait(&mut packets, None), Err(Error::Closed)));
}

/// Behaviour 24: tickets open at close can still be finished.
#[test]
fn tickets_open_at_close_are_finished_by_draining() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
        port.close().unwrap();
        assert!(matches!(port.wait(&mut packets, NOW), Err(Error::Closed)));
        assert!(peer.send(b"late"));
        assert_eq!(port.drain(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
        assert_eq!(finish(ticket).buffer(), b"late");
        assert_eq!(port.drain(&mut packets, LIMIT).unwrap(), Wait::Packets(0));
        assert!(matches!(port.wait(&mut packets, None), Err(Error::Closed)), "still told");
    }
}

/// Behaviour 24: the close packet cannot be posted at first, nor passed on.
#[test]
fn a_lost_close_packet_costs_time_and_never_a_hang() {
    for failures in [1, 2] {
        let kernel = Kernel::new(Script::default());
        let port = port();
        thread::scope(|scope| {
            let waiters: Vec<_> = (0..3)
                .map(|_| scope.spawn(|| port.wait(&mut Packets::with_capacity(4), None)))
                .collect();
            if failures == 1 {
                // The first post succeeds, the one that passes it on fails.
                assert!(port.core.close());
                port.core.port.post(0, CLOSE, 0).unwrap();
                kernel.fail_posts(1, Some(CLOSE));
            } else {
                kernel.fail_posts(2, Some(CLOSE));
                port.close().unwrap();
            }
            for waiter in waiters {
                assert!(matches!(waiter.join().unwrap(), Err(Error::Closed)));
            }
        });
    }
}

/// Whoever does not wait hears of it, though no packet says so.
#[test]
fn a_port_that_was_closed_without_its_packet_is_closed_also_for_a_wait_of_no_time() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    port.post(UserPacket { token: 1, bytes: 0 }).unwrap();
    kernel.fail_posts(1, Some(CLOSE));
    port.close().unwrap();
    assert_eq!(port.wait(&mut packets, NOW).unwrap(), Wait::Packets(1));
    for limit in [NOW, None, LIMIT] {
        let closed = || assert!(matches!(port.wait(&mut packets, limit), Err(Error::Closed)));
        assert!(costs_no_slice(closed), "{limit:?}");
    }
}

/// The close packet is with a thread that drains: nobody waits for it.
#[test]
fn a_wait_after_close_does_not_block_beside_a_drain() {
    let kernel = &Kernel::new(Script::default());
    let port = &port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = recv(&socket, port.operation(buffer(), 1).unwrap());
    port.close().unwrap();
    thread::scope(|scope| {
        let drainer = scope.spawn(|| port.drain(&mut Packets::with_capacity(1), LIMIT));
        thread::sleep(Duration::from_millis(100));
        let mut waited = Vec::new();
        let quick = costs_no_slice(|| {
            waited.push(port.wait(&mut Packets::with_capacity(1), None));
        });
        let _inside = kernel.enter();
        assert!(peer.send(b"end of the drain"));
        drainer.join().unwrap().unwrap();
        assert!(waited.iter().all(|waited| matches!(waited, Err(Error::Closed))), "{waited:?}");
        assert!(quick);
    });
    drop(ticket);
}

/// The system's handle closed under the waiters: 735, which is closed for ever.
#[test]
fn a_port_whose_handle_is_gone_is_closed_for_ever() {
    let kernel = Kernel::new(Script::default());
    kernel.allow_stale_handles();
    let port = port();
    thread::scope(|scope| {
        let waiter = scope.spawn(|| port.wait(&mut Packets::with_capacity(4), None));
        // SAFETY:
        // * The simulated kernel refuses a closed handle, here also the port's own second close.
        unsafe { os::handle_close(port.core.handle().value()) };
        assert!(matches!(waiter.join().unwrap(), Err(Error::Closed)));
    });
    assert!(port.is_closed());
    assert!(matches!(port.wait(&mut Packets::with_capacity(4), None), Err(Error::Closed)));
    assert!(matches!(port.drain(&mut Packets::with_capacity(4), NOW), Err(Error::Closed)));
}

/// Behaviour 7: port, sockets and 50 detached operations dropped together.
#[test]
fn everything_dropped_together_is_drained_and_freed() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let drops = Arc::new(AtomicUsize::new(0));
        let sockets: Vec<_> = (0..5)
            .map(|_| {
                let (socket, peer) = kernel.stream_pair();
                (port.associate_socket(socket, 0).unwrap(), peer)
            })
            .collect();
        for at in 0..50 {
            let operation = port.operation(Counted::new(&drops), at).unwrap();
            recv(&sockets[at % 5].0, operation).detach();
        }
        drop(port);
        assert_eq!(drops.load(Ordering::SeqCst), 0);
        drop(sockets);
        assert_eq!(drops.load(Ordering::SeqCst), 50, "{script:?}");
    }
}

/// Behaviour 7: what the kernel does not give back is leaked, counted, and still its own.
#[test]
fn what_cannot_be_drained_is_leaked_and_stays_valid() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let drain_limit = Duration::from_millis(20);
        let port = CompletionPort::with_config(&Config { drain_limit, ..config() }).unwrap();
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let stuck = kernel.stick(&socket).unwrap();
        let drops = Arc::new(AtomicUsize::new(0));
        let operation = port.operation(Counted::new(&drops), 1).unwrap();
        recv(&socket, operation).detach();
        let before = leaked_operations();
        drop(port);
        let start = Instant::now();
        drop(socket);
        assert!(start.elapsed() >= drain_limit);
        // The longest drain there is takes a minute.
        assert!(start.elapsed() < Duration::from_secs(30) || cfg!(miri));
        assert!(leaked_operations() > before);
        assert_eq!(drops.load(Ordering::SeqCst), 0, "lent to the kernel for ever");
        // Miri sees whether these bytes still belong to anybody.
        assert_eq!(stuck.finish(0, 64), 1);
        super::forget(drops);
    }
}

/// A finished operation that nobody redeemed is freed with the port.
#[test]
fn a_parked_operation_that_nobody_redeems_is_freed_with_the_port() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let drops = Arc::new(AtomicUsize::new(0));
    let _ = recv(&socket, port.operation(Counted::new(&drops), 1).unwrap()).park();
    assert!(peer.send(b"data"));
    io(&port, &mut packets);
    drain(&port);
    assert_eq!(drops.load(Ordering::SeqCst), 0);
    drop(socket);
    drop(port);
    assert_eq!(drops.load(Ordering::SeqCst), 1);
}

/// Wakers share the port's handle only: the operations are freed on the thread that let go last.
#[test]
fn a_waker_does_not_keep_the_operations_of_a_port() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let waker = port.waker();
    let (socket, _peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let drops = Arc::new(AtomicUsize::new(0));
    recv(&socket, port.operation(Counted::new(&drops), 1).unwrap()).detach();
    drop((port, socket));
    assert_eq!(drops.load(Ordering::SeqCst), 1);
    assert!(matches!(waker.wake(), Err(crate::Error::Closed)));
}

/// Regression: a drain, and the drop of a port, waited out their limits after the last orphan.
#[test]
fn a_drain_ends_with_the_last_orphan_and_not_with_its_limit() {
    for drops_the_port in [false, true] {
        let kernel = Kernel::new(Script { finish: Finish::OnWorker, ..Script::default() });
        let drain_limit = Duration::from_secs(30);
        let quick = costs_no_slice(|| {
            let port = CompletionPort::with_config(&Config { drain_limit, ..config() }).unwrap();
            let (socket, _peer) = kernel.stream_pair();
            let socket = port.associate_socket(socket, 0).unwrap();
            drop(recv(&socket, port.operation(buffer(), 1).unwrap()));
            if drops_the_port {
                drop((port, socket));
            } else {
                drain(&port);
            }
        });
        assert!(quick, "drops the port: {drops_the_port}");
    }
}

/// Whether something is done without sleeping to the end of a slice, in one attempt of several: a
/// fault sleeps in each of them, a busy machine does not take seconds from every one.
fn costs_no_slice(mut attempt: impl FnMut()) -> bool {
    (0..5).any(|_| {
        let start = Instant::now();
        attempt();
        start.elapsed() < Duration::from_millis(SLICE_MS.into()) / 2 || cfg!(miri)
    })
}

#[test]
fn close_handle_closes_the_systems_handle_or_says_that_something_refers_to_it() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let handle = port.core.handle().value();
    assert_eq!(crate::close_handle(port), Ok(()));
    kernel.allow_stale_handles();
    assert_eq!(post_raw(handle), Err(crate::os::Code::INVALID_HANDLE));

    let port = super::port();
    let (other, waker, handle) = (port.clone(), port.waker(), port.core.handle().value());
    assert_eq!(crate::close_handle(port), Err(Error::InUse));
    assert!(other.is_closed(), "closed for everybody");
    assert_eq!(crate::close_handle(other), Err(Error::InUse), "the waker has the handle");
    assert_eq!(waker.wake(), Err(Error::Closed));
    drop(waker);
    assert_eq!(post_raw(handle), Err(crate::os::Code::INVALID_HANDLE));
}
