//! The deliberate faults: one line of the core made wrong, and what must notice it.
//!
//! They stand in the files of `faults/`, each as in a patch: its name and why it would be a fault, what must notice it,
//! the file, and the lines that are taken and put there. Those that are taken stand exactly once in the file; where the
//! file has changed so that they do not, `cargo xtask mutants` and a test of this crate fail, and the fault is to be
//! written anew.

use std::sync::OnceLock;

use anyhow::{bail, Context, Result};

use super::check::Check;

const LISTS: [&str; 8] = [
    include_str!("faults/core.diff"),
    include_str!("faults/files.diff"),
    include_str!("faults/operation.diff"),
    include_str!("faults/poll.diff"),
    include_str!("faults/reports.diff"),
    include_str!("faults/sources.diff"),
    include_str!("faults/stalls.diff"),
    include_str!("faults/lingering.diff"),
];

#[derive(Debug)]
pub(super) struct Fault {
    pub(super) name: &'static str,
    /// Why it would be a fault.
    pub(super) why: &'static str,
    pub(super) file: &'static str,
    pub(super) old: String,
    pub(super) new: String,
    pub(super) by: Check,
}

impl Fault {
    /// Reads one: two lines about it, one with its file, then those of the patch.
    fn parse(text: &'static str) -> Result<Self> {
        let mut lines = text.lines();
        let mut after = |start| lines.next().and_then(|line| line.strip_prefix(start));
        let (name, why) = after("# ").and_then(|line| line.split_once(": ")).context("its name")?;
        let by = after("# by ").context("what must notice it")?;
        let file = after("--- ").context("its file")?;
        let (mut old, mut new) = (String::new(), String::new());
        for line in lines {
            let (mark, line) = line.split_at_checked(1).context("an empty line")?;
            let sides: &mut [&mut String] = match mark {
                "-" => &mut [&mut old],
                "+" => &mut [&mut new],
                " " => &mut [&mut old, &mut new],
                _ => bail!("`{mark}` begins a line"),
            };
            sides.iter_mut().for_each(|side| **side += &format!("{line}\n"));
        }
        Ok(Self { name, why, file, old, new, by: Check::parse(by)? })
    }

    /// The text of the file with the fault in it.
    pub(super) fn apply(&self, text: &str) -> Result<String> {
        match text.matches(&self.old).count() {
            1 => Ok(text.replacen(&self.old, &self.new, 1)),
            count => bail!("{}: the old text stands there {count} times, not once", self.file),
        }
    }
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Fault> {
    static ALL: OnceLock<Vec<Fault>> = OnceLock::new();
    let texts = LISTS.iter().flat_map(|list| list.trim_end().split("\n\n").skip(1));
    let fault = |text| Fault::parse(text).unwrap_or_else(|error| panic!("{error:#}:\n{text}"));
    ALL.get_or_init(|| texts.map(fault).collect()).iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_a_patch_and_is_put_where_it_stands_once() {
        let text = "# a: because: so\n# by tests b c\n--- d.rs\n let e;\n-let f;\n+let g;\n+";
        let fault = Fault::parse(text).expect("a fault");
        assert_eq!((fault.name, fault.why, fault.file), ("a", "because: so", "d.rs"));
        assert_eq!(fault.by, Check::Tests(vec!["b", "c"]));
        assert_eq!(fault.apply("let e;\nlet f;\nend\n").expect("once"), "let e;\nlet g;\n\nend\n");
        assert!(fault.apply("let f;\n").is_err());
        assert!(Fault::parse("# a: b\n# by magic\n--- d.rs\n-c").is_err());
    }
}
