//! The example, as it is.

use std::{
    ffi::OsString,
    io::{Error, Result},
};

use iocp::poll::TcpStream;

use super::{request, response};

#[path = "../../../../../iocp/examples/http_files/arguments.rs"]
mod arguments;
#[path = "../../../../../iocp/examples/shared/command_line.rs"]
mod command_line;
#[path = "../../../../../iocp/examples/http_files/connection.rs"]
#[allow(clippy::duplicate_mod)] // reason: its stream is the one of the module above it
mod connection;
#[path = "../../../../../iocp/examples/http_files/server.rs"]
mod server;

/// Serves until its standard input ends, with one thread that polls.
pub(super) fn serve(folder: &str) -> Result<()> {
    // Nothing here may meet its end: a busy machine leaves a client waiting.
    let words = [folder, "--pollers", "1", "--patience", "3600"].map(OsString::from);
    let arguments =
        arguments::Arguments::parse(Vec::from(words).into_iter()).map_err(Error::other)?;
    server::run(&arguments)
}
