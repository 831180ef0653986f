//! A server of a named pipe that sends back what its clients write, any number of them on one thread.
//!
//! ```text
//! pipe_server NAME [--messages]
//! ```
//!
//! `NAME` is `\\.\pipe\…`. It says `listening name=…` when clients can come, `client number=… bytes=…` when one is
//! gone, and `done clients=… bytes=…` after the end of its standard input. With `--messages` each message comes back as one,
//! however long it is.
//!
//! One instance listens at any time: the next one is made before the connected one is served, so no client finds
//! the name missing. It is ended by closing its handle, not by a disconnect, so that a client reads what was
//! written last.

#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "shared/pipe_arguments.rs"]
mod pipe_arguments;
#[cfg(windows)]
#[path = "pipe_server/server.rs"]
mod server;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "pipe_server NAME [--messages]";
    command_line::main(usage, pipe_arguments::parse, |(name, messages)| {
        server::run(&name, messages)
    })
}

#[cfg(not(windows))]
fn main() {
    println!("pipe_server runs on Windows only; on Linux: cargo xtask examples");
}
