//! One line for each thing that a user can write.

use std::collections::BTreeSet;

use anyhow::{bail, Context, Result};
use syn::{ImplItem, Item};

use super::{
    definition::{definition, marks, Params},
    names::{defined, is_pub, Names, Place},
    tree::{is_there, Tree},
};
use crate::plain::{plain, without_attributes};

const HEADER: &str = "\
# The public names of iocp on Windows, with signatures, by module and name. Rewritten by `cargo xtask
# api`; a test compares. After each type: its fields or variants, its functions, its traits.
";

/// The whole list.
pub(super) fn text(tree: &Tree, names: &Names<'_>) -> Result<String> {
    let mut text = HEADER.to_owned();
    let mut module = None;
    for ((shown, name), place) in &names.public {
        if module != Some(shown) {
            module = Some(shown);
            let path = if shown.is_empty() { "iocp".to_owned() } else { format!("iocp::{shown}") };
            text.push_str(&format!("\n# {path}\n"));
            for (_, path) in names.foreign.iter().filter(|(at, _)| at == shown) {
                text.push_str(&format!("use {path}\n"));
            }
        }
        let item = tree[&place.0]
            .iter()
            .find(|item| defined(item).is_some_and(|(defined, _)| defined == place.1));
        let item = item.context("a place is one of a definition")?;
        for line in definition(item, name)?.into_iter().chain(implementations(tree, names, place)?)
        {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text.push_str("\n# for types of other crates\n");
    for line in for_others(tree, names)? {
        text.push_str(&line);
        text.push('\n');
    }
    text.push_str("\n# made by macros, from these lines\n");
    for line in by_macros(tree)? {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

/// What is implemented for a type of ours: its own functions, then traits.
fn implementations(tree: &Tree, names: &Names<'_>, place: &Place) -> Result<Vec<String>> {
    let (mut own, mut traits) = (Vec::new(), BTreeSet::new());
    for (module, item) in all_impls(tree) {
        let of_it = base(&item.self_ty).and_then(|path| names.place(module, path));
        if of_it.as_ref() != Some(place) {
            continue;
        }
        match &item.trait_ {
            None => own.extend(functions(item)?),
            Some((_, path, _)) => traits.extend(implemented(names, module, item, path)?),
        }
    }
    own.extend(traits);
    Ok(own)
}

/// Implementations of public traits of ours for types that are not.
fn for_others(tree: &Tree, names: &Names<'_>) -> Result<BTreeSet<String>> {
    let mut lines = BTreeSet::new();
    for (module, item) in all_impls(tree) {
        let Some((_, path, _)) = &item.trait_ else { continue };
        let ours = base(&item.self_ty).and_then(|path| names.place(module, path)).is_some();
        // The trait itself, or what stands between its brackets.
        let mut paths = arguments(path);
        paths.push(path);
        let public = paths
            .into_iter()
            .filter_map(|path| names.place(module, path))
            .any(|place| names.is_public(&place));
        if public && !ours {
            lines.extend(implemented(names, module, item, path)?);
        }
    }
    Ok(lines)
}

fn all_impls(tree: &Tree) -> impl Iterator<Item = (&str, &syn::ItemImpl)> {
    tree.iter().flat_map(|(module, items)| {
        items.iter().filter_map(move |item| match item {
            Item::Impl(item) => Some((module.as_str(), item)),
            _ => None,
        })
    })
}

/// The path of a type, through references.
fn base(ty: &syn::Type) -> Option<&syn::Path> {
    match ty {
        syn::Type::Path(path) => Some(&path.path),
        syn::Type::Reference(inner) => base(&inner.elem),
        _ => None,
    }
}

/// The types between the brackets of a trait's name.
fn arguments(path: &syn::Path) -> Vec<&syn::Path> {
    let brackets = path.segments.iter().filter_map(|segment| match &segment.arguments {
        syn::PathArguments::AngleBracketed(brackets) => Some(&brackets.args),
        _ => None,
    });
    let types = brackets.flatten().filter_map(|argument| match argument {
        syn::GenericArgument::Type(ty) => base(ty),
        _ => None,
    });
    types.collect()
}

/// The public functions and constants of one `impl`.
fn functions(item: &syn::ItemImpl) -> Result<Vec<String>> {
    let condition = item.generics.where_clause.as_ref();
    let condition = condition
        .map_or(String::new(), |condition| format!(" {}", plain(condition).trim_end_matches(',')));
    let head =
        format!("impl{} {}{condition}", plain(&item.generics.params_of()), plain(&item.self_ty));
    let mut lines = Vec::new();
    for inner in &item.items {
        let (attributes, visibility, text) = match inner {
            ImplItem::Fn(inner) => (&inner.attrs, &inner.vis, plain(&inner.sig)),
            ImplItem::Const(inner) => {
                let text =
                    format!("const {}: {} = {}", inner.ident, plain(&inner.ty), plain(&inner.expr));
                (&inner.attrs, &inner.vis, text)
            }
            _ => bail!("`{head}` holds what tests/oracles/src/public/lines.rs does not know"),
        };
        if is_pub(visibility) && is_there(attributes)? {
            lines.push(format!("{head} {{ {}{text} }}", marks(attributes)));
        }
    }
    Ok(lines)
}

/// The line of a trait's implementation; none for a trait of ours that nobody else can write.
fn implemented(
    names: &Names<'_>,
    module: &str,
    item: &syn::ItemImpl,
    path: &syn::Path,
) -> Result<Option<String>> {
    if names.place(module, path).is_some_and(|place| !names.is_public(&place)) {
        return Ok(None);
    }
    let mut types = Vec::new();
    for inner in &item.items {
        if let ImplItem::Type(inner) = inner {
            types.push(format!("{} = {}", inner.ident, plain(&inner.ty)));
        }
    }
    let types =
        if types.is_empty() { String::new() } else { format!(" {{ {} }}", types.join(", ")) };
    let unsafety = item.unsafety.map_or("", |_| "unsafe ");
    let not = item.trait_.as_ref().and_then(|(not, _, _)| *not).map_or("", |_| "!");
    let (params, ty) = (plain(&item.generics.params_of()), plain(&item.self_ty));
    Ok(Some(format!("{unsafety}impl{params} {not}{} for {ty}{types}", plain(path))))
}

/// The crate's own macros: each row that is given to one, as far as the next semicolon.
fn by_macros(tree: &Tree) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    for item in tree.values().flatten() {
        let Item::Macro(item) = item else { continue };
        if item.ident.is_some() {
            continue; // the definition
        }
        let name = plain(&item.mac.path);
        if name.starts_with("const_assert") || name.starts_with("assert_") {
            continue;
        }
        if !["statuses", "tuples"].contains(&name.as_str()) {
            bail!("a macro that is new: does `{name}!` make public names? see public/lines.rs");
        }
        let tokens = without_attributes(item.mac.tokens.clone())?;
        let text = plain(&tokens);
        let rows = text.split(';').map(str::trim).filter(|row| !row.is_empty());
        lines.extend(rows.map(|row| format!("{name}! {{ {row} }}")));
    }
    Ok(lines)
}
