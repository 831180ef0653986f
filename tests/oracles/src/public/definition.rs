//! The lines of a definition: itself, its fields or variants, what a trait asks for.

use std::collections::BTreeSet;

use anyhow::{bail, Result};
use quote::ToTokens;
use syn::{Attribute, Generics, Item, TraitItem};

use super::{names::is_pub, tree::is_there};
use crate::plain::{plain, without_attributes};

/// The definition itself, then what is in it.
pub(super) fn definition(item: &Item, name: &str) -> Result<Vec<String>> {
    let mut lines = Vec::new();
    match item {
        Item::Struct(item) => {
            let fields = fields(&item.fields)?;
            lines.push(format!(
                "{}struct {name}{}{fields}",
                marks(&item.attrs),
                head(&item.generics)
            ));
            lines.extend(derives(&item.attrs, name)?);
        }
        Item::Enum(item) => {
            lines.push(format!("{}enum {name}{}", marks(&item.attrs), head(&item.generics)));
            for variant in &item.variants {
                let value = variant
                    .discriminant
                    .as_ref()
                    .map_or(String::new(), |(_, value)| format!(" = {}", plain(value)));
                let fields = variant.fields.to_token_stream();
                let fields = plain(&without_attributes(fields)?);
                let space = if fields.starts_with('{') { " " } else { "" };
                lines.push(format!("enum {name} {{ {}{space}{fields}{value} }}", variant.ident));
            }
            lines.extend(derives(&item.attrs, name)?);
        }
        Item::Trait(item) => {
            let unsafety = item.unsafety.map_or("", |_| "unsafe ");
            let bounds = bounds(&item.supertraits);
            lines.push(format!("{unsafety}trait {name}{}{bounds}", head(&item.generics)));
            for inner in &item.items {
                lines.push(format!("trait {name} {{ {} }}", of_a_trait(inner)?));
            }
        }
        Item::Fn(item) => lines.push(plain(&item.sig)),
        Item::Const(item) => {
            lines.push(format!("const {name}: {} = {}", plain(&item.ty), plain(&item.expr)));
        }
        Item::Static(item) => lines.push(format!("static {name}: {}", plain(&item.ty))),
        Item::Type(item) => {
            lines.push(format!("type {name}{} = {}", head(&item.generics), plain(&item.ty)));
        }
        _ => bail!("`{name}` is of a kind that tests/oracles/src/public/lines.rs does not know"),
    }
    Ok(lines)
}

/// `#[non_exhaustive]` and `#[doc(hidden)]`: what they change for a user.
pub(super) fn marks(attributes: &[Attribute]) -> String {
    let mut marks = String::new();
    for attribute in attributes {
        let text = plain(&attribute.meta);
        if ["non_exhaustive", "repr(transparent)", "doc(hidden)"].contains(&text.as_str()) {
            marks.push_str(&format!("#[{text}] "));
        }
    }
    marks
}

/// Generics and conditions, as after the name.
fn head(generics: &Generics) -> String {
    let condition = generics
        .where_clause
        .as_ref()
        .map_or(String::new(), |condition| format!(" {}", plain(condition).trim_end_matches(',')));
    format!("{}{condition}", plain(&generics.params_of()))
}

/// The generics with their brackets.
pub(super) trait Params {
    fn params_of(&self) -> proc_macro2::TokenStream;
}

impl Params for Generics {
    fn params_of(&self) -> proc_macro2::TokenStream {
        let mut own = self.clone();
        own.where_clause = None;
        own.to_token_stream()
    }
}

fn bounds(bounds: &syn::punctuated::Punctuated<syn::TypeParamBound, syn::Token![+]>) -> String {
    if bounds.is_empty() {
        String::new()
    } else {
        format!(": {}", plain(bounds))
    }
}

/// Public fields; dots where there are others.
fn fields(fields: &syn::Fields) -> Result<String> {
    let mut shown = Vec::new();
    let mut hidden = false;
    for field in fields {
        if !is_there(&field.attrs)? {
            continue;
        }
        match (&field.ident, is_pub(&field.vis)) {
            (Some(name), true) => shown.push(format!("{name}: {}", plain(&field.ty))),
            (None, true) => shown.push(plain(&field.ty)),
            (None, false) => shown.push("_".to_owned()),
            (Some(_), false) => hidden = true,
        }
    }
    if hidden {
        shown.push("..".to_owned());
    }
    Ok(match fields {
        syn::Fields::Named(_) => format!(" {{ {} }}", shown.join(", ")),
        syn::Fields::Unnamed(_) => format!("({})", shown.join(", ")),
        syn::Fields::Unit => String::new(),
    })
}

fn derives(attributes: &[Attribute], name: &str) -> Result<Vec<String>> {
    let mut all = BTreeSet::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        attribute.parse_nested_meta(|meta| {
            all.insert(plain(&meta.path));
            Ok(())
        })?;
    }
    Ok(all.into_iter().map(|derived| format!("impl {derived} for {name} (derived)")).collect())
}

fn of_a_trait(item: &TraitItem) -> Result<String> {
    Ok(match item {
        TraitItem::Fn(item) => {
            let given = item.default.as_ref().map_or("", |_| " (given)");
            format!("{}{given}", plain(&item.sig))
        }
        TraitItem::Const(item) => format!("const {}: {}", item.ident, plain(&item.ty)),
        TraitItem::Type(item) => format!("type {}{}", item.ident, bounds(&item.bounds)),
        _ => bail!("a trait holds what tests/oracles/src/public/lines.rs does not know"),
    })
}
