//! The first Windows of an item: documented as the lists in `tests/api` say it.

use super::{
    items::{Item, Kind},
    pages::ALWAYS_THERE,
};
use crate::tidy::{find, Source};

const NOT_IN_WINE: &str = "tests/api/not-in-wine.txt";
const SURFACE: &str = "tests/api/surface.txt";

/// What the surface's list says of anything later than Windows 7, and the documentation's words.
const LATE: [(&str, &str); 6] = [
    ("8", "Windows 8"),
    ("8.1", "Windows 8.1"),
    ("10 version 1607", "Windows 10 1607"),
    ("10 version 1709", "Windows 10 1709"),
    ("10 version 1803", "Windows 10 1803"),
    ("10 build 20348", "Windows 10 build 20348"),
];

/// Compares both lists with the documentation.
pub(super) fn check(files: &[Source], items: &[Item<'_>]) -> Vec<String> {
    let mut faults = missing_in_wine(files, items);
    let Some(list) = find(files, SURFACE) else { return faults };
    for line in list.text.lines().filter(|line| !line.starts_with('#')) {
        let [_, name, _, since] = line.split('\t').collect::<Vec<_>>()[..] else {
            faults.push(format!("{SURFACE}: not four columns: {line}"));
            continue;
        };
        let Some(source) = source(items, name) else { continue };
        let late = LATE.iter().find(|(listed, _)| *listed == since).map(|(_, words)| *words);
        let same = match late {
            Some(words) => says(&source, words),
            // When exactly a system that nobody runs any more got it is not compared.
            None => ALWAYS_THERE.iter().any(|words| says(&source, words)),
        };
        if !same {
            faults.push(format!("{SURFACE}: {name} since {since}, but its `# Source`: {source}"));
        }
    }
    faults
}

/// What is listed as missing in Wine is declared, and documented as of the Windows that the list says.
fn missing_in_wine(files: &[Source], items: &[Item<'_>]) -> Vec<String> {
    let Some(list) = find(files, NOT_IN_WINE) else { return Vec::new() };
    let lines = list.text.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.filter_map(|line| line.split_once(" since "));
    let wrong = rows.filter(|(name, windows)| {
        let is_import = |item: &&Item<'_>| item.kind == Kind::Import && item.name == *name;
        let source = items.iter().find(is_import).and_then(|item| item.section("# Source"));
        !source.is_some_and(|lines| says(&lines.join(" "), windows))
    });
    let say = |(name, windows): (&str, &str)| {
        format!("{NOT_IN_WINE}: `# Source` of {name} does not say {windows}")
    };
    wrong.map(say).collect()
}

/// The text of an item's `# Source`.
fn source(items: &[Item<'_>], name: &str) -> Option<String> {
    let item = items.iter().find(|item| item.name == name)?;
    Some(item.section("# Source")?.join(" "))
}

fn says(source: &str, windows: &str) -> bool {
    let rest = source.strip_prefix(windows);
    rest.is_some_and(|rest| rest.starts_with(". ") || rest.starts_with(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{reference::items, sample};

    fn faults(list: &str, text: &str) -> usize {
        let call = "link_late! { \"ntdll.dll\";\n    /// A: resolve at run time.\n    ///\n    \
            /// # Source\n    /// Windows 8. DLL: `ntdll.dll`.\n    pub fn A() -> u32 as PFN_A;\n}\n";
        let files = [sample("iocp-sys/src/ntioapi.rs", call), sample(list, text)];
        let items: Vec<_> = files[..1].iter().flat_map(items::of).collect();
        check(&files, &items).len()
    }

    #[test]
    fn the_first_windows_of_what_wine_lacks_is_the_documented_one() {
        assert_eq!(faults(NOT_IN_WINE, "# A since Windows 7 or so\nA since Windows 8\n"), 0);
        assert_eq!(faults(NOT_IN_WINE, "A since Windows 8.1\n"), 1);
        assert_eq!(faults(NOT_IN_WINE, "A since Windows\n"), 1);
        assert_eq!(faults(NOT_IN_WINE, "B since Windows 8\n"), 1);
    }

    #[test]
    fn the_first_windows_of_the_surface_is_the_documented_one() {
        assert_eq!(faults(SURFACE, "fn\tA\tntdll.dll\t8\nfn\tB\tntdll.dll\t8.1\n"), 0);
        assert_eq!(faults(SURFACE, "fn\tA\tntdll.dll\t8.1\n"), 1);
        assert_eq!(faults(SURFACE, "fn\tA\tntdll.dll\tVista\n"), 1);
        assert_eq!(faults(SURFACE, "fn A ntdll.dll 8\n"), 1);
    }
}
