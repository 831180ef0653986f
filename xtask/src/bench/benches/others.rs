//! Accepting, and taking many packets at once.

use anyhow::Result;

use super::{Asked, CAN_STEP};
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
        let (warm, count, calls) = (10, 25, true);
        let run = Run { bench: "accept", server, warm, count, calls, ..Run::ECHO };
        let run = programs.run(&run)?;
        let row = ["kernel", "packets", "allocations", "bytes"].map(|key| run.each(key));
        let name = match server {
            "typed" => "iocp",
            "poll" => "iocp poll",
            peer => peer,
        };
        table.row(name, row.into_iter().collect::<Result<_>>()?);
    }
    for (column, bar) in [("calls", 7.0), ("packets", 1.0), ("allocations", 0.0)] {
        table.goal(format!("iocp: {column}"), table.value("iocp", column), bar);
    }
    reuse(&programs, &mut table);
    Ok(table)
}

/// The servers that use each socket again, by the row's name.
///
/// One of `iocp`'s is to stand here as soon as `iocp` has an operation that disconnects.
const REUSE: [(&str, &str); 1] = [("raw, reuse", "raw-reuse")];

/// Goal 7, its second half: sockets that are used again. Under Wine a socket that was disconnected
/// never accepts again, so these rows are measured on Windows only; they fail nothing.
fn reuse(programs: &Programs, table: &mut Table) {
    if cfg!(not(windows)) {
        table.notes.push(
            "Socket reuse (DisconnectEx with TF_REUSE_SOCKET; goal: 4 calls): not measured under \
             Wine, where a disconnected socket never accepts again. A run on Windows has the row."
                .into(),
        );
        return;
    }
    for (name, server) in REUSE {
        let (warm, count, calls) = (10, 25, true);
        let row = || -> Result<Vec<f64>> {
            let run = Run { bench: "accept", server, warm, count, calls, ..Run::ECHO };
            let run = programs.run(&run)?;
            ["kernel", "packets", "allocations", "bytes"].iter().map(|key| run.each(key)).collect()
        };
        match row() {
            Ok(row) => {
                table.wish(format!("{name}: calls"), row[0], 4.0);
                table.row(name, row);
            }
            Err(error) => table.notes.push(format!("{name} could not be measured: {error:#}")),
        }
    }
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
