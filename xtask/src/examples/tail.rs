//! `tail`: a file that bash adds to, and empties.

use std::{fs, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result};

use super::{folder, windows_path, Example, Findings};
use crate::{child::lines, process::command};

/// How long a line may take; the first Wine program is slow.
const LIMIT: Duration = Duration::from_secs(300);

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let path = folder()?.join("tail.log");
    fs::write(&path, "left out\nlast line\n")?;
    let mut start = example.command();
    start.args([&windows_path(&path), "--bytes", "10"]);
    let mut program = start.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let lines = lines(program.stdout.take().context("a piped child has a stdout")?);
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

fn bash(script: &str, path: &Path) -> Result<()> {
    let status = command("bash").args(["-c", script, "bash"]).arg(path).status()?;
    anyhow::ensure!(status.success(), "bash: {script}");
    Ok(())
}
