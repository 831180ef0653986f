//! What the tests of one crate came to, kept below the target folder: a run that was stopped goes on
//! with the next crate.
//!
//! A result holds for one content of iocp-sys, the same versions of what the tests need, what the list
//! says of the crate, one Wine and one compiler.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::{crates::Crate, history::Histories};
use crate::{
    process::{command, output, target_dir},
    wine::Wine,
};

/// What decides whether a result still holds.
const CONTENT: [&str; 3] = ["iocp-sys", "tests/peers/tests.lock", "tests/peers/behaviour"];

/// What became of one crate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) tests: Histories,
    /// How many tests were run alone: on iocp-sys, and on windows-sys.
    pub(super) alone: [usize; 2],
}

/// The results of one key.
#[derive(Debug)]
pub(super) struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// Those that hold now.
    pub(super) fn open(wine: &Wine) -> Result<Self> {
        let compiler = output(command("rustc").arg("--version"))?;
        let name = format!("{} {} {}", tree_of(&CONTENT)?, wine.name, compiler.trim());
        let is_word = |c: char| c.is_ascii_alphanumeric() || ".-".contains(c);
        let folder = name.replace(|c| !is_word(c), "_");
        let folder = target_dir().join("peers/results").join(folder);
        fs::create_dir_all(&folder)?;
        Ok(Self { folder })
    }

    pub(super) fn get(&self, one: &Crate) -> Option<Record> {
        let text = fs::read_to_string(self.file(one)).ok()?;
        let (list, record): (String, Record) = serde_json::from_str(&text).ok()?;
        (list == one.tested_as()).then_some(record)
    }

    pub(super) fn put(&self, one: &Crate, record: &Record) -> Result<()> {
        let text = serde_json::to_string(&(one.tested_as(), record))?;
        // Renamed: half a file is no result.
        let draft = self.folder.join("draft");
        fs::write(&draft, text)?;
        Ok(fs::rename(&draft, self.file(one))?)
    }

    /// Throws one away, if it is there.
    pub(super) fn forget(&self, one: &Crate) -> Result<()> {
        let file = self.file(one);
        if file.exists() {
            fs::remove_file(file)?;
        }
        Ok(())
    }

    fn file(&self, one: &Crate) -> PathBuf {
        self.folder.join(format!("{}.json", one.full_name()))
    }
}

/// Git's name of the content of these folders as they are now, committed or not.
fn tree_of(folders: &[&str]) -> Result<String> {
    let index = target_dir().join("peers/index");
    fs::create_dir_all(index.parent().unwrap_or(Path::new(".")))?;
    if index.exists() {
        fs::remove_file(&index)?;
    }
    let git = |words: &[&str]| output(command("git").args(words).env("GIT_INDEX_FILE", &index));
    git(&[&["add", "--all", "--"], folders].concat()).context("a result is kept by its content")?;
    Ok(git(&["write-tree"])?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{history::History, outcome::Outcome},
        *,
    };

    #[test]
    fn a_kept_result_is_found_until_it_is_thrown_away() {
        let folder = std::env::temp_dir().join(format!("iocp-kept-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("created");
        let kept = Kept { folder };
        let one = Crate::named("a");
        assert_eq!(kept.get(&one), None);
        let history = History {
            ours: vec![Outcome::Passed, Outcome::Hung],
            theirs: vec![Outcome::NotBuilt],
            why: Some("a \"reason\"".to_owned()),
        };
        let record = Record { tests: [("src: a".to_owned(), history)].into(), alone: [2, 3] };
        kept.put(&one, &record).expect("kept");
        assert_eq!(kept.get(&Crate { seconds: one.seconds + 1, ..one.clone() }), None);
        assert_eq!(kept.get(&Crate { note: Some("b".into()), ..one.clone() }), Some(record));
        kept.forget(&one).expect("thrown away");
        kept.forget(&one).expect("it is gone already");
        assert_eq!(kept.get(&one), None);
        fs::remove_dir_all(kept.folder).expect("removed");
    }

    #[test]
    fn other_content_has_another_name() {
        if !crate::setup::has("git") {
            println!("not here: a name for the content of folders: no git under Wine");
            return;
        }
        let [one, other] = ["iocp-sys", "tests/peers"].map(|name| tree_of(&[name]).expect("git"));
        assert_eq!(one, tree_of(&["iocp-sys"]).expect("git"));
        assert_ne!(one, other);
    }
}
