//! `cargo xtask doc`: the documentation of a Windows target, on any host, warnings being errors.

use anyhow::Result;

use crate::{
    process::{cargo, headline, run as run_command, target_dir},
    setup,
};

/// The target whose interface is documented; rustdoc needs no linker for it.
const TARGET: &str = "x86_64-pc-windows-msvc";

/// Builds the documentation.
pub(crate) fn run() -> Result<()> {
    headline(&format!("documentation for {TARGET}"));
    setup::targets(&[TARGET])?;
    let mut doc = cargo(["doc", "--no-deps", "--target", TARGET, "-p", "iocp-sys", "-p", "iocp"]);
    run_command(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    let index = target_dir().join(TARGET).join("doc/iocp/index.html");
    println!("  {}", index.display());
    Ok(())
}
