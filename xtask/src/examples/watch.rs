//! `watch`: files that this host makes below a directory, renames and removes, are told.

use std::{collections::BTreeSet, fs, time::Duration};

use anyhow::{bail, Result};

use super::{folder, windows_path, Example, Findings};

/// At once.
const FILES: u64 = 100;

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    findings.seen("files of another program", look(example)?);
    Ok(())
}

fn look(example: &Example<'_>) -> Result<String> {
    let folder = folder()?.join("watched");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let mut program = example.start(&[&windows_path(&folder)])?;
    program.line("watching")?;
    for number in 0..FILES {
        fs::write(folder.join(format!("file{number}")), b"bytes")?;
    }
    fs::rename(folder.join("file0"), folder.join("renamed"))?;
    fs::remove_file(folder.join("renamed"))?;
    let mut missing: BTreeSet<_> = (0..FILES).map(|number| format!("file{number}")).collect();
    let mut removed = false;
    while !removed || !missing.is_empty() {
        let Some(line) = program.next_line(Duration::from_secs(60)) else {
            bail!("nothing came for a minute; removal told: {removed}; not told: {missing:?}");
        };
        match line.text("action").as_str() {
            "Added" => drop(missing.remove(&line.text("name"))),
            "Removed" => removed |= line.text("name") == "renamed",
            _ => {}
        }
    }
    program.end(&[])?;
    Ok(format!("{FILES} files were told, a renaming and a removal too"))
}
