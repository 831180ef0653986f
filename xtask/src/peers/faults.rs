//! Shows that the comparison sees a wrong declaration: each fault of `faults.diff` is made in a copy of
//! `iocp-sys`, and the peers' tests on it must not come out as on windows-sys.
//!
//! What the compiler refuses counts as seen, for it is the peers' own code that does not fit. Where an
//! assertion of `iocp-sys` itself would refuse a layout, it is made wrong along with it: what is asked
//! here is whether the *peers* see it. The suites run in turn, as far as the first that differs.
//!
//! They cannot see all of it: what windows-sys does not have (the driver's poll, the wait packets), mio
//! and polling declare themselves; of STATUS_PENDING they also take the Win32 code, 997, for an answer.

use std::{fs, path::Path};

use anyhow::{bail, Context, Result};

use super::{
    suite::{build, once, run_all, Outcomes},
    workspace::{copy_sources, Bindings, Workspace},
};
use crate::{
    fault::Fault,
    process::{headline, output},
    wine::Wine,
};

/// The list: `# by` names these peers, or a crate of all whose own tests see it.
const PEERS: &str = "peers";

/// The faults that this one must see: these peers, or the tests of any crate.
pub(super) fn seen_by(is_asked: fn(&str) -> bool) -> Vec<Fault> {
    let mut all = Fault::read(include_str!("faults.diff"));
    all.retain(|fault| fault.by.split(' ').any(is_asked));
    all
}

/// Seconds for one suite: it takes at most twenty, and with a fault it may wait for ever.
const LIMIT: &str = "60";

/// miow's, which waits for ever now and then without any fault (see `suite.rs`): it shows nothing.
const LEFT_OUT: &str = "named_connect_overlapped";

/// Makes each fault, prints what saw it, and fails on one that nothing saw.
///
/// `names`: only those with one of these words in kind or description; all, if there are none.
pub(super) fn run(wine: &Wine, names: &[String]) -> Result<String> {
    let mut chosen = seen_by(|name| name == PEERS);
    chosen.retain(|fault| {
        let text = format!("{} {}", fault.name, fault.why);
        names.is_empty() || names.iter().any(|name| text.contains(name))
    });
    if chosen.is_empty() {
        bail!("no fault has one of these words: {}", names.join(", "));
    }
    headline(&format!("peers: on windows-sys under {}", wine.name));
    let theirs = run_all(&Workspace::prepare(Bindings::WindowsSys)?, wine)?;
    headline("peers: on a copy of iocp-sys, without a fault");
    let copy = copy_sources()?;
    let workspace = Workspace::prepare(Bindings::Copy)?;
    for ((name, ours), (_, theirs)) in run_all(&workspace, wine)?.iter().zip(&theirs) {
        if let Some(difference) = ours.differences(theirs).first() {
            bail!("without a fault there is a difference already: {name}: {difference}");
        }
    }
    let mut rows = Vec::new();
    for fault in &chosen {
        headline(&format!("{}: {}", fault.name, fault.why));
        let seen = with(fault, &copy, || seen(&workspace, wine, &theirs))?;
        rows.push((fault.name, fault.why, seen));
    }
    headline(&format!("faults of iocp-sys, as the peers see them under {}", wine.name));
    for (kind, what, seen) in &rows {
        println!("  {kind:<10} {what:<50} {}", seen.as_deref().unwrap_or("NOT SEEN"));
    }
    let seen = rows.iter().filter(|(_, _, seen)| seen.is_some()).count();
    if seen < rows.len() {
        bail!("{} of {} faults were not seen by the peers", rows.len() - seen, rows.len());
    }
    Ok(format!("{}: {seen} of {} faults seen by the peers", wine.name, rows.len()))
}

/// The first suite that does not come out as on windows-sys, and how.
fn seen(
    workspace: &Workspace,
    wine: &Wine,
    theirs: &[(String, Outcomes)],
) -> Result<Option<String>> {
    for ((name, manifest), (_, theirs)) in workspace.packages.iter().zip(theirs) {
        if let Some(error) = refused(workspace, manifest)? {
            return Ok(Some(format!("{name} does not compile: {error}")));
        }
        let ours = once(workspace, manifest, wine, LIMIT, &["--", "--skip", LEFT_OUT]);
        let mut differences = ours.differences(theirs);
        differences.retain(|difference| !difference.contains(LEFT_OUT));
        if let Some(first) = differences.first() {
            let ended = if ours.complete() { String::new() } else { format!(" ({})", ours.told()) };
            return Ok(Some(format!("{name}: {} differ: {first}{ended}", differences.len())));
        }
    }
    Ok(None)
}

/// What the compiler says, if it does not take it.
fn refused(workspace: &Workspace, manifest: &Path) -> Result<Option<String>> {
    let Err(error) = output(&mut build(workspace, manifest)) else { return Ok(None) };
    let text = format!("{error:#}");
    match text.lines().find(|line| line.starts_with("error")) {
        Some(line) => Ok(Some(line.to_owned())),
        None => bail!("{text}"), // cargo itself failed: that shows nothing
    }
}

/// Does something while a copy of iocp-sys has a fault.
pub(super) fn with<T>(fault: &Fault, copy: &Path, act: impl FnOnce() -> Result<T>) -> Result<T> {
    let file = copy.join(fault.file);
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    fs::write(&file, fault.apply(&text).context(fault.why)?)?;
    let done = act();
    fs::write(&file, text)?;
    done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::root;

    #[test]
    fn every_fault_can_still_be_made_and_changes_its_file() {
        let all = seen_by(|_| true);
        for fault in &all {
            let text = fs::read_to_string(root().join("iocp-sys").join(fault.file));
            let text = text.expect("a source");
            let faulty = fault.apply(&text);
            let faulty = faulty.unwrap_or_else(|error| panic!("{}: {error:#}", fault.why));
            assert_ne!(faulty, text, "{}", fault.why);
        }
        for kind in ["const", "struct", "signature", "guid", "ntstatus", "import"] {
            assert!(all.iter().any(|fault| fault.name == kind), "no fault of the kind {kind}");
        }
    }
}
