//! Running one test program under Wine: what each of its tests came to, whatever becomes of the program.
//!
//! The program lists its tests, then runs them. Where it does not end in its time, or ends before its
//! tests, each test of which nothing was told is run alone: one that hangs or takes the program with it
//! does not hide the others.

use std::{
    fs::{self, File},
    path::Path,
    process::Stdio,
};

use anyhow::{Context, Result};

use super::{
    outcome::{listed, Outcome, Told},
    program::Program,
};
use crate::{
    process::{command, target_dir},
    wine::Wine,
};

/// Seconds for one test that is run alone.
const ALONE_SECONDS: u64 = 20;

/// Tests at the same time: as many on every machine, for with one the harness writes in another form.
const THREADS: &str = "--test-threads=2";

/// The test that a program's start stands for, where it does not even list its tests.
const STARTS: &str = "(starts)";

/// What `timeout` exits with.
const TIMED_OUT: i32 = 124;

/// How a program ended.
struct Ended {
    text: String,
    code: Option<i32>,
}

/// Runs the tests of one program of a package that lies in `folder`; only these, if there are any.
pub(super) fn run(
    program: &Program,
    folder: &Path,
    wine: &Wine,
    seconds: u64,
    only: &[String],
) -> Result<Told> {
    let list = start(program, folder, wine, ALONE_SECONDS, &["--list", "--format=terse"])?;
    let mut names = listed(&list.text);
    if list.code != Some(0) {
        let mut told = Told::default();
        told.outcomes.insert(STARTS.to_owned(), Outcome::Died);
        let code = list.code.map_or("a signal".to_owned(), |code| format!("code {code}"));
        told.why.insert(STARTS.to_owned(), format!("asked for its tests, it ends with {code}"));
        return Ok(told);
    }
    let mut words = vec![THREADS];
    if !only.is_empty() {
        names.retain(|name| only.contains(name));
        words.push("--exact");
        words.extend(only.iter().map(String::as_str));
    }
    let ended = start(program, folder, wine, seconds, &words)?;
    let mut told = Told::read(&ended.text);
    told.outcomes.retain(|name, _| names.contains(name));
    for name in names {
        if told.outcomes.contains_key(&name) {
            continue;
        }
        let words = ["--exact", &name, THREADS];
        let alone = start(program, folder, wine, ALONE_SECONDS.min(seconds), &words)?;
        let found = Told::read(&alone.text);
        told.why.extend(found.why);
        let outcome = found.outcomes.get(&name).copied();
        let outcome = outcome.unwrap_or(match alone.code {
            Some(TIMED_OUT) => Outcome::Hung,
            _ => Outcome::Died,
        });
        told.outcomes.insert(name, outcome);
        told.alone += 1;
    }
    Ok(told)
}

/// Starts the program and waits until it ends or is ended.
///
/// What it prints goes into a file: a program that it started could hold a pipe open for ever.
fn start(
    program: &Program,
    folder: &Path,
    wine: &Wine,
    seconds: u64,
    words: &[&str],
) -> Result<Ended> {
    let log = target_dir().join("peers/tests");
    fs::create_dir_all(&log)?;
    let log = log.join(format!("output-{}-{}", std::process::id(), program.name.replace('/', "-")));
    let file = File::create(&log).with_context(|| log.display().to_string())?;
    // A group of its own, ended as a whole.
    let mut run = command("timeout");
    run.arg("--kill-after=5").arg(seconds.to_string()).arg(&wine.runner).arg(&program.file);
    run.args(words).current_dir(folder).env("CARGO_MANIFEST_DIR", folder);
    run.stdin(Stdio::null()).stdout(file).stderr(Stdio::null());
    let status = run.status().context("`timeout` does not start")?;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    fs::remove_file(&log)?;
    Ok(Ended { text, code: status.code() })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::wine::TARGET;

    /// Runs a shell script in the place of a test program, and of Wine the shell.
    fn of_script(script: &str, name: &str) -> Told {
        let file = std::env::temp_dir().join(format!("iocp-{name}-{}", std::process::id()));
        fs::write(&file, script).expect("written");
        let program = Program { name: name.to_owned(), file: file.clone() };
        let wine = Wine { name: String::new(), runner: "/bin/sh".into(), target: TARGET };
        let told = run(&program, Path::new("/"), &wine, 1, &[]).expect("run");
        fs::remove_file(file).expect("removed");
        told
    }

    #[test]
    fn a_test_that_hangs_or_ends_its_program_hides_no_other() {
        let told = of_script(
            "case \"$*\" in\n*--list*) printf 'a: test\\nb: test\\nc: test\\nd: test\\n' ;;\n\
             '--exact b '*) sleep 60 ;;\n'--exact c '*) exit 3 ;;\n\
             '--exact d '*) echo 'test d ... ok' ;;\n\
             *) echo 'test a ... ok'; echo 'test other ... ok'; exit 101 ;;\nesac\n",
            "hides",
        );
        let expected = [
            ("a", Outcome::Passed),
            ("b", Outcome::Hung),
            ("c", Outcome::Died),
            ("d", Outcome::Passed),
        ];
        assert_eq!(told.outcomes, expected.map(|(name, found)| (name.to_owned(), found)).into());
        assert_eq!(told.alone, 3);
    }

    #[test]
    fn a_program_that_does_not_start_is_an_outcome() {
        let told = of_script("exit 53\n", "start");
        assert_eq!(told.outcomes, [(STARTS.to_owned(), Outcome::Died)].into());
        assert!(told.why[STARTS].ends_with("code 53"));
    }
}
