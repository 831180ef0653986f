//! What may be written after `cargo xtask`: names, flags, help.

use std::{ffi::OsString, fmt};

use anyhow::{bail, Result};
use pico_args::Arguments;

use crate::{
    bench, check, ci, deep, demo, doc, evidence, examples, layers, mutants, names as api,
    parts::Asked, peers, surface, tasks, test, tidy,
};

/// The help text.
const HELP: &str = "\
cargo xtask demo [--connections N] [--seconds N] [--address ADDR]... [--port N]
    builds the echo server, runs it and loads it with real TCP connections
cargo xtask test [--wine10] [--target TRIPLE] [FILTER] [-- ARGS-OF-CARGO-TEST...]
    tests on this host, then under Wine (on Windows: natively)
cargo xtask evidence [--wine10] [--target TRIPLE]
    facts, behaviours, storms, demo and benches of this Windows (or Wine) in one file
cargo xtask doc
    documentation for a Windows target, for this host and of a program; warnings and dead links are
    errors
cargo xtask check [PART...]
    format, clippy of 64 and 32 bits, minimum Rust, dependencies, packages
cargo xtask tidy
    the project's own rules: proofs, behaviours, workflow, sources
cargo xtask graph
    which folder and file of iocp imports from which, against the order of layers
cargo xtask ci
    everything a change must pass beyond `test`: tidy, check, doc, Wine 10, Miri, demo
cargo xtask deep [PART...]
    the long checks: licences, spelling, names, semver (by tools that it fetches), miri, asan, tsan,
    loom, storm, targets, fuzz, mutants, peers, tasks, faults, archives, own-tests; all without PART
cargo xtask mutants [faults | generated | NAME...]
    makes the core wrong in a copy, and says which test notices
cargo xtask peers [check | --faults] [--fresh] [NAME...]
    20 crates with windows-sys's own source in which our items are put: compiled, and their tests run on
    both under Wine; `check` only compiles; --faults: are faults seen? It goes on where an earlier run was
    stopped, unless --fresh
cargo xtask examples [--load] [--wine10] [NAME...]
    the examples of the event queue under Wine, each against clients that are not ours
cargo xtask tasks [--wine10] [TASK...]
    the programs of tests/tasks under Wine, on iocp and on its peers, with lines and unsafe of each
cargo xtask surface [--faults]
    iocp-sys against the C headers, windows-sys and Wine's DLLs; --faults: are faults seen?
cargo xtask api
    writes the lists of public names in tests/api anew
cargo xtask bench [--quick] [--repeat] [--publish] [--resume] [--rounds N] [NAME...]
    iocp beside raw Win32 and its peers; --quick: the counts that CI compares with the goals;
    --repeat: two runs must count the same; --publish: into tests/bench/BENCHMARKS.md;
    --resume: goes on with a whole run that was stopped

The last table of a command is kept in target/reports.
IOCP_WINE=/path/to/wine64 chooses another Wine.
";

/// A mistake in the arguments: one sentence, exit code 2.
#[derive(Debug)]
pub(crate) struct Usage(pub(crate) String);

impl fmt::Display for Usage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// What a command line asks for, read and ready to run.
pub(crate) type Work = Box<dyn FnOnce() -> Result<()>>;

/// A command's name, and how the words after it are read.
type Command = (&'static str, fn(Arguments) -> Result<Work>);

/// All but `test`, which reads what follows `--` too.
const COMMANDS: [Command; 15] = [
    ("demo", |words| with(demo::Args::parse(words), demo::run)),
    ("evidence", |words| with(evidence::Args::parse(words), evidence::run)),
    ("doc", |words| alone(words, doc::run)),
    ("check", |words| with(Asked::parse(words, "check", &check::PARTS), check::run)),
    ("tidy", |words| alone(words, tidy::run)),
    ("graph", |words| alone(words, layers::run)),
    ("ci", |words| alone(words, ci::run)),
    ("deep", |words| with(Asked::parse(words, "deep", &deep::PARTS), deep::run)),
    ("mutants", |words| with(mutants::Args::parse(words), mutants::run)),
    ("peers", |words| with(peers::Args::parse(words), peers::run)),
    ("examples", |words| with(examples::Args::parse(words), examples::run)),
    ("tasks", |words| with(tasks::Args::parse(words), tasks::run)),
    ("surface", |words| with(surface::Args::parse(words), surface::run)),
    ("api", |words| alone(words, api::write)),
    ("bench", |words| with(bench::Args::parse(words), bench::run)),
];

/// Reads everything after `cargo xtask`; nothing to do but to [help] is `None`.
pub(crate) fn read(words: impl IntoIterator<Item = OsString>) -> Result<Option<Work>> {
    let mut words: Vec<_> = words.into_iter().collect();
    // Hidden: counts the instructions of a program that it starts.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    if words.first().is_some_and(|name| name == "step") {
        let args = bench::step::Args::parse(words.split_off(1));
        return with(args, bench::step::run).map(Some);
    }
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let rest = words.split_off(end);
    let mut words = Arguments::from_vec(words);
    if words.contains(["-h", "--help"]) {
        return Ok(None);
    }
    let name = words.subcommand().map_err(usage)?.unwrap_or_else(|| "help".to_owned());
    if name == "test" {
        return with(test::Args::parse(words, rest), test::run).map(Some);
    }
    if !rest.is_empty() {
        bail!(Usage(format!("nothing follows `{name}` after `--`")));
    }
    if name == "help" {
        return alone(words, || Ok(())).map(|_| None);
    }
    match COMMANDS.iter().find(|(known, _)| *known == name) {
        Some((_, read)) => read(words).map(Some),
        None => {
            let known = COMMANDS.map(|(known, _)| known).join(", ");
            bail!(Usage(format!("unknown command `{name}`: use test, {known} or help")))
        }
    }
}

/// What runs with these arguments.
fn with<A: 'static>(args: Result<A>, run: fn(&A) -> Result<()>) -> Result<Work> {
    let args = args?;
    Ok(Box::new(move || run(&args)))
}

/// What runs without any.
fn alone(words: Arguments, run: fn() -> Result<()>) -> Result<Work> {
    end(words)?;
    Ok(Box::new(run))
}

/// Prints the help text.
pub(crate) fn help() {
    print!("{HELP}");
}

/// A parser's error as a [`Usage`].
pub(crate) fn usage(error: impl fmt::Display) -> anyhow::Error {
    anyhow::Error::new(Usage(error.to_string()))
}

/// The value of `flag` as a number within `range`, or the usual one.
pub(crate) fn number<T>(
    words: &mut Arguments,
    flag: &'static str,
    range: std::ops::RangeInclusive<T>,
    usual: T,
) -> Result<T>
where
    T: std::str::FromStr + PartialOrd + fmt::Display,
{
    let Some(text) = text(words, flag)? else { return Ok(usual) };
    match text.parse::<T>() {
        Ok(value) if range.contains(&value) => Ok(value),
        _ => bail!(Usage(format!(
            "{flag} needs a number from {} to {}, not `{text}`",
            range.start(),
            range.end()
        ))),
    }
}

/// The value of `flag`, if it is there.
pub(crate) fn text(words: &mut Arguments, flag: &'static str) -> Result<Option<String>> {
    words.opt_value_from_str(flag).map_err(usage)
}

/// All words that are left; none of them is a flag.
pub(crate) fn rest(words: Arguments) -> Result<Vec<String>> {
    let word = |word: OsString| match word.to_string_lossy() {
        word if !word.starts_with('-') => Ok(word.into_owned()),
        word => bail!(Usage(format!("what is `{word}` for?"))),
    };
    words.finish().into_iter().map(word).collect()
}

/// Nothing may be left.
pub(crate) fn end(words: Arguments) -> Result<()> {
    match rest(words)?.first() {
        None => Ok(()),
        Some(word) => bail!(Usage(format!("what is `{word}` for?"))),
    }
}

/// The words that are left, where each is one of these.
pub(crate) fn names(words: Arguments, what: &str, known: &[&str]) -> Result<Vec<String>> {
    let names = rest(words)?;
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => bail!(Usage(format!("no {what} `{name}`: use {}", known.join(", ")))),
        None => Ok(names),
    }
}

/// Words, as they may be written.
#[cfg(test)]
pub(crate) fn sample(words: &[&str]) -> Arguments {
    Arguments::from_vec(words.iter().map(OsString::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Work>> {
        read(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn every_command_parses_and_stands_in_the_help_text() {
        for name in COMMANDS.map(|(name, _)| name).into_iter().chain(["test"]) {
            assert!(parse(name).is_ok_and(|work| work.is_some()), "{name}");
            assert!(
                HELP.lines().any(|line| line.starts_with(&format!("cargo xtask {name}"))),
                "{name}"
            );
        }
        for line in ["", "help", "demo --help"] {
            assert!(parse(line).is_ok_and(|work| work.is_none()), "{line}");
        }
    }

    #[test]
    fn bad_arguments_are_usage_errors_of_one_sentence() {
        for line in [
            "fly",
            "doc now",
            "demo --port 65536",
            "demo --port x",
            "demo --address nowhere",
            "demo --connections 0",
            "demo --seconds 99",
            "demo --what",
            "check fly",
            "deep fly",
            "mutants fly",
            "peers check --faults",
            "examples fly",
            "tasks fly",
            "bench fly",
            "test --target",
            "evidence now",
        ] {
            let Err(error) = parse(line) else { panic!("`{line}` was accepted") };
            assert!(error.is::<Usage>(), "{line}: {error}");
            assert_eq!(error.to_string().lines().count(), 1, "{line}: {error}");
        }
    }
}
