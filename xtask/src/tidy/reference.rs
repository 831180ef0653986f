//! The documentation of `iocp-sys` as a reference: what each item must say, and that its Microsoft
//! link is the one that follows from its kind, header and name.
//!
//! Nothing is fetched: pages of learn.microsoft.com are named by rule, so the rule is what is
//! checked. Where Microsoft has no page, or names it otherwise, [`ELSEWHERE`] says why.

mod elsewhere;
mod items;
mod links;
mod pages;
mod parameters;
mod since;

use std::collections::BTreeMap;

use super::{rust, Source};
use elsewhere::ELSEWHERE;
use items::{Item, Kind};
use links::{API, DDI, LEARN};

/// The earliest Windows, as the line below `# Source` begins.
const WINDOWS: [&str; 16] = [
    "Any Windows",
    "NT 3.5",
    "Windows 2000",
    "Windows XP",
    "Windows Vista",
    "Windows 7",
    "Windows 8",
    "Windows 8.1",
    "Windows 10",
    "Windows 10 1607",
    "Windows 10 1703",
    "Windows 10 1709",
    "Windows 10 1803",
    "Windows 10 2004",
    "Windows 11",
    "Windows 10 build 20348, Server 2022, Windows 11",
];

/// The community's pages about what Microsoft does not document.
const NTDOC: &str = "https://ntdoc.m417z.com/";

/// Checks every item, then every Microsoft link wherever it stands.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let sources: Vec<_> = rust(files, &["iocp-sys/src/"]).collect();
    let items: Vec<_> = sources.iter().flat_map(|file| items::of(file)).collect();
    let mut faults: Vec<_> = items.iter().flat_map(check_item).collect();
    let layouts: Vec<_> = sources.iter().flat_map(|file| items::layouts(file)).collect();
    faults.extend(items.iter().filter_map(|item| check_layout(item, &layouts)));
    for (name, _, _) in ELSEWHERE {
        if !items.is_empty() && !items.iter().any(|item| is(item, name)) {
            faults
                .push(format!("xtask/src/tidy/reference/elsewhere.rs: there is no item `{name}`"));
        }
    }
    faults.extend(pages::check(files, &items));
    faults.extend(parameters::check(files, &items));
    faults.extend(since::check(files, &items));
    let pages = files.iter().filter(|file| file.path == "iocp-sys/README.md");
    faults.extend(sources.iter().copied().chain(pages).flat_map(links::check));
    faults
}

/// The names of `iocp-sys`, and whether each is a function of a DLL.
pub(super) fn names(files: &[Source]) -> BTreeMap<&str, bool> {
    let items = rust(files, &["iocp-sys/src/"]).flat_map(items::of);
    items.map(|item| (item.name, item.kind == Kind::Import)).collect()
}

/// What this kind of item must say.
fn check_item(item: &Item<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let source = item.section("# Source");
    if item.kind == Kind::Import {
        if item.section("# Safety").is_none() {
            faults.push("no `# Safety`".to_owned());
        }
        let says = |words: &str| item.doc.iter().any(|line| line.contains(words));
        if item.section("# Errors").is_none() && !says("Never fails") {
            faults.push("neither `# Errors` nor `Never fails`".to_owned());
        }
        let dll = format!("DLL: `{}`.", item.dll);
        if !source.as_ref().is_some_and(|lines| lines.iter().any(|line| line.contains(&dll))) {
            faults.push(format!("`# Source` does not say {dll}"));
        }
    }
    // The type of a pointer to a documented function refers to that function.
    let refers = item.kind == Kind::Pointer && item.doc.iter().any(|l| l.starts_with("Type of [`"));
    if matches!(item.kind, Kind::Import | Kind::Macro | Kind::Struct | Kind::Pointer) && !refers {
        faults.extend(
            source.map_or(Some("no `# Source`".to_owned()), |lines| check_source(item, &lines)),
        );
    }
    let place = |fault| format!("{}:{}: {}: {fault}", item.path, item.line, item.name);
    faults.into_iter().map(place).collect()
}

/// The layout in words is the one that the structure's `layout!` asserts.
fn check_layout(item: &Item<'_>, layouts: &[(&str, String)]) -> Option<String> {
    if item.kind != Kind::Struct {
        return None;
    }
    let place = format!("{}:{}: {}", item.path, item.line, item.name);
    let Some((_, words)) = layouts.iter().find(|(name, _)| *name == item.name) else {
        return Some(format!("{place}: no `layout!` below it"));
    };
    let said = item.section("# Layout").unwrap_or_default().join(" ");
    (!said.starts_with(words)).then(|| format!("{place}: `# Layout` must begin: {words}"))
}

/// `Windows XP. DLL: `kernel32.dll`. Header: `ioapiset.h`.` and the link.
fn check_source(item: &Item<'_>, lines: &[&str]) -> Option<String> {
    let text = lines.join(" ");
    let windows = WINDOWS.iter().any(|windows| text.starts_with(&format!("{windows}. ")));
    if !windows {
        return Some("`# Source` does not begin with the earliest Windows".to_owned());
    }
    let Some(link) = text.split('<').nth(1).and_then(|rest| rest.split('>').next()) else {
        return Some("`# Source` has no link".to_owned());
    };
    let lower = item.name.to_lowercase();
    if let Some((_, page, _)) = ELSEWHERE.iter().find(|(name, _, _)| is(item, name)) {
        return (!link.ends_with(page)).then(|| format!("the link must end with `{page}`"));
    }
    let Some(header) = text.split("Header: `").nth(1).and_then(|rest| rest.split(".h`").next())
    else {
        let devnotes = format!("{LEARN}windows/win32/devnotes/{lower}");
        let known = link == devnotes || link == format!("{NTDOC}{lower}");
        return (!known).then(|| "without a header, the link must be ntdoc or devnotes".to_owned());
    };
    let expected = match item.kind {
        Kind::Import | Kind::Macro => {
            [format!("{API}{header}/nf-{header}-{lower}"), nf_ddi(header, &lower)]
        }
        Kind::Struct => [
            format!("{API}{header}/ns-{header}-{lower}"),
            format!("{DDI}{header}/ns-{header}-_{lower}"),
        ],
        _ => [format!("{API}{header}/nc-{header}-{lower}"), String::new()],
    };
    (!expected.iter().any(|page| page == link))
        .then(|| format!("the link must be {}, or the reason stands in `ELSEWHERE`", expected[0]))
}

/// Whether an item has this name, or begins with it if it ends with a star.
fn is(item: &Item<'_>, name: &str) -> bool {
    name.strip_suffix('*')
        .map_or(item.name == name, |start| item.kind == Kind::Macro && item.name.starts_with(start))
}

fn nf_ddi(header: &str, name: &str) -> String {
    format!("{DDI}{header}/nf-{header}-{name}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    const GUID: &str = "/// Id.\n///\n/// # Layout\n/// 16 bytes, align 4 (64- and 32-bit).\n///\n\
        /// # Source\n/// Any Windows. Header: `guiddef.h`.\n/// <https://learn.microsoft.com/en-us/\
        windows/win32/api/guiddef/ns-guiddef-guid>\n#[repr(C)]\npub struct GUID {\n    /// x\n    \
        pub Data1: u32,\n}\nlayout!(GUID: size 16 | 16, align 4 | 4; Data1: 0 | 0);\n";

    const GOOD: &str = "link! { \"kernel32.dll\";\n    /// Closes. Non-zero = closed.\n    ///\n    /// # Errors\n    /// 6.\n    \
        ///\n    /// # Safety\n    /// * open.\n    ///\n    /// # Source\n    /// Windows XP. DLL: \
        `kernel32.dll`. Header: `handleapi.h`.\n    /// <https://learn.microsoft.com/en-us/windows/\
        win32/api/handleapi/nf-handleapi-closehandle>\n    pub fn CloseHandle(h: HANDLE) -> BOOL;\n}\n";

    /// Faults of a file, without those about exceptions that it does not have.
    fn faults(text: &str) -> usize {
        let faults = check(&[sample("iocp-sys/src/handleapi.rs", text)]);
        faults.iter().filter(|fault| !fault.contains("there is no item")).count()
    }

    #[test]
    fn a_documented_import_passes_and_each_omission_fails() {
        assert_eq!(faults(GOOD), 0);
        for (from, to) in [
            ("Non-zero = closed", "It closes"),
            ("# Errors", "# Mistakes"),
            ("# Safety", "# Danger"),
            ("DLL: `kernel32.dll`", "DLL: `ntdll.dll`"),
            ("Windows XP.", "Windows ME."),
            ("`handleapi.h`", "`fileapi.h`"),
            ("nf-handleapi-closehandle", "nf-handleapi-closehandles"),
            ("nf-handleapi", "ns-handleapi"),
            ("# Source", "# Sauce"),
        ] {
            assert!(faults(&GOOD.replace(from, to)) > 0, "{from} -> {to}");
        }
    }

    #[test]
    fn structures_need_their_page_and_their_layout() {
        assert_eq!(faults(GUID), 0);
        assert_eq!(faults(&GUID.replace("GUID", "UUID")), 1, "another name");
        assert_eq!(faults(&GUID.replace("size 16 | 16", "size 12 | 16")), 1, "another size");
        assert_eq!(faults(&GUID.replace("layout!(GUID", "layout!(UUID")), 1, "not asserted");
    }

    #[test]
    fn parts_need_none_and_callbacks_need_theirs() {
        assert_eq!(faults("/// A.\npub struct A {\n}\n"), 2);
        assert_eq!(faults("/// A.\npub struct A_0 {\n}\n"), 0, "an unnamed part");
        assert_eq!(faults("/// A.\npub type A = Option<unsafe extern \"system\" fn()>;\n"), 1);
        assert_eq!(faults("/// A.\npub type A =\n    Option<unsafe extern \"system\" fn()>;\n"), 1);
        assert_eq!(
            faults("/// A.\npub type A = Option<\n    unsafe extern \"system\" fn()>;\n"),
            1
        );
        let pointer = "/// Type of [`A`].\npub type PFN_A = Option<unsafe extern \"C\" fn()>;\n";
        assert_eq!(faults(pointer), 0);
    }

    #[test]
    fn no_item_of_the_crate_is_overlooked() {
        let files = crate::tidy::sources_of(&crate::process::root()).expect("readable sources");
        let files: Vec<_> = rust(&files, &["iocp-sys/src/"]).collect();
        let items: Vec<_> = files.iter().flat_map(|file| items::of(file)).collect();
        let found = |kind| items.iter().filter(|item| item.kind == kind).count();
        let lines = |start| {
            let lines = files.iter().flat_map(|file| file.text.lines());
            lines.filter(|line| line.starts_with(start)).count()
        };
        let structures = lines("pub struct ") + lines("pub union ");
        assert_eq!(found(Kind::Struct) + found(Kind::Part), structures);
        assert_eq!(found(Kind::Import), lines("    pub fn "));
        assert!(found(Kind::Pointer) > 30 && found(Kind::Import) > 130, "{}", items.len());
        let bare: Vec<_> = items.iter().filter(|item| item.doc.is_empty()).collect();
        assert!(bare.is_empty(), "{bare:?}");
    }

    #[test]
    fn an_exception_for_nothing_fails() {
        let faults = check(&[sample("iocp-sys/src/handleapi.rs", GOOD)]);
        assert_eq!(faults.len(), ELSEWHERE.len());
    }
}
