//! A waiter: takes packets, tells the drivers, redeems what was parked.

use std::{
    sync::atomic::Ordering,
    thread::{self, Thread},
    time::Duration,
};

use iocp::{Error, OperationId, Packet, Packets};

use super::{poster::MARK, stream::Tracked, Report, Round, DRIVERS};
use crate::waiting::DEADLINE;

/// The token of operations that are always parked.
pub(super) const PARKED: usize = 0x9A4D;

/// Takes packets until the port is closed.
pub(super) fn wait(round: &Round, room: usize, drivers: &[Thread], report: &Report) {
    let mut packets = Packets::with_capacity(room);
    loop {
        match round.port.wait(&mut packets, Some(Duration::from_millis(50))) {
            Ok(_) => {}
            Err(Error::Closed) => return,
            Err(error) => panic!("{error}"),
        }
        for packet in &packets {
            match *packet {
                Packet::Io { id, token: PARKED, .. } => redeem(round, id, report),
                Packet::Io { token, .. } => {
                    assert!(token < DRIVERS, "a token of ours: {token}");
                    drivers[token].unpark();
                }
                Packet::User(user) if user.token == MARK => {
                    round.marks_seen.fetch_add(1, Ordering::SeqCst);
                }
                // Forged, or that there is room again: the drivers ask at each turn.
                _ => {}
            }
        }
    }
}

/// Its driver may still be on the way to park it.
fn redeem(round: &Round, id: OperationId, report: &Report) {
    let mut result = Err(Error::StillSubmitting);
    let done = super::within(DEADLINE, || {
        result = round.port.redeem::<Tracked>(id);
        if matches!(result, Err(Error::StillSubmitting)) {
            thread::yield_now();
            return false;
        }
        true
    });
    assert!(done, "a parked operation cannot be redeemed");
    match result {
        Ok(completed) => {
            let count = match completed.result() {
                Ok(count) => count,
                Err(error) => error.bytes,
            };
            report.parked.fetch_add(1, Ordering::Relaxed);
            completed.into_buffer().received(count);
        }
        Err(error) => panic!("a packet is reported once, so its operation is there: {error}"),
    }
}
