//! `resolve_at_run_time` and `registered_io`, the examples of `iocp-sys`: what this system lacks is found
//! missing, and the program runs all the same.

use anyhow::Result;

use super::{program::Program, Example, Findings};

/// What the example looks up, in its order. No Wine so far exports any of it.
const LOOKED_UP: [&str; 4] = [
    "NtCreateWaitCompletionPacket",
    "NtAssociateWaitCompletionPacket",
    "ReadDirectoryChangesExW",
    "ProcessSocketNotifications",
];

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let listed = include_str!("../../../tests/api/not-in-wine.txt");
    let mut program = example.start(&[])?;
    for name in &LOOKED_UP[..2] {
        looked_up(&mut program, name, findings)?;
    }
    let packet = program.line("packet")?;
    findings.same("the key of the event's packet", &packet.text("key").as_str(), &"7");
    findings.same("what waited for the event", &packet.text("by").as_str(), &"thread-pool");
    for name in &LOOKED_UP[2..] {
        looked_up(&mut program, name, findings)?;
    }
    program.done(&[])?;
    for name in LOOKED_UP {
        let is_listed = listed.lines().any(|line| line.starts_with(&format!("{name} since ")));
        findings.add("is in tests/api/not-in-wine.txt", is_listed, name);
    }
    Ok(())
}

/// No Wine so far has registered I/O.
pub(super) fn check_registered(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let mut program = example.start(&[])?;
    let found = program.line("registered-io")?;
    findings.same("whether there is registered I/O", &found.text("found").as_str(), &"false");
    let received = program.line("received")?;
    findings.same("what has received", &received.text("by").as_str(), &"recvfrom");
    program.done(&[])?;
    Ok(())
}

fn looked_up(program: &mut Program, name: &str, findings: &mut Findings) -> Result<()> {
    let line = program.line("function")?;
    findings.same("what was looked up", &line.text("name").as_str(), &name);
    findings.same("whether it was found", &line.text("found").as_str(), &"false");
    Ok(())
}
