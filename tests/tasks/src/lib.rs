//! What the checks share: a program of a task that runs, and how a check says what it found.

use std::{
    error::Error,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    sync::mpsc::{channel, Receiver},
    thread,
    time::Duration,
};

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How long a line may take; it only ends what hangs.
const LIMIT: Duration = Duration::from_secs(120);

/// Runs a check of the program that the command line names. `cargo xtask tasks` reads the last line: `ok` or
/// `failed`, with a text. (An exit code says nothing under Wine.)
pub fn check(check: impl FnOnce(&str) -> Result<String>) -> ExitCode {
    let Some(program) = std::env::args().nth(1) else {
        eprintln!("usage: check PROGRAM");
        return ExitCode::FAILURE;
    };
    match check(&program) {
        Ok(text) => {
            println!("ok text=\"{text}\"");
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("failed text=\"{}\"", error.to_string().replace('"', "'"));
            ExitCode::FAILURE
        }
    }
}

/// A program that runs, and is ended when this is dropped.
pub struct Program {
    pub child: Child,
    lines: Receiver<String>,
}

impl Program {
    /// Starts it; its standard input is open until it is dropped.
    pub fn start(program: &str, arguments: &[&str]) -> Result<Self> {
        let mut start = Command::new(program);
        let mut child =
            start.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("its output is piped")?;
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(std::result::Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Self { child, lines })
    }

    /// The next line of its output; an error when there is none.
    pub fn line(&mut self) -> Result<String> {
        self.lines.recv_timeout(LIMIT).map_err(|error| format!("no line of it: {error}").into())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended already needs nothing.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Bytes by a generator of random numbers: no two parts of them are alike.
pub fn random(seed: u64) -> impl FnMut(&mut [u8]) {
    let mut state = seed | 1;
    move |bytes| {
        for word in bytes.chunks_mut(8) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            word.copy_from_slice(&(state ^ state >> 29).to_le_bytes()[..word.len()]);
        }
    }
}
