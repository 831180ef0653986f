//! `cargo xtask deep`: the checks that take long; the workflow runs them each week.
//!
//! All but `targets` run on the simulated kernel, on this host: what they show is about the state
//! machine and its memory orderings, not about Windows. The storm runs on other kernels too.

mod fuzz;

use std::process::Command;

use anyhow::{bail, ensure, Result};

use crate::{
    archives, check,
    evidence::{storms, Place, Storms},
    heard::watch,
    mutants, names,
    parts::{Asked, Part},
    peers,
    process::{cargo, cargo_of, headline, run as run_command, target_dir},
    setup, surface, tasks,
    test::{self, run_some},
    tools,
    wine::Wine,
};

/// The parts, in the order in which they run.
pub(crate) const PARTS: [Part; 17] = [
    ("licences", tools::licences),
    ("spelling", tools::spelling),
    ("names", names::check),
    ("semver", names::semver),
    ("miri", || miri(2)),
    ("asan", asan),
    ("tsan", tsan),
    ("loom", loom),
    ("storm", storm),
    ("targets", targets),
    ("fuzz", fuzz),
    ("mutants", mutants::all),
    ("peers", peers::deep),
    ("tasks", tasks::deep),
    ("faults", faults),
    ("archives", archives::long),
    ("own-tests", test::own_under_wine),
];

/// Windows targets for which rustup has no `core`: `iocp-sys` is compiled for them, nothing runs.
const TARGETS: [&str; 8] = [
    "arm64ec-pc-windows-msvc",
    "x86_64-pc-windows-gnullvm",
    "aarch64-pc-windows-gnullvm",
    "i686-pc-windows-gnullvm",
    "x86_64-win7-windows-msvc",
    "x86_64-win7-windows-gnu",
    "i686-win7-windows-msvc",
    "thumbv7a-pc-windows-msvc",
];

/// How many random schedules a storm tries here; a plain test run tries few.
const STORM_COUNT: &str = "2000";

/// What is tried on each Windows kernel.
const STORMS: Storms = Storms { seconds: "60", races: "100000", closes: "1000" };

/// How many programs and inputs each random test tries here.
const FUZZ_CASES: &str = "20000";

/// Runs the parts that were asked for.
pub(crate) fn run(asked: &Asked) -> Result<()> {
    asked.run("deep", &PARTS)
}

/// Miri over the families of tests in which memory changes hands: what fits a change's checks.
/// The whole takes about ten minutes a schedule and is in `deep`.
pub(crate) fn miri_short() -> Result<String> {
    let families =
        ["tests::forgery", "tests::parked", "tests::redeeming", "tests::reentry", "core::"];
    miri_over(1, &families)
}

/// Miri over all unit tests, with that many schedules.
fn miri(seeds: u32) -> Result<String> {
    miri_over(seeds, &[])
}

fn miri_over(seeds: u32, filters: &[&str]) -> Result<String> {
    setup::toolchain("nightly", &["miri", "rust-src"])?;
    let mut miri = cargo_of("nightly", ["miri", "test", "-p", "iocp", "--lib", "--"]);
    miri.args(filters);
    let flags = format!("-Zmiri-strict-provenance -Zmiri-many-seeds=0..{seeds}");
    // The seeds run at the same time and mix their lines: their count means nothing more than some.
    run_some(miri.env("MIRIFLAGS", flags))?;
    Ok(format!("simulated kernel, strict provenance, {seeds} schedules"))
}

fn asan() -> Result<String> {
    sanitizer("address", &[])
}

/// With a std of its own: an uninstrumented one hides its orderings, and the test harness's own
/// channel would be reported as a race.
fn tsan() -> Result<String> {
    setup::components(&["rust-src"])?;
    sanitizer("thread", &["-Zbuild-std"])
}

/// The unit tests with a sanitizer, in a target folder of its own.
fn sanitizer(name: &str, options: &[&str]) -> Result<String> {
    let host = match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => "x86_64-unknown-linux-gnu",
        ("linux", "aarch64") => "aarch64-unknown-linux-gnu",
        (os, arch) => bail!("the sanitizers are set up for Linux, not {os} on {arch}"),
    };
    // With --target, build scripts and procedural macros stay uninstrumented.
    let mut test = cargo(["test", "-p", "iocp", "--lib", "--target", host]);
    let flags = format!("-Zsanitizer={name} --cfg iocp_sim");
    test.args(options).env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", flags);
    let passed = run_some(with_folder(&mut test, name))?;
    Ok(format!("simulated kernel, {name} sanitizer, {passed} passed"))
}

fn loom() -> Result<String> {
    let mut test = cargo(["test", "-p", "iocp-loom", "--lib", "--release"]);
    test.args(["--", "--nocapture", "--test-threads=1"]);
    let (mut models, mut tried) = (0, 0_u64);
    watch(&mut test, |line| {
        // `loom: model: 123 interleavings`, behind whatever the harness has begun to print.
        let count = line.strip_suffix(" interleavings").and_then(|line| line.rsplit(' ').next());
        if let Some(count) = count.and_then(|count| count.parse::<u64>().ok()) {
            models += 1;
            tried += count;
        }
    })?;
    if models == 0 {
        bail!("no model said how many interleavings it tried");
    }
    Ok(format!("every interleaving of {models} models: {tried}"))
}

/// The tests with `storm` in their name, for a minute each, on the host and under Wine.
fn storm() -> Result<String> {
    let mut host = cargo(["test", "--release", "-p", "iocp", "--lib", "storm"]);
    let passed = run_some(host.env("IOCP_STORM_COUNT", STORM_COUNT))?;
    let mut shown = format!("simulated kernel: {STORM_COUNT} schedules, {passed} passed");
    let places = match cfg!(windows) {
        true => vec![("Windows".to_owned(), Place::default())],
        false => [Wine::of_machine()?, Wine::ten()?]
            .map(|wine| (wine.name.clone(), Place::of_wine(&wine)))
            .into(),
    };
    for (kernel, place) in places {
        headline(&format!("storms on {kernel}"));
        let storms = storms(&place, &STORMS)?;
        ensure!(storms.failed.is_empty(), "{kernel}: {}: {:?}", storms.sum, storms.failed);
        shown += &format!("; {kernel}: {}", storms.sum);
    }
    Ok(shown)
}

/// Clippy for every target that both crates support, then `iocp-sys` for the rarer ones, with a `core` built for
/// each: its layouts are asserted there.
fn targets() -> Result<String> {
    check::clippy_for(&check::TARGETS)?;
    setup::components(&["rust-src"])?;
    let mut check = cargo(["check", "-p", "iocp-sys", "-Zbuild-std=core"]);
    check.args(TARGETS.map(|target| format!("--target={target}")));
    run_command(check.env("RUSTC_BOOTSTRAP", "1"))?;
    let supported = check::TARGETS.len();
    Ok(format!("clippy for {supported}, iocp-sys compiled for {} more, nothing run", TARGETS.len()))
}

/// Random programs against a model, random bytes and numbers for what decodes them, and then the fuzzers of that,
/// which see what their inputs cover.
fn fuzz() -> Result<String> {
    let mut host = cargo(["test", "--release", "-p", "iocp", "--lib", "--"]);
    let passed = run_some(host.args(["programs", "decoders"]).env("PROPTEST_CASES", FUZZ_CASES))?;
    let covered = fuzz::run()?;
    Ok(format!("{FUZZ_CASES} random cases for each of {passed} tests; {covered}"))
}

/// Wrong declarations, each put into a copy of iocp-sys: does a check see it, and do the peers?
fn faults() -> Result<String> {
    surface::run(&surface::Args { faults: true })?;
    Ok(format!("each was seen; {}", peers::faults()?))
}

fn with_folder<'a>(command: &'a mut Command, name: &str) -> &'a mut Command {
    command.env("CARGO_TARGET_DIR", target_dir().join(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{process::root, wine};

    #[test]
    fn the_page_of_iocp_sys_names_each_target_that_is_compiled_or_run() {
        let page = std::fs::read_to_string(root().join("iocp-sys/src/lib.rs")).expect("readable");
        let (_, table) = page.split_once("//! # Platforms").expect("the table");
        let run = [wine::TARGET, wine::TARGET_32];
        for target in run.iter().chain(&check::TARGETS).chain(&TARGETS) {
            assert!(table.contains(&format!("`{target}`")), "{target} is not in the table");
        }
        let named = table.lines().filter(|line| line.starts_with("//! |")).flat_map(|line| {
            line.split('`').filter(|word| word.contains("-windows-")).map(str::to_owned)
        });
        let known = |name: &String| {
            run.iter().chain(&check::TARGETS).chain(&TARGETS).any(|target| target == name)
        };
        let unknown: Vec<_> = named.filter(|name| !known(name)).collect();
        assert!(unknown.is_empty(), "nothing is done for {unknown:?}");
    }
}
