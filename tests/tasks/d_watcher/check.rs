//! A file in a folder below, with a name beyond ASCII, is made, renamed and deleted; then 300 files at once: each is
//! told, or that one has to look again.

use std::{
    collections::HashSet,
    fs::{create_dir_all, remove_dir_all, remove_file, rename, write},
    path::Path,
    process::ExitCode,
};

use iocp_tasks::{check, Program, Result};

const MANY: usize = 300;

fn main() -> ExitCode {
    check(|program| {
        let directory = std::env::temp_dir().join(format!("iocp-task-{}", std::process::id()));
        create_dir_all(&directory)?;
        let outcome = watch(program, &directory);
        drop(remove_dir_all(&directory));
        outcome
    })
}

fn watch(program: &str, directory: &Path) -> Result<String> {
    let mut watcher = Program::start(program, &[&directory.to_string_lossy()])?;
    is_next(&mut watcher, "watching")?;
    // Later than the watch: Wine 8 sees nothing in a folder that was there before.
    create_dir_all(directory.join("below"))?;
    is_next(&mut watcher, "added below")?;
    let [from, to] = ["below\\größe-日本.txt", "below\\Ωmega.txt"];
    write(directory.join(from), "x")?;
    is_next(&mut watcher, &format!("added {from}"))?;
    rename(directory.join(from), directory.join(to))?;
    is_next(&mut watcher, &format!("from {from}"))?;
    is_next(&mut watcher, &format!("to {to}"))?;
    remove_file(directory.join(to))?;
    is_next(&mut watcher, &format!("removed {to}"))?;
    let mut missing = HashSet::new();
    for number in 0..MANY {
        let name = format!("below\\file number {number}.txt");
        write(directory.join(&name), "x")?;
        missing.insert(format!("added {name}"));
    }
    while !missing.is_empty() {
        let line = watcher.line()?;
        if line == "again" {
            let left = missing.len();
            return Ok(format!("made, renamed, deleted; look again told with {left} to come"));
        }
        missing.remove(&line);
    }
    drop(watcher.child.stdin.take());
    is_next(&mut watcher, "done")?;
    Ok(format!("made, renamed, deleted, and {MANY} files at once"))
}

/// Of the lines to come, but those of a file that is written.
fn is_next(watcher: &mut Program, expected: &str) -> Result<()> {
    loop {
        let line = watcher.line()?;
        match line.starts_with("modified") {
            _ if line == expected => return Ok(()),
            // A watcher may tell of something twice.
            true => {}
            false if line.starts_with("added below\\file") => {}
            false => return Err(format!("a line `{line}`, not `{expected}`").into()),
        }
    }
}
