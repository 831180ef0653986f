//! Deliberate faults, as they stand in lists: each as in a patch. Its name and why it would be a fault, what must
//! notice it, the file, and the lines that are taken and put there, in one place or more.
//!
//! What is taken stands exactly once in its file; where the file has changed so that it does not, the fault is to be
//! written anew.

use anyhow::{bail, Context, Result};

#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// What is wrong, or why it would be a fault.
    pub(crate) why: &'static str,
    /// What must notice it, where the list says it of each.
    pub(crate) by: &'static str,
    pub(crate) file: &'static str,
    /// Old and new text of each place.
    hunks: Vec<[String; 2]>,
}

impl Fault {
    /// The faults of a list, below its heading.
    pub(crate) fn read(list: &'static str) -> Vec<Self> {
        let faults = list.trim_end().split("\n\n").skip(1);
        let fault = |text| Self::parse(text).unwrap_or_else(|error| panic!("{error:#}:\n{text}"));
        faults.map(fault).collect()
    }

    /// A line about it, one with what must notice it if that is not the same for all, one with its file, then the patch.
    fn parse(text: &'static str) -> Result<Self> {
        let (head, patch) = text.split_once("--- ").context("no file")?;
        let (file, patch) = patch.split_once('\n').context("no patch")?;
        let mut head = head.lines();
        let name = head.next().and_then(|line| line.strip_prefix("# ")?.split_once(": "));
        let (name, why) = name.context("no name")?;
        let by = head.next().and_then(|line| line.strip_prefix("# by ")).unwrap_or_default();
        let mut hunks = vec![<[String; 2]>::default()];
        for line in patch.lines() {
            let (mark, line) = line.split_at_checked(1).context("an empty line")?;
            let [old, new] = hunks.last_mut().context("a first one")?;
            let sides: &mut [&mut String] = match mark {
                "-" => &mut [old],
                "+" => &mut [new],
                " " => &mut [old, new],
                "@" => {
                    hunks.push(Default::default());
                    continue;
                }
                _ => bail!("`{mark}` begins a line"),
            };
            sides.iter_mut().for_each(|side| **side += &format!("{line}\n"));
        }
        Ok(Self { name, why, by, file, hunks })
    }

    /// The text of the file with the fault in it.
    pub(crate) fn apply(&self, text: &str) -> Result<String> {
        self.hunks.iter().try_fold(text.to_owned(), |text, [old, new]| {
            match text.matches(old).count() {
                1 => Ok(text.replacen(old, new, 1)),
                count => bail!("{}: the old text stands there {count} times, not once", self.file),
            }
        })
    }
}

/// Those of these that can no longer be made in the sources of this folder, or change nothing: to be written anew.
#[cfg(test)]
pub(crate) fn stale<'a>(
    root: &std::path::Path,
    faults: impl IntoIterator<Item = &'a Fault>,
) -> String {
    let stale = faults.into_iter().filter_map(|fault| {
        let text = std::fs::read_to_string(root.join(fault.file)).unwrap_or_default();
        let fault_of = |why: &str| format!("{} {}: {why}\n", fault.name, fault.file);
        match fault.apply(&text) {
            Ok(with) if with == text => Some(fault_of("changes nothing")),
            Ok(_) => None,
            Err(error) => Some(fault_of(&format!("{error:#}"))),
        }
    });
    stale.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_a_patch_and_is_put_where_it_stands_once() {
        let list = "All.\n\n# a: because: so\n# by tests b c\n--- d.rs\n let e;\n-let f;\n+let g;\n+\n@@\n-end";
        let all = Fault::read(list);
        let fault = &all[0];
        assert_eq!((fault.name, fault.why, fault.file), ("a", "because: so", "d.rs"));
        assert_eq!((all.len(), fault.by), (1, "tests b c"));
        assert_eq!(fault.apply("let e;\nlet f;\nend\n").expect("once"), "let e;\nlet g;\n\n");
        assert!(fault.apply("let e;\nlet f;\n").is_err());
        assert!(Fault::parse("# a: b\n--- d.rs\n*c").is_err());
    }
}
