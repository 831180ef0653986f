//! A child process that speaks in lines: `name key=value key="value" ...`.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    process::{Child as Process, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::{channel, Receiver, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

/// One line, taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields {
    pub(crate) name: String,
    values: BTreeMap<String, String>,
}

impl Fields {
    pub(crate) fn parse(line: &str) -> Self {
        let (name, mut rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let mut values = BTreeMap::new();
        while let Some((key, after)) = rest.split_once('=') {
            let (value, next) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
                None => after.split_once(' ').unwrap_or((after, "")),
            };
            values.insert(key.trim().to_owned(), value.to_owned());
            rest = next;
        }
        Self { name: name.to_owned(), values }
    }

    /// A value as it was written; `none` when it is not there.
    pub(crate) fn text(&self, key: &str) -> String {
        self.values.get(key).map_or_else(|| "none".to_owned(), Clone::clone)
    }

    /// A value such as `0x1f`.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    pub(crate) fn hex(&self, key: &str) -> Option<u64> {
        u64::from_str_radix(self.values.get(key)?.strip_prefix("0x")?, 16).ok()
    }

    /// A value as a number; `None` when it is not there or not a number.
    pub(crate) fn number(&self, key: &str) -> Option<u64> {
        self.values.get(key)?.parse().ok()
    }
}

/// A running child whose lines arrive in a channel.
#[derive(Debug)]
pub(crate) struct Child {
    process: Process,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    over: bool,
}

impl Child {
    /// Starts the child in a process group of its own: Ctrl-C then reaches us alone, and the child
    /// ends in order when we close its standard input.
    pub(crate) fn start(what: &str, command: &mut Command) -> Result<Self> {
        own_group(command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().with_context(|| format!("{what} does not start"))?;
        let stdin = process.stdin.take();
        let stdout = process.stdout.take().context("a piped child has a stdout")?;
        let lines = lines(stdout);
        Ok(Self { process, stdin, lines, over: false })
    }

    /// The next line, if one comes within `limit`.
    pub(crate) fn line(&mut self, limit: Duration) -> Option<Fields> {
        match self.lines.recv_timeout(limit) {
            Ok(line) => Some(Fields::parse(&line)),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                self.over = true;
                None
            }
        }
    }

    /// Skips lines until one has this name. `None`: it never came, or `stop` was set.
    pub(crate) fn wait_for(
        &mut self,
        name: &str,
        limit: Duration,
        stop: &AtomicBool,
    ) -> Result<Option<Fields>> {
        let begun = Instant::now();
        while begun.elapsed() < limit && !self.over && !stop.load(Ordering::SeqCst) {
            match self.line(Duration::from_millis(50)) {
                Some(line) if line.name == name => return Ok(Some(line)),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Its number, which is that of its process group too.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Holds it up, with all that it started, until `meanwhile` is over.
    #[cfg(target_os = "linux")]
    pub(crate) fn hold<T>(&self, meanwhile: impl FnOnce() -> T) -> T {
        use nix::sys::signal::Signal;
        signal(self.process.id(), Signal::SIGSTOP);
        let result = meanwhile();
        signal(self.process.id(), Signal::SIGCONT);
        result
    }

    /// Whether its standard output has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Writes one line; a child that is gone is noticed by its output.
    pub(crate) fn say(&mut self, line: &str) {
        if let Some(stdin) = &mut self.stdin {
            drop(writeln!(stdin, "{line}").and_then(|()| stdin.flush()));
        }
    }

    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Waits a moment for the process to end, then ends it and its process group.
    pub(crate) fn end(&mut self) {
        self.close_stdin();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            if let Ok(Some(_)) = self.process.try_wait() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        kill_group(self.process.id());
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.end();
    }
}

/// The lines of a program as they come, read by a thread.
pub(crate) fn lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// Ctrl-C reaches the parent alone then, and [`kill_group`] all that the child starts.
#[cfg(unix)]
pub(crate) fn own_group(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// A wrapper's death leaves the program it started: they end together.
#[cfg(target_os = "linux")]
pub(crate) fn kill_group(group: u32) {
    signal(group, nix::sys::signal::Signal::SIGKILL);
}

#[cfg(target_os = "linux")]
fn signal(group: u32, signal: nix::sys::signal::Signal) {
    use nix::{sys::signal::killpg, unistd::Pid};
    // A group that is gone needs nothing.
    let _ = i32::try_from(group).map(|group| killpg(Pid::from_raw(group), signal));
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn kill_group(_: u32) {}

#[cfg(windows)]
pub(crate) fn own_group(command: &mut Command) {
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x200;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NEW_PROCESS_GROUP);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[test]
    fn what_does_not_end_is_ended_with_all_that_it_started() {
        // A wrapper that waits for a program which heeds nothing.
        let mut wrapper = Command::new("sh");
        wrapper.args(["-c", "sleep 601 & echo \"started id=$!\"; wait"]);
        let mut child = Child::start("a wrapper", &mut wrapper).expect("sh is there");
        let line = child.line(Duration::from_secs(120)).expect("it says the number");
        let program = format!("/proc/{}/stat", line.number("id").expect("a number"));
        child.end();
        let is_gone = || {
            // What nobody has waited for yet is dead all the same.
            let stat = std::fs::read_to_string(&program).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        };
        let begun = Instant::now();
        while !is_gone() {
            assert!(begun.elapsed() < Duration::from_secs(120), "it was left behind");
            thread::yield_now();
        }
    }

    #[test]
    fn a_line_is_taken_apart() {
        let line = Fields::parse("listening ipv4=127.0.0.1:9 ipv6=none kernel=\"wine 8.0\" x=7\r");
        assert_eq!(line.name, "listening");
        assert_eq!(line.text("ipv4"), "127.0.0.1:9");
        assert_eq!(line.text("kernel"), "wine 8.0");
        assert_eq!((line.number("x"), line.number("y")), (Some(7), None));
    }
}
