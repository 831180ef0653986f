//! A chat: what one client writes, a line at a time, all others read. One thread, no `unsafe`.
//!
//! ```text
//! chat [--listen ADDRESS:PORT] [--clients N] [--high-water BYTES]
//! nc 127.0.0.1 7000
//! ```
//!
//! It prints `listening address=…`, and a line for each client that it drops. It ends at `stop` or at
//! the end of its standard input, with a line `done …`.
//!
//! Memory is bounded, however slow the clients are. A write never waits: it is queued, up to the
//! high-water mark. A client that does not read reaches the mark and is dropped, and the others hear
//! every line. What is queued at the drop is still sent if the client reads on.
//!
//! The drawback: a burst that is larger than the mark drops a client that reads well. So a turn
//! takes at most 4 KiB from one client, and the mark is at least 64 KiB.

#[cfg(windows)]
#[path = "chat/arguments.rs"]
mod arguments;
#[cfg(windows)]
#[path = "chat/client.rs"]
mod client;
#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "chat/room.rs"]
mod room;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "chat [--listen ADDRESS:PORT] [--clients N] [--high-water BYTES]";
    command_line::main(usage, arguments::Arguments::parse, |arguments| room::run(&arguments))
}

#[cfg(not(windows))]
fn main() {
    println!("chat runs on Windows only; on Linux: cargo xtask examples");
}
