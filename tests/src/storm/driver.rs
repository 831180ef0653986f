//! A driver: connection after connection until the round is over.

use std::sync::atomic::Ordering;

use iocp::{CancelOutcome, Canceller};

use super::{connection::Connection, Dice, Report, Round};

/// Cancellers of operations long done.
const KEPT: usize = 16;

pub(super) fn drive(round: &Round, index: usize, mut dice: Dice, report: &Report) {
    let mut late: Vec<Canceller> = Vec::with_capacity(KEPT);
    while !round.is_over(report) {
        let mut connection = Connection::open(round, index, report);
        for _ in 0..20 + dice.roll(300) {
            if round.is_over(report) {
                break;
            }
            connection.step(&mut dice);
            if let Some(canceller) = connection.take_canceller() {
                if late.len() == KEPT {
                    late.swap_remove(dice.roll(KEPT));
                }
                late.push(canceller);
            }
            if !late.is_empty() && dice.once_in(4) {
                // Its slot serves others by now, on other handles: they must not notice.
                let outcome = late[dice.roll(late.len())].cancel().unwrap();
                assert_eq!(outcome, CancelOutcome::AlreadyDone);
                report.late_cancels.fetch_add(1, Ordering::Relaxed);
            }
        }
        connection.close(dice.once_in(2));
        report.connections.fetch_add(1, Ordering::Relaxed);
    }
}
