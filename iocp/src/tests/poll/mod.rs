//! The event queue on the simulated kernel.

mod awkward;
mod closing;
mod connecting;
mod counts;
mod crowd;
mod datagram_storms;
mod datagrams;
mod direct;
mod full;
mod held_back;
mod idle;
mod interface;
mod lingering;
mod model;
mod own;
mod owners;
mod pipe_shortage;
mod pipe_storm;
mod pipes;
mod racing;
mod reading;
mod ready;
mod short_sends;
mod shortage;
mod telling;
mod writing;

use std::io;

use crate::{
    poll::{Config, Event, Events, Poll, TcpStream},
    sim::{Kernel, Peer},
};

/// No wait of these tests is longer.
const LIMIT_MS: Option<i32> = Some(20_000);
/// Bytes enough that each stream of a test may be lent a buffer.
const LENT: usize = 1 << 20;
const NOW_MS: Option<i32> = Some(0);

/// Small buffers and marks, so that a test meets their ends.
fn config() -> Config {
    Config {
        receive_buffer: 1024,
        send_high_water: 256,
        send_low_water: 64,
        port: crate::Config { skip_on_success: true, max_operations: 256, ..super::config() },
        ..Config::default()
    }
}

fn queue() -> (Poll, Events) {
    (Poll::with_config(&config()).unwrap(), Events::with_capacity(16))
}

fn stream(kernel: &Kernel) -> (TcpStream, Peer) {
    let (socket, peer) = kernel.stream_pair();
    (socket.into(), peer)
}

/// The only event that comes.
#[track_caller]
fn one(poll: &Poll, events: &mut Events) -> Event {
    assert_eq!(poll.poll(events, LIMIT_MS).unwrap(), 1, "{events:?}");
    *events.iter().next().unwrap()
}

/// No event is there.
#[track_caller]
fn none(poll: &Poll, events: &mut Events) {
    assert_eq!(poll.poll(events, NOW_MS).unwrap(), 0, "{events:?}");
}

#[track_caller]
fn would_block<T: std::fmt::Debug>(result: io::Result<T>) {
    assert_eq!(result.unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

/// An error of a queue that is closed.
#[track_caller]
fn is_closed<T: std::fmt::Debug>(result: io::Result<T>) {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotConnected);
    assert!(crate::poll::is_closed(&error), "{error:?}");
}
