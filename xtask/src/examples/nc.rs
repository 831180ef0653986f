//! `nc`, OpenBSD's: the client that is not ours; and bash, where nc would not do.

use std::{
    fs::File,
    io::{Read, Write},
    net::SocketAddr,
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{channel, Receiver},
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Context, Result};

use crate::{child::lines, process::command, setup};

/// How long anything it is to say may take.
const LIMIT: Duration = Duration::from_secs(300);

/// Sends on, while it waits for the end of its input; then reads as much as it sent.
const LATE: &str = r#"exec 3<>"/dev/tcp/$1/$2" || exit
cat "$3" >&3 &
read -r _
head -c "$(stat -c %s "$3")" <&3
wait $!
"#;

/// Installs it where it is missing.
pub(super) fn install() -> Result<()> {
    match setup::has("nc") {
        true => Ok(()),
        false => setup::packages("the examples' client", &["netcat-openbsd"]),
    }
}

/// A running `nc`; dropping it ends it.
#[derive(Debug)]
pub(super) struct Nc {
    process: Child,
    stdin: Option<ChildStdin>,
    output: Output,
}

#[derive(Debug)]
enum Output {
    /// Read by a thread.
    Lines(Receiver<String>),
    /// Read by nobody: when the pipe is full, nc stops reading its connection.
    Unread(ChildStdout),
    /// A file, or taken.
    Elsewhere,
}

impl Nc {
    /// A client whose lines are read as they come.
    pub(super) fn reading(address: SocketAddr) -> Result<Self> {
        let mut this = Self::silent(address)?;
        if let Output::Unread(stdout) = std::mem::replace(&mut this.output, Output::Elsewhere) {
            this.output = Output::Lines(lines(stdout));
        }
        Ok(this)
    }

    /// A client that stops reading after what a pipe holds.
    pub(super) fn silent(address: SocketAddr) -> Result<Self> {
        Self::unread(&mut nc(address))
    }

    /// A client that sends a file, and reads nothing before [`all_that_came`](Self::all_that_came).
    ///
    /// It is bash: nc sends nothing while it waits to write what it got.
    pub(super) fn late(address: SocketAddr, from: &Path) -> Result<Self> {
        let mut bash = command("bash");
        bash.args(["-c", LATE, "late", &address.ip().to_string(), &address.port().to_string()]);
        Self::unread(bash.arg(from))
    }

    fn unread(start: &mut Command) -> Result<Self> {
        let mut process = start
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the client does not start")?;
        let stdin = process.stdin.take();
        let stdout = process.stdout.take().context("a piped child has a stdout")?;
        Ok(Self { process, stdin, output: Output::Unread(stdout) })
    }

    /// A client that sends one file, ends its half, and writes what it gets to another.
    pub(super) fn copying(address: SocketAddr, from: &Path, to: &Path) -> Result<Self> {
        let mut start = nc(address);
        start.stdin(File::open(from)?).stdout(File::create(to)?);
        let process = start.spawn().context("nc does not start")?;
        Ok(Self { process, stdin: None, output: Output::Elsewhere })
    }

    pub(super) fn say(&mut self, text: &str) -> Result<()> {
        let stdin = self.stdin.as_mut().context("its input is closed")?;
        stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush()).context("nc has ended")
    }

    /// The next line that it got.
    pub(super) fn line(&self) -> Result<String> {
        match &self.output {
            Output::Lines(lines) => lines.recv_timeout(LIMIT).context("nc got no further line"),
            _ => bail!("its lines are not read"),
        }
    }

    /// Reads after all what a silent client got, to its end.
    pub(super) fn all_that_came(&mut self) -> Result<Vec<u8>> {
        // nc ends when both its inputs have.
        self.stdin = None;
        match std::mem::replace(&mut self.output, Output::Elsewhere) {
            Output::Unread(mut stdout) => {
                let (sender, all) = channel();
                thread::spawn(move || {
                    let mut bytes = Vec::new();
                    // Its receiver may have given up.
                    let _ = sender.send(stdout.read_to_end(&mut bytes).map(|_| bytes));
                });
                Ok(all.recv_timeout(LIMIT).context("nc's output does not end")??)
            }
            _ => bail!("its output is read already"),
        }
    }

    /// Waits until it has ended by itself, in order.
    pub(super) fn wait(&mut self) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < LIMIT {
            match self.process.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("nc ended with {status}"),
                None => thread::sleep(Duration::from_millis(10)),
            }
        }
        bail!("nc did not end within {} s", LIMIT.as_secs())
    }
}

impl Drop for Nc {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn nc(address: SocketAddr) -> Command {
    let mut nc = command("nc");
    // `-N` ends the sending half at the end of its input; `-n` looks nothing up.
    nc.args(["-n", "-N", &address.ip().to_string(), &address.port().to_string()]);
    nc
}
