//! Ends of connections by which nothing is lost, on a kernel that resets as Windows was seen to:
//!
//! | closed | what others reported |
//! | --- | --- |
//! | with a receive pending | [libuv#3034](https://github.com/libuv/libuv/issues/3034), answered there by a cancel before the close: [PR 3036](https://github.com/libuv/libuv/pull/3036) |
//! | with a receive that the close cancels | [dotnet/runtime#43385](https://github.com/dotnet/runtime/issues/43385) |
//! | right after the write, over loopback | [objeck-lang#669](https://github.com/objeck/objeck-lang/issues/669), answered there by reading until the peer ends: [PR 690](https://github.com/objeck/objeck-lang/pull/690) |
//! | with bytes unread, or before bytes that arrive later | none needed: [Microsoft](https://learn.microsoft.com/en-us/windows/win32/winsock/graceful-shutdown-linger-options-and-socket-closure-2) |
//!
//! `tests/tests/graceful.rs` does the same on real sockets.
//!
//! `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.

use std::time::{Duration, Instant};

use super::{finish, io, pending, port, ready, recv, storm::Dice, NOW};
use crate::{
    sim::{Kernel, OwnedSocket, Peer, Script},
    AssociatedSocket, Closed, Closing, CompletionKind, CompletionPort, IoBufMut, LastReceive,
    Packets,
};

pub(super) const TIMER: usize = 99;
pub(super) const LONG: Duration = Duration::from_secs(1000);

/// A connection whose peer has a reply of 5 bytes to read.
pub(super) struct Served {
    pub(super) port: CompletionPort,
    pub(super) socket: AssociatedSocket<OwnedSocket>,
    pub(super) peer: Peer,
}

pub(super) fn served(kernel: &Kernel) -> Served {
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let sent = pending(socket.send(port.operation("reply", 1).unwrap()));
    io(&port, &mut Packets::with_capacity(1));
    assert_eq!(finish(sent).result(), Ok(5));
    Served { port, socket, peer }
}

pub(super) fn resetting() -> Kernel {
    Kernel::new(Script::default())
}

/// The kernel of objeck-lang#669.
fn losing() -> Kernel {
    Kernel::new(Script { loses_unread: true, ..Script::default() })
}

pub(super) fn buffer() -> Vec<u8> {
    Vec::with_capacity(16)
}

/// Advances at each packet until it is closed.
pub(super) fn close<B: IoBufMut>(
    port: &CompletionPort,
    mut closing: Closing<OwnedSocket, B>,
) -> Closed {
    let (mut packets, start) = (Packets::with_capacity(4), Instant::now());
    loop {
        if let Some(closed) = closing.advance() {
            assert_eq!(closing.advance(), Some(closed), "the same");
            return closed;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "it hangs");
        port.wait(&mut packets, Some(LONG)).unwrap();
    }
}

pub(super) fn reads_reply_and_end(peer: &Peer) {
    let mut room = [0; 8];
    assert_eq!((peer.recv(&mut room), &room[..5]), (Some(5), &b"reply"[..]));
    assert_eq!(peer.recv(&mut room), Some(0));
}

/// What the kernel does to a plain drop: else the other tests show nothing.
///
/// libuv#3034 is 0; dotnet/runtime#43385 and what libuv's PR 3036 does are 2; objeck-lang#669 is 4.
#[test]
fn a_drop_with_a_receive_pending_or_bytes_unread_or_late_ones_takes_the_reply_away() {
    for how in 0..5 {
        let kernel = if how == 4 { losing() } else { resetting() };
        let Served { port, socket, peer } = served(&kernel);
        match how {
            0 => drop(recv(&socket, port.operation(buffer(), 2).unwrap())),
            1 => assert!(peer.send(b"unread")),
            2 => {
                let ticket = recv(&socket, port.operation(buffer(), 2).unwrap());
                ticket.cancel().unwrap();
                std::mem::forget(ticket);
            }
            _ => {}
        }
        drop(socket);
        assert!(how != 3 || !peer.send(b"late"));
        assert_eq!(peer.try_recv(&mut [0; 8]), None, "{how}: not reset");
        let mut packets = Packets::with_capacity(4);
        while port.drain(&mut packets, NOW).unwrap() != crate::Wait::Packets(0) {
            if port.stats().in_flight == 0 || how == 2 {
                break;
            }
        }
    }
}

/// libuv#3034 is 1; dotnet/runtime#43385 and what libuv's PR 3036 does are 5.
#[test]
fn a_graceful_end_loses_nothing_whatever_the_receive_is() {
    for how in 0..6 {
        let kernel = resetting();
        let Served { port, socket, peer } = served(&kernel);
        let operation = port.operation(buffer(), 2).unwrap();
        let receive: LastReceive<_> = match how {
            0 => operation.into(),
            1 => recv(&socket, operation).into(),
            2 => pending(socket.probe(operation)).into(),
            3 => {
                assert!(peer.send(b"part"));
                let ticket = recv(&socket, operation);
                io(&port, &mut Packets::with_capacity(1));
                // Its ticket, finished and not looked at.
                ticket.into()
            }
            4 => {
                peer.shut_down();
                let ticket = recv(&socket, operation);
                io(&port, &mut Packets::with_capacity(1));
                finish(ticket).into()
            }
            _ => {
                let ticket = recv(&socket, operation);
                ticket.cancel().unwrap();
                ticket.into()
            }
        };
        let mut closing = socket.close_gracefully(receive, TIMER).within(LONG);
        if how == 4 {
            assert_eq!(closing.advance(), Some(Closed::Gracefully), "both ends have ended");
        } else {
            assert_eq!(closing.advance(), None);
            assert!(peer.send(b"unread, and more than there is room for"));
        }
        reads_reply_and_end(&peer);
        peer.shut_down();
        assert_eq!(close(&port, closing), Closed::Gracefully, "{how}");
        assert_eq!(port.stats().operations, 0);
        assert!(!peer.send(b"closed"));
    }
}

/// objeck-lang#669: a request of four bytes is read, the reply written, and the connection closed.
#[test]
fn a_reply_that_is_written_right_before_the_end_is_not_taken_away() {
    let kernel = losing();
    let Served { port, socket, peer } = served(&kernel);
    assert!(peer.send(b"asks"));
    let ticket = recv(&socket, port.operation(buffer(), 2).unwrap());
    io(&port, &mut Packets::with_capacity(1));
    let request = finish(ticket);
    assert_eq!(request.buffer(), b"asks");
    let mut closing = socket.close_gracefully(request, TIMER).within(LONG);
    assert_eq!(closing.advance(), None, "the peer has not read it yet");
    reads_reply_and_end(&peer);
    drop(peer);
    assert_eq!(close(&port, closing), Closed::Gracefully);
}

#[test]
fn sends_are_waited_for_before_the_end() {
    let kernel = Kernel::new(Script { window: 4, ..Script::default() });
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let sends =
        ["first ", "second"].map(|text| pending(socket.send(port.operation(text, 1).unwrap())));
    let operation = port.operation(vec![0_u8; 8].into_boxed_slice(), 2).unwrap();
    let [first, second] = sends;
    let mut closing =
        socket.close_gracefully(operation, TIMER).within(LONG).after(first).after(second);
    assert_eq!(closing.advance(), None);
    let (mut all, mut room) = (Vec::<u8>::new(), [0; 3]);
    while let Some(count @ 1..) = peer.try_recv(&mut room) {
        all.extend(&room[..count]);
        assert_eq!(closing.advance(), None);
        port.wait(&mut Packets::with_capacity(1), NOW).unwrap();
    }
    assert_eq!(all, b"first second");
    assert_eq!(closing.advance(), None);
    assert_eq!(peer.try_recv(&mut room), Some(0), "now the end");
    drop(peer);
    assert_eq!(close(&port, closing), Closed::Gracefully);
}

#[test]
fn what_is_broken_or_refused_ends_at_once() {
    let kernel = resetting();
    let Served { port, socket, peer } = served(&kernel);
    peer.reset();
    let closing = socket.close_gracefully(port.operation(buffer(), 2).unwrap(), TIMER);
    let Closed::Failed(error) = close(&port, closing) else { panic!("not failed") };
    assert_eq!(error.kind, CompletionKind::Reset);
    let Served { port, socket, peer } = served(&kernel);
    let operation = port.operation(Vec::new(), 2).unwrap();
    let mut closing = socket.close_gracefully(operation, TIMER);
    assert_eq!(closing.advance(), Some(Closed::Refused(crate::Error::NoRoom)));
    reads_reply_and_end(&peer);
    let Served { port, socket, .. } = served(&kernel);
    let operation = port.operation(buffer(), 2).unwrap();
    port.close().unwrap();
    let closed = socket.close_gracefully(operation, TIMER).advance();
    assert_eq!(closed, Some(Closed::Refused(crate::Error::Closed)));
}

#[test]
fn an_abort_resets_and_discards() {
    let kernel = Kernel::new(Script { window: 4, ..Script::default() });
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = pending(socket.send(port.operation("too much", 1).unwrap()));
    socket.abort();
    assert_eq!(peer.try_recv(&mut [0; 8]), None);
    io(&port, &mut Packets::with_capacity(1));
    assert!(finish(ticket).result().is_err());
}

/// Every schedule: all arrives, then the end, and the closing ends as soon as the peer does.
#[test]
fn a_storm_of_graceful_ends_loses_no_byte() {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first = read("IOCP_STORM_SEED", 1);
    let count = read("IOCP_STORM_COUNT", if cfg!(miri) { 2 } else { 300 });
    let (mut bytes, mut largest) = (0, 0);
    for seed in first..first + count {
        let len = schedule(seed);
        (bytes, largest) = (bytes + len, largest.max(len));
    }
    println!("graceful: {count} schedules from seed {first}: {bytes} bytes, 0 lost");
    assert!(cfg!(miri) || count < 100 || largest > 200, "no long ones");
}

/// One of them; how many bytes arrived.
fn schedule(seed: u64) -> usize {
    // Never 0, which rolls nothing else.
    let mut roll = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut roll = |sides: usize| usize::try_from(roll.roll(sides as u64)).unwrap_or(0);
    let kernel = Kernel::new(Script { loses_unread: true, ..Script::any(seed) });
    let config = super::config().skip_on_success(roll(2) == 0);
    let port = CompletionPort::with_config(&config).unwrap();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let all: Vec<u8> = (0..roll(300)).map(|at: usize| at.to_le_bytes()[0]).collect();
    let operation = port.operation(vec![0_u8; 1 + roll(40)].into_boxed_slice(), 2).unwrap();
    let receive: LastReceive<_> = match roll(4) {
        0 => operation.into(),
        how @ 1..=2 => match socket.recv(operation) {
            crate::Submitted::Pending(ticket) => {
                assert!(how == 1 || ticket.cancel().is_ok());
                ticket.into()
            }
            other => ready(other).into(),
        },
        _ => pending(socket.probe(operation)).into(),
    };
    let send = port.operation(all.clone(), 1).unwrap();
    let closing = match socket.send(send).pending() {
        Ok(ticket) => socket.close_gracefully(receive, TIMER).within(LONG).after(ticket),
        Err(other) => {
            assert_eq!(ready(other).result(), Ok(all.len()), "{seed}");
            socket.close_gracefully(receive, TIMER).within(LONG)
        }
    };
    let (mut closing, mut packets) = (closing, Packets::with_capacity(1 + roll(4)));
    let (mut got, mut room, mut ended) = (Vec::<u8>::new(), [0; 64], false);
    let mut closed = None;
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        match roll(4) {
            0 if !ended => {
                let most = 1 + roll(64);
                match peer.try_recv(&mut room[..most]) {
                    Some(0) => {
                        peer.shut_down();
                        ended = true;
                    }
                    Some(count) => got.extend(&room[..count]),
                    None => {}
                }
            }
            1 if !ended && roll(4) == 0 => assert!(peer.send(b"chatter"), "{seed}: closed early"),
            2 => drop(port.wait(&mut packets, Some(Duration::from_micros(100))).unwrap()),
            _ => closed = closing.advance(),
        }
        if closed.is_some() {
            break;
        }
    }
    assert_eq!(
        closed,
        Some(Closed::Gracefully),
        "{seed}: {} of {} {ended} {closing:?} {:?}",
        got.len(),
        all.len(),
        port.stats()
    );
    assert!(ended && got == all, "{seed}: {} of {}", got.len(), all.len());
    got.len()
}
