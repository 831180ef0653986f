//! Microsoft's newest metadata, as published on crates.io, and the bindings that its own generator
//! makes of it: what comes after windows-sys 0.61.
//!
//! One source with windows-sys, for both are made of Microsoft's metadata: so it is asked only about
//! constants that windows-sys does not have, and for the page of differences.

use std::{collections::HashSet, fs, path::Path};

use anyhow::{Context, Result};
use windows_metadata::reader::{File, Index};

use crate::{
    compare::Answer,
    page::{
        compare::number,
        theirs::{self, All, Theirs},
    },
    source::Item,
};

/// Its version, as the page says it.
pub const VERSION: &str = "0.100";

/// Names that the generator makes itself wherever they are needed, and does not find as items.
const ITS_OWN: [&str; 8] =
    ["BOOL", "GUID", "HRESULT", "NTSTATUS", "PCSTR", "PCWSTR", "PSTR", "PWSTR"];

/// Declarations of those of these items that the metadata has, with what they need.
///
/// # Errors
///
/// The metadata cannot be read, or the generator writes no Rust.
pub fn declarations(items: &[Item], folder: &Path) -> Result<All> {
    let file = File::new(windows_default::WIN32.to_vec()).context("reading the metadata")?;
    let index = Index::new(vec![file]);
    let names: HashSet<&str> = index.iter_items().map(|(_, name, _)| name).collect();
    let out = folder.join("newest.rs");
    let path = out.to_str().context("a path in UTF-8")?;
    let mut words = vec!["--out", path, "--flat", "--sys", "--filter"];
    let wanted = items.iter().map(|item| item.name.as_str());
    words.extend(wanted.filter(|name| names.contains(name) && !ITS_OWN.contains(name)));
    windows_bindgen::bindgen(words);
    let mut all = All::new();
    theirs::read(&fs::read_to_string(&out)?, &mut all)?;
    Ok(all)
}

/// Whether a constant of ours, as bytes, has the value that the metadata says; the types of codes are
/// others there, so that only 32 bits are compared.
#[must_use]
pub fn constant(all: &All, name: &str, ours: &[u8]) -> Answer {
    let Some(Theirs::Constant(_, value)) = all.get(name) else { return Answer::Unknown };
    let Some(value) = number(value) else { return Answer::Unknown };
    let mut low = [0; 4];
    low.iter_mut().zip(ours).for_each(|(low, byte)| *low = *byte);
    let ours = u32::from_le_bytes(low);
    if (value ^ i128::from(ours)) & 0xFFFF_FFFF == 0 {
        Answer::Same
    } else {
        Answer::Differs(vec![format!(
            "value: ours is {ours:#X}, the newest metadata has {value:#X}"
        )])
    }
}
