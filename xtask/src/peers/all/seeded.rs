//! Shows that the comparison of the crates' own tests sees a wrong declaration: each of a few is put into
//! a copy of `iocp-sys`, and a crate's tests must come out otherwise on it.
//!
//! How much the peers see of what may be wrong is a matter of the other list of faults; these show that
//! building, running, reading and comparing lose none on the way: a number in windows-sys 0.59, a layout in
//! 0.61, and a signature that shows when it is compiled.

use anyhow::{bail, Context, Result};

use super::{
    super::{
        faults::{seen_by, with},
        workspace::{copy_sources, Bindings},
    },
    compare::Pair,
    crates,
    page::differences,
    tree::Tree,
    wine,
};
use crate::{fault::Fault, process::headline};

/// Makes each fault; fails on one with which the tests come out alike.
pub(in super::super) fn run() -> Result<String> {
    let wine = wine()?;
    let list = crates::list()?;
    let is_crate = |name: &str| name != "peers";
    let faults = seen_by(is_crate);
    let by = |fault: &Fault| fault.by.split(' ').find(|name| is_crate(name));
    let named = |one: &&crates::Crate| faults.iter().any(|fault| by(fault) == Some(&one.name));
    let chosen: Vec<_> = list.iter().filter(named).cloned().collect();
    let copy = copy_sources()?;
    let mut rows = Vec::new();
    for fault in &faults {
        let (name, what) = (by(fault).unwrap_or_default(), fault.why);
        headline(&format!("peers: {what}, seen by {name}?"));
        let one = chosen.iter().find(|one| one.name == name);
        let one = one.with_context(|| format!("{name} is not in the list"))?;
        let record = with(fault, &copy, || faulty(&list, &chosen, one, &wine))?;
        rows.push((name, what, differences(name, &record)));
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
    fn each_crate_that_must_see_a_fault_is_in_the_list() {
        let file = root().join("tests/peers/all/Cargo.toml");
        let list = std::fs::read_to_string(file).expect("the list");
        let faults = seen_by(|name| name != "peers");
        assert!(faults.len() > 2);
        for name in faults.iter().flat_map(|fault| fault.by.split(' ')) {
            assert!(name == "peers" || list.contains(&format!("\n{name} = \"")), "{name}");
        }
    }
}
