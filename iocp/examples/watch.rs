//! Watches a directory, and prints what changes in it.
//!
//! ```text
//! watch DIRECTORY
//! ```
//!
//! It prints `watching`, then `change action=… name=…` for each change and `look_again` where there were more
//! than the system kept; and ends at the end of its standard input with `done changes=…`.
//!
//! Two operations take turns: one is with the system while the other's records are looked at, so that no change
//! falls between. The end of the standard input comes to the same port, as a wake.

#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "watch DIRECTORY";
    command_line::main(usage, parse, |directory| run(&directory))
}

#[cfg(windows)]
fn parse(mut words: command_line::Words) -> Result<std::ffi::OsString, String> {
    let directory = command_line::name(words.next().ok_or("which directory?")?)?;
    match words.next() {
        None => Ok(directory),
        Some(word) => Err(command_line::not_understood(&word)),
    }
}

#[cfg(windows)]
fn run(directory: &std::ffi::OsStr) -> Result<(), Box<dyn std::error::Error>> {
    use std::{io::Read, thread};

    use iocp::{ChangeBuffer, ChangeFilter, CompletionPort, Packets, Wait, Watched};

    let port = CompletionPort::new()?;
    let filter = ChangeFilter::NAMES | ChangeFilter::SIZE | ChangeFilter::LAST_WRITE;
    let watch = port.watch(directory, filter, true, 1)?;
    let waker = port.waker();
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = waker.wake();
    });
    let mut idle = port.operation(ChangeBuffer::new(64 << 10), 0)?;
    let first = port.operation(ChangeBuffer::new(64 << 10), 0)?;
    let mut ticket =
        watch.changes(first).pending().map_err(|_| "the directory cannot be watched")?;
    println!("watching");
    let (mut packets, mut changes_told) = (Packets::with_capacity(4), 0_u64);
    loop {
        let outcome = port.wait(&mut packets, None)?;
        if ticket.is_done() {
            let next = watch.changes(idle).pending().map_err(|_| "the watch cannot go on")?;
            let completed =
                std::mem::replace(&mut ticket, next).finish().map_err(|_| "it was done")?;
            match completed.watched()? {
                Watched::Changes(changes) => {
                    let mut changes = changes;
                    for change in changes.by_ref() {
                        changes_told += 1;
                        let name = change.name.to_string_lossy();
                        println!("change action={:?} name={name}", change.action);
                    }
                    if changes.is_malformed() {
                        println!("look_again");
                    }
                }
                Watched::LookAgain => println!("look_again"),
                Watched::Gone | Watched::Stopped => break,
            }
            idle = completed.into_operation();
        }
        if outcome == Wait::Woken || packets.was_woken() {
            break;
        }
    }
    println!("done changes={changes_told}");
    Ok(())
}

#[cfg(not(windows))]
fn main() {
    println!("watch runs on Windows only; on Linux: cargo xtask examples");
}
