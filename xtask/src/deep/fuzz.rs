//! Coverage-driven fuzzing of each parser of bytes from the system or a peer: `tests/fuzz`, by cargo-fuzz.
//!
//! `IOCP_FUZZ_SECONDS` chooses how long each is fuzzed.

use std::{
    env,
    fs::{self, File},
    path::Path,
};

use anyhow::{bail, Context, Result};

use crate::{
    process::{cargo_of, headline, root, target_dir},
    setup,
    tools::Tool,
};

const FUZZ: Tool = Tool { package: "cargo-fuzz", words: &["cargo", "fuzz"], version: "0.13.2" };

/// The programs in `tests/fuzz/targets`.
const TARGETS: [&str; 4] = ["changes", "extended_changes", "control_messages", "addresses"];

/// How long each is fuzzed, unless the environment says.
const SECONDS: u32 = 300;

/// Runs each, and says what it has covered. What it finds is in `target/fuzz`; a corpus that covers more is put
/// into `tests/fuzz/corpus` by hand, as its README says.
pub(super) fn run() -> Result<String> {
    setup::toolchain("nightly", &[])?;
    // Builds it, if it is not there.
    FUZZ.command()?;
    let seconds = match env::var("IOCP_FUZZ_SECONDS") {
        Ok(seconds) => seconds.parse().context("IOCP_FUZZ_SECONDS is a number of seconds")?,
        Err(_) => SECONDS,
    };
    let mut said = Vec::new();
    for target in TARGETS {
        headline(&format!("{target}, {seconds} s"));
        let covered = fuzz(target, seconds, &target_dir().join("fuzz"))?;
        println!("  {covered}");
        said.push(format!("{target}: {covered}"));
    }
    Ok(said.join("; "))
}

fn fuzz(target: &str, seconds: u32, folder: &Path) -> Result<String> {
    let found = folder.join("corpus").join(target);
    fs::create_dir_all(&found)?;
    let here = root().join("tests/fuzz");
    let mut fuzz = cargo_of("nightly", ["fuzz", "run", target]);
    fuzz.arg(&found).arg(here.join("corpus").join(target)).arg("--fuzz-dir").arg(&here);
    fuzz.arg("--target-dir").arg(folder.join("build"));
    fuzz.args(["--", "-max_len=512", &format!("-max_total_time={seconds}")]);
    fuzz.arg(format!("-artifact_prefix={}/", folder.display()));
    // libFuzzer speaks on the standard error.
    let log = folder.join(format!("{target}.log"));
    let file = File::create(&log)?;
    let status = fuzz.stdout(file.try_clone()?).stderr(file).status().context("cargo fuzz")?;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    match covered(&text) {
        Some(covered) if status.success() => Ok(covered),
        _ => bail!("{text}\n{target}: see above, or {}", log.display()),
    }
}

/// Of what libFuzzer says at its end: `#123 DONE cov: 253 ft: 807 …`.
fn covered(log: &str) -> Option<String> {
    let last = log.lines().find(|line| line.contains("DONE"))?;
    let after = |word: &str| last.split_whitespace().skip_while(|&found| found != word).nth(1);
    let inputs = last.split_whitespace().next()?.trim_start_matches('#');
    Some(format!("{inputs} inputs, {} edges, {} features", after("cov:")?, after("ft:")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_covered_is_read_from_the_last_line_of_the_fuzzer() {
        let log = "INFO: x\n#2\tINITED cov: 3 ft: 4 corp: 1/1b\n#9\tDONE   cov: 253 ft: 807 corp: 150/12773b lim: 512\nDone 9 runs";
        assert_eq!(covered(log).as_deref(), Some("9 inputs, 253 edges, 807 features"));
        assert_eq!(covered("#2\tINITED cov: 3 ft: 4"), None);
    }

    #[test]
    fn each_program_is_run_and_has_a_corpus() {
        let folder = root().join("tests/fuzz");
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("readable");
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
        for target in TARGETS {
            assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
            let corpus = fs::read_dir(folder.join("corpus").join(target)).expect("a folder");
            assert!(corpus.count() > 5, "{target}");
        }
    }
}
