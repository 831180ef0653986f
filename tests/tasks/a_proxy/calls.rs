//! Runs one of the proxies, the one that `IOCP_TASK_LIBRARY` names, and counts its system calls.
//!
//! It counts from each odd line of its standard input to the next one, and says how many calls have entered the kernel,
//! then each by name. Two of them are its own, for that next line.

#[path = "iocp.rs"]
mod on_iocp;
#[path = "mio.rs"]
mod on_mio;
#[path = "tokio.rs"]
mod on_tokio;

use std::{env, error::Error, io::stdin, process::exit, thread};

use iocp_tests::calls::calls;

fn main() -> Result<(), Box<dyn Error>> {
    let calls = calls();
    let proxy = match env::var("IOCP_TASK_LIBRARY")?.as_str() {
        "iocp" => on_iocp::main,
        "mio" => on_mio::main,
        "tokio" => on_tokio::main,
        other => return Err(format!("no proxy on {other}").into()),
    };
    thread::spawn(move || {
        if let Err(error) = proxy() {
            eprintln!("the proxy: {error}");
        }
        exit(1);
    });
    let mut lines = stdin().lines();
    while lines.next().transpose()?.is_some() {
        println!("counting");
        let first = calls.snapshot();
        lines.next().transpose()?;
        let counts = calls.snapshot().delta(&first);
        println!("calls {} {:?}", counts.kernel_calls(), counts.entering());
    }
    Ok(())
}
