//! `cargo xtask surface`: what `iocp-sys` declares against the C headers of mingw-w64 and
//! Wine, windows-sys and Wine's DLLs.
//!
//! The comparison itself is the package `tests/oracles`, apart because it needs a parser of Rust and of
//! debug information, which the other commands should not wait for.

use std::path::Path;

use anyhow::Result;
use pico_args::Arguments;

use crate::{
    args::end,
    check::TARGETS,
    process::{cargo, run as run_command},
    setup, wine, wine10,
};

/// A header of Debian's libwine-dev.
const WINE_HEADERS: &str = "/usr/include/wine/wine/windows/winternl.h";

/// What `cargo xtask surface` was asked.
#[derive(Debug, Default)]
pub(crate) struct Args {
    /// Show that faults are seen, rather than look for them.
    pub(crate) faults: bool,
}

impl Args {
    pub(crate) fn parse(mut words: Arguments) -> Result<Self> {
        let args = Self { faults: words.contains("--faults") };
        end(words).map(|()| args)
    }
}

/// Sets up the oracles and asks them.
pub(crate) fn run(args: &Args) -> Result<()> {
    wine::linker()?;
    wine::mingw_32()?;
    if !Path::new(WINE_HEADERS).exists() {
        setup::packages("the C headers of Wine", &["libwine-dev"])?;
    }
    setup::targets(&TARGETS)?;
    let dlls = wine10::dlls();
    let mut oracles = cargo(["run", "--quiet", "-p", "iocp-oracles", "--"]);
    oracles.arg(if args.faults { "faults" } else { "surface" });
    match dlls {
        Ok(dlls) => drop(oracles.arg(dlls)),
        // Without root it cannot be built; the comparison says what it leaves out.
        Err(error) if !args.faults => println!("  without Wine 10: {error:#}"),
        Err(error) => return Err(error),
    }
    run_command(&mut oracles)
}
