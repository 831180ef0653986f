//! Tells the end of a file, and what others add to it.
//!
//! ```text
//! tail FILE [--bytes NUMBER]
//! ```
//!
//! It writes the last bytes (1024, if not said otherwise) to its standard output, then whatever comes behind them, until
//! its standard input ends. A file that has become shorter is read from its start again.
//!
//! It asks five times a second: the end of a file is a result like another, not something to wait for. The
//! time is a timer of the port, so the same wait serves files, timers and the end of standard input.

#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "tail/follower.rs"]
mod follower;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "tail FILE [--bytes NUMBER]";
    command_line::main(usage, follower::parse, |(file, bytes)| follower::run(&file, bytes))
}

#[cfg(not(windows))]
fn main() {
    println!("tail runs on Windows only; on Linux: cargo xtask examples");
}
