//! Memory of idle connections.

use anyhow::Result;

use super::{Asked, SERVERS};
use crate::bench::{
    server::{Programs, Run},
    table::Table,
};

/// Both are whole steps of `iocp`'s slab, so that its granularity cancels out.
const FEW: usize = 1024;
const MANY: usize = 4096;

/// Bytes of a connection's buffer in the servers that give it one.
const BUFFER: f64 = 64.0;

/// Goal 3: the slope between two numbers of idle connections that have each echoed a message.
pub(super) fn idle(_: &Asked) -> Result<Table> {
    let programs = Programs::for_scale()?;
    let mut table = Table {
        name: "mem_idle",
        title: format!("bytes per idle connection, slope from {FEW} to {MANY}"),
        kernel: programs.kernel.clone(),
        columns: vec!["heap", "committed", "together"],
        exact: vec!["heap", "committed"],
        main: 2,
        mark: Some(192.0),
        ours: Some("iocp zero-read"),
        ..Table::default()
    };
    for (name, server) in SERVERS {
        let at = |connections: usize| -> Result<[f64; 2]> {
            // Two messages on each: what is made at the first one is made.
            let (warm, window) = (2 * connections as u64, 64);
            let run =
                Run { server, connections, window, warm, count: 64, calls: true, ..Run::ECHO };
            let run = programs.run(&run)?;
            Ok([run.total("live")?, run.total("committed")?])
        };
        let (few, many) = (at(FEW)?, at(MANY)?);
        let each = |index: usize| (many[index] - few[index]) / (MANY - FEW) as f64;
        table.row(name, vec![each(0), each(1), each(0) + each(1)]);
    }
    let zero = table.value("iocp zero-read", "together");
    table.goal("iocp in zero-read mode", zero, 192.0);
    let own = table.value("iocp", "together");
    table.goal("iocp with a buffer of 64 bytes each", own, BUFFER + 192.0);
    for name in ["iocp poll", "poll zero-read"] {
        let queue = table.value(name, "together");
        table.goal(format!("{name}: heap and committed slots"), queue, 256.0);
    }
    table.notes.push(
        "Counted by the program's allocator and by what it commits itself, the server's own \
         connection values included. raw, iocp, compio, tokio and smol hold a 64-byte buffer \
         per connection; both zero-read, mio and polling share one; of iocp poll as many hold one \
         of 4 KiB as its bound allows, in both numbers the same."
            .into(),
    );
    Ok(table)
}
