//! Costs that must not grow: with connections, with waiting threads.

use anyhow::Result;

use crate::bench::{
    pin::Pinned,
    server::{Programs, Run},
    table::Table,
};

const CAN_STEP: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

/// Goal 9: one message after the other, over more and more open connections.
pub(super) fn connections() -> Result<Table> {
    let programs = Programs::for_scale()?;
    let mut table = Table {
        name: "scale",
        title: "one echo, by open connections".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["calls", "instructions", "µs"],
        main: 1,
        ..Table::default()
    };
    let sizes = [1_usize, 64, 1_000, 4_000, 9_000];
    for (name, server) in [("raw", "raw"), ("iocp", "typed")] {
        for connections in sizes {
            let run = Run { server, connections, warm: connections as u64, ..Run::ECHO };
            let counted = programs.run(&Run { calls: true, settle: true, count: 100, ..run })?;
            let step = Run { steps: true, settle: true, count: 10, ..run };
            let steps = match CAN_STEP {
                true => programs.run(&step)?.each("instructions")?,
                false => f64::NAN,
            };
            // 64 messages at once: the server is busy, not the client.
            let window = connections.min(64);
            let timed = Run { pinned: true, window, count: 6_400, ..run };
            let _pinned = Pinned::new()?;
            let micros = programs.run(&timed)?.each("ns")? / 1_000.0;
            table
                .row(format!("{name} {connections}"), vec![counted.each("kernel")?, steps, micros]);
        }
    }
    for column in ["calls", "instructions"] {
        let at = sizes.map(|size| table.value(&format!("iocp {size}"), column));
        let at = at.into_iter().filter(|value| !value.is_nan());
        let (least, most) = at.fold((f64::MAX, 0.0_f64), |(a, b), n| (a.min(n), b.max(n)));
        if column == "calls" || CAN_STEP {
            table.goal(format!("iocp: {column}, most ÷ least"), most / least, 1.01);
        }
    }
    let (few, many) = (table.value("iocp 64", "µs"), table.value("iocp 9000", "µs"));
    table.wish("iocp: time at 9,000 ÷ at 64", many / few, 1.15);
    table.notes.push("Time: 64 messages at once (1 at 1 connection), pinned, one run each.".into());
    Ok(table)
}

/// Goal 10: several threads wait on one port.
pub(super) fn waiters() -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "multi_waiter",
        title: "one echo, 8 connections, by threads that wait on the port".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["calls", "packets", "instructions", "locked"],
        main: 2,
        ..Table::default()
    };
    for (name, server) in [("raw", "raw"), ("iocp", "typed-shared")] {
        for waiters in [1_usize, 2, 4] {
            let run = Run { server, waiters, shared: true, connections: 8, warm: 16, ..Run::ECHO };
            let counted = programs.run(&Run { calls: true, settle: true, count: 100, ..run })?;
            let step = Run { steps: true, settle: true, count: 10, ..run };
            let (steps, locked) = if CAN_STEP {
                let run = programs.run(&step)?;
                (run.each("instructions")?, run.each("locked")?)
            } else {
                (f64::NAN, f64::NAN)
            };
            let (calls, packets) = (counted.each("kernel")?, counted.each("packets")?);
            table.row(format!("{name} {waiters}"), vec![calls, packets, steps, locked]);
        }
    }
    for (column, bar) in [("calls", 1.0), ("packets", 1.0), ("instructions", 1.01)] {
        for waiters in ["2", "4"] {
            let of = |count: &str| table.value(&format!("iocp {count}"), column);
            if column != "instructions" || CAN_STEP {
                let text = format!("iocp: {column}, {waiters} waiters ÷ 1");
                table.goal(text, of(waiters) / of("1"), bar);
            }
        }
    }
    table.notes.push(
        "The program's lock per connection (a safe program needs one with several threads) and the \
         shared count of messages are part of both rows of iocp, the latter of raw's too."
            .into(),
    );
    Ok(table)
}
