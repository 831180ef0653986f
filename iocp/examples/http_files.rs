//! A server of static files over HTTP/1.1: an event queue, several threads that poll it, no
//! `unsafe`.
//!
//! ```text
//! http_files FOLDER [--address ADDRESS:PORT] [--pollers N] [--patience SECONDS]
//! ```
//!
//! Patience is how long a whole request, or room for more of an answer, is waited for: 30 seconds, if
//! nothing is said.
//!
//! It prints `listening address=…` when it is ready, ends when its standard input does, and says
//! `done …` then. `cargo xtask examples http_files` checks it with curl and wrk.
//!
//! How it works: each connection is a small state machine behind a lock. Whatever its event says,
//! the poller that got it does all that can be done now: send, answer the next request, read. That
//! is right for any order of events, and for events that come late.
//!
//! What it leaves out: TLS, compression, ranges, lists of folders. Files are read by the thread that
//! polls, so a slow disk delays the connections of that thread; more pollers help. Links in the
//! folder are followed: who may make them publishes what they point to.

#[cfg(windows)]
#[path = "http_files/arguments.rs"]
mod arguments;
#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "http_files/connection.rs"]
mod connection;
#[cfg(windows)]
#[path = "http_files/date.rs"]
mod date;
#[cfg(windows)]
#[path = "http_files/request.rs"]
mod request;
#[cfg(windows)]
#[path = "http_files/response.rs"]
mod response;
#[cfg(windows)]
#[path = "http_files/server.rs"]
mod server;
#[cfg(windows)]
#[path = "http_files/target.rs"]
mod target;

#[cfg(windows)]
use iocp::poll::TcpStream;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "http_files FOLDER [--address ADDRESS:PORT] [--pollers N] [--patience SECONDS]";
    command_line::main(usage, arguments::Arguments::parse, |arguments| server::run(&arguments))
}

#[cfg(not(windows))]
fn main() {
    println!("http_files runs on Windows only; on Linux: cargo xtask examples");
}
