//! Costs that must not grow: with connections, with waiting threads.

use anyhow::Result;

use super::{time::median, Asked, CAN_STEP, STEPPED};
use crate::bench::{
    pin::Pinned,
    server::{Programs, Run},
    table::Table,
};

/// How often each size is timed; a run with 9,000 connections takes seconds to open them.
const TIMES: u32 = 3;

const SIZES: [usize; 5] = [1, 64, 1_000, 4_000, 9_000];
const BOTH: [(&str, &str); 2] = [("raw", "raw"), ("iocp", "typed")];
const EVENTS: (&str, &str) = ("iocp poll", "poll");

/// Goal 9: one message after the other, over more and more open connections.
pub(super) fn connections(asked: &Asked) -> Result<Table> {
    let programs = Programs::for_scale()?;
    let mut table = Table {
        name: "scale",
        title: "one echo, by open connections".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["calls", "instructions", "µs", "CPU µs"],
        exact: vec!["calls"],
        near: vec!["instructions"],
        main: 1,
        ..Table::default()
    };
    let servers = [BOTH[0], BOTH[1], EVENTS];
    let times = match asked.again {
        true => Vec::new(), // counts alone are compared
        false => times(&programs, &servers, asked.rounds.min(TIMES))?,
    };
    let of = |name: &str, size: usize| {
        let found = times.iter().find(|(one, at, _)| *one == name && *at == size);
        found.map_or(&[][..], |(_, _, times)| times).iter()
    };
    for (name, server) in servers {
        for connections in SIZES {
            let run = Run { server, connections, warm: warm(connections), ..Run::ECHO };
            let counted = programs.run(&Run { calls: true, settle: true, count: 100, ..run })?;
            let steps = match CAN_STEP {
                true => {
                    let step = Run { steps: true, settle: true, count: STEPPED, ..run };
                    programs.run(&step)?.each("instructions")?
                }
                false => f64::NAN,
            };
            let [micros, cpu] =
                [0, 1].map(|of_two: usize| median(of(name, connections).map(|both| both[of_two])));
            let row = vec![counted.each("kernel")?, steps, micros, cpu];
            table.row(format!("{name} {connections}"), row);
        }
    }
    for (name, _) in &servers[1..] {
        for column in ["calls", "instructions"] {
            if column == "calls" || CAN_STEP {
                let at = SIZES.map(|size| table.value(&format!("{name} {size}"), column));
                let (least, most) =
                    at.into_iter().fold((f64::MAX, 0.0_f64), |(a, b), n| (a.min(n), b.max(n)));
                table.goal(format!("{name}: {column}, most ÷ least"), most / least, 1.01);
            }
        }
        if !asked.again {
            for (index, what) in [(0, "time"), (1, "CPU time")] {
                let pairs = of(name, SIZES[4]).zip(of(name, SIZES[1]));
                let ratio = median(pairs.map(|(many, few)| many[index] / few[index]));
                table.wish(format!("{name}: {what} at 9,000 ÷ at 64"), ratio, 1.15);
            }
        }
    }
    table.notes.push(
        "Time: 64 messages at once (1 at 1 connection), pinned, the sizes in turn in each round; \
         the ratio is the median of those within a round."
            .into(),
    );
    Ok(table)
}

/// Messages before those that count: each connection has had its first ones, which cost more, and the program's start is
/// over.
fn warm(connections: usize) -> u64 {
    3 * connections as u64 + 64
}

/// Microseconds per message of each round, as they passed and on a core, by server and size.
type Times = Vec<(&'static str, usize, Vec<[f64; 2]>)>;

fn times(programs: &Programs, servers: &[(&'static str, &str)], rounds: u32) -> Result<Times> {
    let mut times: Times = Vec::new();
    for _ in 0..rounds {
        for &(name, server) in servers {
            for connections in SIZES {
                let run = Run { server, connections, warm: warm(connections), ..Run::ECHO };
                let window = connections.min(64);
                let pinned = Pinned::new()?;
                let run = Run { pinned: true, window, count: 6_400, ..run };
                let outcome = programs.run(&run)?;
                let micros = [outcome.each("ns")? / 1_000.0, outcome.cpu_us];
                drop(pinned);
                match times.iter_mut().find(|(one, at, _)| *one == name && *at == connections) {
                    Some((_, _, times)) => times.push(micros),
                    None => times.push((name, connections, vec![micros])),
                }
            }
        }
    }
    Ok(times)
}

/// Goal 10: several threads wait on one port.
pub(super) fn waiters(_: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "multi_waiter",
        title: "one echo, by threads that wait on the port; busy: 64 messages at once".into(),
        kernel: programs.kernel.clone(),
        columns: vec![
            "calls",
            "packets",
            "instructions",
            "locked",
            "busy: data calls",
            "busy: packets",
            "busy: lock waits",
            "busy: instructions",
        ],
        exact: vec!["calls", "packets", "locked"],
        near: vec!["instructions"],
        main: 2,
        ..Table::default()
    };
    let stepped = |run: &Run<'_>| -> Result<[f64; 2]> {
        if !CAN_STEP {
            return Ok([f64::NAN; 2]);
        }
        let run = programs.run(&Run { steps: true, settle: true, ..*run })?;
        Ok([run.each("instructions")?, run.each("locked")?])
    };
    for (name, server) in [("raw", "raw"), ("iocp", "typed-shared")] {
        for waiters in [1_usize, 2, 4] {
            let run = Run { server, waiters, shared: true, connections: 8, warm: 16, ..Run::ECHO };
            let counted = programs.run(&Run { calls: true, settle: true, count: 100, ..run })?;
            let [steps, locked] = stepped(&Run { count: 4 * STEPPED, ..run })?;
            let run = Run { connections: 64, window: 64, warm: 256, count: 640, ..run };
            let busy = programs.run(&Run { calls: true, settle: true, ..run })?;
            let [busy_steps, _] = stepped(&Run { count: 128, ..run })?;
            let data = busy.calls("WSARecv") + busy.calls("WSASend");
            let waits = LOCK_WAITS.iter().map(|name| busy.calls(name)).sum();
            let (calls, packets) = (counted.each("kernel")?, counted.each("packets")?);
            let row = [calls, packets, steps, locked, data, busy.each("packets")?, waits];
            table.row(format!("{name} {waiters}"), [&row[..], &[busy_steps]].concat());
        }
    }
    let bars =
        [("calls", 1.0), ("packets", 1.0), ("busy: data calls", 1.0), ("instructions", 1.01)];
    for (column, bar) in bars {
        for waiters in ["2", "4"] {
            let of = |count: &str| table.value(&format!("iocp {count}"), column);
            if column != "instructions" || CAN_STEP {
                let text = format!("iocp: {column}, {waiters} waiters ÷ 1");
                table.goal(text, of(waiters) / of("1"), bar);
            }
        }
    }
    // A convoy: threads that wait for each other's lock, message by message.
    for waiters in ["2", "4"] {
        let waits = table.value(&format!("iocp {waiters}"), "busy: lock waits");
        table.goal(format!("iocp: waits for a lock per message, {waiters} waiters"), waits, 0.05);
    }
    table.notes.push(
        "The program's lock per connection (a safe program needs one with several threads) and the \
         shared count of messages are part of both rows of iocp, the latter of raw's too."
            .into(),
    );
    table.notes.push(
        "Instructions are those of whole messages, thread by thread. Busy ones depend on how many \
         packets a wait finds, also raw's: fewer packets a wait are more waits."
            .into(),
    );
    Ok(table)
}

/// What a thread calls that waits for another one to leave a lock.
const LOCK_WAITS: [&str; 4] =
    ["WaitOnAddress", "NtWaitForAlertByThreadId", "NtWaitForKeyedEvent", "RtlWaitOnAddress"];
