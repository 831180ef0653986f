//! Accepting, and taking many packets at once.

use anyhow::Result;

use super::{Asked, CAN_STEP, STEPPED};
use crate::bench::{
    server::{Programs, Run},
    table::Table,
};

/// Goal 7: what one connection costs from its accept to its close.
pub(super) fn accept(_: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "accept_calls",
        title: "calls, packets and allocations per connection, accepted, made ready, closed".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["calls", "packets", "allocations", "bytes"],
        exact: vec!["calls", "packets", "allocations", "bytes"],
        mark: Some(7.0),
        ours: Some("iocp"),
        ..Table::default()
    };
    let servers = ["raw", "typed", "poll", "polling", "mio", "compio", "tokio", "smol"];
    for server in servers {
        let name = match server {
            "typed" => "iocp",
            "poll" => "iocp poll",
            peer => peer,
        };
        table.row(name, accepted(&programs, server)?.0);
    }
    for (column, bar) in [("calls", 7.0), ("packets", 1.0), ("allocations", 0.0)] {
        table.goal(format!("iocp: {column}"), table.value("iocp", column), bar);
    }
    match cfg!(windows) {
        true => reuse(&programs, &mut table),
        false => reuse_with_packets(&programs, &mut table)?,
    }
    Ok(table)
}

/// The row of one server, and how many of its calls are waits.
fn accepted(programs: &Programs, server: &str) -> Result<(Vec<f64>, f64)> {
    let (warm, count, calls) = (10, 25, true);
    let run = Run { bench: "accept", server, warm, count, calls, ..Run::ECHO };
    let run = programs.run(&run)?;
    let row = ["kernel", "packets", "allocations", "bytes"].map(|key| run.each(key));
    let row = row.into_iter().collect::<Result<_>>()?;
    Ok((row, run.calls("GetQueuedCompletionStatusEx")))
}

/// Instructions of one connection from its accept to its close, in the program's own image, by the depth of the
/// listener.
pub(super) fn accept_instructions(_: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "accept_insn",
        title: "instructions in the program's image per connection, accepted, made ready, closed"
            .into(),
        kernel: programs.kernel.clone(),
        columns: vec!["instructions", "locked", "calls of DLLs"],
        near: vec!["instructions"],
        mark: Some(1800.0),
        ours: Some("iocp poll"),
        ..Table::default()
    };
    let rows = [
        ("raw", "raw", 1),
        ("iocp", "typed", 1),
        ("iocp poll", "poll", 1),
        ("iocp poll, 16 deep", "poll", 16),
        ("iocp poll, 256 deep", "poll", 256),
        ("iocp poll, no receive", "poll-silent", 1),
        ("polling", "polling", 1),
        ("mio", "mio", 1),
        ("tokio", "tokio", 1),
    ];
    for (name, server, connections) in rows {
        let run =
            Run { bench: "accept", server, connections, warm: 30, count: STEPPED, ..Run::ECHO };
        let run = programs.run(&Run { steps: true, ..run })?;
        let row = [run.each("instructions"), run.each("locked"), run.each("dll_calls")];
        table.row(name, row.into_iter().collect::<Result<_>>()?);
        if server == "poll" {
            table.wish(name, table.value(name, "instructions"), 1800.0);
        }
    }
    Ok(table)
}

/// The servers that use each socket again, by the row's name.
const REUSE: [(&str, &str); 2] = [("raw, reuse", "raw-reuse"), ("iocp, reuse", "typed-reuse")];

/// Goal 7, its second half: sockets that are used again, on Windows. How long a socket stays away
/// after its disconnect is up to the system, so these rows fail nothing.
fn reuse(programs: &Programs, table: &mut Table) {
    for (name, server) in REUSE {
        match accepted(programs, server) {
            Ok((row, _)) => {
                table.wish(format!("{name}: calls"), row[0], 4.0);
                table.row(name, row);
            }
            Err(error) => table.notes.push(format!("{name} could not be measured: {error:#}")),
        }
    }
}

/// The same under Wine, which says that a disconnect is pending which is done, and in skip mode sends no
/// packet for it: these servers are without skip mode there. So each disconnect sends a packet, and a
/// wait takes it; all other calls are those of Windows.
fn reuse_with_packets(programs: &Programs, table: &mut Table) -> Result<()> {
    for (name, server) in REUSE {
        let (row, waits) = accepted(programs, server)?;
        if server == "typed-reuse" {
            let raw = table.value(REUSE[0].0, "calls");
            table.goal(format!("{name}: calls as raw, exactly"), row[0], raw);
            let but_one = row[0] - (waits - 1.0);
            table.goal(format!("{name}: calls, with one wait"), but_one, 4.0);
            table.goal(format!("{name}: allocations"), row[2], 0.0);
        }
        table.row(name, row);
    }
    table.notes.push(
        "Socket reuse (DisconnectEx with TF_REUSE_SOCKET): under Wine without skip mode, where a \
         disconnect that is done sends no packet. So here each disconnect sends one, and a second \
         wait takes it. In skip mode on Windows one that is done at once needs neither: then the \
         calls are those with one wait."
            .into(),
    );
    Ok(())
}

/// Goal 8: waits for packets that are there, and the cost of a large array.
pub(super) fn batch(_: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let mut table = Table {
        name: "dequeue_batch",
        title: "1,000 packets that are there: waits, and what one wait for one packet costs".into(),
        kernel: programs.kernel.clone(),
        columns: vec!["room", "waits", "allocations", "instructions"],
        exact: vec!["waits", "allocations"],
        near: vec!["instructions"],
        main: 1,
        ..Table::default()
    };
    for (name, server) in [("raw", "raw"), ("iocp", "typed")] {
        for room in [1_usize, 64, 1024] {
            let run = Run { bench: "batch", server, connections: room, ..Run::ECHO };
            let many = programs.run(&Run { count: 1000, ..run })?;
            let step = Run { count: 1, steps: true, ..run };
            let one = if CAN_STEP { programs.run(&step)?.total("instructions")? } else { f64::NAN };
            let (waits, allocations) = (many.total("waits")?, many.total("allocations")?);
            table.row(format!("{name} {room}"), vec![room as f64, waits, allocations, one]);
            let least = 1000_usize.div_ceil(room) as f64;
            if server == "typed" {
                table.goal(format!("iocp: waits with room for {room}"), waits, least);
                table.goal(format!("iocp: allocations, room for {room}"), allocations, 0.0);
            }
        }
    }
    if CAN_STEP {
        let of = |room: &str| table.value(&format!("iocp {room}"), "instructions");
        let (large, small) = (of("1024"), of("64"));
        table.goal("iocp: nothing is done per unused entry", large, small);
    }
    table
        .notes
        .push("Wine asks its server once per packet whatever the array; Windows once.".into());
    Ok(table)
}
