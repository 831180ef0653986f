//! Building the test programs of a crate, from what cargo says in JSON.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::{crates::Crate, tree::Tree};
use crate::{process::cargo, wine::TARGET};

/// One test program.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Program {
    /// `src`, or the file it is made from: `tests/name`.
    pub(super) name: String,
    pub(super) file: PathBuf,
}

/// What cargo made.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Built {
    pub(super) programs: Vec<Program>,
    /// What does not compile, and the first error.
    pub(super) refused: BTreeMap<String, String>,
}

/// Builds the unit tests and the tests of one crate.
pub(super) fn build(tree: &Tree, one: &Crate) -> Result<Built> {
    let words = ["build", "--quiet", "--keep-going", "--lib", "--tests", "--target", TARGET];
    let mut build = cargo(words);
    build.arg("--message-format=json").current_dir(tree.folder.join(one.full_name()));
    if !one.features.is_empty() {
        build.arg("--features").arg(one.features.join(","));
    }
    build.env("CARGO_TARGET_DIR", tree.build_folder());
    // What is denied in their repository is a warning to whoever depends on them. Names of lines in a
    // backtrace are not worth the space.
    build.env("RUSTFLAGS", "--cap-lints=warn").env("CARGO_PROFILE_DEV_DEBUG", "0");
    let said = build.output().context("cargo does not start")?;
    let mut built = read(&String::from_utf8_lossy(&said.stdout))?;
    if !said.status.success() && built.refused.is_empty() {
        let text = String::from_utf8_lossy(&said.stderr).into_owned();
        let first = text.lines().find(|line| line.starts_with("error")).unwrap_or("cargo fails");
        built.refused.insert("the package".to_owned(), first.to_owned());
    }
    Ok(built)
}

/// Reads cargo's messages.
fn read(text: &str) -> Result<Built> {
    let mut built = Built::default();
    for line in text.lines().filter(|line| line.starts_with('{')) {
        let message: Value = serde_json::from_str(line)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let target = &message["target"];
        let name = match target["kind"][0].as_str() {
            Some("test") => format!("tests/{}", text(&target["name"])),
            Some("bin") => format!("bin/{}", text(&target["name"])),
            _ => "src".to_owned(),
        };
        if message["reason"] == "compiler-message" && message["message"]["level"] == "error" {
            let what = text(&message["message"]["message"]);
            built.refused.entry(name).or_insert(what);
        } else if let (true, Some(file)) =
            (message["profile"]["test"] == true, message["executable"].as_str())
        {
            built.programs.push(Program { name, file: file.into() });
        }
    }
    built.programs.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(built)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_errors_are_read_from_the_messages_of_cargo() {
        let text = r#"
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"a"},"profile":{"test":false},"executable":null}
{"reason":"compiler-artifact","target":{"kind":["lib"],"name":"a"},"profile":{"test":true},"executable":"/a.exe"}
{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"b"},"profile":{"test":false},"executable":"/b.exe"}
{"reason":"compiler-artifact","target":{"kind":["test"],"name":"c"},"profile":{"test":true},"executable":"/c.exe"}
{"reason":"compiler-message","target":{"kind":["test"],"name":"d"},"message":{"level":"warning","message":"w"}}
{"reason":"compiler-message","target":{"kind":["test"],"name":"e"},"message":{"level":"error","message":"first"}}
{"reason":"compiler-message","target":{"kind":["test"],"name":"e"},"message":{"level":"error","message":"second"}}
{"reason":"build-finished","success":false}
"#;
        let built = read(text).expect("read");
        let names: Vec<_> = built.programs.iter().map(|program| program.name.as_str()).collect();
        assert_eq!(names, ["src", "tests/c"]);
        assert_eq!(built.refused, [("tests/e".to_owned(), "first".to_owned())].into());
    }
}
