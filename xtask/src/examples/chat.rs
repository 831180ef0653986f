//! `chat`: one `nc` talks, one reads every line, and one that does not read is dropped.

use std::time::Duration;

use anyhow::{bail, ensure, Context, Result};

use super::{
    nc::{self, Nc},
    program::{expect, Program},
    Example, Findings,
};

/// Lines that are said before the reader must have them all: fewer bytes than the high-water mark.
const BURST: usize = 32;
const LINE: usize = 1000;

/// The most that is said to a client that does not read: more than two kernels' buffers hold.
const MOST_BYTES: usize = 64 << 20;

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    findings.seen("a broadcast, and a client that does not read", look(example)?);
    Ok(())
}

/// Says what was seen, or what was wrong.
fn look(example: &Example<'_>) -> Result<String> {
    nc::install()?;
    let mut program = example.start(&["--listen", "127.0.0.1:0", "--high-water", "65536"])?;
    let address = program.address()?;
    // One after the other: so each has the number that is expected.
    let mut talker = Nc::reading(address)?;
    ensure!(talker.line()? == "* you are 1", "the first client is not greeted");
    let mut reader = Nc::reading(address)?;
    ensure!(reader.line()? == "* you are 2", "the second client is not greeted");
    ensure!(talker.line()? == "* 2 is here", "the first client does not hear of the second");
    let mut silent = Nc::silent(address)?;
    ensure!(talker.line()? == "* 3 is here", "the first client does not hear of the third");
    ensure!(reader.line()? == "* 3 is here", "the second client does not hear of the third");

    reader.say("hel")?;
    reader.say("lo\r\nand again\n")?;
    ensure!(talker.line()? == "2: hello", "a line in two pieces does not arrive as one");
    ensure!(talker.line()? == "2: and again", "the second line does not arrive");

    let lines = flood(&mut program, &mut talker, &reader)?;
    let queued = silent.all_that_came()?;
    check_prefix(&queued, lines)?;

    // A line that never ends drops its writer, and nobody else.
    let mut endless = Nc::silent(address)?;
    ensure!(reader.line()? == "* 4 is here", "the second client does not hear of the fourth");
    endless.say(&"x".repeat(4000))?;
    expect(&program.line("dropped")?, "client", 4)?;
    ensure!(reader.line()? == "* 4 has left", "the second client does not hear of the drop");
    drop(talker);
    ensure!(reader.line()? == "* 1 has left", "the second client does not hear of the end");
    let said = u64::try_from(lines)? + 2;
    program.end(&[("clients", 4), ("lines", said), ("slow", 1), ("refused", 0), ("leaked", 0)])?;
    Ok(format!(
        "nc read {lines} lines in order; one that read none was dropped after {} KiB, and got them",
        queued.len() / 1024
    ))
}

/// Talks until the silent client is dropped, and for one more burst. Returns the number of lines.
fn flood(program: &mut Program, talker: &mut Nc, reader: &Nc) -> Result<usize> {
    let (mut lines, mut dropped) = (0, false);
    loop {
        let burst: String = (lines..lines + BURST).map(|number| text(number) + "\n").collect();
        talker.say(&burst)?;
        for number in lines..lines + BURST {
            let mut line = reader.line().with_context(|| format!("line {number}"))?;
            if line == "* 3 has left" {
                line = reader.line()?;
            }
            ensure!(line == format!("1: {}", text(number)), "line {number} is not what was said");
        }
        lines += BURST;
        if dropped {
            return Ok(lines);
        }
        while let Some(line) = program.next_line(Duration::ZERO) {
            ensure!(line.name == "dropped", "it says `{}` in between", line.name);
            expect(&line, "client", 3)?;
            dropped = true;
        }
        if lines * LINE > MOST_BYTES {
            bail!("a client that does not read was not dropped after {lines} lines");
        }
    }
}

fn text(number: usize) -> String {
    format!("{number:<LINE$}|")
}

/// What the dropped client got is the beginning of all that it was told, and not all of it.
fn check_prefix(got: &[u8], lines: usize) -> Result<()> {
    let mut told = String::from("* you are 3\n2: hello\n2: and again\n");
    for number in 0..lines {
        told += &format!("1: {}\n", text(number));
    }
    ensure!(told.as_bytes().starts_with(got), "a dropped client got other bytes than it was told");
    ensure!(got.len() < told.len(), "a dropped client got everything");
    ensure!(got.len() > 65_536, "a dropped client got only {} bytes", got.len());
    Ok(())
}
