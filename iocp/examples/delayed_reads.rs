//! Five registrations with different delays: the events come in the order of arrival.
//!
//! ```text
//! delayed_reads [--server ADDRESS:PORT]
//! ```
//!
//! One thread polls, another registers, a third closes the loop. The first connection asks for the
//! longest delay, so the events come in the opposite order of the registrations. The program checks
//! that itself: it prints one line for each answer and `done …`, and fails if an answer is wrong,
//! early or out of order.
//!
//! Without `--server` it asks a server within itself. A server elsewhere gets a line with a number
//! of milliseconds, and answers `after N`, after so long, and closes; it may be of any make.
//! One that answers with more than 64 bytes, or not within two minutes, is an error.
//!
//! The drawback: order is concluded from delays that lie well apart. On a machine that stands still
//! for longer than that, the program says that the order is wrong.

#[cfg(windows)]
#[path = "delayed_reads/asking.rs"]
mod asking;
#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "delayed_reads/reactor.rs"]
mod reactor;
#[cfg(windows)]
#[path = "delayed_reads/server.rs"]
mod server;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "delayed_reads [--server ADDRESS:PORT]";
    command_line::main(usage, asking::parse, asking::run)
}

#[cfg(not(windows))]
fn main() {
    println!("delayed_reads runs on Windows only; on Linux: cargo xtask examples");
}
