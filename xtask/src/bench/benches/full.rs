//! A full port: what one freed operation costs while others wait for room.

use anyhow::Result;

use super::{timers::exponent, Asked, CAN_STEP};
use crate::bench::{
    server::{Programs, Run},
    table::Table,
};

/// Sources that wait.
const WAITING: [usize; 4] = [1, 16, 256, 1_024];

/// Of one freed operation: its socket is closed (2 calls) and its packet taken, the news of room posted and taken, and
/// who is told asks its socket again and waits.
const CALLS: f64 = 7.0;

/// What instructions may grow with the number of those that wait.
const FLAT: f64 = 0.05;

/// Events, calls and instructions of one freed operation.
pub(super) fn full(asked: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let steps = CAN_STEP && !asked.quick;
    let mut table = Table {
        name: "full_port",
        title: "one freed operation of a full port, for which so many sources wait".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["events", "calls", "instructions"],
        exact: vec!["events", "calls"],
        near: if steps { vec!["instructions"] } else { Vec::new() },
        plots: vec![Some(1.0), Some(CALLS), None],
        ..Table::default()
    };
    let mut points = Vec::new();
    for connections in WAITING {
        let run = Run { bench: "full", server: "poll", connections, ..Run::ECHO };
        let counted = programs.run(&Run { calls: true, ..run })?;
        let instructions = match steps {
            true => programs.run(&Run { steps: true, ..run })?.each("instructions")?,
            false => f64::NAN,
        };
        points.push((connections as f64, instructions));
        let counts = vec![counted.each("events")?, counted.each("kernel")?, instructions];
        table.row(format!("iocp poll: {connections} waiting"), counts);
    }
    for (column, bar) in [("events", 1.0), ("calls", CALLS)] {
        let found = table.rows.iter().map(|row| table.value(&row.name, column));
        let most = found.fold(0.0, f64::max);
        table.goal(format!("iocp poll: {column} of one freed operation, at most"), most, bar);
    }
    if steps {
        let grows = exponent(&points);
        table.goal("iocp poll: instructions over those that wait, exponent", grows, FLAT);
    }
    table.notes.push(
        "The port has one operation. Its UDP socket is dropped; the first that waits is told, nobody else, and waits for \
         a datagram with that operation from then on; then another one is refused, so that as many wait: 8 times. A look at all sources, for operations that they keep and do not use, is made at \
         most every 100 ms while some wait, and is in none of these."
            .into(),
    );
    Ok(table)
}
