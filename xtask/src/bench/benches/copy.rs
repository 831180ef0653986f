//! A file copied, as `examples/copy` does it: calls, instructions and time of a chunk.

use std::{fs::File, sync::atomic::AtomicBool, time::Duration};

use anyhow::{bail, Context, Result};

use super::{
    time::{busy, median},
    Asked, CAN_STEP,
};
use crate::{
    bench::{
        server::{stderr_log, Programs},
        table::Table,
    },
    child::{Child, Fields},
};

/// What is copied: bytes, and of that one chunk; how many operations are in flight.
const BYTES: u64 = 1 << 30;
const CHUNK: u64 = 1 << 20;
const DEPTH: u64 = 32;

/// What is stepped: chunks of a page, so many and so many more. What the two differ in is that of the further
/// ones alone.
const STEPPED: [u64; 2] = [64, 192];
const PAGE: u64 = 4096;

const COPIERS: [(&str, &str); 3] = [("raw", "raw"), ("iocp", "typed"), ("compio", "compio")];

/// How long one copy may take, with what is made before and compared after.
const LIMIT: Duration = Duration::from_secs(600);

/// Interleaved: each round copies once by each, and ratios are taken within a round.
pub(super) fn copy(asked: &Asked) -> Result<Table> {
    let programs = Programs::prepare()?;
    let rounds = if asked.again { 1 } else { asked.rounds };
    let chunks = BYTES / CHUNK;
    let mut table = Table {
        name: "copy",
        title: format!(
            "a file of 1 GiB of random bytes copied, chunks of 1 MiB, {DEPTH} operations in flight; median of \
             {rounds} rounds"
        ),
        kernel: programs.kernel.clone(),
        columns: vec!["reads", "writes", "instructions", "ms", "ms: iocp ÷ it"],
        exact: vec!["reads", "writes"],
        main: 2,
        ours: Some("iocp"),
        ..Table::default()
    };
    let mut times = [const { Vec::new() }; COPIERS.len()];
    let mut calls = [[0.0; 2]; COPIERS.len()];
    let busy = busy();
    for round in 0..rounds as usize {
        for turn in 0..COPIERS.len() {
            // Another one begins each round: what the disk has still to write is the one's before.
            let index = (round + turn) % COPIERS.len();
            let (name, copier) = COPIERS[index];
            let copied = one(&programs, copier, CHUNK, chunks, false)?;
            if copied.text("same") != "true" {
                bail!("the copy of {name} differs");
            }
            let number = |key: &str| {
                copied.number(key).map(|n| n as f64).with_context(|| format!("no {key}"))
            };
            calls[index] = [number("reads")?, number("writes")?].map(|calls| calls / chunks as f64);
            times[index].push(number("ms")?);
        }
    }
    let ours = COPIERS.iter().position(|(name, _)| *name == "iocp").context("a row of ours")?;
    for (index, (name, copier)) in COPIERS.into_iter().enumerate() {
        let ratios = times[ours].iter().zip(&times[index]).map(|(ours, its)| ours / its);
        let instructions = if CAN_STEP { stepped(&programs, copier)? } else { f64::NAN };
        let times = [median(times[index].iter().copied()), median(ratios)];
        table.row(name, [&calls[index][..], &[instructions], &times].concat());
    }
    for column in ["reads", "writes"] {
        table.goal(format!("iocp: {column} per chunk"), table.value("iocp", column), 1.0);
    }
    for peer in ["raw", "compio"] {
        table.wish(format!("ms: iocp ÷ {peer}"), table.value(peer, "ms: iocp ÷ it"), 1.05);
    }
    table.notes.extend(busy);
    table.notes.push(format!(
        "Each copy was compared with the file. Calls and instructions are those of a chunk: it is read, and written. \
         Instructions in the program's image, of chunks of {PAGE} bytes. A time under Wine is mostly that of the disk \
         and of Wine, whose reads and writes of files are done within the call."
    ));
    Ok(table)
}

/// Instructions of a chunk.
fn stepped(programs: &Programs, copier: &str) -> Result<f64> {
    let [few, many] = STEPPED.map(|chunks| -> Result<f64> {
        let stepped = one(programs, copier, PAGE, chunks, true)?;
        Ok(stepped.number("instructions").context("instructions")? as f64)
    });
    Ok((many? - few?) / (STEPPED[1] - STEPPED[0]) as f64)
}

/// Copies once: the line that says what was counted.
fn one(programs: &Programs, copier: &str, chunk: u64, chunks: u64, steps: bool) -> Result<Fields> {
    let mut start = programs.start_copy(steps)?;
    start.arg(copier).args([DEPTH, chunk, chunks].map(|number| number.to_string()));
    start.args(steps.then_some("--marks"));
    start.stderr(File::create(stderr_log())?);
    let mut copy = Child::start("a copy", &mut start)?;
    let never = AtomicBool::new(false);
    let line = if steps { "stepped" } else { "copied" };
    if steps {
        // Passed on once the stepper is there.
        copy.wait_for("listening", LIMIT, &never)?.context("it does not begin")?;
        copy.say("go");
    }
    let counted = copy.wait_for(line, LIMIT, &never)?;
    copy.end();
    counted.with_context(|| {
        let said = std::fs::read_to_string(stderr_log()).unwrap_or_default();
        let said = said.lines().rev().find(|line| line.starts_with("Error: "));
        format!("copied by {copier}: it did not say `{line}` ({})", said.unwrap_or("nor why"))
    })
}
