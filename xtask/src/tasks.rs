//! `cargo xtask tasks`: small programs that one would write, each on `iocp` and on what else there is, under Wine.
//!
//! `tests/tasks` has a folder for each task, in it a file for each library, and `check.rs`: a Windows program that
//! runs one of them and says whether it holds what the task must hold. So the whole of a program stands in one
//! file, and its lines can be compared.
//!
//! A new task: a folder `x_name`, its files as binaries in `tests/tasks/Cargo.toml`, a row in the README there.

mod table;

use std::{fs, time::Duration};

use anyhow::{bail, Context, Result};
use pico_args::Arguments;

pub(crate) use table::{programs, rows_of_readme, table, TABLE};

use crate::{
    args::{rest, Usage},
    child::Child,
    process::{cargo, command, headline, root, run as run_command, target_dir},
    tidy::sources_of,
    wine::{Wine, TARGET},
};

/// How long one check may take, the first start of Wine included.
const LIMIT: Duration = Duration::from_secs(600);

/// What `cargo xtask tasks` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    wine10: bool,
    /// The letters of the tasks; all, if there are none.
    tasks: Vec<String>,
}

impl Args {
    pub(crate) fn parse(mut words: Arguments) -> Result<Self> {
        let wine10 = words.contains("--wine10");
        let tasks: Vec<_> = rest(words)?.iter().map(|task| task.to_lowercase()).collect();
        match tasks.iter().find(|task| task.len() != 1) {
            Some(task) => bail!(Usage(format!("a task is one letter, not `{task}`"))),
            None => Ok(Self { wine10, tasks }),
        }
    }
}

/// Builds the programs, runs the checks, and writes the table; what did not run keeps its outcome.
pub(crate) fn run(args: &Args) -> Result<()> {
    headline("set-up and build");
    let wine = Wine::asked(args.wine10, None)?;
    let on_tasks = |words: &[&str]| {
        let mut cargo = cargo([]);
        cargo.args(words).args(["--manifest-path", "tests/tasks/Cargo.toml"]);
        cargo.env("CARGO_TARGET_DIR", target_dir().join("tasks"));
        cargo
    };
    run_command(&mut on_tasks(&["fmt", "--check"]))?;
    let build = ["build", "--quiet", "--locked", "--release", "--bins", "--target", TARGET];
    run_command(on_tasks(&build).env("RUSTFLAGS", "-Dwarnings"))?;
    let folder = target_dir().join("tasks").join(TARGET).join("release");

    headline(&format!("tasks under {}", wine.name));
    let mut programs = programs(&sources_of(&root())?);
    let is_asked =
        |task: &str| args.tasks.is_empty() || args.tasks.iter().any(|asked| asked == task);
    let (mut ran, mut failed) = (0, 0);
    for program in programs.iter_mut().filter(|program| is_asked(&program.task)) {
        let path = |name: &str| folder.join(format!("{}-{name}.exe", program.task));
        let mut start = command(&wine.runner);
        start.arg(path("check")).arg(path(&program.library));
        let mut check = Child::start("a check", &mut start)?;
        let mut text = "its check said nothing".to_owned();
        program.outcome = "FAILED".to_owned();
        while let Some(line) = check.line(LIMIT) {
            match line.name.as_str() {
                "ok" => (program.outcome, text) = ("ok".to_owned(), line.text("text")),
                "failed" => text = line.text("text"),
                _ => continue,
            }
            break;
        }
        check.end();
        ran += 1;
        failed += usize::from(program.outcome != "ok");
        println!("  {} {:<12} {:<6} {text}", program.task, program.library, program.outcome);
    }
    if ran == 0 {
        bail!("no such task");
    }
    let text = table(&programs);
    println!("\n{text}");
    fs::write(root().join(TABLE), text).context(TABLE)?;
    if failed > 0 {
        bail!("{failed} programs above FAILED");
    }
    Ok(())
}

/// All of them, for `deep`.
pub(crate) fn deep() -> Result<String> {
    run(&Args::default())?;
    Ok("each program of each task holds what it must; the table is in tests/tasks".to_owned())
}
