//! `cargo xtask graph`: what [`Layers`] found, printed.

use std::collections::BTreeSet;

use anyhow::Result;

use super::{folder_of, Layers};
use crate::{
    process::{headline, root},
    tidy::sources_of,
};

/// `cargo xtask graph`.
pub(crate) fn run() -> Result<()> {
    let layers = Layers::of(&sources_of(&root())?)?;
    headline("folders");
    let edges = layers.edges(folder_of);
    let all: BTreeSet<_> = layers.files.keys().map(|file| folder_of(file)).collect();
    for folder in all.iter().filter(|folder| **folder != "lib") {
        let own = layers.files.iter().filter(|(file, _)| folder_of(file) == *folder);
        let lines: usize = own.clone().map(|(_, lines)| lines).sum();
        let to: Vec<_> = edges.get(folder).into_iter().flatten().copied().collect();
        println!("  {folder:<12} {:>3} files {lines:>6} lines → {}", own.count(), to.join(", "));
    }
    headline("files");
    let edges = layers.edges(|file| file);
    for (from, to) in &edges {
        println!("  {from} → {}", to.iter().copied().collect::<Vec<_>>().join(", "));
    }
    headline("against the order of layers");
    for fault in &layers.faults {
        println!("  {fault}");
    }
    println!("  {} faults", layers.faults.len());
    println!("  {} lines of iocp/src without tests and simulated kernel", layers.lines());
    Ok(())
}
