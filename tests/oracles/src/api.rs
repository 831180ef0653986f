//! The public names of `iocp-sys` as plain text, with signatures, so that a change of them is read as a diff.

use std::{collections::BTreeSet, path::Path};

use crate::{
    plain::plain,
    source::{self, Field, Item, Kind, Width},
    tools,
};
use anyhow::{Context, Result};

/// Below the repository.
pub const LIST: &str = "tests/api/iocp-sys.txt";

/// Writes the list anew.
///
/// # Errors
///
/// The source cannot be read or the list not be written.
pub fn rewrite() -> Result<()> {
    let text = text(&source::read(&tools::root().join("iocp-sys/src"))?)?;
    let file = tools::root().join(LIST);
    std::fs::write(&file, &text).with_context(|| format!("writing {}", file.display()))?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    println!("{} lines in {}", lines.count(), file.display());
    Ok(())
}

/// What the list no longer says of a `src` folder: a sentence, then the lines that are gone and new.
///
/// # Errors
///
/// The source cannot be read.
pub fn differs(listed: &str, src: &Path) -> Result<Option<String>> {
    let (listed, now) = (listed.replace('\r', ""), text(&source::read(src)?)?);
    if listed == now {
        return Ok(None);
    }
    let lines = |text: &str, other: &str, sign: &str| {
        let other: BTreeSet<&str> = other.lines().collect();
        let lines = text.lines().filter(|line| !other.contains(line));
        lines.map(|line| format!("\n{sign} {line}")).collect::<String>()
    };
    let (gone, new) = (lines(&listed, &now, "-"), lines(&now, &listed, "+"));
    Ok(Some(format!("the public names changed; if that is meant, run cargo xtask api{gone}{new}")))
}

/// The text of `tests/api/iocp-sys.txt`.
fn text(items: &[Item]) -> Result<String> {
    let mut text = String::from(
        "# The public names of iocp-sys, by module. Rewritten by `cargo xtask api`; a test compares.\n",
    );
    let mut module = "";
    for item in items {
        if item.module != module {
            module = &item.module;
            text.push_str(&format!("\n# {module}\n"));
        }
        text.push_str(&line(item)?);
        match item.only_on {
            None => {}
            Some(Width::W32) => text.push_str("  # 32 bit"),
            Some(Width::W64) => text.push_str("  # 64 bit"),
        }
        text.push('\n');
    }
    Ok(text)
}

fn line(item: &Item) -> Result<String> {
    let name = &item.name;
    let fields = |fields: &[Field]| {
        let fields = fields.iter().map(|field| format!("{}: {}", field.name, plain(&field.ty)));
        fields.collect::<Vec<_>>().join(", ")
    };
    Ok(match &item.kind {
        Kind::Import(import) => {
            let late = import.pointer.as_ref().map_or(String::new(), |name| format!(" as {name}"));
            let signature = plain(&import.signature);
            let signature = signature.strip_prefix("fn ").context("an import is a function")?;
            format!("fn {} {signature}{late}", import.dll)
        }
        Kind::Pointer(signature) => format!("type {name}: pointer to {}", signature.ident),
        Kind::Inline(signature) => match name.split_once("::") {
            Some((ty, _)) => format!("inline {ty}: {}", plain(signature)),
            None => format!("inline {}", plain(signature)),
        },
        Kind::Constant(ty, value) => format!("const {name}: {} = {}", plain(ty), plain(value)),
        Kind::Alias(ty) => format!("type {name} = {}", plain(ty)),
        Kind::Struct(all) => format!("struct {name} {{ {} }}", fields(all)),
        Kind::Union(all) => format!("union {name} {{ {} }}", fields(all)),
    })
}
