//! The work that people do: messages of every size, datagrams, short connections, servers as a user writes them.

use anyhow::Result;

use super::{Asked, CAN_STEP, STEPPED};
use crate::bench::{
    backlog,
    client::BURST,
    server::{Pace, Programs, Run},
    table::Table,
};

/// The servers of streams; the first three are in every run.
const STREAMS: [(&str, &str); 7] = [
    ("raw", "raw"),
    ("iocp", "typed"),
    ("iocp poll", "poll"),
    ("polling", "polling"),
    ("mio", "mio"),
    ("compio", "compio"),
    ("tokio", "tokio"),
];
const OURS: usize = 3;

const KIB: usize = 1 << 10;

/// What is sent: the column, its run, and the goal of the event queue.
fn sizes_asked() -> [(&'static str, Run<'static>, f64); 8] {
    let run = Run { bench: "stream", calls: true, settle: true, warm: 20, count: 60, ..Run::ECHO };
    let large = Run { room: 64 * KIB, ..run };
    let of = |size, count| Run { size, count, ..large };
    // Twice to warm up, then ten times the whole of a burst: so it does not matter where counting begins.
    let one_way = |size| {
        let burst = (BURST / size) as u64;
        Run { pace: Pace::OneWay, warm: 2 * burst, count: 10 * burst, ..of(size, 0) }
    };
    [
        ("64 B", run, 3.0),
        (BUSY, Run { pace: Pace::Busy, count: 64, ..run }, 2.05),
        ("8 KiB", of(8 * KIB, 60), 4.0),
        ("16 KiB", of(16 * KIB, 60), 4.0),
        ("64 KiB", of(64 * KIB, 60), 5.0),
        ("1 MiB", of(KIB * KIB, 20), 36.0),
        ("one way 64 KiB", one_way(64 * KIB), 1.1),
        ("one way 1 MiB", one_way(KIB * KIB), 17.0),
    ]
}

/// The first that a quick run counts.
const QUICK: usize = 4;

/// Those that are echoed; the others come one way.
const ECHOES: usize = 6;

/// Of these the system decides in which pieces they arrive: their messages are larger than what it takes of a sender whose
/// receiver is stopped. The other counts are exact.
const PIECES: [&str; 2] = ["64 KiB", "1 MiB"];

/// Of all that are sent at once, a receive that waits gets as many as are there when the system looks: the event queue's
/// calls are one in so many messages apart.
const BUSY: &str = "64 B busy";

/// Calls per message, by its size.
pub(super) fn sizes(asked: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let all = sizes_asked();
    let fits = backlog::is_allowed(BURST);
    let (runs, servers) = match asked.quick {
        true => (&all[..QUICK], &STREAMS[..OURS]),
        false if fits => (&all[..], &STREAMS[..]),
        false => (&all[..ECHOES], &STREAMS[..]),
    };
    let names: Vec<_> = runs.iter().map(|(name, ..)| *name).collect();
    let (rough, exact) =
        names.iter().copied().partition(|name| *name == BUSY || PIECES.contains(name));
    let mut table = Table {
        name: "sizes",
        title: "calls that enter the kernel per message, 1 connection, memory of 64 KiB (64 B: of 64 bytes)".into(),
        kernel: programs.kernel.clone(),
        exact,
        rough,
        plots: runs.iter().map(|(_, _, bar)| Some(*bar)).collect(),
        columns: names,
        ours: Some("iocp poll"),
        ..Table::default()
    };
    for (name, server) in servers {
        let counted = |run: &Run<'_>| programs.run(&Run { server, ..*run })?.each("kernel");
        let row: Result<_> = runs.iter().map(|(_, run, _)| counted(run)).collect();
        table.row(*name, row?);
    }
    for (name, _, bar) in runs {
        let calls = table.value("iocp poll", name);
        table.add(format!("iocp poll: calls, {name}"), calls, *bar, !PIECES.contains(name));
    }
    table.notes.push(
        "Echoes, but *one way*: there the server only receives. *Busy*: all messages are there before the server asks, \
         and its memory holds one. *One way*: 4 MiB are in the server's socket before it wakes; it reads all of that, \
         finds nothing more, and waits. So are echoed messages of up to 16 KiB there as a whole: those counts are exact. Of \
         larger ones the system decides in which pieces they arrive, so their goals fail nothing."
            .into(),
    );
    if !fits {
        table
            .notes
            .push(format!("Not one way: `sysctl net.core.rmem_max` is less than {BURST} here."));
    }
    Ok(table)
}

/// Idle sockets at both ends of the slope.
const FEW: usize = 64;
const MANY: usize = 320;

/// Datagrams of 64 bytes.
pub(super) fn udp(asked: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "udp",
        title: "one echo of a datagram of 64 bytes, 1 socket; bytes per idle socket".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["calls", "calls busy", "allocations", "heap", "instructions busy"],
        exact: vec!["calls", "calls busy", "allocations", "heap"],
        near: vec!["instructions busy"],
        plots: vec![Some(4.0), Some(2.0), None, Some(512.0), Some(500.0)],
        ours: Some("iocp poll"),
        ..Table::default()
    };
    let servers = [
        ("raw", "raw"),
        ("raw, skip", "raw-skip"),
        ("iocp", "typed"),
        ("iocp poll", "poll"),
        ("iocp poll, lent", "poll-lent"),
        ("mio", "mio"),
        ("compio", "compio"),
        ("tokio", "tokio"),
    ];
    for (name, server) in &servers[..if asked.quick { 5 } else { servers.len() }] {
        let run = Run { bench: "udp", server, calls: true, settle: true, warm: 20, ..Run::ECHO };
        let run = Run { count: 60, ..run };
        let waits = programs.run(&run)?;
        let busy = Run { pace: Pace::Busy, ..run };
        let calls_busy = programs.run(&busy)?.each("kernel")?;
        let live = |connections| -> Result<f64> {
            let run = programs.run(&Run { connections, ..run })?;
            Ok(run.total("live")? + run.total("committed")?)
        };
        let heap = match asked.quick {
            true => f64::NAN,
            false => (live(MANY)? - live(FEW)?) / (MANY - FEW) as f64,
        };
        let instructions = match CAN_STEP && !asked.quick {
            true => programs.run(&stepped(&busy))?.each("instructions")?,
            false => f64::NAN,
        };
        let row = [waits.each("kernel")?, calls_busy, waits.each("allocations")?, heap];
        table.row(*name, [&row[..], &[instructions]].concat());
    }
    for (name, waits, heap) in [("iocp poll", 5.0, 512.0), ("iocp poll, lent", 4.0, 512.0 + 64.0)] {
        let bars = [("calls", waits), ("calls busy", 2.0), ("allocations", 0.0), ("heap", heap)];
        let bars = &bars[..if asked.quick { 3 } else { bars.len() }];
        for (column, bar) in bars {
            table.goal(format!("{name}: {column}"), table.value(name, column), *bar);
        }
        if CAN_STEP && !asked.quick {
            let instructions = table.value(name, "instructions busy");
            table.goal(format!("{name}: instructions busy"), instructions, 500.0);
        }
    }
    table.notes.push(format!(
        "*Busy*: all datagrams are there before the server asks. `raw` has a packet for each operation, *skip* is its \
         skip mode. Heap: the slope from {FEW} to {MANY} sockets, with what is committed outside the heap, and with the \
         buffer of 64 bytes that raw, iocp, *lent*, compio and tokio have for each."
    ));
    Ok(table)
}

fn stepped<'a>(run: &Run<'a>) -> Run<'a> {
    Run { steps: true, calls: false, count: STEPPED, ..*run }
}

/// A connection that is accepted, echoes a message, and is closed.
pub(super) fn short(asked: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "short",
        title: "a connection accepted, a message of 64 bytes echoed, its end read, closed".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["calls", "packets", "allocations", "bytes", "instructions"],
        exact: vec!["calls", "packets", "allocations", "bytes"],
        near: vec!["instructions"],
        plots: vec![Some(10.0), None, Some(1.0), None, None],
        ours: Some("iocp poll"),
        ..Table::default()
    };
    let run = Run { bench: "stream", size: 0, calls: true, warm: 10, count: 25, ..Run::ECHO };
    let counted = |run: &Run<'_>| -> Result<Vec<f64>> {
        let counts = programs.run(run)?;
        let keys = ["kernel", "packets", "allocations", "bytes"];
        let mut row: Vec<f64> =
            keys.map(|key| counts.each(key)).into_iter().collect::<Result<_>>()?;
        row.push(match CAN_STEP && !asked.quick {
            true => programs.run(&stepped(&Run { warm: 30, ..*run }))?.each("instructions")?,
            false => f64::NAN,
        });
        Ok(row)
    };
    for (name, server) in &STREAMS[..if asked.quick { OURS } else { STREAMS.len() }] {
        table.row(*name, counted(&Run { server, ..run })?);
        if *server == "poll" {
            let leaves = counted(&Run { server, leaves: true, ..run })?;
            table.row("iocp poll, leaves", leaves);
        }
    }
    let bars = [
        ("iocp", "calls", 10.0),
        ("iocp", "allocations", 0.0),
        ("iocp poll", "calls", 10.0),
        ("iocp poll", "allocations", 1.0),
        ("iocp poll, leaves", "calls", 14.0),
    ];
    for (name, column, bar) in bars {
        table.goal(format!("{name}: {column}"), table.value(name, column), bar);
    }
    table.notes.push(
        "*Leaves*: the server closes after its answer, without having read the client's end: the event queue lets the \
         connection linger until the client has everything."
            .into(),
    );
    Ok(table)
}

/// Instructions of servers as a user writes them, beside those that were tuned.
pub(super) fn user(_: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "user_insn",
        title: "instructions per 64-byte echo: the tuned server of `echo_insn`, and one as a user writes it".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["tuned", "as written"],
        near: vec!["tuned", "as written"],
        plots: vec![None, None],
        ours: Some("iocp"),
        ..Table::default()
    };
    let counted = |run: &Run<'_>| programs.run(run)?.each("instructions");
    for (name, server) in STREAMS {
        let tuned = Run { server, warm: 30, settle: true, ..stepped(&Run::ECHO) };
        // More than a message, so that a read is short.
        let written = Run { bench: "stream", room: 4 * KIB, ..tuned };
        table.row(name, vec![counted(&tuned)?, counted(&written)?]);
        if server == "poll" {
            let all = counted(&Run { server: "poll-all", ..written })?;
            table.row("iocp poll, to the end", vec![f64::NAN, all]);
        }
    }
    for (name, tuned) in [("iocp", 208.0), ("iocp poll", 245.0)] {
        table.wish(format!("{name}: as written"), table.value(name, "as written"), tuned);
    }
    table.notes.push(
        "The servers of `sizes`: they accept, serve messages of any size and notice the end; each connection's state is \
         a value that moves. The bar is what the tuned one of the same name costs. *To the end*: each event is \
         followed by reads until one would block, as mio wants it, rather than until one is short."
            .into(),
    );
    Ok(table)
}
