//! The echo servers: whatever a connection receives goes back to it, 64 bytes at a time.

mod compio;
mod mio;
mod poll;
mod polling;
mod probe;
mod raw;
mod smol;
mod tokio;
mod typed;
mod typed_shared;

use std::io::{Error, Result};

use crate::{arguments::Args, setting};

/// Packets or events taken per wait, where a server may choose.
const ENTRIES: usize = 64;

/// Runs the server that `args` name, until the process is ended.
pub(crate) fn run(args: &Args) -> Result<()> {
    let streams = setting::connections(args)?;
    match args.server.as_str() {
        "raw" => raw::serve(streams, args),
        "typed" => typed::serve(streams, args),
        "typed-shared" => typed_shared::serve(streams, args),
        "probe" => probe::serve(streams, args),
        "poll" => poll::serve(streams, 1 << 20),
        "poll-zero" => poll::serve(streams, 0),
        "mio" => mio::serve(streams, args),
        "polling" => polling::serve(streams, args),
        "compio" => compio::serve(streams, args),
        "tokio" => tokio::serve(streams, args),
        "smol" => smol::serve(streams, args),
        other => Err(Error::other(format!("no server is called `{other}`"))),
    }
}
