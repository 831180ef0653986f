//! `cargo xtask surface` and `cargo xtask api`: one `match`.

use std::path::PathBuf;

use anyhow::{bail, Result};
use iocp_oracles::{api, faults, page, surface};

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["surface"] => surface::run(None),
        ["surface", dlls] => surface::run(Some(PathBuf::from(dlls))),
        ["faults", dlls] => faults::run(Some(PathBuf::from(dlls))),
        ["api"] => api::rewrite().and_then(|()| page::rewrite()),
        _ => bail!("use cargo xtask surface, cargo xtask api"),
    }
}
