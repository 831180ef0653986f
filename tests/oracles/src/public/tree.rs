//! The modules of a crate as a Windows program of 64 bit sees them: what `cfg` leaves out is gone.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use syn::{punctuated::Punctuated, Attribute, Meta, Token};

/// Items by module; the key is the path from the root, `poll::stream`, and empty for the root.
pub(super) type Tree = BTreeMap<String, Vec<syn::Item>>;

/// Reads the crate whose `src` folder this is.
///
/// # Errors
///
/// A file cannot be read or parsed, or a condition is not understood.
pub(super) fn read(src: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    file(&src.join("lib.rs"), src, "", &mut tree)?;
    Ok(tree)
}

/// The module inside `within` of this name.
#[must_use]
pub(super) fn below(within: &str, name: &str) -> String {
    match within {
        "" => name.to_owned(),
        within => format!("{within}::{name}"),
    }
}

/// Whether something with these attributes is there on Windows, outside tests and models.
///
/// # Errors
///
/// A condition that is not understood.
pub(super) fn is_there(attributes: &[Attribute]) -> Result<bool> {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")) {
        let condition: Meta = attribute.parse_args()?;
        if !holds(&condition)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn holds(condition: &Meta) -> Result<bool> {
    let word = condition.path().get_ident().map(ToString::to_string).unwrap_or_default();
    let parts = || -> Result<Vec<bool>> {
        let list = condition.require_list()?;
        let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)?;
        parts.iter().map(holds).collect()
    };
    Ok(match (word.as_str(), condition) {
        ("all", _) => parts()?.iter().all(|part| *part),
        ("any", _) => parts()?.iter().any(|part| *part),
        ("not", _) => !parts()?.iter().any(|part| *part),
        ("windows", Meta::Path(_)) => true,
        ("test" | "doc" | "iocp_sim" | "iocp_mutants" | "miri", Meta::Path(_)) => false,
        ("target_pointer_width", Meta::NameValue(value)) => is(&value.value, "64"),
        ("target_arch", Meta::NameValue(value)) => is(&value.value, "x86_64"),
        _ => bail!("a condition that is new: teach tests/oracles/src/public/tree.rs `{word}`"),
    })
}

fn is(value: &syn::Expr, text: &str) -> bool {
    matches!(value, syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(found), .. })
        if found.value() == text)
}

fn file(file: &Path, folder: &Path, module: &str, tree: &mut Tree) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let parsed = syn::parse_file(&text).with_context(|| format!("in {}", file.display()))?;
    items(parsed.items, folder, module, tree).with_context(|| format!("in {}", file.display()))
}

fn items(all: Vec<syn::Item>, folder: &Path, module: &str, tree: &mut Tree) -> Result<()> {
    let mut kept = Vec::new();
    for item in all {
        if !is_there(attributes(&item)?)? {
            continue;
        }
        if let syn::Item::Mod(inner) = &item {
            let name = inner.ident.to_string();
            let (path, inside) = (below(module, &name), folder.join(&name));
            match &inner.content {
                Some((_, content)) => items(content.clone(), &inside, &path, tree)?,
                None => file(&place(folder, &name), &inside, &path, tree)?,
            }
        }
        kept.push(item);
    }
    tree.insert(module.to_owned(), kept);
    Ok(())
}

/// The file of a module.
fn place(folder: &Path, name: &str) -> PathBuf {
    let inside = folder.join(name).join("mod.rs");
    if inside.is_file() {
        inside
    } else {
        folder.join(format!("{name}.rs"))
    }
}

fn attributes(item: &syn::Item) -> Result<&[Attribute]> {
    Ok(match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Enum(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Static(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Trait(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Union(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::ExternCrate(item) => &item.attrs,
        _ => bail!("an item of a kind that tests/oracles/src/public/tree.rs does not know"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_those_of_a_windows_program() {
        let there = |condition: &str| {
            let item: syn::ItemStruct = syn::parse_str(&format!("{condition} struct A;"))?;
            is_there(&item.attrs)
        };
        assert!(there("").is_ok_and(|there| there));
        assert!(
            there("#[cfg(all(any(windows, doc, test, iocp_sim), not(miri)))]").is_ok_and(|is| is)
        );
        assert!(there("#[cfg(all(not(windows), any(test, iocp_sim)))]").is_ok_and(|is| !is));
        assert!(there("#[cfg(windows)] #[cfg(test)]").is_ok_and(|is| !is));
        assert!(there("#[cfg(target_pointer_width = \"32\")]").is_ok_and(|is| !is));
        assert!(there("#[cfg(feature = \"new\")]").is_err());
    }
}
