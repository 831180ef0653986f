//! What may grow with how much there is, and how fast it does: by instructions, never by a clock.

use anyhow::Result;

use super::{timers::exponent, Asked};
use crate::bench::{
    server::{Programs, Run},
    table::Table,
};

/// What is done, the sizes, the exponent that it may have.
const WHAT: [(&str, &str, &[usize], f64); 5] = [
    ("iocp: stats", "stats", &[100, 1_000, 10_000], 1.0),
    ("iocp: in_flight", "in_flight", &[100, 1_000, 10_000], 1.0),
    ("iocp: drain", "drain", &[30, 100, 300], 1.0),
    ("iocp: drop of the port", "drop", &[30, 100, 300, 1_000], 1.0),
    ("iocp poll: burst of clients", "burst", &[8, 24, 72], 1.0),
];

/// Instructions of the whole.
pub(super) fn growth(_: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "growth",
        title: "instructions of the whole, at the least and at the most".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["least", "most", "instructions at least", "at most", "exponent"],
        main: 4,
        ..Table::default()
    };
    for (name, server, sizes, bar) in WHAT {
        let run = Run { bench: "growth", server, steps: true, ..Run::ECHO };
        let mut points = Vec::new();
        for &connections in sizes {
            let stepped = programs.run(&Run { connections, ..run })?.total("instructions")?;
            points.push((connections as f64, stepped));
        }
        let (few, many) = (points[0], points[points.len() - 1]);
        let grows = exponent(&points);
        table.row(name, vec![few.0, many.0, few.1, many.1, grows]);
        table.goal(format!("{name}: exponent"), grows, bar + SLACK);
    }
    table.notes.push(
        "`stats` and `in_flight` look once at each operation. *Drain*: one completion, one `drain`, until nothing is in \
         flight. *Drop*: the port is dropped, and completions come one by one. *Burst*: as many clients as the listener \
         is deep. What a constant adds makes an exponent smaller, never larger."
            .into(),
    );
    Ok(table)
}

/// How far an exponent may be off: batches differ from run to run.
const SLACK: f64 = 0.05;
