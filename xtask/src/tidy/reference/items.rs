//! The public items of `iocp-sys` with their documentation, read line by line.
//!
//! Not a parser of Rust: it relies on rustfmt's shape of these sources. The test over the repository
//! counts what it finds, so that a shape it does not understand cannot hide items.

use crate::tidy::Source;

/// What an item is, as far as its documentation differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A function of a DLL, inside `link!` or `link_late!`.
    Import,
    /// A structure or union of the SDK.
    Struct,
    /// An unnamed part of one, with a name such as `OVERLAPPED_0`.
    Part,
    /// A type `Option<unsafe extern "system" fn(…)>`.
    Pointer,
    /// A function that is a macro or inline in the SDK.
    Macro,
    /// Anything else: constants, aliases, methods.
    Other,
}

/// One public item.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) path: &'a str,
    pub(super) line: usize,
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    /// The DLL of an import.
    pub(super) dll: &'a str,
    /// Lines of documentation without their slashes.
    pub(super) doc: Vec<&'a str>,
}

impl Item<'_> {
    /// The lines below a heading, up to the next one.
    pub(super) fn section(&self, heading: &str) -> Option<Vec<&str>> {
        let at = self.doc.iter().position(|line| *line == heading)?;
        let lines = self.doc[at + 1..].iter().copied();
        Some(lines.take_while(|line| !line.starts_with("# ")).collect())
    }
}

/// The items of one file.
pub(super) fn of(file: &Source) -> Vec<Item<'_>> {
    let lines: Vec<&str> = file.text.lines().collect();
    let (mut items, mut doc, mut dll) = (Vec::new(), Vec::new(), "");
    for (at, line) in lines.iter().enumerate() {
        let text = line.trim();
        if line.starts_with("link!") || line.starts_with("link_late!") {
            let rest = [Some(&text), lines.get(at + 1)];
            dll = rest.into_iter().flatten().find_map(|line| line.split('"').nth(1)).unwrap_or("");
        } else if *line == "}" {
            dll = "";
        }
        if let Some(words) = text.strip_prefix("///") {
            doc.push(words.trim());
        } else if let Some(item) = text.strip_prefix("pub ").filter(|_| !text.starts_with("pub(")) {
            let next = lines.get(at + 1).copied().unwrap_or_default();
            if let Some((kind, name)) = named(item, next, dll, line.starts_with("pub")) {
                let doc = std::mem::take(&mut doc);
                items.push(Item { path: &file.path, line: at + 1, kind, name, dll, doc });
            }
            doc.clear();
        } else if !text.starts_with(['#', '/']) && !text.ends_with([',', ')', ']']) {
            doc.clear(); // attributes, also those of several lines, may stand between
        }
    }
    items
}

/// Each `layout!` of a file: the name, and the layout in the words of the documentation.
pub(super) fn layouts(file: &Source) -> Vec<(&str, String)> {
    let found = file.text.split("\nlayout!(").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once(": size ")?;
        let head = rest.split([';', ')']).next()?;
        let numbers: Vec<&str> =
            head.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty()).collect();
        let [size32, size64, align32, align64] = numbers[..] else { return None };
        Some((
            name,
            if (size32, align32) == (size64, align64) {
                format!("{size64} bytes, align {align64} (64- and 32-bit)")
            } else {
                format!(
                "{size64} bytes, align {align64} (64-bit); {size32} bytes, align {align32} (32-bit)"
            )
            },
        ))
    });
    found.collect()
}

/// Kind and name of what follows `pub`; `None` for fields, modules and uses.
fn named<'a>(item: &'a str, next: &str, dll: &str, top: bool) -> Option<(Kind, &'a str)> {
    let item = item.trim_start_matches("const unsafe ").trim_start_matches("unsafe ");
    let item = item.strip_prefix("const fn").map_or(item, |_| &item["const ".len()..]);
    let (word, rest) = item.split_once(' ')?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let name = &rest[..end];
    if name.is_empty() {
        return None; // a macro's `$name`
    }
    let whole = format!("{rest}{}", next.trim());
    let kind = match word {
        "fn" if !dll.is_empty() => Kind::Import,
        "fn" if top => Kind::Macro,
        "struct" | "union" if is_part(name) => Kind::Part,
        "struct" | "union" => Kind::Struct,
        "type" if whole.contains("Option<") && whole.contains("unsafe extern") => Kind::Pointer,
        "fn" | "type" | "const" => Kind::Other,
        _ => return None,
    };
    Some((kind, name))
}

/// `NAME_0`, `NAME_0_1`: how windows-sys names the unnamed parts of `NAME`.
fn is_part(name: &str) -> bool {
    name.rsplit('_').next().is_some_and(|end| end.len() == 1 && end.as_bytes()[0].is_ascii_digit())
}
