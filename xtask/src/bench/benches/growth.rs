//! What may grow with how much there is, and how fast it does: by instructions, never by a clock.

use anyhow::Result;

use super::{timers::exponent, Asked};
use crate::bench::{
    server::{Programs, Run},
    table::Table,
};

/// What is done, and how much of it there is.
const WHAT: [(&str, &str, &[usize]); 5] = [
    ("iocp: stats", "stats", &[1, 100, 10_000, 100_000]),
    ("iocp: in_flight", "in_flight", &[1, 100, 10_000, 100_000]),
    ("iocp: drain", "drain", &[1, 100, 10_000, 100_000]),
    ("iocp: drop of the port", "drop", &[1, 100, 10_000, 20_000]),
    ("iocp poll: burst of clients", "burst", &[1, 16, 256, 1_024]),
];

/// The exponent that each may have, and how far it may be off: batches differ from run to run.
const LINEAR: f64 = 1.05;

/// Those that go lap by lap.
const LAPS: [&str; 2] = ["drain", "drop"];

/// More completions than this are not stepped all: what one costs is known from windows.
const WHOLE: usize = 128;

/// Instructions of the whole.
pub(super) fn growth(_: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "growth",
        title: "instructions of the whole, at the least and at the most".into(),
        kernel: programs.kernel.clone(),
        columns: vec![
            "least",
            "most",
            "instructions at least",
            "at most",
            "exponent",
            "at the end",
        ],
        main: 5,
        mark: Some(1.0),
        ..Table::default()
    };
    for (name, server, sizes) in WHAT {
        let run = Run { bench: "growth", server, steps: true, ..Run::ECHO };
        let mut points = Vec::new();
        for &connections in sizes {
            let stepped = programs.run(&Run { connections, ..run })?;
            let all = match LAPS.contains(&server) && connections > WHOLE {
                true => stepped.each("instructions")? * connections as f64,
                false => stepped.total("instructions")?,
            };
            points.push((connections as f64, all));
        }
        let (few, many) = (points[0], points[points.len() - 1]);
        let grows = [exponent(&points), exponent(&points[points.len() - 2..])];
        table.row(name, [&[few.0, many.0, few.1, many.1][..], &grows].concat());
        table.goal(format!("{name}: exponent"), grows[0], LINEAR);
        table.goal(format!("{name}: exponent at the end"), grows[1], LINEAR);
    }
    table.notes.push(format!(
        "*At the end*: the exponent between the two largest numbers, where what a constant adds hides nothing. `stats` and \
         `in_flight` look once at each operation. *Drain*: one completion, one `drain`, until nothing is in flight. \
         *Drop*: the sockets are dropped, which cancels, then the port. Of more than {WHOLE} completions some windows are \
         stepped, and what one costs there is that of all. Wine's own server takes the square of their number to cancel \
         receives, so a drop has 20,000 at most. *Burst*: clients that have all connected before the first is \
         accepted; the listener may be as deep."
    ));
    Ok(table)
}
