//! Shows that the comparison of the crates' own tests sees a wrong declaration: each of a few is put into
//! a copy of `iocp-sys`, and a crate's tests must come out otherwise on it.
//!
//! How much the peers see of what may be wrong is a matter of the other list of faults; these show that
//! building, running, reading and comparing lose none on the way: a number in windows-sys 0.59, a layout in
//! 0.61, and a signature that shows when it is compiled.

use std::fs;

use anyhow::{bail, Context, Result};

use super::{
    super::{
        faults::put,
        workspace::{copy_sources, Bindings},
    },
    compare::Pair,
    crates,
    page::differences,
    tree::Tree,
    wine,
};
use crate::process::headline;

/// A crate, what is wrong, in which file, and which texts in the place of which.
type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

#[rustfmt::skip]
const FAULTS: [Fault; 3] = [
    ("fd-lock", "an exclusive lock by another bit", "src/minwinbase.rs",
        &[("LOCKFILE_EXCLUSIVE_LOCK: LOCK_FILE_FLAGS = 2;", "LOCKFILE_EXCLUSIVE_LOCK: LOCK_FILE_FLAGS = 4;")]),
    ("miow", "key and operation of a packet in the other order", "src/minwinbase.rs",
        &[("pub lpCompletionKey: usize,", "SWAP pub lpOverlapped: *mut OVERLAPPED,"),
          ("lpCompletionKey: 0 | 0, lpOverlapped: 4 | 8", "lpOverlapped: 0 | 0, lpCompletionKey: 4 | 8")]),
    ("polling", "a parameter is missing", "src/ioapiset.rs",
        &[("        ulCount: u32,\n", "")]),
];

/// Makes each fault; fails on one with which the tests come out alike.
pub(in super::super) fn run() -> Result<String> {
    let wine = wine()?;
    let list = crates::list()?;
    let named = |one: &&crates::Crate| FAULTS.iter().any(|fault| fault.0 == one.name);
    let chosen: Vec<_> = list.iter().filter(named).cloned().collect();
    let copy = copy_sources()?;
    let mut rows = Vec::new();
    for (name, what, file, edits) in FAULTS {
        headline(&format!("peers: {what}, seen by {name}?"));
        let one = chosen.iter().find(|one| one.name == name);
        let one = one.with_context(|| format!("{name} is not in the list"))?;
        let file = copy.join(file);
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        fs::write(&file, put(&text, edits).context(what)?)?;
        let record = faulty(&list, &chosen, one, &wine);
        fs::write(&file, text)?;
        rows.push((name, what, differences(name, &record?)));
    }
    headline(&format!("faults of iocp-sys, as the tests of crates see them under {}", wine.name));
    for (name, what, seen) in &rows {
        let first = seen.first().map_or("NOT SEEN", String::as_str);
        println!("  {name:<10} {what:<50} {} differ: {first}", seen.len());
    }
    match rows.iter().filter(|(_, _, seen)| seen.is_empty()).count() {
        0 => Ok(format!(
            "{}: {} of {} faults seen by tests of crates",
            wine.name,
            rows.len(),
            rows.len()
        )),
        unseen => bail!("{unseen} of {} faults were not seen by the tests of crates", rows.len()),
    }
}

/// What the tests of one crate come to with the copy as it is.
fn faulty(
    list: &[crates::Crate],
    chosen: &[crates::Crate],
    one: &crates::Crate,
    wine: &crate::wine::Wine,
) -> Result<super::kept::Record> {
    let ours = Tree::prepare(Bindings::Copy, list, chosen)?;
    let theirs = Tree::prepare(Bindings::WindowsSys, list, chosen)?;
    Pair { trees: [&ours, &theirs], one, wine }.compare()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::root;

    #[test]
    fn every_fault_can_still_be_made_and_its_crate_is_in_the_list() {
        let list = fs::read_to_string(root().join("tests/peers/all/Cargo.toml")).expect("the list");
        for (name, what, file, edits) in FAULTS {
            let text = fs::read_to_string(root().join("iocp-sys").join(file)).expect("a source");
            assert_ne!(put(&text, edits).expect("put"), text, "{what}");
            assert!(list.contains(&format!("\n{name} = \"")), "{name}");
        }
    }
}
