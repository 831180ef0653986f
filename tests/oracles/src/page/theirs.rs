//! Declarations of Microsoft's bindings, read from their source: windows-sys, or what windows-bindgen
//! writes from the newest metadata.

use std::collections::HashMap;

use anyhow::{Context, Result};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};

use crate::source::{fields, Field};

/// What a name stands for.
#[derive(Debug, Clone)]
pub enum Theirs {
    /// A function: its DLL, its parameters and result.
    Function(String, Box<syn::Signature>),
    /// A constant: type and value.
    Constant(Box<syn::Type>, Box<syn::Expr>),
    /// Another name for a type.
    Alias(Box<syn::Type>),
    /// A structure or union, and its fields.
    Fields(Vec<Field>),
}

/// Declarations by name.
pub type All = HashMap<String, Theirs>;

/// Adds what this file declares; a name that is there already stays.
///
/// # Errors
///
/// It is no Rust.
pub fn read(text: &str, all: &mut All) -> Result<()> {
    for item in syn::parse_file(text)?.items {
        if only_on_x86(&item) {
            continue;
        }
        let (name, theirs) = match item {
            syn::Item::Const(item) => {
                (item.ident.to_string(), Theirs::Constant(item.ty, item.expr))
            }
            syn::Item::Type(item) => (item.ident.to_string(), Theirs::Alias(item.ty)),
            syn::Item::Struct(item) => {
                (item.ident.to_string(), Theirs::Fields(fields(item.fields.into_iter())))
            }
            syn::Item::Union(item) => {
                (item.ident.to_string(), Theirs::Fields(fields(item.fields.named.into_iter())))
            }
            syn::Item::Macro(item) if is_link(&item) => {
                let tokens = item.mac.tokens.clone();
                let linked: Linked = syn::parse2(tokens).context("in link!")?;
                let name = linked.signature.ident.to_string();
                (name, Theirs::Function(linked.dll, Box::new(linked.signature)))
            }
            _ => continue,
        };
        all.entry(name).or_insert(theirs);
    }
    Ok(())
}

/// Whether another declaration of that name is for 64 bit.
fn only_on_x86(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Const(item) => &item.attrs,
        syn::Item::Type(item) => &item.attrs,
        syn::Item::Struct(item) => &item.attrs,
        syn::Item::Union(item) => &item.attrs,
        syn::Item::Macro(item) => &item.attrs,
        _ => return false,
    };
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    let texts = conditions.map(|condition| condition.meta.to_token_stream().to_string());
    texts.into_iter().any(|text| text.contains("\"x86\"") && !text.contains("\"x86_64\""))
}

fn is_link(item: &syn::ItemMacro) -> bool {
    item.mac.path.segments.last().is_some_and(|last| last.ident == "link")
}

/// `"kernel32.dll" "system" fn CloseHandle(hobject : HANDLE) -> BOOL`.
struct Linked {
    dll: String,
    signature: syn::Signature,
}

impl Parse for Linked {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let dll = input.parse::<syn::LitStr>()?.value();
        // The convention, and for some another name in the DLL.
        while input.parse::<Option<syn::LitStr>>()?.is_some() {}
        Ok(Self { dll, signature: input.parse()? })
    }
}
