//! The accept servers: each connection is accepted, made ready for use, and closed.
//!
//! One accept is outstanding at a time, so that every connection takes the same way; of the event queue as many as
//! `--connections` says.

mod peers;
mod poll;
mod raw;
mod reuse;
mod socket;
mod typed;
mod typed_reuse;

use std::io::{Error, Result};

use iocp::poll::Interests;

use crate::{arguments::Args, setting};

/// Runs the server that `args` name, until the process is ended.
pub(crate) fn run(args: &Args) -> Result<()> {
    let listener = setting::listener(args)?;
    match args.server.as_str() {
        "raw" => raw::serve(&listener),
        "raw-reuse" => reuse::serve(&listener),
        "typed" => typed::serve(listener),
        "typed-reuse" => typed_reuse::serve(listener),
        "poll" => poll::serve(listener, args.connections, Interests::READABLE),
        "poll-silent" => poll::serve(listener, args.connections, Interests::NONE),
        "mio" => peers::mio(listener),
        "polling" => peers::polling(&listener),
        "compio" => peers::compio(listener),
        "tokio" => peers::tokio(listener),
        "smol" => peers::smol(listener),
        other => Err(Error::other(format!("no server is called `{other}`"))),
    }
}
