//! Each step of the CI workflow is a `cargo xtask` line that this very program understands, so that
//! what runs there can be run here, and a renamed option is found before it is pushed.

use std::ffi::OsString;

use yaml_rust2::{Yaml, YamlLoader};

use super::Source;
use crate::args::Command;

const FOLDER: &str = ".github/workflows/";

/// Parses each workflow and each of its `run` lines.
pub(super) fn check(files: &[Source]) -> Vec<String> {
    let workflows: Vec<_> = files.iter().filter(|file| file.path.starts_with(FOLDER)).collect();
    if workflows.is_empty() {
        return vec![format!("{FOLDER}: no workflow")];
    }
    workflows.into_iter().flat_map(check_file).collect()
}

fn check_file(file: &Source) -> Vec<String> {
    let documents = match YamlLoader::load_from_str(&file.text) {
        Ok(documents) => documents,
        Err(error) => return vec![format!("{}: no YAML: {error}", file.path)],
    };
    let mut faults = Vec::new();
    let mut lines = 0;
    for job in documents.iter().flat_map(|document| values(&document["jobs"])) {
        for step in job["steps"].as_vec().into_iter().flatten() {
            let (run, uses) = (step["run"].as_str(), step["uses"].as_str());
            if run.is_some() == uses.is_some() {
                faults.push(format!("{}: a step needs either `run` or `uses`", file.path));
            }
            for line in run.unwrap_or_default().lines().filter(|line| !line.trim().is_empty()) {
                lines += 1;
                if let Some(fault) = fault(line) {
                    faults.push(format!("{}: `{line}`: {fault}", file.path));
                }
            }
        }
    }
    if lines == 0 {
        faults.push(format!("{}: no `run` step in any job", file.path));
    }
    faults
}

fn values(yaml: &Yaml) -> impl Iterator<Item = &Yaml> {
    yaml.as_hash().into_iter().flat_map(|hash| hash.values())
}

fn fault(line: &str) -> Option<String> {
    let Some(words) = line.trim().strip_prefix("cargo xtask ") else {
        return Some("not a `cargo xtask` line".to_owned());
    };
    match Command::parse(words.split_whitespace().map(OsString::from)) {
        Ok(Command::Help | Command::Load(_)) => Some("checks nothing".to_owned()),
        Ok(_) => None,
        Err(error) => Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    fn faults(steps: &str) -> usize {
        let text = format!("jobs:\n  a:\n    steps:\n{steps}");
        check(&[sample(".github/workflows/ci.yml", &text)]).len()
    }

    #[test]
    fn known_lines_pass_and_others_fail() {
        assert_eq!(faults("      - uses: actions/checkout@v4\n      - run: cargo xtask test\n"), 0);
        assert_eq!(faults("      - run: cargo xtask test --wine11\n"), 1);
        assert_eq!(faults("      - run: |\n          cargo xtask tidy\n          make\n"), 1);
        assert_eq!(faults("      - run: cargo test\n"), 1);
        assert_eq!(faults("      - name: nothing\n"), 2);
        assert_eq!(check(&[sample(".github/workflows/ci.yml", "a: [")]).len(), 1);
        assert_eq!(check(&[]).len(), 1);
    }
}
