//! Rules about the text itself: words that may not stand, length of files, links in a README.

use std::collections::BTreeSet;

use super::{find, rust, Source};

/// Lines of a source file.
const MAX_LINES: usize = 400;

/// What may not stand anywhere, with the reason. In halves, so that this file may hold them.
const FORBIDDEN: [(&str, &str, &str); 5] = [
    ("TO", "DO", "write an issue, or `FIXME(reason)`"),
    ("#[ign", "ore", "a test that does not run shows nothing: use `not_here(reason)`"),
    ("/wo", "rk/", "a path of one machine"),
    ("/ro", "ot/", "a path of one machine"),
    ("/ho", "me/", "a path of one machine"),
];

/// No word of [`FORBIDDEN`].
pub(super) fn words(files: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in files {
        for (number, line) in (1..).zip(file.text.lines()) {
            for (start, end, why) in FORBIDDEN {
                let word = format!("{start}{end}");
                if has_word(line, &word) {
                    faults.push(format!("{}:{number}: `{word}`: {why}", file.path));
                }
            }
        }
    }
    faults
}

/// Whether `word` stands in the line, and not as the middle of a longer name or path.
fn has_word(line: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    line.match_indices(word).any(|(at, _)| {
        let after = &line[at + word.len()..];
        let inside = word.ends_with(char::is_alphabetic) && after.starts_with(part_of_name);
        !line[..at].ends_with(part_of_name) && !inside
    })
}

/// The examples are written without unsafe code.
pub(super) fn examples(files: &[Source]) -> Vec<String> {
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    let mut faults = Vec::new();
    for file in rust(files, &["iocp/examples/"]) {
        let lines = (1..).zip(file.text.lines().map(code));
        for (number, line) in lines.filter(|(_, line)| {
            ["unsafe {", "unsafe impl", "unsafe fn", "unsafe extern"]
                .iter()
                .any(|u| line.contains(u))
        }) {
            faults.push(format!("{}:{number}: `{}` in an example", file.path, line.trim()));
        }
    }
    faults
}

/// No source file of the crates above [`MAX_LINES`].
pub(super) fn lengths(files: &[Source]) -> Vec<String> {
    let of_crates = rust(files, &["iocp/src/", "iocp-sys/src/", "xtask/src/"]);
    let counts = of_crates.map(|file| (file, file.text.lines().count()));
    let fault = |(file, count): (&Source, usize)| {
        format!("{}: {count} lines, {MAX_LINES} are enough; split it", file.path)
    };
    counts.filter(|(_, count)| *count > MAX_LINES).map(fault).collect()
}

/// The links of `iocp`'s README lead to files on a page of the repository, and to items in the
/// documentation: each has both definitions.
pub(super) fn links(files: &[Source]) -> Vec<String> {
    let defined = |path: &str| -> BTreeSet<String> {
        let lines = find(files, path).map_or("", |file| file.text.as_str()).lines();
        lines
            .filter_map(|line| Some(line.strip_prefix("[`")?.split_once("`]: ")?.0.into()))
            .collect()
    };
    let (files, items) = ("iocp/README.md", "iocp/src/links.md");
    let fault = |label: &String| format!("{items}: `{label}` is not defined here and in {files}");
    defined(files).symmetric_difference(&defined(items)).map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    #[test]
    fn a_link_with_one_definition_fails() {
        let readme = |text| sample("iocp/README.md", text);
        let items = || sample("iocp/src/links.md", "[`a`]: crate::a\n");
        assert_eq!(links(&[readme("| [`a`], [`b`] |\n\n[`a`]: src/a.rs\n"), items()]).len(), 0);
        assert_eq!(links(&[readme("[`a`]: src/a.rs\n[`b`]: src/b.rs\n"), items()]).len(), 1);
        assert_eq!(links(&[readme("[`a`] alone"), items()]).len(), 1);
    }

    #[test]
    fn each_forbidden_word_fails() {
        for (start, end, _) in FORBIDDEN {
            let text = format!("fine\nlet a; // {start}{end}x\n");
            let text = text.replace(&format!("{}x", "DO"), "DO").replace("orex", "ore]");
            assert_eq!(words(&[sample("a.rs", &text)]).len(), 1, "{start}{end}");
        }
        assert!(words(&[sample("a.rs", "AUTODOC https://a.b/wo\nTODOS\n")]).is_empty());
    }

    #[test]
    fn unsafe_in_an_example_fails() {
        let bad = sample("iocp/examples/a.rs", "//! no unsafe { here }\nunsafe { f() }\n");
        assert_eq!(examples(&[bad]).len(), 1);
    }

    #[test]
    fn a_long_file_fails() {
        let long_file = |lines| sample("iocp/src/a.rs", &"x\n".repeat(lines));
        assert_eq!(lengths(&[long_file(401)]).len(), 1);
        assert_eq!(lengths(&[long_file(400)]).len(), 0);
    }
}
