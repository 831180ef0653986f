//! `supervisor`: a command shell that ends is started again; one with a child that goes on is ended with it, also at
//! Ctrl-C.

use anyhow::{bail, Result};

use super::{
    program::{expect, Program},
    windows_path, Example, Findings,
};
use crate::{
    process::{cargo, command, run, target_dir},
    wine::TARGET,
};

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    findings.seen("a child that ends is started again", crashes(example)?);
    findings.seen("a tree is ended as a whole", tree(example)?);
    findings.seen("Ctrl-C ends it in order", ctrl_c(example)?);
    Ok(())
}

fn crashes(example: &Example<'_>) -> Result<String> {
    let mut program = example.start(&["--restarts", "2", "cmd", "/c", "exit", "3"])?;
    for _ in 0..3 {
        program.line("started")?;
        expect(&program.line("exited")?, "code", 3)?;
    }
    program.done(&[("starts", 3), ("active", 0)])?;
    Ok("cmd ended with code 3 and was started 3 times".to_owned())
}

/// A shell that waits for another one, which waits for its input.
fn tree(example: &Example<'_>) -> Result<String> {
    let mut program = example.start(&["cmd", "/c", "cmd", "/k"])?;
    let started = program.line("started")?;
    if started.number("pid").is_none() {
        bail!("it says no number: `{}`", started.text("pid"));
    }
    program.end(&[("starts", 1), ("active", 0)])?;
    Ok("two shells, none left after the end".to_owned())
}

/// In a console of its own, which a program of the tests makes and whose keys it presses.
fn ctrl_c(example: &Example<'_>) -> Result<String> {
    let mut build = cargo(["build", "--release", "-p", "iocp-tests", "--bin", "in_console"]);
    run(build.args(["--target", TARGET]))?;
    let mut start = command(&example.wine.runner);
    let folder = target_dir().join(TARGET).join("release");
    start.arg(folder.join("in_console.exe")).arg(windows_path(&example.program));
    start.args(["cmd", "/c", "cmd", "/k"]);
    let mut program = Program::start(start)?;
    program.line("started")?;
    program.say("ctrl-c");
    let heard = program.line("console")?;
    if heard.text("says") != "CtrlC" {
        bail!("it heard of {}", heard.text("says"));
    }
    program.done(&[("starts", 1), ("active", 0)])?;
    program.stop();
    Ok("two shells, none left after it".to_owned())
}
