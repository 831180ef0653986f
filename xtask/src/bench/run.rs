//! What is run of a server, and what that brought.

use anyhow::{bail, Context, Result};

use super::client::MESSAGE;
use crate::child::Fields;

/// One run of one server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'a> {
    pub(super) bench: &'a str,
    pub(super) server: &'a str,
    pub(super) connections: usize,
    /// Messages on their way at once.
    pub(super) window: usize,
    pub(super) warm: u64,
    pub(super) count: u64,
    /// Threads that wait, and whether they share the count of messages.
    pub(super) waiters: usize,
    pub(super) shared: bool,
    /// Whether each round of what counts begins when the server waits.
    pub(super) settle: bool,
    pub(super) steps: bool,
    pub(super) calls: bool,
    pub(super) pinned: bool,
    /// Bytes of a message; 0: a message is a whole connection.
    pub(super) size: usize,
    /// Bytes of a connection's memory.
    pub(super) room: usize,
    pub(super) pace: Pace,
    /// Whether the server closes after its first answer, without reading the end of the client.
    pub(super) leaves: bool,
}

/// When the next message comes, of the servers of work.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Pace {
    /// When the server waits: the whole of it is there at once, if the system takes as much.
    Waits,
    /// All are there before the first is answered.
    Busy,
    /// Bursts, each of which is there as a whole when the server begins with it; it answers none.
    OneWay,
}

impl Run<'_> {
    /// One connection in lock step.
    pub(super) const ECHO: Run<'static> = Run {
        bench: "echo",
        server: "raw",
        connections: 1,
        window: 1,
        warm: 64,
        count: 100,
        waiters: 1,
        shared: false,
        settle: false,
        steps: false,
        calls: false,
        pinned: false,
        size: MESSAGE,
        room: MESSAGE,
        pace: Pace::Waits,
        leaves: false,
    };

    /// The program that has the server.
    pub(super) fn program(&self) -> &'static str {
        match self.bench {
            "stream" | "udp" | "growth" | "full" => "iocp-bench-work.exe",
            _ => "iocp-bench.exe",
        }
    }

    /// Whether the program has no client.
    pub(super) fn is_alone(&self) -> bool {
        matches!(self.bench, "batch" | "timers" | "growth" | "full")
    }
}

/// What a run brought.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) counted: Fields,
    pub(super) stepped: Option<Fields>,
    pub(super) messages: f64,
    /// Microseconds per message for which the server and Wine's server ran on a core.
    pub(super) cpu_us: f64,
}

impl Outcome {
    /// A count of the server.
    pub(super) fn total(&self, key: &str) -> Result<f64> {
        let number = self.counted.number(key).or_else(|| self.stepped.as_ref()?.number(key));
        Ok(number.with_context(|| format!("the server did not count {key}"))? as f64)
    }

    /// A count of the server per message; of what was stepped, per message that is whole.
    pub(super) fn each(&self, key: &str) -> Result<f64> {
        let Some(stepped) = self.stepped.as_ref().filter(|_| self.counted.number(key).is_none())
        else {
            return Ok(self.total(key)? / self.messages);
        };
        match (stepped.number(&format!("whole.{key}")), stepped.number("messages")) {
            (Some(count), Some(messages @ 1..)) => Ok(count as f64 / messages as f64),
            _ => bail!("no whole message was stepped: no thread has had two"),
        }
    }

    /// Calls of one function per message; 0 for one that was never called.
    pub(super) fn calls(&self, name: &str) -> f64 {
        self.counted.number(&format!("call.{name}")).unwrap_or(0) as f64 / self.messages
    }
}
