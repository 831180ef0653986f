//! `supervisor`: a command shell that ends is started again; one with a child that goes on is ended with it.

use anyhow::{bail, Result};

use super::{
    program::{expect, Program},
    Example, Findings,
};

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let found = crashes(example)?;
    findings.add("a child that ends is started again", true, found);
    let found = tree(example)?;
    findings.add("a tree is ended as a whole", true, found);
    Ok(())
}

fn crashes(example: &Example<'_>) -> Result<String> {
    let mut start = example.command();
    start.args(["--restarts", "2", "cmd", "/c", "exit", "3"]);
    let mut program = Program::start(start)?;
    for _ in 0..3 {
        program.line("started")?;
        expect(&program.line("exited")?, "code", 3)?;
    }
    let done = program.line("done")?;
    expect(&done, "starts", 3)?;
    expect(&done, "active", 0)?;
    Ok("cmd ended with code 3 and was started 3 times".to_owned())
}

/// A shell that waits for another one, which waits for its input.
fn tree(example: &Example<'_>) -> Result<String> {
    let mut start = example.command();
    start.args(["cmd", "/c", "cmd", "/k"]);
    let mut program = Program::start(start)?;
    let started = program.line("started")?;
    if started.number("pid").is_none() {
        bail!("it says no number: `{}`", started.text("pid"));
    }
    program.stop();
    let done = program.line("done")?;
    expect(&done, "starts", 1)?;
    expect(&done, "active", 0)?;
    Ok("two shells, none left after the end".to_owned())
}
