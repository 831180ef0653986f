//! A TCP proxy: what comes from a client goes to the target, and the other way. One thread, no `unsafe`.
//!
//! ```text
//! proxy --target ADDRESS:PORT [--listen ADDRESS:PORT] [--connections N]
//! ```
//!
//! It prints `listening address=…`, and ends at `stop` or at the end of its standard input with `done …`.
//!
//! The end of one side is passed on as an end, behind all that came before it, and the other direction goes on;
//! an error or a reset of one side is a reset of the other, behind all that came before it: a target may answer and
//! close before it has read all. A pair that is over is dropped when the system has all that was written, or a peer has
//! taken nothing for five minutes.
//!
//! Memory is bounded: bytes go from a read to a write with one piece of memory for all connections. A side
//! is read only while the other has room: what a write did not take (at most a piece) stays with its direction until
//! there is. So a peer that does not read stops the one that sends to it, by TCP's own means.

#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "proxy/pair.rs"]
mod pair;
#[cfg(windows)]
#[path = "proxy/proxy.rs"]
mod proxy;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "proxy --target ADDRESS:PORT [--listen ADDRESS:PORT] [--connections N]";
    command_line::main(usage, proxy::Arguments::parse, |arguments| proxy::run(&arguments))
}

#[cfg(not(windows))]
fn main() {
    println!("proxy runs on Windows only; on Linux: cargo xtask examples");
}
