//! The system's names lead to what is made of them: each public item of `iocp` whose documentation begins
//! with a name of `iocp-sys` has it as its alias (unless that is its own name), and each function that
//! `os/windows` imports is the alias of something, or here with its reason. (That each declaration has its `# Source` is in `reference`.)

use std::collections::BTreeSet;

use super::{reference, rust, Source};

/// What `os/windows` calls for itself: no item of `iocp` is that call.
const INNER: [(&str, &str); 20] = [
    ("CreateToolhelp32Snapshot", "the threads of a child that stands still"),
    ("CreateEventW", "the event of a blocking receive"),
    ("DuplicateHandle", "the handle that a wait holds"),
    ("GetCurrentProcess", "the handle that a wait holds"),
    ("GetFileType", "which kind a handle is"),
    ("GetLastError", "the code of a failed call"),
    ("GetModuleHandleW", "functions that an older system lacks"),
    ("GetProcAddress", "functions that an older system lacks"),
    ("OpenThread", "the threads of a child that stands still"),
    ("RtlGetLastNtStatus", "the status of a failed call"),
    ("RtlNtStatusToDosError", "the code of a status"),
    ("SetLastError", "codes of which a call may set none"),
    ("Thread32First", "the threads of a child that stands still"),
    ("Thread32Next", "the threads of a child that stands still"),
    ("VirtualAlloc", "the slab's memory"),
    ("VirtualFree", "the slab's memory"),
    ("WSAGetLastError", "the code of a failed call"),
    ("WSAStartup", "before the first socket"),
    ("WSAIoctl", "where Winsock's extensions are"),
    ("WaitForSingleObject", "the event of a blocking receive"),
];

/// Checks both crates against each other.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let names = reference::names(files);
    let mut faults = Vec::new();
    let mut aliases = BTreeSet::new();
    let not_inside = |file: &&Source| !file.path.starts_with("iocp/src/os/");
    for file in rust(files, &["iocp/src/"]).filter(not_inside) {
        let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
        for at in (0..lines.len()).filter(|at| lines[*at].starts_with("pub ")) {
            let above = |line: &&&str| line.starts_with("///") || line.starts_with("#[");
            let block: Vec<&str> = lines[..at].iter().rev().take_while(above).copied().collect();
            let own: Vec<&str> = block.iter().filter_map(|line| alias(line)).collect();
            let doc = block.iter().rev().find_map(|line| line.strip_prefix("/// "));
            let said = doc
                .and_then(|doc| doc.trim_start_matches('[').strip_prefix('`')?.split('`').next());
            let named = |name: &str| lines[at].contains(&format!("fn {name}("));
            let is_missing =
                |name: &&str| names.contains_key(name) && !own.contains(name) && !named(name);
            if let Some(name) = said.filter(is_missing) {
                let line = at + 1;
                faults.push(format!("{}:{line}: no `#[doc(alias = \"{name}\")]`", file.path));
            }
            aliases.extend(own);
        }
    }
    // What Berkeley named reads as any word, and its methods here have those names.
    let is_import =
        |word: &str| names.get(word) == Some(&true) && word.contains(char::is_uppercase);
    let imported = imported(files, &is_import);
    let inner = |name: &&str| INNER.iter().any(|(known, _)| known == name);
    for name in imported.iter().filter(|name| !aliases.contains(*name) && !inner(name)) {
        faults.push(format!("iocp/src/os/windows calls {name}, which is no item's alias"));
    }
    for (name, _) in
        INNER.iter().filter(|(name, _)| !imported.is_empty() && !imported.contains(name))
    {
        faults.push(format!("xtask/src/tidy/wrappers.rs: os/windows does not call {name}"));
    }
    faults
}

fn alias(line: &str) -> Option<&str> {
    line.strip_prefix("#[doc(alias = \"")?.strip_suffix("\")]")
}

/// The words of `os/windows`, outside comments, that are imports.
fn imported<'a>(files: &'a [Source], is_import: &dyn Fn(&str) -> bool) -> BTreeSet<&'a str> {
    let code = rust(files, &["iocp/src/os/windows/"])
        .flat_map(|file| file.text.lines().map(|line| line.split("//").next().unwrap_or_default()));
    let words = code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| is_import(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    const RAW: &str = "link! { \"kernel32.dll\";\n    /// Ends.\n    pub fn CancelIoEx();\n    /// Frees.\n    pub \
        fn VirtualFree();\n}\n";

    /// Faults of a wrapper, beside a call of the import.
    fn faults(wrapper: &str, calls: &str) -> Vec<String> {
        let found = check(&[
            sample("iocp-sys/src/a.rs", RAW),
            sample("iocp/src/a.rs", wrapper),
            sample("iocp/src/os/windows/a.rs", calls),
        ]);
        found.into_iter().filter(|fault| !fault.contains("os/windows does not call")).collect()
    }

    #[test]
    fn a_wrapper_without_its_alias_fails() {
        let wrapper =
            "/// [`CancelIoEx`](x):\n/// ends.\n#[doc(alias = \"CancelIoEx\")]\npub fn end() {}\n";
        assert_eq!(faults(wrapper, "").len(), 0);
        let other = wrapper.replace("= \"CancelIoEx\"", "= \"CancelIo\"");
        assert_eq!(faults(&other, "").len(), 1);
        assert_eq!(faults(&wrapper.replace("#[doc", "#[cfg"), "").len(), 1);
        assert_eq!(
            faults("/// `Ok`: it ends.\npub fn end() {}\n", "").len(),
            0,
            "no system's name"
        );
    }

    #[test]
    fn a_call_that_is_no_alias_fails() {
        assert_eq!(faults("", "unsafe { sys::CancelIoEx(h) };\n").len(), 1);
        assert_eq!(faults("", "// sys::CancelIoEx(h)\nVirtualFree();\n").len(), 0);
        assert_eq!(
            check(&[
                sample("iocp-sys/src/a.rs", RAW),
                sample("iocp/src/os/windows/a.rs", "VirtualFree")
            ])
            .len(),
            INNER.len() - 1
        );
    }
}
