//! Shows that a wrong declaration is seen: each fault of a list is put into a copy of the source, and
//! the checks that guard the real one are asked about the copy.
//!
//! A fault that nothing sees is a failure, and so is one that can no longer be put in. What saw it is
//! printed: the compiler (by the layout assertions), oracle one, oracle two, the DLLs or the crate's
//! own unit tests.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};

use crate::{
    fault::Fault,
    surface::{exceptions, Oracles},
    tools::{self, TARGETS},
};

/// Kind of item and what is wrong, as in patches.
const FAULTS: &str = include_str!("faults.diff");

/// Every kind that the list of the surface has: each needs a fault here.
const KINDS: [&str; 12] = [
    "const",
    "error",
    "fn",
    "fn (inline)",
    "fnptr",
    "guid",
    "inline",
    "ioctl",
    "ntstatus",
    "struct",
    "type",
    "union",
];

/// Puts each fault in, prints what saw it, and fails on one that nothing saw.
///
/// # Errors
///
/// A fault was not seen, cannot be put in, or a check cannot run.
pub fn run(dlls: Option<PathBuf>) -> Result<()> {
    let faults = Fault::read(FAULTS);
    if let Some(kind) = KINDS.iter().find(|kind| !faults.iter().any(|fault| fault.name == **kind)) {
        bail!("no fault of the kind `{kind}`");
    }
    let src = tools::root().join("iocp-sys/src");
    let file = tools::root().join("tests/oracles/exceptions.txt");
    let known = exceptions(&fs::read_to_string(file)?)?;
    if dlls.is_none() {
        bail!("the DLLs of Wine 10 are needed: some faults are seen nowhere else");
    }
    let oracles = Oracles::new(&src, dlls)?;
    if let Some(seen) = seen(&oracles, &src, &known)? {
        bail!("without a fault there is a difference already: {seen}");
    }
    let mut unseen = 0;
    for fault in &faults {
        let copy = tools::folder("fault")?.join("src");
        tools::copy_all(&src, &copy)?;
        let file = copy.join(fault.file);
        let faulty = fault.apply(&fs::read_to_string(&file)?).context(fault.why)?;
        fs::write(file, faulty)?;
        let seen = seen(&oracles, &copy, &known)?;
        unseen += usize::from(seen.is_none());
        let seen = seen.unwrap_or_else(|| "NOT SEEN".to_owned());
        let seen: String = seen.chars().take(100).collect();
        println!("{:<12} {:<48} {seen}", fault.name, fault.why);
    }
    println!("{} faults, {unseen} not seen", faults.len());
    if unseen > 0 {
        bail!("{unseen} faults were not seen");
    }
    Ok(())
}

/// The first check that says something about this source.
fn seen(oracles: &Oracles, src: &Path, known: &BTreeMap<String, String>) -> Result<Option<String>> {
    for targets in [&TARGETS[..1], &TARGETS[1..]] {
        match oracles.ask(src, targets) {
            Ok(findings) => {
                let new = findings.differences.iter().find(|line| !known.contains_key(*line));
                if let Some(new) = new {
                    return Ok(Some(new.clone()));
                }
            }
            Err(error) => {
                let text = format!("{error:#}");
                let line = text.lines().find(|line| line.contains("error")).unwrap_or(&text);
                let line = line.split_once("error").map_or(line, |(_, rest)| rest);
                return Ok(Some(format!("compiler: {}", line.trim())));
            }
        }
    }
    unit_tests(src)
}

/// The crate's own tests, built without cargo.
fn unit_tests(src: &Path) -> Result<Option<String>> {
    let program = tools::folder("unit-tests")?.join("unit-tests");
    let mut rustc = tools::command("rustc");
    rustc.args(["--test", "--edition=2021", "--cap-lints=allow", "-o"]);
    tools::success(rustc.args([&program, &src.join("lib.rs")]))?;
    let output = tools::outcome(tools::command(&program).arg("--quiet"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = text.lines().find(|line| line.starts_with("---- "));
    match (output.status.success(), failed) {
        (true, _) => Ok(None),
        (false, Some(failed)) => Ok(Some(format!("unit test: {failed}"))),
        (false, None) => bail!("the unit tests do not run: {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::stale;

    #[test]
    fn every_fault_can_still_be_made() {
        assert_eq!(stale(&tools::root().join("iocp-sys/src"), &Fault::read(FAULTS)), "");
    }
}
