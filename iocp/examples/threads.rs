//! A server of several threads: all of them poll one `Poll`. It sends back what it gets.
//!
//! ```text
//! threads [--listen ADDRESS:PORT] [--threads N]
//! nc 127.0.0.1 7000
//! ```
//!
//! It prints `listening address=…`, and `held …` for a client that does not read, ends at `stop` or at the end of its standard input, and then
//! prints what each thread did, and `done …`.
//!
//! The system gives each event to one of the threads that wait. Two events of one connection may go
//! to two threads, so a connection has a lock; nothing else is shared but the table in which a
//! thread finds it. A client that does not read is not read either, until it does: so one
//! connection holds little memory, whatever it sends.
//!
//! The drawback: a thread may wait for another at a connection's lock. A lock is held for one turn.

#[cfg(windows)]
#[path = "threads/arguments.rs"]
mod arguments;
#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "threads/connection.rs"]
mod connection;
#[cfg(windows)]
#[path = "threads/server.rs"]
mod server;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "threads [--listen ADDRESS:PORT] [--threads N]";
    command_line::main(usage, arguments::Arguments::parse, |arguments| server::run(&arguments))
}

#[cfg(not(windows))]
fn main() {
    println!("threads runs on Windows only; on Linux: cargo xtask examples");
}
