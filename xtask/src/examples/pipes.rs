//! `pipe_server` and `pipe_client`: both modes, several clients at once, some that leave early, and Wine's
//! command interpreter as a client that is not ours.

use std::{process::Command, time::Duration};

use anyhow::Result;

use super::{program::Program, Example, Findings};
use crate::{
    process::{cargo, command, run as run_command, target_dir},
    wine::TARGET,
};

/// How long a line of the clients may take.
const LIMIT: Duration = Duration::from_secs(300);

const CLIENTS: usize = 6;
const LINES: usize = 20;

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    run_command(
        cargo(["build", "--release", "-p", "iocp", "--example", "pipe_client"])
            .args(["--target", TARGET]),
    )?;
    let client = target_dir().join(TARGET).join("release/examples/pipe_client.exe");
    for mode in [&[][..], &["--messages"]] {
        let name = format!(r"\\.\pipe\iocp-examples-{}", std::process::id());
        let start = |program: &std::path::Path| {
            let mut start = command(&example.wine.runner);
            start.arg(program).arg(&name).args(mode);
            start
        };
        let mut server = Program::start(start(&example.program))?;
        server.line("listening")?;
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(Program::start(start(&client))?);
        }
        let mut answered = 0;
        for line in 0..LINES {
            for (number, program) in clients.iter_mut().enumerate() {
                // Those with odd numbers leave early.
                if number % 2 == 1 && line >= 2 * number {
                    program.stop();
                    continue;
                }
                let text = format!("line-{line}-of-{number}-{}", "x".repeat(line * 500));
                program.say(&text);
                let answer = program.line("answer")?;
                answered += usize::from(answer.text("text") == text);
            }
        }
        let said = CLIENTS / 2 * LINES + 2 + 6 + 10;
        let what = if mode.is_empty() {
            "lines answered, as bytes"
        } else {
            "lines answered, as messages"
        };
        findings.same(what, &answered, &said);
        for client in &mut clients {
            client.end(&[])?;
        }
        let other = interpreter(&example.wine.runner, &name)?;
        let mut gone = 0;
        while gone < CLIENTS + 1 {
            match server.next_line(LIMIT) {
                Some(line) if line.name == "client" => gone += 1,
                Some(_) => {}
                None => break,
            }
        }
        findings.add("clients that left, the interpreter too", other && gone == CLIENTS + 1, gone);
        let done = server.end(&[])?;
        let right = Some(CLIENTS as u64 + 1);
        findings.same("clients, as the server says", &done.number("clients"), &right);
    }
    Ok(())
}

/// Writes a line to the pipe by `echo`. Whether it has.
fn interpreter(runner: &std::path::Path, name: &str) -> Result<bool> {
    let mut shell: Command = command(runner);
    shell.args(["cmd.exe", "/c", &format!("echo said by the interpreter>{name}")]);
    Ok(shell.status()?.success())
}
