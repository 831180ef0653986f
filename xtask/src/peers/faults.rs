//! Shows that the comparison sees a wrong declaration: each fault of a list is made in a copy of
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
    process::{headline, output},
    wine::Wine,
};

/// What kind of declaration is wrong, how, in which file, and what is put in the place of what: the
/// first occurrence of each. `SWAP` exchanges the two.
type Fault = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)]);

#[rustfmt::skip]
const FAULTS: &[Fault] = &[
    ("signature", "a parameter is missing", "src/ioapiset.rs",
        &[("        ulCount: u32,\n", "")]),
    ("signature", "a parameter of another width", "src/ioapiset.rs",
        &[("        CompletionKey: usize,\n", "        CompletionKey: u32,\n")]),
    ("struct", "a field of another name", "src/winternl/types.rs",
        &[("pub Information: usize,", "pub Informations: usize,")]),
    ("struct", "key and operation of a packet in the other order", "src/minwinbase.rs",
        &[("pub lpCompletionKey: usize,", "SWAP pub lpOverlapped: *mut OVERLAPPED,"),
          ("lpCompletionKey: 0 | 0, lpOverlapped: 4 | 8", "lpOverlapped: 0 | 0, lpCompletionKey: 4 | 8")]),
    ("struct", "length and start of a buffer in the other order", "src/ws2def/message.rs",
        &[("pub len: u32,", "SWAP pub buf: *mut u8,"),
          ("len: 0 | 0, buf: 4 | 8", "buf: 0 | 0, len: 4 | 8")]),
    ("struct", "status and count of an OVERLAPPED exchanged", "src/minwinbase.rs",
        &[("pub Internal: usize,", "SWAP pub InternalHigh: usize,"),
          ("Internal: 0 | 0, InternalHigh: 4 | 8", "InternalHigh: 0 | 0, Internal: 4 | 8")]),
    ("const", "packets are skipped by another flag", "src/winbase.rs",
        &[("FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: u32 = 1;", "FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: u32 = 2;")]),
    ("const", "a bit of FILE_FLAG_OVERLAPPED", "src/winbase.rs",
        &[("FILE_FLAGS_AND_ATTRIBUTES = 0x4000_0000;", "FILE_FLAGS_AND_ATTRIBUTES = 0x0040_0000;")]),
    ("ntstatus", "STATUS_SUCCESS off by one", "src/ntstatus.rs",
        &[("STATUS_SUCCESS: NTSTATUS = 0x0000_0000;", "STATUS_SUCCESS: NTSTATUS = 0x0000_0001;")]),
    ("error", "ERROR_IO_PENDING off by one", "src/winerror.rs",
        &[("ERROR_IO_PENDING: WIN32_ERROR = 997;", "ERROR_IO_PENDING: WIN32_ERROR = 998;")]),
    ("ioctl", "a bit of SIO_BASE_HANDLE", "src/mswsock/options.rs",
        &[("SIO_BASE_HANDLE: u32 = 0x4800_0022;", "SIO_BASE_HANDLE: u32 = 0x4800_0023;")]),
    ("guid", "a digit of ConnectEx's", "src/mswsock/connect.rs",
        &[("Data1: 0x25a2_07b9,", "Data1: 0x25a2_07b8,")]),
    ("guid", "a digit of AcceptEx's", "src/mswsock/accept.rs",
        &[("Data1: 0xb536_7df1,", "Data1: 0xb536_7df3,")]),
    ("import", "a misspelt function", "src/ioapiset.rs",
        &[("    pub fn GetQueuedCompletionStatusEx(", "    #[link_name = \"GetQueuedCompletionStatusEX\"]\n    pub fn GetQueuedCompletionStatusEx(")]),
    ("import", "another DLL", "src/winbase/calls.rs",
        &[("\"kernel32.dll\"", "\"ws2_32.dll\"")]),
];

/// Seconds for one suite: it takes at most twenty, and with a fault it may wait for ever.
const LIMIT: &str = "60";

/// miow's, which waits for ever now and then without any fault (see `suite.rs`): it shows nothing.
const LEFT_OUT: &str = "named_connect_overlapped";

/// Makes each fault, prints what saw it, and fails on one that nothing saw.
///
/// `names`: only those with one of these words in kind or description; all, if there are none.
pub(super) fn run(wine: &Wine, names: &[String]) -> Result<String> {
    let named = |fault: &&Fault| {
        let text = format!("{} {}", fault.0, fault.1);
        names.is_empty() || names.iter().any(|name| text.contains(name))
    };
    let chosen: Vec<_> = FAULTS.iter().filter(named).collect();
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
    for (kind, what, file, edits) in chosen {
        headline(&format!("{kind}: {what}"));
        let file = copy.join(file);
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        fs::write(&file, put(&text, edits).with_context(|| format!("{kind}: {what}"))?)?;
        let seen = seen(&workspace, wine, &theirs);
        fs::write(&file, text)?;
        rows.push((kind, what, seen?));
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

/// The text with one put in the place of another.
pub(super) fn put(text: &str, edits: &[(&str, &str)]) -> Result<String> {
    let mut text = text.to_owned();
    for (from, to) in edits {
        let other = to.strip_prefix("SWAP ");
        if let Some(missing) =
            [Some(*from), other].into_iter().flatten().find(|t| !text.contains(t))
        {
            bail!("there is no `{missing}` any more: write the fault anew");
        }
        text = match other {
            Some(other) => {
                text.replacen(from, "\0", 1).replacen(other, from, 1).replacen('\0', other, 1)
            }
            None => text.replacen(from, to, 1),
        };
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::root;

    #[test]
    fn every_fault_can_still_be_made_and_changes_its_file() {
        for (kind, what, file, edits) in FAULTS {
            let text = fs::read_to_string(root().join("iocp-sys").join(file)).expect("a source");
            let faulty =
                put(&text, edits).unwrap_or_else(|error| panic!("{kind}, {what}: {error}"));
            assert_ne!(faulty, text, "{kind}: {what}");
        }
        for kind in ["const", "struct", "signature", "guid", "ntstatus", "import"] {
            assert!(FAULTS.iter().any(|fault| fault.0 == kind), "no fault of the kind {kind}");
        }
    }

    #[test]
    fn two_texts_change_places_and_a_missing_one_is_said() {
        assert_eq!(put("a b c", &[("a", "SWAP c")]).expect("put"), "c b a");
        assert_eq!(put("a b a", &[("a", "d")]).expect("put"), "d b a");
        assert!(put("a b", &[("a", "SWAP c")]).is_err());
        assert!(put("a b", &[("c", "d")]).is_err());
    }
}
