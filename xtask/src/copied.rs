//! A copy of the workspace under `target/`, in which faults are made and mended again.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::{
    fault::Fault,
    files::mirror,
    process::{command, output, root},
};

pub(crate) struct Tree {
    pub(crate) folder: PathBuf,
}

/// Mends the file on drop.
pub(crate) struct Mended {
    file: PathBuf,
    text: String,
}

impl Tree {
    /// Copies what git knows, or would: the sources as they are now, without `target`.
    pub(crate) fn copy(folder: PathBuf) -> Result<Self> {
        let mut list = command("git");
        let names = output(list.args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
        mirror(&root(), &folder, names.lines().map(PathBuf::from))?;
        Ok(Self { folder })
    }

    /// The text of a file with its fault.
    pub(crate) fn edited(&self, fault: &Fault) -> Result<String> {
        let file = self.folder.join(fault.file);
        let text = fs::read_to_string(&file).with_context(|| fault.file.to_owned())?;
        fault.apply(&text)
    }

    /// Makes a fault until the result is dropped.
    pub(crate) fn make(&self, fault: &Fault) -> Result<Mended> {
        let edited = self.edited(fault)?;
        let file = self.folder.join(fault.file);
        let text = fs::read_to_string(&file)?;
        fs::write(&file, edited)?;
        Ok(Mended { file, text })
    }
}

impl Drop for Mended {
    fn drop(&mut self) {
        if let Err(error) = fs::write(&self.file, &self.text) {
            eprintln!("{}: still holds a fault: {error}", self.file.display());
        }
    }
}
