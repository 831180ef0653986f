//! A copy of the workspace under `target/`, in which faults are made and mended again.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    fault::Fault,
    process::{command, output, root, target_dir},
};

pub(super) struct Tree {
    pub(super) folder: PathBuf,
}

/// Mends the file on drop.
pub(super) struct Mended {
    file: PathBuf,
    text: String,
}

impl Tree {
    /// Copies what git knows, or would: the sources as they are now, without `target`.
    pub(super) fn copy() -> Result<Self> {
        let folder = target_dir().join("mutants").join("tree");
        let mut list = command("git");
        let names = output(list.args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
        let mut left_over = files_in(&folder)?;
        for name in names.lines() {
            let (from, to) = (root().join(name), folder.join(name));
            // Deleted, but not yet committed.
            let Ok(new) = fs::read(&from) else { continue };
            left_over.remove(&to);
            // An untouched file keeps its time, and cargo what it has built.
            if fs::read(&to).is_ok_and(|old| old == new) {
                continue;
            }
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&to, new).with_context(|| to.display().to_string())?;
        }
        // Of an earlier copy: moved or deleted since.
        for file in left_over {
            fs::remove_file(&file).with_context(|| file.display().to_string())?;
        }
        Ok(Self { folder })
    }

    /// The text of a file with its fault.
    pub(super) fn edited(&self, fault: &Fault) -> Result<String> {
        let file = self.folder.join(fault.file);
        let text = fs::read_to_string(&file).with_context(|| fault.file.to_owned())?;
        fault.apply(&text)
    }

    /// Makes a fault until the result is dropped.
    pub(super) fn make(&self, fault: &Fault) -> Result<Mended> {
        let edited = self.edited(fault)?;
        let file = self.folder.join(fault.file);
        let text = fs::read_to_string(&file)?;
        fs::write(&file, edited)?;
        Ok(Mended { file, text })
    }

    /// Where a kind of check builds.
    pub(super) fn target(&self, kind: &str) -> PathBuf {
        self.folder.parent().unwrap_or(Path::new(".")).join(kind)
    }
}

/// All files in a folder and its folders; none if it is not there.
fn files_in(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(files) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.append(&mut files_in(&path)?);
        } else {
            files.insert(path);
        }
    }
    Ok(files)
}

impl Drop for Mended {
    fn drop(&mut self) {
        if let Err(error) = fs::write(&self.file, &self.text) {
            eprintln!("{}: still holds a fault: {error}", self.file.display());
        }
    }
}
