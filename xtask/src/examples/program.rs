//! An example that runs, and speaks in lines.

use std::{net::SocketAddr, process::Command, sync::atomic::AtomicBool, time::Duration};

use anyhow::{bail, Context, Result};

use crate::child::{Child, Fields};

/// How long an example may take to start (a first Wine program is slow) and to end.
const LIMIT: Duration = Duration::from_secs(300);

/// A running example.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
}

impl Program {
    pub(super) fn start(mut command: Command) -> Result<Self> {
        Ok(Self { child: Child::start("the example", &mut command)? })
    }

    /// Where a server says that it listens.
    pub(super) fn address(&mut self) -> Result<SocketAddr> {
        let address = self.line("listening")?.text("address");
        address.parse().with_context(|| format!("it listens on `{address}`"))
    }

    /// The next line of this name.
    pub(super) fn line(&mut self, name: &str) -> Result<Fields> {
        match self.child.wait_for(name, LIMIT, &AtomicBool::new(false))? {
            Some(line) => Ok(line),
            None => bail!("its line `{name}` did not come"),
        }
    }

    /// The next line, whatever it is, if one comes within `limit`.
    pub(super) fn next_line(&mut self, limit: Duration) -> Option<Fields> {
        self.child.line(limit)
    }

    /// Holds it up until `meanwhile` is over.
    #[cfg(target_os = "linux")]
    pub(super) fn hold<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        self.child.hold(meanwhile)
    }

    /// Writes one line to its standard input.
    pub(super) fn say(&mut self, line: &str) {
        self.child.say(line);
    }

    /// Asks a server to end.
    pub(super) fn stop(&mut self) {
        self.child.close_stdin();
    }

    /// The same; returns its last line, which says these numbers.
    pub(super) fn end(&mut self, right: &[(&str, u64)]) -> Result<Fields> {
        self.stop();
        self.done(right)
    }

    /// The last line, which says these numbers: a program's exit status under Wine says nothing.
    pub(super) fn done(&mut self, right: &[(&str, u64)]) -> Result<Fields> {
        let done = self.line("done")?;
        right.iter().try_for_each(|(key, number)| expect(&done, key, *number))?;
        Ok(done)
    }
}

/// An error unless a line says this number.
pub(super) fn expect(line: &Fields, key: &str, number: u64) -> Result<()> {
    match line.number(key) {
        Some(found) if found == number => Ok(()),
        _ => bail!("its line `{}` says {key}={}, not {number}", line.name, line.text(key)),
    }
}
