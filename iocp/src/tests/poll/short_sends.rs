//! Sends that the system ends short, with success: Wine does so to pending ones when the peer ends its side; at once
//! it may be where the socket is in non-blocking mode and there is room in part, as Microsoft's page of `WSASend` says.

use std::io::Write;

use super::{config, stream};
use crate::{
    poll::{Events, Interests, Poll, TcpStream},
    sim::{Kernel, Peer, Script},
};

/// Enough for all that happens, of a millisecond each at most.
const POLLS: usize = 100;

/// Writes five pieces of 90 bytes to a peer with room for 100, of which two are in flight; then the peer ends
/// its side, which ends so many of these short.
fn cut_short(ends_sends: usize) -> (Kernel, Poll, TcpStream, Peer) {
    let kernel = Kernel::new(Script { ends_sends, window: 100, ..Script::default() });
    let poll = Poll::with_config(&config().send_high_water(1000)).unwrap();
    let (mut stream, peer) = stream(&kernel);
    poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
    for piece in 0..5 {
        assert_eq!(stream.write(&[piece; 90]).unwrap(), 90);
    }
    peer.shut_down();
    (kernel, poll, stream, peer)
}

#[test]
fn what_a_send_that_ended_short_has_left_is_sent_before_what_was_written_later() {
    for dropped in [false, true] {
        let (_kernel, poll, mut stream, peer) = cut_short(usize::MAX);
        assert_eq!(stream.write(&[5; 10]).unwrap(), 10);
        let stream = Some(stream).filter(|_| !dropped);
        let (mut events, mut got, mut room) = (Events::with_capacity(16), Vec::new(), [0; 64]);
        for _ in 0..POLLS {
            poll.poll(&mut events, Some(1)).unwrap();
            let count = peer.try_recv(&mut room).unwrap_or(0);
            got.extend_from_slice(&room[..count]);
        }
        let all: Vec<u8> = (0..5).flat_map(|piece| [piece; 90]).chain([5; 10]).collect();
        assert!(got == all, "{got:?}");
        drop(stream);
    }
}

#[test]
fn bytes_that_are_missing_before_a_later_send_end_the_sending() {
    let (_kernel, poll, mut stream, peer) = cut_short(1);
    let (mut events, mut room) = (Events::with_capacity(16), [0; 64]);
    // The second send goes on, without what the first has left.
    let error = (0..POLLS).find_map(|_| {
        poll.poll(&mut events, Some(1)).unwrap();
        peer.try_recv(&mut room);
        stream.write(&[6]).err()
    });
    let error = error.expect("it goes on");
    assert_eq!(error.raw_os_error(), Some(10_053));
    assert!(stream.flush().is_err_and(|error| error.raw_os_error() == Some(10_053)));
}

#[test]
fn what_a_send_that_was_done_short_at_once_has_left_is_sent_on() {
    for dropped in [false, true] {
        let kernel = Kernel::new(Script { short_sends: true, window: 100, ..Script::default() });
        let poll = Poll::with_config(&config().send_high_water(1000)).unwrap();
        let (mut stream, peer) = stream(&kernel);
        poll.registrator().register(&mut stream, 1, Interests::READABLE).unwrap();
        let (mut events, mut got, mut room) = (Events::with_capacity(16), Vec::new(), [0; 30]);
        let (mut all, mut stream) = (Vec::new(), Some(stream));
        for piece in 0..=255 {
            let bytes = [piece; 90];
            if let Some(Ok(count)) = stream.as_mut().map(|stream| stream.write(&bytes)) {
                all.extend_from_slice(&bytes[..count]);
            } else if dropped {
                stream = None;
            }
            poll.poll(&mut events, Some(1)).unwrap();
            let count = peer.try_recv(&mut room).unwrap_or(0);
            got.extend_from_slice(&room[..count]);
        }
        for _ in 0..POLLS {
            poll.poll(&mut events, Some(1)).unwrap();
            let count = peer.try_recv(&mut room).unwrap_or(0);
            got.extend_from_slice(&room[..count]);
        }
        assert!(all.len() > 1000 && got == all, "{} of {}", got.len(), all.len());
    }
}
