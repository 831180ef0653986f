//! Shows that the comparison sees a wrong declaration: each fault of `faults.diff` is made in a copy of
//! `iocp-sys`, and the tests of the crates that it names must not come out as on windows-sys.
//!
//! What the compiler refuses counts as seen, for it is the crate's own code that does not fit. Where an
//! assertion of `iocp-sys` itself would refuse a layout, it is made wrong along with it: what is asked
//! here is whether the *crates* see it. Their programs run in turn, as far as the first that differs.
//!
//! They cannot see all of it: what windows-sys does not have (the driver's poll, the wait packets), mio
//! and polling declare themselves; of STATUS_PENDING they also take the Win32 code, 997, for an answer.

use anyhow::{bail, Context, Result};

use super::{
    compare::Pair,
    crates,
    page::differences,
    tree::{copied, Bindings},
    trees, wine,
};
use crate::{copied::Tree, fault::Fault, process::headline};

/// All of them.
fn all() -> Vec<Fault> {
    Fault::read(include_str!("faults.diff"))
}

/// Makes each fault, prints what saw it, and fails on one that a crate did not see.
///
/// `words`: only those with one of these in kind or description; all, if there are none.
pub(super) fn run(words: &[String]) -> Result<String> {
    let mut faults = all();
    faults.retain(|fault| {
        let text = format!("{} {}", fault.name, fault.why);
        words.is_empty() || words.iter().any(|word| text.contains(word))
    });
    if faults.is_empty() {
        bail!("no fault has one of these words: {}", words.join(", "));
    }
    let wine = wine()?;
    let list = crates::list()?;
    let is_named =
        |one: &&crates::Crate| faults.iter().any(|fault| by(fault).any(|it| it == one.name));
    let chosen: Vec<_> = list.iter().filter(is_named).cloned().collect();
    let copy = Tree::copy(copied())?;
    let compare = |one: &crates::Crate, again: bool| -> Result<Vec<String>> {
        let [ours, theirs] = trees([Bindings::Copy, Bindings::WindowsSys], &list, &chosen)?;
        let pair = Pair { trees: [&ours, &theirs], one, wine: &wine, again };
        Ok(differences(one, &pair.compare()?))
    };
    for one in &chosen {
        headline(&format!("peers: {} without a fault", one.name));
        if let Some(difference) = compare(one, true)?.first() {
            bail!("without a fault there is a difference already: {difference}");
        }
    }
    let mut rows = Vec::new();
    for fault in &faults {
        for name in by(fault) {
            headline(&format!("{}: {}, seen by {name}?", fault.name, fault.why));
            let one = chosen.iter().find(|one| one.name == name);
            let one = one.with_context(|| format!("{name} is not in the list"))?;
            let _mended = copy.make(fault)?;
            rows.push((name, fault, compare(one, false)?));
        }
    }
    headline(&format!("faults of iocp-sys, as the tests of crates see them under {}", wine.name));
    for (name, Fault { name: kind, why, .. }, seen) in &rows {
        let first = seen.first().map_or("NOT SEEN", String::as_str);
        println!("  {kind:<10} {why:<50} {name:<10} {} differ: {first}", seen.len());
    }
    match rows.iter().filter(|(_, _, seen)| seen.is_empty()).count() {
        0 => Ok(format!("{}: {} faults seen by tests of crates", wine.name, faults.len())),
        unseen => bail!("{unseen} of {} faults were not seen by the tests of crates", rows.len()),
    }
}

/// The crates that must see a fault.
fn by(fault: &Fault) -> impl Iterator<Item = &'static str> {
    fault.by.split(' ')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fault::stale, process::root};

    #[test]
    fn every_fault_can_still_be_made_and_each_crate_that_must_see_it_is_in_the_list() {
        let all = all();
        assert_eq!(stale(&root(), &all), "");
        let list = std::fs::read_to_string(root().join("tests/peers/Cargo.toml"));
        let list = list.expect("the list");
        for name in all.iter().flat_map(by) {
            assert!(list.contains(&format!("\n{name} = ")), "{name}");
        }
        for kind in ["const", "struct", "signature", "guid", "ntstatus", "import"] {
            assert!(all.iter().any(|fault| fault.name == kind), "no fault of the kind {kind}");
        }
    }
}
