//! Writes the lines of its standard input to a named pipe, and tells what comes back.
//!
//! ```text
//! pipe_client NAME [--messages]
//! ```
//!
//! `NAME` is `\\.\pipe\…`. It waits up to ten seconds for a free instance, writes one line after the other, and says
//! `answer text=…` for each, once as many bytes have come back; with `--messages` once a message has. At the end
//! `done lines=…`.

#[cfg(windows)]
#[path = "pipe_client/client.rs"]
mod client;
#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "shared/pipe_arguments.rs"]
mod pipe_arguments;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "pipe_client NAME [--messages]";
    command_line::main(usage, pipe_arguments::parse, |(name, messages)| {
        client::run(&name, messages)
    })
}

#[cfg(not(windows))]
fn main() {
    println!("pipe_client runs on Windows only; on Linux: cargo xtask examples");
}
