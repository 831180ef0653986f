//! Each function says what its numbers mean, and what its result: in its own documentation, or in
//! that of a function it refers to (`As [`ReadFile`]`).
//!
//! Numbers are counts, times, flags, keys, codes, and pointers to them: what has a unit, and a meaning
//! of 0. What else a pointer or a handle must be stands under `# Safety`. Whether a sentence is true no
//! rule can tell, only that there is one about each name.

use std::collections::{BTreeMap, BTreeSet};

use super::items::{Item, Kind};
use crate::tidy::{find, Source};

/// Types that are a number where they are declared, or by the language.
const INTEGERS: [&str; 9] = ["u8", "u16", "u32", "u64", "i32", "i64", "usize", "isize", "f64"];

/// Numbers of the language that name an object, or are read as one.
const NAMES: [&str; 2] = ["SOCKET", "WSAEVENT"];

/// What stands before a link to a function that says the rest.
const REFERS: [&str; 5] = ["As ", "as ", "for ", "of ", "Like "];

/// How the meaning of a result is said, by its type.
const YES_OR_NO: [&str; 7] = [
    "Non-zero = ",
    "Non-zero result = ",
    "non-zero |",
    "0 is failure",
    "Returns 0",
    "Returns `FALSE`",
    "hands it to",
];
const STATUS: [&str; 3] = ["0 or more = ", "Result 0 = ", "Returns "];
const OTHER: [&str; 6] = ["0 = ", "0 is ", "Returns ", "returns ", "# Returns", "null"];

/// A function as it is declared.
struct Declared<'a> {
    item: &'a Item<'a>,
    parameters: Vec<(&'a str, &'a str)>,
    result: &'a str,
}

/// Checks each import and each type of a function that has a documentation of its own.
pub(super) fn check(files: &[Source], items: &[Item<'_>]) -> Vec<String> {
    let numbers = numbers(files);
    let functions = items.iter().filter(|item| {
        matches!(item.kind, Kind::Import | Kind::Pointer) && !item.name.starts_with("PFN_")
    });
    let mut faults = Vec::new();
    let mut declared = BTreeMap::new();
    for item in functions {
        let place = format!("{}:{}: {}", item.path, item.line, item.name);
        match declaration(files, item) {
            Some(function) => drop(declared.insert(item.name, function)),
            None => faults.push(format!("{place}: its parameters cannot be read here")),
        }
    }
    for function in declared.values() {
        let item = function.item;
        let place = format!("{}:{}: {}", item.path, item.line, item.name);
        let numbers = function.parameters.iter().filter(|(_, ty)| is_number(ty, &numbers));
        for (name, _) in numbers.filter(|(name, _)| !says(&declared, function, name, &mut vec![])) {
            faults.push(format!("{place}: nothing about `{name}`: unit, 0, maximum"));
        }
        if !function.result.is_empty() && !tells(&declared, function, &mut vec![]) {
            let words = ways(function.result).join("`, `");
            faults.push(format!("{place}: nothing about its result: one of `{words}`"));
        }
    }
    faults
}

/// Parameters and result, from the lines below the documentation.
fn declaration<'a>(files: &'a [Source], item: &'a Item<'a>) -> Option<Declared<'a>> {
    let text = &find(files, item.path)?.text;
    let start = text.split_inclusive('\n').take(item.line - 1).map(str::len).sum();
    let text: &str = &text[start..];
    let (_, text) = text.split_once("fn")?;
    let (_, text) = text.split_once('(')?;
    let (parameters, rest) = text.split_once(')')?;
    let result = rest.split(';').next()?.split_once("-> ").map_or("", |(_, result)| result);
    let result = result.split([' ', ',', '>', '\n']).next()?;
    let pair = |text: &'a str| {
        let (name, ty) = text.split_once(':')?;
        Some((name.trim().trim_start_matches("r#"), ty.trim()))
    };
    let parameters = parameters.split(',').filter_map(pair).collect();
    Some(Declared { item, parameters, result })
}

/// The aliases that are numbers: `pub type FILE_SHARE_MODE = u32;`.
fn numbers(files: &[Source]) -> BTreeSet<&str> {
    let files = files.iter().filter(|file| file.path.starts_with("iocp-sys/src/"));
    let lines = files.flat_map(|file| file.text.lines());
    let aliases = lines.filter_map(|line| {
        let (name, ty) = line.strip_prefix("pub type ")?.strip_suffix(';')?.split_once(" = ")?;
        // `isize` and `usize` are handles in these declarations.
        (INTEGERS.contains(&ty) && !ty.ends_with("size")).then_some(name)
    });
    aliases.filter(|name| !NAMES.contains(name)).chain(INTEGERS).collect()
}

/// Whether a parameter of this type is a number, or points to one. Bytes that are pointed to are a
/// buffer.
fn is_number(ty: &str, numbers: &BTreeSet<&str>) -> bool {
    let to = ty.strip_prefix("*const ").or_else(|| ty.strip_prefix("*mut "));
    numbers.contains(to.unwrap_or(ty)) && to != Some("u8")
}

/// Whether the documentation names this parameter, or refers to a function with one of that name which
/// says it.
fn says<'a>(
    all: &BTreeMap<&str, Declared<'a>>,
    function: &Declared<'a>,
    name: &str,
    seen: &mut Vec<&'a str>,
) -> bool {
    seen.push(function.item.name);
    let text = function.item.doc.join(" ");
    let named = text.split('`').skip(1).step_by(2).any(|code| {
        code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
    });
    let has_one = |other: &&Declared<'_>| other.parameters.iter().any(|(own, _)| *own == name);
    named
        || referred(all, &text)
            .filter(has_one)
            .any(|other| !seen.contains(&other.item.name) && says(all, other, name, seen))
}

/// Whether the documentation says what the result means, or refers to a function with the same that
/// does.
fn tells<'a>(
    all: &BTreeMap<&str, Declared<'a>>,
    function: &Declared<'a>,
    seen: &mut Vec<&'a str>,
) -> bool {
    seen.push(function.item.name);
    let text = function.item.doc.join(" ");
    ways(function.result).iter().any(|way| text.contains(way))
        || referred(all, &text)
            .filter(|other| other.result == function.result)
            .any(|other| !seen.contains(&other.item.name) && tells(all, other, seen))
}

fn ways(result: &str) -> &'static [&'static str] {
    match result {
        "BOOL" | "BOOLEAN" => &YES_OR_NO,
        "NTSTATUS" => &STATUS,
        _ => &OTHER,
    }
}

/// The functions that a documentation refers to for what it does not say itself.
fn referred<'d, 'a>(
    all: &'d BTreeMap<&str, Declared<'a>>,
    text: &'d str,
) -> impl Iterator<Item = &'d Declared<'a>> {
    text.match_indices("[`").filter_map(|(at, _)| {
        let name = text[at + 2..].split('`').next()?;
        REFERS.iter().any(|word| text[..at].ends_with(word)).then(|| all.get(name))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::{reference::items, sample};

    fn faults(text: &str) -> Vec<String> {
        let files = [sample("iocp-sys/src/fileapi.rs", text)];
        let items: Vec<_> = files.iter().flat_map(items::of).collect();
        check(&files, &items)
    }

    const GOOD: &str = "pub type FLAGS = u32;\n\npub type HANDLE = *mut c_void;\n\n\
        link! { \"kernel32.dll\";\n    /// Reads. `count` in bytes, `flags` 0 = none, `*done` in bytes. \
        Non-zero = read.\n    pub fn A(\n        h: HANDLE,\n        buffer: *mut u8,\n        count: u32,\n        \
        flags: FLAGS,\n        done: *mut u32,\n    ) -> BOOL;\n\n    /// As [`A`].\n    pub fn B(h: HANDLE, \
        count: u32) -> BOOL;\n\n    /// Beside [`A`]. Non-zero = done.\n    pub fn C(h: HANDLE) -> BOOL;\n}\n";

    #[test]
    fn each_number_and_each_result_must_be_said() {
        assert_eq!(faults(GOOD), [""; 0]);
        for (from, to) in [
            ("`count` in", "`counts` in"),
            ("`flags` 0", "flags 0"),
            ("`*done` in", "done in"),
            ("Non-zero = read", "It reads"),
            ("Non-zero = done", "It is done"),
        ] {
            assert!(!faults(&GOOD.replace(from, to)).is_empty(), "{from} -> {to}");
        }
    }

    #[test]
    fn what_a_function_says_counts_for_those_that_refer_to_it() {
        let text = GOOD.replace("`count` in bytes", "it");
        assert_eq!(faults(&text).len(), 2, "of A, and of B by it");
        assert_eq!(faults(&GOOD.replace("As [`A`]", "Beside [`A`]")).len(), 2, "number, result");
        let round = "link! { \"a.dll\";\n    /// As [`B`].\n    pub fn A(a: u32) -> BOOL;\n\n    \
            /// As [`A`].\n    pub fn B(a: u32) -> BOOL;\n}\n";
        assert_eq!(faults(round).len(), 4, "each refers to the other");
    }

    #[test]
    fn callbacks_say_it_too_and_types_of_documented_functions_need_not() {
        let callback = "/// Runs. `code` 0 = success.\npub type ROUTINE =\n    \
            Option<unsafe extern \"system\" fn(code: u32, p: *mut c_void)>;\n";
        assert_eq!(faults(callback), [""; 0]);
        assert_eq!(faults(&callback.replace("`code`", "It")).len(), 1);
        let pointer =
            "/// x\npub type PFN_A = Option<unsafe extern \"system\" fn(code: u32) -> BOOL>;\n";
        assert_eq!(faults(pointer), [""; 0]);
    }

    #[test]
    fn numbers_behind_pointers_and_names_count() {
        let files = [sample("iocp-sys/src/a.rs", "pub type N = u32;\npub type SOCKET = usize;\n")];
        let numbers = numbers(&files);
        for number in ["u32", "N", "*mut N", "*const i64", "usize"] {
            assert!(is_number(number, &numbers), "{number}");
        }
        for other in ["*mut u8", "SOCKET", "*mut c_void", "*mut *mut u32", "HANDLE"] {
            assert!(!is_number(other, &numbers), "{other}");
        }
    }

    #[test]
    fn statuses_say_what_is_no_failure() {
        let call =
            "link! { \"ntdll.dll\";\n    /// 0 or more = done.\n    pub fn A() -> NTSTATUS;\n}\n";
        assert_eq!(faults(call), [""; 0]);
        assert_eq!(faults(&call.replace("0 or more = done", "`x` 0 = no")).len(), 1);
    }
}
