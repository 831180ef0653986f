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
fn main() -> std::process::ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    match client::run(&given.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("pipe_client: {problem}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(windows))]
fn main() {
    println!("pipe_client runs on Windows only; on Linux: cargo xtask examples");
}
