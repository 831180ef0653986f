//! Waiting until a server waits, without a clock.
//!
//! A message must find the server where the one before it found it, or a count is not exact. No pause
//! is long enough for that on a busy machine, and a long one makes the counts slow. So we look: the
//! server is quiet when every thread of it, of its tracer and of Wine's server sleeps, and none of
//! them has run between two looks. What one of them has still to do would show, because the other
//! was woken for it: at the moment between the two looks all of them slept.
//!
//! The drawback: Linux only. Elsewhere this is a short pause.

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Result};

use super::pin::wine_servers;

/// How long a server may take until it waits.
const PATIENCE: Duration = Duration::from_secs(300);

/// Between two looks, and in the place of looks where there is nothing to look at.
const STEP: Duration = Duration::from_micros(300);
const PAUSE: Duration = Duration::from_millis(10);

/// The processes that must sleep: a process group, and what serves it.
#[derive(Debug)]
pub(super) struct Quiet {
    group: u32,
    /// Their folders in `/proc`: of the group, and of Wine's servers.
    server: Vec<PathBuf>,
    wine: Vec<PathBuf>,
}

/// One thread at one moment: its number, its state, how often it was switched away from.
type Thread = (String, char, u64);

/// Sleeping, as `/proc` says it; and what is left of a process that has ended.
const SLEEPS: char = 'S';
const ENDED: [char; 2] = ['Z', 'X'];

impl Quiet {
    /// Of the process group that this process leads.
    pub(super) fn of_group(group: u32) -> Result<Self> {
        let mut quiet = Self { group, server: Vec::new(), wine: Vec::new() };
        if cfg!(target_os = "linux") {
            quiet.wine = wine_servers()?;
            let all = fs::read_dir("/proc")?.flatten().map(|process| process.path());
            quiet.server = all.filter(|folder| group_of(folder) == Some(group)).collect();
        }
        Ok(quiet)
    }

    /// Returns once all of them wait.
    pub(super) fn wait(&self) -> Result<()> {
        if cfg!(not(target_os = "linux")) {
            thread::sleep(PAUSE);
            return Ok(());
        }
        let begun = Instant::now();
        let mut before = Vec::new();
        while begun.elapsed() < PATIENCE {
            let server = look(&self.server);
            if server.iter().all(|(_, state, _)| ENDED.contains(state)) {
                bail!("the server has ended");
            }
            let now = [server, look(&self.wine)].concat();
            if now == before && now.iter().all(|(_, state, _)| *state == SLEEPS) {
                return Ok(());
            }
            before = now;
            thread::sleep(STEP);
        }
        bail!("the server did not come to wait within {} s", PATIENCE.as_secs())
    }

    /// Nanoseconds for which the processes have run so far; not a number where that is not known.
    pub(super) fn cpu_ns(&self) -> f64 {
        let mut sum = f64::NAN;
        for folder in self.server.iter().chain(&self.wine) {
            let Ok(tasks) = fs::read_dir(folder.join("task")) else { continue };
            for task in tasks.flatten() {
                let ran = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
                let ran = ran.split(' ').next().and_then(|ns| ns.parse::<f64>().ok());
                sum = if sum.is_nan() { 0.0 } else { sum } + ran.unwrap_or(0.0);
            }
        }
        sum
    }

    /// Waits, and if asked then [holds](Self::hold).
    pub(super) fn settle(&self, hold: bool) -> Result<Option<Held>> {
        self.wait()?;
        hold.then(|| self.hold()).transpose()
    }

    /// Stops the group until the guard is dropped: what arrives meanwhile is there at once then.
    #[cfg(target_os = "linux")]
    fn hold(&self) -> Result<Held> {
        let group = nix::unistd::Pid::from_raw(i32::try_from(self.group)?);
        nix::sys::signal::killpg(group, nix::sys::signal::Signal::SIGSTOP)?;
        Ok(Held { group })
    }

    /// No process is stopped here: the server may begin while messages are still written.
    #[cfg(not(target_os = "linux"))]
    fn hold(&self) -> Result<Held> {
        let _ = self.group;
        Ok(Held {})
    }
}

fn look(processes: &[PathBuf]) -> Vec<Thread> {
    let tasks = processes.iter().filter_map(|folder| fs::read_dir(folder.join("task")).ok());
    let thread = |task: fs::DirEntry| {
        let status = fs::read_to_string(task.path().join("status")).ok()?;
        let (state, switches) = read(&status);
        Some((task.file_name().to_string_lossy().into_owned(), state, switches))
    };
    tasks.flat_map(|tasks| tasks.flatten().filter_map(thread)).collect()
}

/// While it lives, the server is stopped.
#[derive(Debug)]
pub(super) struct Held {
    #[cfg(target_os = "linux")]
    group: nix::unistd::Pid,
}

#[cfg(target_os = "linux")]
impl Drop for Held {
    fn drop(&mut self) {
        // A group that is gone needs nothing.
        let _ = nix::sys::signal::killpg(self.group, nix::sys::signal::Signal::SIGCONT);
    }
}

/// The state of a thread, and how often it has stopped running, from its `status` file.
fn read(status: &str) -> (char, u64) {
    let (mut state, mut switches) = ('?', 0);
    for line in status.lines() {
        let Some((key, value)) = line.split_once(":\t") else { continue };
        match key {
            "State" => state = value.chars().next().unwrap_or('?'),
            "voluntary_ctxt_switches" | "nonvoluntary_ctxt_switches" => {
                switches += value.trim().parse::<u64>().unwrap_or(0);
            }
            _ => {}
        }
    }
    (state, switches)
}

/// The process group: the third field after the name, which may hold anything.
fn group_of(process: &Path) -> Option<u32> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_is_known_by_its_state_and_its_switches() {
        let status = "Name:\tx: y\nState:\tS (sleeping)\nvoluntary_ctxt_switches:\t7\n\
                      nonvoluntary_ctxt_switches:\t2\n";
        assert_eq!(read(status), ('S', 9));
        assert_eq!(read("State:\tR (running)\n"), ('R', 0));
        assert_eq!(read("State:\tt (tracing stop)\n"), ('t', 0));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_runs_is_not_quiet_and_what_sleeps_is() {
        use std::{os::unix::process::CommandExt, process::Command};

        let start = |words: [&str; 2]| {
            Command::new(words[0]).arg(words[1]).process_group(0).spawn().expect("it starts")
        };
        let mut sleeper = start(["sleep", "60"]);
        let quiet = Quiet::of_group(sleeper.id()).expect("it is there");
        assert!(quiet.wait().is_ok());
        assert!(quiet.cpu_ns() > 0.0, "to start takes time");
        let held = quiet.hold().expect("it can be stopped");
        while look(&quiet.server).iter().any(|(_, state, _)| *state != 'T') {}
        drop(held);
        assert!(quiet.wait().is_ok(), "it goes on");
        sleeper.kill().expect("it ends");
        sleeper.wait().expect("it ended");
        assert!(quiet.wait().is_err(), "nothing is left");
    }
}
