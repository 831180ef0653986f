//! The hostile poster: steals packets, repeats them, and forges others for the slots it has seen.

use std::{sync::atomic::Ordering, thread};

use iocp::UserPacket;
use iocp_sys::OVERLAPPED_ENTRY;

use super::{Dice, Report, Round};
use crate::raw;

/// The token of the poster's own packets.
pub(super) const MARK: usize = 0xF00D;

/// So many of its marks may be in the queue.
const AHEAD: usize = 4;

/// Packets seen lately: their slots are in use again and again.
const MEMORY: usize = 64;

pub(super) fn post(round: &Round, mut dice: Dice, report: &Report) {
    let mut seen: Vec<OVERLAPPED_ENTRY> = Vec::with_capacity(MEMORY);
    let mut marks = 0;
    while !round.poster_stops.load(Ordering::SeqCst) {
        steal(round, &mut seen, &mut dice, report);
        for _ in 0..dice.roll(8) {
            let Some(entry) = pick(&seen, &mut dice) else { break };
            forge(round, entry, &mut dice);
            report.posted.fetch_add(1, Ordering::Relaxed);
        }
        // Repeated marks only let it run a little further ahead.
        round.port.post(UserPacket { token: MARK, bytes: 0 }).unwrap();
        marks += 1;
        while marks > round.marks_seen.load(Ordering::SeqCst) + AHEAD
            && !round.poster_stops.load(Ordering::SeqCst)
        {
            thread::yield_now();
        }
    }
}

/// Takes a packet and puts it back, once or twice.
fn steal(round: &Round, seen: &mut Vec<OVERLAPPED_ENTRY>, dice: &mut Dice, report: &Report) {
    let Some(entry) = raw::try_steal(&round.port) else { return };
    report.stolen.fetch_add(1, Ordering::Relaxed);
    for _ in 0..=dice.roll(2) {
        raw::repost(&round.port, &entry);
    }
    if seen.len() == MEMORY {
        seen[dice.roll(MEMORY)] = entry;
    } else {
        seen.push(entry);
    }
}

fn pick<'a>(seen: &'a [OVERLAPPED_ENTRY], dice: &mut Dice) -> Option<&'a OVERLAPPED_ENTRY> {
    (!seen.is_empty()).then(|| &seen[dice.roll(seen.len())])
}

fn forge(round: &Round, entry: &OVERLAPPED_ENTRY, dice: &mut Dice) {
    let pointer = entry.lpOverlapped as usize;
    let key = entry.lpCompletionKey;
    let bytes = u32::try_from(dice.roll(1 << 30)).unwrap_or(0);
    match dice.roll(8) {
        // As it was, long ago.
        0 | 1 => raw::repost(&round.port, entry),
        // The slot, with another count.
        2 | 3 => raw::post(&round.port, bytes, key, pointer),
        // Its neighbours.
        4 => raw::post(&round.port, bytes, key, pointer.wrapping_add(128 * dice.roll(8))),
        // Inside it.
        5 => raw::post(&round.port, bytes, key, pointer.wrapping_add(1 + dice.roll(127))),
        // Another key: another handle's, the crate's own, nobody's.
        6 => raw::post(&round.port, bytes, key ^ (1 << dice.roll(12)), pointer),
        _ => raw::post(&round.port, bytes, dice.roll(8), dice.roll(4)),
    }
}
