//! Says what changes in a directory and below, until its standard input ends: `DIRECTORY`.

use std::{env::args, error::Error, io::Read, mem::replace, thread};

use iocp::{
    Change, ChangeAction, ChangeBuffer, ChangeFilter, CompletionPort, Packets, Wait, Watched,
};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = args().nth(1).ok_or("usage: DIRECTORY")?;
    let port = CompletionPort::new()?;
    let filter = ChangeFilter::NAMES | ChangeFilter::LAST_WRITE;
    let watch = port.watch(directory, filter, true, 0)?;
    let waker = port.waker();
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = waker.wake();
    });
    // Two take turns: one is with the system while the other's records are looked at.
    let mut idle = port.operation(ChangeBuffer::new(64 << 10), 0)?;
    let other = port.operation(ChangeBuffer::new(64 << 10), 0)?;
    let mut ticket = watch.changes(other).pending().map_err(|_| "it cannot be watched")?;
    println!("watching");
    let mut packets = Packets::with_capacity(4);
    loop {
        let outcome = port.wait(&mut packets, None)?;
        if ticket.is_done() {
            let next = watch.changes(idle).pending().map_err(|_| "it cannot be watched on")?;
            let done = replace(&mut ticket, next).finish().map_err(|_| "it is done")?;
            match done.watched()? {
                Watched::Changes(mut changes) => {
                    changes.by_ref().for_each(say);
                    if changes.is_malformed() {
                        println!("again");
                    }
                }
                Watched::LookAgain => println!("again"),
                Watched::Gone | Watched::Stopped => break,
            }
            idle = done.into_operation();
        }
        if outcome == Wait::Woken || packets.was_woken() {
            break;
        }
    }
    println!("done");
    Ok(())
}

fn say(change: Change<'_>) {
    let what = match change.action {
        ChangeAction::Added => "added",
        ChangeAction::Removed => "removed",
        ChangeAction::RenamedFrom => "from",
        ChangeAction::RenamedTo => "to",
        _ => "modified",
    };
    println!("{what} {}", change.name.to_string_lossy());
}
