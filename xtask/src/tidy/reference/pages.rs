//! The crate's pages keep up with its items: modules listed, late functions with their pointer types,
//! overlapped calls that say when a packet follows, nothing both declared and said to be left out.

use super::items::{Item, Kind};
use crate::tidy::{find, Source};

const ROOT: &str = "iocp-sys/src/lib.rs";
const LEFT_OUT: &str = "iocp-sys/src/left_out.rs";

/// What Windows 7 has: an import of anything later keeps a program from starting there.
pub(super) const ALWAYS_THERE: [&str; 6] =
    ["Any Windows", "NT 3.5", "Windows 2000", "Windows XP", "Windows Vista", "Windows 7"];

/// Checks what the pages say against the items.
pub(super) fn check(files: &[Source], items: &[Item<'_>]) -> Vec<String> {
    let mut faults = unlisted_modules(files);
    faults.extend(items.iter().filter_map(|item| late(files, item)));
    faults.extend(items.iter().filter_map(|item| silent(files, item)));
    faults.extend(files.iter().filter_map(unlinked));
    if let Some(page) = find(files, LEFT_OUT) {
        faults.extend(not_left_out(page, items));
    }
    faults
}

/// Modules that the first page does not link.
fn unlisted_modules(files: &[Source]) -> Vec<String> {
    let Some(root) = find(files, ROOT) else { return Vec::new() };
    let page: String = root.text.lines().filter(|line| line.starts_with("//!")).collect();
    let modules = root.text.lines().filter_map(|line| {
        let name = line.strip_prefix("pub mod ")?.strip_suffix(';')?;
        (!page.contains(&format!("[`{name}`]"))).then_some(name)
    });
    modules.map(|name| format!("{ROOT}: the crate's page does not link module `{name}`")).collect()
}

/// A function later than Windows 7 says so, and has a pointer type.
fn late(files: &[Source], item: &Item<'_>) -> Option<String> {
    let source = item.section("# Source")?.join(" ");
    let early = ALWAYS_THERE.iter().any(|windows| source.starts_with(&format!("{windows}. ")));
    if item.kind != Kind::Import || early {
        return None;
    }
    let text = &find(files, item.path)?.text;
    let pointer = [format!("as PFN_{};", item.name), format!("pub type PFN_{} ", item.name)];
    let place = format!("{}:{}: {}", item.path, item.line, item.name);
    if !pointer.iter().any(|words| text.contains(words)) {
        return Some(format!(
            "{place}: later than Windows 7, so it needs a type `PFN_{}`",
            item.name
        ));
    }
    let said = item.doc.join(" ").to_lowercase().contains("resolve at run time");
    (!said).then(|| format!("{place}: later than Windows 7, so say: resolve at run time"))
}

/// A file with a constant or a type that has no link, and none for all of them at its top. Callbacks
/// have a `# Source` of their own.
fn unlinked(file: &Source) -> Option<String> {
    let is_link = |line: &str| line.contains("<https://");
    let ours = file.path.starts_with("iocp-sys/src/");
    if !ours || file.text.lines().any(|line| line.starts_with("//!") && is_link(line)) {
        return None;
    }
    let mut linked = false;
    for line in file.text.lines() {
        let name = ["pub const ", "pub type "].iter().find_map(|start| line.strip_prefix(start));
        let is_plain = |name: &&str| !name.starts_with("fn ") && !line.ends_with(['<', '=', '(']);
        match name.filter(is_plain).filter(|_| !line.contains("Option<")) {
            Some(name) if !linked => {
                let (path, name) = (&file.path, name.split([':', ' ']).next().unwrap_or(name));
                return Some(format!(
                    "{path}: {name} has no link, nor has the file's first comment"
                ));
            }
            None if line.starts_with("///") => linked |= is_link(line),
            None if line.starts_with("#[") => {}
            _ => linked = false,
        }
    }
    None
}

/// A call that takes an operation and does not say after which results a packet follows.
fn silent(files: &[Source], item: &Item<'_>) -> Option<String> {
    let text = &find(files, item.path)?.text;
    let declaration = text.lines().skip(item.line - 1);
    let mut types = declaration.take_while(|line| !line.is_empty() && !line.starts_with("///"));
    let takes_one = types.any(|line| {
        ["* OVERLAPPED", "PIO_APC_ROUTINE"]
            .iter()
            .any(|ty| line.replace("*mut", "*").replace("*const", "*").contains(ty))
    });
    let errors = item.section("# Errors")?.join(" ");
    (takes_one && !errors.contains("packet")).then(|| {
        let place = format!("{}:{}: {}", item.path, item.line, item.name);
        format!("{place}: `# Errors` does not say whether a packet follows")
    })
}

/// Names in the first column of the page that are declared all the same.
fn not_left_out(page: &Source, items: &[Item<'_>]) -> Vec<String> {
    let rows = page.text.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    let names = cells.flat_map(|cell| cell.split(['`', ',', ' '])).filter(|name| !name.is_empty());
    let declared = names.filter(|name| items.iter().any(|item| item.name == *name));
    declared.map(|name| format!("{LEFT_OUT}: `{name}` is declared")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{reference::items, sample};

    fn faults(path: &str, text: &str) -> usize {
        let files = [sample(path, text)];
        let items: Vec<_> = files.iter().flat_map(items::of).collect();
        check(&files, &items).len()
    }

    #[test]
    fn a_module_that_the_page_does_not_link_fails() {
        assert_eq!(faults(ROOT, "//! [`afd`]\n\npub mod afd;\nmod link;\n"), 0);
        assert_eq!(faults(ROOT, "//! [`afd`]\n\npub mod afd;\npub mod winnt;\n"), 1);
    }

    #[test]
    fn a_late_function_without_pointer_or_warning_fails() {
        let late = "link_late! { \"ntdll.dll\";\n    /// A: resolve at run time.\n    ///\n    \
            /// # Source\n    /// Windows 8. DLL: `ntdll.dll`.\n    pub fn A() -> u32 as PFN_A;\n}\n";
        let path = "iocp-sys/src/ntioapi.rs";
        assert_eq!(faults(path, late), 0);
        assert_eq!(faults(path, &late.replace("resolve at", "now is")), 1);
        assert_eq!(faults(path, &late.replace(" as PFN_A", "")), 1);
        assert_eq!(faults(path, &late.replace(" as PFN_A", "").replace("8. D", "7. D")), 0);
    }

    #[test]
    fn a_constant_without_a_link_needs_one_for_its_file() {
        let text =
            "//! Flags.\n\n/// A.\n/// <https://a>\npub const A: u32 = 1;\n\n/// B.\npub const \
            B: u32 = 2;\n";
        let path = "iocp-sys/src/winbase.rs";
        assert_eq!(faults(path, text), 1);
        assert_eq!(faults(path, &text.replace("/// B.", "/// B. <https://b>")), 0);
        assert_eq!(faults(path, &text.replace("//! Flags.", "//! Flags.\n//! <https://c>")), 0);
        assert_eq!(faults("iocp/src/a.rs", text), 0);
    }

    #[test]
    fn an_overlapped_call_that_is_silent_about_packets_fails() {
        let call = "link! { \"kernel32.dll\";\n    /// A.\n    ///\n    /// # Errors\n    /// 997: a \
            packet follows.\n    pub fn A(\n        lpOverlapped: *mut OVERLAPPED,\n    ) -> BOOL;\n}\n";
        let path = "iocp-sys/src/fileapi.rs";
        assert_eq!(faults(path, call), 0);
        assert_eq!(faults(path, &call.replace("a packet", "something")), 1);
        assert_eq!(faults(path, &call.replace("a packet", "x").replace("OVERLAPPED", "u8")), 0);
    }

    #[test]
    fn what_is_declared_is_not_left_out() {
        let page = "//! | `select`, `FD_SET` | why |\n\n/// Not so.\npub struct TIMEVAL {\n}\n";
        assert_eq!(faults(LEFT_OUT, page), 0);
        assert_eq!(faults(LEFT_OUT, &page.replace("TIMEVAL", "FD_SET")), 1);
    }
}
