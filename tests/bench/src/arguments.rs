//! What the program is asked to run.

use std::io::{Error, Result};

use lexopt::{Arg, ValueExt};

/// The bench, the server, and its sizes.
#[derive(Clone, Debug)]
pub(crate) struct Args {
    pub(crate) bench: String,
    pub(crate) server: String,
    /// How many connections the server takes before it begins.
    pub(crate) connections: usize,
    /// Messages before counting begins.
    pub(crate) warm: u64,
    /// Messages that are counted.
    pub(crate) count: u64,
    /// Threads that wait on the port.
    pub(crate) waiters: usize,
    /// Whether several threads may count messages.
    pub(crate) shared: bool,
    /// Bytes of a connection's buffer.
    pub(crate) buffer: usize,
    /// Bytes of a message, 0: a message is a whole connection.
    pub(crate) message: usize,
    /// Whether the server only receives.
    pub(crate) one_way: bool,
    /// Whether the server closes after its first answer, without reading the end of the client.
    pub(crate) leaves: bool,
    /// Whether to execute a breakpoint at each end of what is counted: only under a stepper.
    pub(crate) marks: bool,
    /// Whether to count the calls through the import table.
    pub(crate) calls: bool,
}

impl Args {
    /// Reads the command line.
    pub(crate) fn parse() -> Result<Self> {
        Self::read(&mut lexopt::Parser::from_env()).map_err(Error::other)
    }

    fn read(parser: &mut lexopt::Parser) -> std::result::Result<Self, lexopt::Error> {
        let mut args = Self {
            bench: String::new(),
            server: String::new(),
            connections: 1,
            warm: 100,
            count: 100,
            waiters: 1,
            shared: false,
            buffer: 64,
            message: 64,
            one_way: false,
            leaves: false,
            marks: false,
            calls: false,
        };
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Value(word) if args.bench.is_empty() => args.bench = word.string()?,
                Arg::Value(word) if args.server.is_empty() => args.server = word.string()?,
                Arg::Long("connections") => args.connections = parser.value()?.parse()?,
                Arg::Long("warm") => args.warm = parser.value()?.parse()?,
                Arg::Long("count") => args.count = parser.value()?.parse()?,
                Arg::Long("waiters") => args.waiters = parser.value()?.parse()?,
                Arg::Long("buffer") => args.buffer = parser.value()?.parse()?,
                Arg::Long("message") => args.message = parser.value()?.parse()?,
                Arg::Long("one-way") => args.one_way = true,
                Arg::Long("leaves") => args.leaves = true,
                Arg::Long("shared") => args.shared = true,
                Arg::Long("marks") => args.marks = true,
                Arg::Long("calls") => args.calls = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(args)
    }
}
