//! Every unsafe block and impl has a proof right above it: `// SAFETY:` and one bullet for each
//! obligation of what is called. Clippy takes `// SAFETY: syscall` for a proof; this looks at the
//! form.

use super::{rust, Source};

/// The words of a bullet that proves something; `* a syscall` has two.
const WORDS_MIN: usize = 4;

/// What is said in place of a proof.
const EMPTY_WORDS: [&str; 6] =
    ["trivial", "obvious", "see above", "same as above", "just a syscall", "ffi call"];

/// Checks the two crates, and the tests' helpers. Not the programs of tasks on windows-sys: they are written as
/// users of it write, for comparison.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let is_peers = |file: &&Source| {
        file.path.starts_with("tests/tasks/") && file.path.ends_with("/windows_sys.rs")
    };
    let ours = rust(files, &["iocp-sys/", "iocp/", "tests/"]).filter(|file| !is_peers(file));
    ours.flat_map(check_file).collect()
}

fn check_file(file: &Source) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
    let unsafe_lines = (0..lines.len()).filter(|&at| is_unsafe(lines[at]));
    let faults = unsafe_lines.filter_map(|at| {
        let fault = fault(&lines, at)?;
        Some(format!("{}:{}: {fault}", file.path, at + 1))
    });
    faults.collect()
}

/// Whether the code of a line (not its comment) opens an unsafe block or impl.
fn is_unsafe(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let quoted = |at: usize| code[..at].matches('"').count() % 2 == 1;
    ["unsafe {", "unsafe impl"].iter().any(|word| code.find(word).is_some_and(|at| !quoted(at)))
}

fn fault(lines: &[&str], at: usize) -> Option<String> {
    let Some(proof) = proof_above(lines, at) else {
        return Some("no `// SAFETY:` right above this unsafe".to_owned());
    };
    let bullets = bullets(&proof);
    if bullets.is_empty() {
        return Some("the proof needs bullets: `// * why each obligation holds`".to_owned());
    }
    for bullet in bullets {
        let text = bullet.to_lowercase();
        if text.split_whitespace().count() < WORDS_MIN {
            return Some(format!("`{bullet}` proves nothing"));
        }
        if let Some(word) = EMPTY_WORDS.iter().find(|word| text.contains(**word)) {
            return Some(format!("`{word}` is no proof"));
        }
    }
    None
}

/// The comment right above the statement that holds line `at`: its attributes and the earlier
/// lines of the same statement may stand between.
fn proof_above(lines: &[&str], at: usize) -> Option<Vec<String>> {
    let mut above = at;
    while above > 0 {
        let line = lines[above - 1];
        if line.starts_with("//") {
            let first = (0..above).rev().take_while(|&n| lines[n].starts_with("//")).last()?;
            let text = |line: &&str| line.trim_start_matches('/').trim().to_owned();
            let block: Vec<_> = lines[first..above].iter().map(text).collect();
            let safety = block.iter().rposition(|line| line.starts_with("SAFETY:"))?;
            return Some(block[safety..].to_vec());
        }
        let statement_ended = line.is_empty() || line.ends_with([';', '{', '}', ',']);
        if statement_ended && !line.starts_with("#[") {
            return None;
        }
        above -= 1;
    }
    None
}

/// The bullets, each with the lines that continue it.
fn bullets(proof: &[String]) -> Vec<String> {
    let mut bullets: Vec<String> = Vec::new();
    let first = proof.first().map(|line| line.trim_start_matches("SAFETY:").trim());
    for line in first.into_iter().chain(proof.iter().skip(1).map(String::as_str)) {
        if let Some(text) = line.strip_prefix("* ") {
            bullets.push(text.to_owned());
        } else if let Some(last) = bullets.last_mut() {
            last.push(' ');
            last.push_str(line);
        }
    }
    bullets
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    fn faults(text: &str) -> usize {
        check(&[sample("iocp/src/os/windows.rs", text)]).len()
    }

    #[test]
    fn a_proof_with_bullets_passes() {
        let good = "// Reads.\n// SAFETY:\n// * `p` points to a live slot (see `Slab::get`).\n\
                    #[allow(x)]\nlet a =\n    unsafe { p.read() };\n";
        assert_eq!(faults(good), 0);
        assert_eq!(
            faults("// SAFETY: * the slab owns\n//   this memory\nunsafe impl Send for A {}"),
            0
        );
    }

    #[test]
    fn a_missing_or_distant_proof_fails() {
        assert_eq!(faults("let a = unsafe { p.read() };"), 1);
        assert_eq!(
            faults("// SAFETY:\n// * it is a live slot here\n\nunsafe impl Send for A {}"),
            1
        );
        assert_eq!(faults("// SAFETY:\n// * it is a live slot here\nf();\nunsafe { g() };"), 1);
    }

    #[test]
    fn a_proof_that_proves_nothing_fails() {
        for text in ["syscall", "* syscall", "* trivial as this is only ffi", "the pointer is fine"]
        {
            assert_eq!(faults(&format!("// SAFETY: {text}\nunsafe {{ f() }};")), 1, "{text}");
        }
    }

    #[test]
    fn comments_and_strings_are_not_code() {
        assert_eq!(faults("// an unsafe { block }\nlet a = \"unsafe {\";\nunsafe fn f() {}"), 0);
    }
}
