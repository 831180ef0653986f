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
//!
//! The drawback: order is concluded from delays that lie well apart. On a machine that stands still
//! for longer than that, the program says that the order is wrong.

#[cfg(windows)]
#[path = "delayed_reads/asking.rs"]
mod asking;
#[cfg(windows)]
#[path = "delayed_reads/reactor.rs"]
mod reactor;
#[cfg(windows)]
#[path = "delayed_reads/server.rs"]
mod server;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let server = match given.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => None,
        ["--server", address] => match address.parse() {
            Ok(address) => Some(address),
            Err(_) => {
                eprintln!("delayed_reads: --server wants an address and port, not '{address}'");
                return std::process::ExitCode::from(2);
            }
        },
        _ => {
            eprintln!("usage: delayed_reads [--server ADDRESS:PORT]");
            return std::process::ExitCode::from(2);
        }
    };
    match asking::run(server) {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("delayed_reads: {problem}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(windows))]
fn main() {
    println!("delayed_reads runs on Windows only; on Linux: cargo xtask examples");
}
