//! Says what changes in a directory and below, until its standard input ends: `DIRECTORY`.

use std::{env::args, error::Error, io::Read, path::PathBuf};

use notify::{
    event::{ModifyKind, RenameMode},
    recommended_watcher, Event, EventKind, RecursiveMode, Watcher,
};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(args().nth(1).ok_or("usage: DIRECTORY")?);
    let root = directory.clone();
    let mut watcher = recommended_watcher(move |event: notify::Result<Event>| match event {
        Ok(event) if event.need_rescan() => println!("again"),
        Ok(event) => say(&event, &root),
        Err(error) => eprintln!("{error}"),
    })?;
    watcher.watch(&directory, RecursiveMode::Recursive)?;
    println!("watching");
    std::io::stdin().read_to_end(&mut Vec::new())?;
    println!("done");
    Ok(())
}

fn say(event: &Event, root: &PathBuf) {
    let what = match event.kind {
        EventKind::Create(_) => "added",
        EventKind::Remove(_) => "removed",
        EventKind::Modify(ModifyKind::Name(RenameMode::From)) => "from",
        EventKind::Modify(ModifyKind::Name(RenameMode::To)) => "to",
        _ => "modified",
    };
    for path in &event.paths {
        println!("{what} {}", path.strip_prefix(root).unwrap_or(path).display());
    }
}
