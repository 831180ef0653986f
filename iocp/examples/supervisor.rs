//! A supervisor: starts a program again when it ends, and ends it with all that it has started.
//!
//! ```text
//! supervisor [--restarts N] PROGRAM [ARGUMENT…]
//! ```
//!
//! It prints `started pid=…`, `exited code=…`, and at the end `done starts=… active=…`. It ends after N
//! restarts (3), at Ctrl-C or when its console is closed, or at `stop` or the end of its standard input.
//!
//! All that it waits for comes to one port: the end of the child (a wait for its process), news of its job, the
//! time until the next start and the look after what is left of a tree (timers), and, by a
//! mailbox, lines of the standard input, which a thread reads, and Ctrl-C, which the console tells.
//!
//! The child shares the console, but is a process group of its own, which Ctrl-C does not reach: so this program decides
//! how it ends. (It ignores Ctrl-C from then on, unless it asks for it again. That the console is closed is told to all
//! of its processes.)
//!
//! A child is in its job before its first instruction, and the job ends with this program: so nothing that it
//! starts is left behind. Messages of a job may be lost; the end of a tree is asked for.

#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "supervisor/supervise.rs"]
mod supervise;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "supervisor [--restarts N] PROGRAM [ARGUMENT…]";
    command_line::main(usage, supervise::Arguments::parse, |arguments| supervise::run(&arguments))
}

#[cfg(not(windows))]
fn main() {
    println!("supervisor runs on Windows only; on Linux: cargo xtask examples");
}
