//! One echo: its calls, its allocations, its instructions.

use std::{
    io::{BufRead, BufReader},
    sync::OnceLock,
};

use anyhow::Result;

use super::{ratio, Asked, SERVERS, STEPPED};
use crate::bench::{
    server::{stderr_log, Outcome, Programs, Run},
    table::Table,
};

/// Connections of the batch columns.
const MANY: usize = 64;

/// Whether a server can be stopped while the client writes.
const CAN_HOLD: bool = cfg!(target_os = "linux");

/// In lock step on one connection, every message with a wait of its own.
const ONE: Run<'static> = Run { calls: true, settle: true, count: 50, ..Run::ECHO };

/// Sixty-four connections, a message on each at once.
const BATCH: Run<'static> = Run {
    calls: true,
    settle: true,
    connections: MANY,
    window: MANY,
    warm: 4 * MANY as u64,
    count: 20 * MANY as u64,
    ..Run::ECHO
};

/// Each server's runs with one connection and with many, made once for both tables.
struct Counted {
    kernel: String,
    servers: Vec<(&'static str, Outcome, Outcome)>,
}

fn counted(asked: &Asked) -> Result<&'static Counted> {
    static COUNTED: [OnceLock<Counted>; 2] = [const { OnceLock::new() }; 2];
    let place = &COUNTED[usize::from(asked.again)];
    if let Some(counted) = place.get() {
        return Ok(counted);
    }
    let programs = Programs::prepare()?;
    let mut servers = Vec::new();
    for (name, server) in SERVERS {
        let one = programs.run(&Run { server, ..ONE })?;
        servers.push((name, one, programs.run(&Run { server, ..BATCH })?));
    }
    Ok(place.get_or_init(|| Counted { kernel: programs.kernel, servers }))
}

/// Goal 1: what the server asks of the kernel.
pub(super) fn calls(asked: &Asked) -> Result<Table> {
    let counted = counted(asked)?;
    let mut table = Table {
        name: "echo_calls",
        title: "calls that enter the kernel, and packets, per 64-byte echo".into(),
        kernel: counted.kernel.clone(),
        columns: vec![
            "calls at 1",
            "packets at 1",
            "calls at 64",
            "waits at 64",
            "data calls at 64",
            "packets at 64",
        ],
        exact: match CAN_HOLD {
            true => vec!["calls at 1", "packets at 1", "calls at 64", "packets at 64"],
            false => vec!["calls at 1", "packets at 1"],
        },
        main: 2,
        mark: Some(2.02),
        ours: Some("iocp"),
        ..Table::default()
    };
    for (name, one, many) in &counted.servers {
        let waits = many.calls("GetQueuedCompletionStatusEx");
        let (all, packets) = (many.each("kernel")?, many.each("packets")?);
        let row = [one.each("kernel")?, one.each("packets")?, all, waits, all - waits, packets];
        table.row(*name, row.to_vec());
    }
    for ours in ["iocp", "iocp poll"] {
        let raw = table.value("raw", "calls at 1");
        let of = |column| table.value(ours, column);
        let [one, many, data] = ["calls at 1", "calls at 64", "data calls at 64"].map(of);
        let packets = ["packets at 1", "packets at 64"].map(of);
        let [mio, tokio] =
            ["mio", "tokio"].map(|theirs| ratio(&table, ours, theirs, "calls at 64"));
        table.goal(format!("{ours}: calls at 1 connection as raw, exactly"), one, raw);
        table.goal(format!("{ours}: calls at 1 connection"), one, 3.0);
        table.goal(format!("{ours}: packets at 1 connection"), packets[0], 1.0);
        table.goal(format!("{ours}: packets at 64 connections"), packets[1], 1.0);
        table.goal(format!("{ours}: calls for data at 64 connections"), data, 2.0);
        // Where the server cannot be held, how many waits there are is up to its scheduler.
        let goal = if CAN_HOLD { Table::goal } else { Table::wish };
        goal(&mut table, format!("{ours}: calls at 64 connections"), many, 2.02);
        goal(&mut table, format!("{ours} ÷ mio"), mio, 0.55);
        goal(&mut table, format!("{ours} ÷ tokio"), tokio, 0.45);
    }
    table.notes.push(match CAN_HOLD {
        true => {
            "At 64 connections the server is stopped while 64 messages are written: it finds all."
                .into()
        }
        false => {
            "The server cannot be stopped here while 64 messages are written: its waits differ \
                  from run to run and are no pass or fail."
                .into()
        }
    });
    Ok(table)
}

/// Goal 2: what the server allocates.
pub(super) fn allocations(asked: &Asked) -> Result<Table> {
    let counted = counted(asked)?;
    let mut table = Table {
        name: "alloc_per_op",
        title: "allocations per 64-byte echo".into(),
        kernel: counted.kernel.clone(),
        columns: vec!["count at 1", "bytes at 1", "count at 64", "bytes at 64"],
        exact: vec!["count at 1", "bytes at 1", "count at 64", "bytes at 64"],
        ..Table::default()
    };
    for (name, one, many) in &counted.servers {
        let row = ["allocations", "bytes"].map(|key| [one.each(key), many.each(key)]);
        let [[count_one, count_many], [bytes_one, bytes_many]] = row;
        table.row(*name, vec![count_one?, bytes_one?, count_many?, bytes_many?]);
    }
    for name in ["iocp", "iocp zero-read", "iocp poll", "poll zero-read"] {
        for column in ["count at 1", "bytes at 1", "count at 64", "bytes at 64"] {
            table.goal(format!("{name}: {column}"), table.value(name, column), 0.0);
        }
    }
    Ok(table)
}

/// Goal 4: instructions in the program's own image.
pub(super) fn instructions(_: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "echo_insn",
        title: "instructions in the program's image per 64-byte echo, 1 connection".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["instructions", "locked", "calls of DLLs"],
        exact: vec!["locked", "calls of DLLs"],
        near: vec!["instructions"],
        ours: Some("iocp"),
        ..Table::default()
    };
    for (name, server) in SERVERS {
        let stepped = Run { steps: true, calls: false, count: STEPPED, ..ONE };
        let run = programs.run(&Run { server, ..stepped })?;
        let row = [run.each("instructions"), run.each("locked"), run.each("dll_calls")];
        table.row(name, row.into_iter().collect::<Result<_>>()?);
    }
    let (raw, own) = (table.value("raw", "instructions"), table.value("iocp", "instructions"));
    table.mark = Some(raw + 150.0);
    table.goal(
        "iocp: more than raw, per operation cycle (an echo has two)",
        (own - raw) / 2.0,
        75.0,
    );
    let locked = table.value("iocp", "locked") / 2.0;
    table.goal("iocp: locked instructions per operation cycle", locked, 1.0);
    let poll = table.value("iocp poll", "instructions");
    table.goal("iocp poll: more than raw, per echo", poll - raw, 180.0);
    for ours in ["iocp", "iocp poll"] {
        let [mio, compio] =
            ["mio", "compio"].map(|theirs| ratio(&table, ours, theirs, "instructions"));
        // Of the two bars of the event queue, raw + 180 is a fifth of mio: BENCHMARKS.md says more.
        let binds = ours == "iocp";
        table.add(format!("{ours} ÷ mio"), mio, 1.0 / 6.0, binds);
        table.goal(format!("{ours} ÷ compio"), compio, 1.0 / 12.0);
    }
    table.notes.push(
        "Instructions in DLLs (the kernel's, the allocator's, memcpy) are not counted; those of \
         smol's second thread are not either. Built with plain `--release`."
            .into(),
    );
    Ok(table)
}

/// An independent look at the calls: what Wine itself says it relays to its kernel side.
pub(super) fn relay(asked: &Asked) -> Result<Table> {
    let counted = counted(asked)?;
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "relay",
        title: "calls of Nt functions per 64-byte echo, 1 connection, as Wine logs them".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["Nt calls", "as counted here", "apart, %"],
        ours: Some("iocp"),
        ..Table::default()
    };
    // Two lengths: their difference has nothing of starting and ending in it.
    let (few, more) = (50, 550);
    for (name, server) in SERVERS {
        let logged = |count| -> Result<u64> {
            let run = Run { server, count, calls: false, ..ONE };
            programs.run_with(&run, &[("WINEDEBUG", "-all,+relay")])?;
            nt_calls()
        };
        let (first, second) = (logged(few)?, logged(more)?);
        let calls = second.saturating_sub(first) as f64 / (more - few) as f64;
        let here = counted.servers.iter().find(|(one, ..)| *one == name);
        let here = here.map_or(Ok(f64::NAN), |(_, one, _)| one.each("kernel"))?;
        table.row(name, vec![calls, here, (calls / here - 1.0).abs() * 100.0]);
    }
    for name in ["raw", "iocp", "iocp zero-read", "iocp poll", "polling", "mio", "tokio"] {
        table.goal(format!("{name}: apart, %"), table.value(name, "apart, %"), 1.0);
    }
    Ok(table)
}

/// Lines such as `0024:Call ntdll.NtReadFile(…)`.
fn nt_calls() -> Result<u64> {
    let mut count = 0;
    for line in BufReader::new(std::fs::File::open(stderr_log())?).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let call = line.split_once(":Call ").map_or("", |(_, call)| call);
        let names = ["ntdll.Nt", "ntdll.Zw", "win32u.Nt", "win32u.Zw"];
        count += u64::from(names.iter().any(|name| call.starts_with(name)));
    }
    Ok(count)
}
