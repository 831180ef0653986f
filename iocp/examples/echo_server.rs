//! A TCP echo server: several threads on one completion port, no `unsafe`, no allocation per
//! message.
//!
//! ```text
//! echo_server [--ipv4 ADDRESS:PORT] [--ipv6 ADDRESS:PORT] [--workers N]
//! ```
//!
//! It prints `listening …` when it is ready and `progress …` every second; on standard input it
//! understands `steady` (allocations since the last time) and ends at `stop` or at the end of the
//! input, with one line `done …`. `cargo xtask demo` runs it under load.
//!
//! How it works: one operation per connection goes round for ever, receive, send, receive … Its
//! ticket lies in the connection, whose number is the operation's token: so whichever thread takes
//! the packet finds both.

#[cfg(windows)]
#[path = "echo_server/arguments.rs"]
mod arguments;
#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "echo_server/connection.rs"]
mod connection;
#[cfg(windows)]
#[path = "echo_server/counts.rs"]
mod counts;
#[cfg(windows)]
#[path = "echo_server/listener.rs"]
mod listener;
#[cfg(windows)]
#[path = "echo_server/server.rs"]
mod server;

/// Counts what the program allocates: the steady state must not.
#[cfg(windows)]
#[global_allocator]
static ALLOCATIONS: &stats_alloc::StatsAlloc<std::alloc::System> =
    &stats_alloc::INSTRUMENTED_SYSTEM;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "echo_server [--ipv4 ADDRESS:PORT] [--ipv6 ADDRESS:PORT] [--workers N]";
    command_line::main(usage, arguments::Arguments::parse, |arguments| server::run(&arguments))
}

#[cfg(not(windows))]
fn main() {
    println!("echo_server runs on Windows only; on Linux: cargo xtask demo");
}
