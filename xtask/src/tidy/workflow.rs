//! Each step of the CI workflow is a `cargo xtask` line that this very program understands, so that
//! what runs there can be run here, and a renamed option is found before it is pushed. A failed step
//! keeps no other from running, nor does one that hangs, the reports are uploaded in any case, and the run can be started by hand:
//! a run on a machine that nobody has here shows all that it can.

use std::ffi::OsString;

use yaml_rust2::{Yaml, YamlLoader};

use super::Source;
use crate::args::read;

const FOLDER: &str = ".github/workflows/";

/// The condition of a step that runs although an earlier one failed.
const ALWAYS_RUNS: &str = "${{ !cancelled() }}";

const UPLOAD: &str = "actions/upload-artifact@";

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
    if documents.iter().all(|document| document["on"]["workflow_dispatch"].is_badvalue()) {
        faults.push(format!("{}: no `workflow_dispatch` below `on`", file.path));
    }
    for job in documents.iter().flat_map(|document| values(&document["jobs"])) {
        let steps = || job["steps"].as_vec().into_iter().flatten();
        if !steps().any(uploads) {
            faults.push(format!("{}: a job without `{UPLOAD}` and `if: always()`", file.path));
        }
        let minutes = |yaml: &Yaml| yaml["timeout-minutes"].as_i64().unwrap_or(0);
        let runs: Vec<_> = steps().filter(|step| step["run"].as_str().is_some()).collect();
        let sum: i64 = runs.iter().map(|step| minutes(step)).sum();
        if runs.len() > 1 && (runs.iter().any(|step| minutes(step) == 0) || sum > minutes(job)) {
            faults.push(format!(
                "{}: steps need `timeout-minutes`, together no more than their job, or a hang of one \
                 keeps the later ones from running",
                file.path
            ));
        }
        for step in steps() {
            let (run, uses) = (step["run"].as_str(), step["uses"].as_str());
            if run.is_some() == uses.is_some() {
                faults.push(format!("{}: a step needs either `run` or `uses`", file.path));
            }
            if let Some(line) = run.filter(|_| step["if"].as_str() != Some(ALWAYS_RUNS)) {
                faults.push(format!(
                    "{}: `{}` without `if: {ALWAYS_RUNS}`",
                    file.path,
                    line.trim()
                ));
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

/// Whether a step keeps what the job wrote, also of a job that failed.
fn uploads(step: &Yaml) -> bool {
    let uses = step["uses"].as_str().unwrap_or_default();
    uses.starts_with(UPLOAD) && step["if"].as_str() == Some("always()")
}

fn values(yaml: &Yaml) -> impl Iterator<Item = &Yaml> {
    yaml.as_hash().into_iter().flat_map(|hash| hash.values())
}

fn fault(line: &str) -> Option<String> {
    let Some(words) = line.trim().strip_prefix("cargo xtask ") else {
        return Some("not a `cargo xtask` line".to_owned());
    };
    match read(words.split_whitespace().map(OsString::from)) {
        Ok(None) => Some("checks nothing".to_owned()),
        Ok(Some(_)) => None,
        Err(error) => Some(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    const HEAD: &str = "on:\n  workflow_dispatch:\njobs:\n  a:\n    steps:\n";
    const KEPT: &str = "      - uses: actions/upload-artifact@v4\n        if: always()\n";

    fn faults_of(text: &str) -> usize {
        check(&[sample(".github/workflows/ci.yml", text)]).len()
    }

    #[test]
    fn a_step_that_may_hang_for_as_long_as_its_job_fails() {
        let job = |of_job: u32, of_steps: [u32; 2]| {
            let head =
                HEAD.replace("    steps", &format!("    timeout-minutes: {of_job}\n    steps"));
            let run = |minutes: u32| {
                let limit = format!("        timeout-minutes: {minutes}\n");
                let limit = if minutes == 0 { "" } else { &limit };
                format!(
                    "      - run: cargo xtask tidy\n        if: ${{{{ !cancelled() }}}}\n{limit}"
                )
            };
            faults_of(&format!("{head}{}{KEPT}", of_steps.map(run).concat()))
        };
        assert_eq!(job(30, [10, 20]), 0);
        assert_eq!(job(29, [10, 20]), 1);
        assert_eq!(job(30, [10, 0]), 1);
    }

    /// Steps of a job that runs them all and keeps its reports.
    fn faults(steps: &[&str]) -> usize {
        let run =
            |line: &&str| format!("      - run: {line}\n        if: ${{{{ !cancelled() }}}}\n");
        let steps: String = steps.iter().map(run).collect();
        faults_of(&format!("{HEAD}{steps}{KEPT}"))
    }

    #[test]
    fn known_lines_pass_and_others_fail() {
        assert_eq!(faults(&["cargo xtask test"]), 0);
        assert_eq!(faults(&["cargo xtask test --wine11"]), 1);
        assert_eq!(faults(&["|\n          cargo xtask tidy\n          make"]), 1);
        assert_eq!(faults(&["cargo test"]), 1);
        assert_eq!(faults(&[]), 1, "no line at all");
        assert_eq!(faults_of("a: ["), 1);
        assert_eq!(check(&[]).len(), 1);
    }

    #[test]
    fn a_step_that_a_failure_skips_and_reports_that_are_lost_fail() {
        let run = "      - run: cargo xtask test\n";
        let good = format!("{run}        if: ${{{{ !cancelled() }}}}\n");
        assert_eq!(faults_of(&format!("{HEAD}{good}{KEPT}")), 0);
        assert_eq!(faults_of(&format!("{HEAD}{run}{KEPT}")), 1, "it is skipped");
        assert_eq!(faults_of(&format!("{HEAD}{run}        if: always()\n{KEPT}")), 1);
        assert_eq!(faults_of(&format!("{HEAD}{good}")), 1, "nothing is kept");
        let when_good = KEPT.replace("        if: always()\n", "");
        assert_eq!(faults_of(&format!("{HEAD}{good}{when_good}")), 1, "kept when all is well");
        assert_eq!(faults_of(&format!("{HEAD}{good}      - name: nothing\n{KEPT}")), 1);
        let by_push = HEAD.replace("workflow_dispatch", "push");
        assert_eq!(faults_of(&format!("{by_push}{good}{KEPT}")), 1, "not by hand");
    }
}
