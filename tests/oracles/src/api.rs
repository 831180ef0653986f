//! The public names as plain text, with signatures, so that a change of them is read as a diff.

use anyhow::{Context, Result};
use quote::ToTokens;

use crate::{
    source::{self, Field, Item, Kind, Width},
    tools,
};

/// Writes the list anew.
///
/// # Errors
///
/// The source cannot be read or the list not be written.
pub fn rewrite() -> Result<()> {
    let items = source::read(&tools::root().join("iocp-sys/src"))?;
    let file = tools::root().join("tests/api/iocp-sys.txt");
    std::fs::write(&file, text(&items)?).with_context(|| format!("writing {}", file.display()))?;
    println!("{} names in {}", items.len(), file.display());
    Ok(())
}

/// The text of `tests/api/iocp-sys.txt`.
///
/// # Errors
///
/// A signature is not understood.
pub fn text(items: &[Item]) -> Result<String> {
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

/// Tokens as one writes them.
fn plain(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string().replace('\n', " ");
    for (from, to) in [
        (" :: ", "::"),
        (" : ", ": "),
        (" , ", ", "),
        (", )", ")"),
        (",)", ")"),
        (" ;", ";"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("[ ", "["),
        (" ]", "]"),
        ("* mut ", "*mut "),
        ("* const ", "*const "),
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("& ", "&"),
        ("-> ", "-> "),
        ("! ", "!"),
    ] {
        text = text.replace(from, to);
    }
    if let Some(number) = text.strip_prefix("- ") {
        text = format!("-{number}");
    }
    text.replace("->", " -> ").replace("  ->", " ->").replace("->  ", "-> ")
}
