//! The licence of every dependency is one that `deny.toml` allows; no tool to install for that.

use anyhow::{bail, Context, Result};

use crate::process::{cargo, output, root};

/// Compares `cargo tree` with the list in `deny.toml`.
pub(super) fn check() -> Result<String> {
    let config = std::fs::read_to_string(root().join("deny.toml")).context("deny.toml")?;
    let allowed = allowed(&config);
    let mut tree = cargo(["tree", "--workspace", "--target", "all", "-e", "normal,build,dev"]);
    let tree = output(tree.args(["--prefix", "none", "--format", "{p}|{l}"]))?;
    let mut packages: Vec<_> =
        tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|l| !l.is_empty()).collect();
    packages.sort_unstable();
    packages.dedup();
    for line in &packages {
        let (package, licence) = line.split_once('|').unwrap_or((line, ""));
        if !satisfied(licence, &allowed) {
            bail!("{package} has the licence `{licence}`; deny.toml allows {allowed:?}");
        }
    }
    Ok(format!("{} packages", packages.len()))
}

/// The strings of `allow = [...]`.
fn allowed(config: &str) -> Vec<&str> {
    let list = config.split_once("\nallow = [").map_or("", |(_, after)| after);
    let list = list.split(']').next().unwrap_or_default();
    list.split('"').skip(1).step_by(2).collect()
}

/// Whether an SPDX expression can be satisfied with the allowed licences.
fn satisfied(expression: &str, allowed: &[&str]) -> bool {
    let expression = expression.trim();
    if let Some((left, right)) = split(expression, &[" OR ", "/"]) {
        return satisfied(left, allowed) || satisfied(right, allowed);
    }
    if let Some((left, right)) = split(expression, &[" AND "]) {
        return satisfied(left, allowed) && satisfied(right, allowed);
    }
    match expression.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => satisfied(inner, allowed),
        None => allowed.contains(&expression),
    }
}

/// Splits at the first of these words that stands outside parentheses.
fn split<'a>(text: &'a str, words: &[&str]) -> Option<(&'a str, &'a str)> {
    for word in words {
        for (at, _) in text.match_indices(word) {
            let before = &text[..at];
            if before.matches('(').count() == before.matches(')').count() {
                return Some((before, &text[at + word.len()..]));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_satisfied_only_by_what_is_allowed() {
        let allowed = allowed("[licenses]\nallow = [\n  \"MIT\",\n  \"Unicode-3.0\",\n]\n");
        assert_eq!(allowed, ["MIT", "Unicode-3.0"]);
        for good in ["MIT", "MIT OR Apache-2.0", "MIT/X", "(MIT OR X) AND Unicode-3.0"] {
            assert!(satisfied(good, &allowed), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(X OR Y) AND MIT"] {
            assert!(!satisfied(bad, &allowed), "{bad}");
        }
    }
}
