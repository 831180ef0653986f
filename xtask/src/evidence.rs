//! `cargo xtask evidence`: all that this project can show of a kernel, in one file that can be attached to an
//! issue or put into `tests/evidence/`.
//!
//! Each part is a program of its own, and what it prints is read as it comes: a part that fails, dies or falls
//! silent costs the others nothing. The file is written after each part, so that a run which is cut off leaves
//! what it has. It needs nothing beyond Rust on Windows; from Linux the same programs run under Wine, and the
//! file says so.

mod page;
mod parts;
mod private;
mod system;

use anyhow::{bail, Result};
use pico_args::Arguments;

use crate::{
    args::{end, text},
    process::{headline, note, target_dir},
    report::{Form, Report},
    setup,
    wine::Wine,
};
use page::Page;
use parts::PARTS;
pub(crate) use parts::{storms, Storms};
use system::System;

/// What `cargo xtask evidence` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    wine10: bool,
    target: Option<String>,
}

impl Args {
    pub(crate) fn parse(mut words: Arguments) -> Result<Self> {
        let wine10 = words.contains("--wine10");
        let args = Self { wine10, target: text(&mut words, "--target")? };
        end(words).map(|()| args)
    }
}

/// How programs are started.
#[derive(Debug, Default)]
pub(crate) struct Place {
    /// What cargo is told: the target, and what runs its programs.
    cargo: Vec<String>,
    /// Whether the commands that choose their kernel themselves (demo, bench) choose this one.
    usual: bool,
}

impl Place {
    fn of(args: &Args) -> Result<Self> {
        let usual = !args.wine10 && args.target.is_none();
        let target = args.target.as_deref();
        if cfg!(windows) {
            setup::targets(&target.into_iter().collect::<Vec<_>>())?;
            let words = target.into_iter().flat_map(|triple| ["--target", triple]);
            return Ok(Self { cargo: words.map(str::to_owned).collect(), usual });
        }
        Ok(Self { usual, ..Self::of_wine(&Wine::asked(args.wine10, target)?) })
    }

    /// Under this Wine, which is not the usual one.
    pub(crate) fn of_wine(wine: &Wine) -> Self {
        let words = ["--target", wine.target, "--config", &wine.cargo_config()];
        Self { cargo: words.map(str::to_owned).to_vec(), usual: false }
    }
}

/// Runs all parts and writes the file.
pub(crate) fn run(args: &Args) -> Result<()> {
    headline("set-up");
    let place = Place::of(args)?;
    let system = System::ask(&place)?;
    let mut page = Page::new(system);
    let file = target_dir().join("reports").join(page.name());
    for (name, part) in PARTS {
        headline(name);
        page.part(name, || part(&place));
        page.write(&file)?;
    }
    let mut report = Report::silent("evidence", &page.title(), Form::Markdown);
    report.keep(page.top());
    headline("result");
    print!("{}", page.top());
    note(&format!("written: {}", file.display()));
    report.end(match page.failures() {
        0 => Ok(()),
        failures => bail!("{failures} failed: they are at the top of {}", page.name()),
    })
}
