//! `tail`: a file that bash adds to, and empties.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Stdio},
    sync::mpsc::{channel, Receiver},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use super::{windows_path, Example, Findings};
use crate::process::{command, target_dir};

/// How long a line may take; the first Wine program is slow.
const LIMIT: Duration = Duration::from_secs(300);

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let folder = target_dir().join("examples");
    fs::create_dir_all(&folder)?;
    let path = folder.join("tail.log");
    fs::write(&path, "left out\nlast line\n")?;
    let mut start = example.command();
    start.args([&windows_path(&path), "--bytes", "10"]);
    let mut program = start.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let lines = lines_of(&mut program)?;
    findings.same("the end of the file", &lines.recv_timeout(LIMIT)?.as_str(), &"last line");
    for line in ["added by bash", "and once more"] {
        bash(&format!("echo '{line}' >> \"$1\""), &path)?;
        findings.same("what was added", &lines.recv_timeout(LIMIT)?.as_str(), &line);
    }
    bash("seq 100000 >> \"$1\"", &path)?;
    let all = (1..=100_000)
        .all(|n| lines.recv_timeout(LIMIT).is_ok_and(|line: String| line == n.to_string()));
    findings.add("100,000 lines at once, in order", all, "seq 100000");
    bash("echo anew > \"$1\"", &path)?;
    findings.same("a file that was emptied", &lines.recv_timeout(LIMIT)?.as_str(), &"anew");
    program.stdin = None;
    let ended = lines.recv_timeout(LIMIT).is_err();
    findings.add("the end of its standard input", ended && program.wait().is_ok(), "it ends");
    fs::remove_file(&path)?;
    Ok(())
}

fn lines_of(program: &mut Child) -> Result<Receiver<String>> {
    let stdout = program.stdout.take().context("a piped child has a stdout")?;
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    Ok(lines)
}

fn bash(script: &str, path: &Path) -> Result<()> {
    let status = command("bash").args(["-c", script, "bash"]).arg(path).status()?;
    anyhow::ensure!(status.success(), "bash: {script}");
    Ok(())
}
