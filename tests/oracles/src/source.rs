//! What `iocp-sys` declares, read from its source: the list that everything else goes by.
//!
//! Read with `syn` rather than asked of rustc, because an import's DLL, its parameters' names and the
//! text of a constant are only there. The crate keeps to few forms (`link!`, `link_late!`, constants,
//! aliases, structs, unions), and a form that is not known here is an error: nothing is left out in
//! silence. What the *compiler* makes of the same source is asked separately, in `numbers.rs`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};

/// One public name of the crate.
#[derive(Debug, Clone)]
pub struct Item {
    /// The name, as in the SDK.
    pub name: String,
    /// The module at the root in which it is declared: the SDK header's name.
    pub module: String,
    /// The condition on it, where it is declared differently for 32 and 64 bit.
    pub only_on: Option<Width>,
    /// What it is.
    pub kind: Kind,
}

/// Width of a pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 32 bit.
    W32,
    /// 64 bit.
    W64,
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A function of a DLL.
    Import(Import),
    /// The type of pointers to an [`Import`] that `link_late!` makes.
    Pointer(syn::Signature),
    /// A function with a body: what is a macro or an inline function in C.
    Inline(syn::Signature),
    /// A constant: type and value.
    Constant(syn::Type, syn::Expr),
    /// Another name for a type.
    Alias(syn::Type),
    /// A structure and its fields.
    Struct(Vec<Field>),
    /// A union and its arms.
    Union(Vec<Field>),
}

/// A function of a DLL.
#[derive(Debug, Clone)]
pub struct Import {
    /// The DLL as written: lower case, with `.dll`.
    pub dll: String,
    /// Parameters and result.
    pub signature: syn::Signature,
    /// The name of its pointer's type, if callers are to find it at run time.
    pub pointer: Option<String>,
}

/// Name and type of a field.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name, without `r#`.
    pub name: String,
    /// The type as written.
    pub ty: syn::Type,
}

/// Everything public of the crate whose `src` folder this is, in the order of the source.
///
/// # Errors
///
/// A file cannot be read or parsed, or holds a form that is not known here.
pub fn read(src: &Path) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    module(&src.join("lib.rs"), src, "", &mut items)?;
    Ok(items)
}

impl Item {
    /// Whether it is declared for targets of this width.
    #[must_use]
    pub fn is_for(&self, width: Width) -> bool {
        self.only_on.is_none_or(|only| only == width)
    }
}

impl Width {
    /// Bytes of a pointer.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::W32 => 4,
            Self::W64 => 8,
        }
    }
}

/// Reads one file and the modules below it.
fn module(file: &Path, folder: &Path, root: &str, items: &mut Vec<Item>) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let parsed = syn::parse_file(&text).with_context(|| format!("in {}", file.display()))?;
    complete(&parsed.items).with_context(|| format!("in {}", file.display()))?;
    for item in parsed.items {
        if let syn::Item::Mod(inner) = &item {
            if inner.content.is_some() {
                continue; // unit tests
            }
            let name = inner.ident.to_string();
            if ["layout", "link", "plain", "errors"].contains(&name.as_str()) {
                continue; // macros; a page of documentation
            }
            let root = if root.is_empty() { name.as_str() } else { root };
            let (file, below) = places(folder, &name);
            module(&file, &below, root, items)?;
            continue;
        }
        declaration(item, root, items).with_context(|| format!("in {}", file.display()))?;
    }
    Ok(())
}

/// Each structure has its layout asserted, and the traits of plain data.
fn complete(items: &[syn::Item]) -> Result<()> {
    for item in items {
        let name = match item {
            syn::Item::Struct(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
                item.ident.to_string()
            }
            syn::Item::Union(item) => item.ident.to_string(),
            _ => continue,
        };
        for wanted in ["layout", "plain"] {
            let said = items.iter().any(|item| match item {
                syn::Item::Macro(item) if item.mac.path.is_ident(wanted) => {
                    let first = item.mac.tokens.clone().into_iter().next();
                    first.is_some_and(|first| first.to_string() == name)
                }
                _ => false,
            });
            if !said {
                bail!("{name} lacks `{wanted}!`");
            }
        }
    }
    Ok(())
}

/// The file of a module, and the folder of the modules in it.
fn places(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let below = folder.join(name);
    let inside = below.join("mod.rs");
    if inside.is_file() {
        (inside, below)
    } else {
        (folder.join(format!("{name}.rs")), below)
    }
}

fn declaration(item: syn::Item, module: &str, items: &mut Vec<Item>) -> Result<()> {
    let attributes = |item: &syn::Item| match item {
        syn::Item::Const(item) => item.attrs.clone(),
        syn::Item::Struct(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
            item.attrs.clone()
        }
        syn::Item::Union(item) => item.attrs.clone(),
        syn::Item::Type(item) => item.attrs.clone(),
        _ => Vec::new(),
    };
    let only_on = condition(&attributes(&item))?;
    let mut add = |name: String, kind| {
        items.push(Item { name, module: module.to_owned(), only_on, kind });
    };
    match item {
        syn::Item::Const(item) if item.ident != "_" => {
            add(item.ident.to_string(), Kind::Constant(*item.ty, *item.expr));
        }
        syn::Item::Type(item) => add(item.ident.to_string(), Kind::Alias(*item.ty)),
        syn::Item::Struct(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
            is_c(&item.attrs, &item.ident)?;
            add(item.ident.to_string(), Kind::Struct(fields(item.fields.into_iter())));
        }
        syn::Item::Union(item) => {
            is_c(&item.attrs, &item.ident)?;
            add(item.ident.to_string(), Kind::Union(fields(item.fields.named.into_iter())));
        }
        syn::Item::Fn(item) if matches!(item.vis, syn::Visibility::Public(_)) => {
            add(item.sig.ident.to_string(), Kind::Inline(item.sig));
        }
        syn::Item::Macro(item) => match item.mac.path.to_token_stream().to_string().as_str() {
            "link" | "link_late" => {
                let Linked { dll, functions } = Linked::parse.parse2(item.mac.tokens)?;
                for (signature, pointer) in functions {
                    if let Some(pointer) = &pointer {
                        add(pointer.clone(), Kind::Pointer(signature.clone()));
                    }
                    let import = Import { dll: dll.clone(), signature, pointer };
                    add(import.signature.ident.to_string(), Kind::Import(import));
                }
            }
            "layout" | "plain" | "opaque_debug" => {}
            other => bail!("the macro `{other}!` is not known to tests/oracles/src/source.rs"),
        },
        // Our own functions of a type.
        syn::Item::Impl(item) if item.trait_.is_none() => {
            let ty = item.self_ty.to_token_stream().to_string();
            for inner in item.items {
                match inner {
                    syn::ImplItem::Fn(function)
                        if matches!(function.vis, syn::Visibility::Public(_)) =>
                    {
                        let name = format!("{ty}::{}", function.sig.ident);
                        add(name, Kind::Inline(function.sig));
                    }
                    _ => {}
                }
            }
        }
        // Private, without a name, or behaviour of what is listed.
        syn::Item::Const(_) | syn::Item::Struct(_) | syn::Item::Fn(_) => {}
        syn::Item::Use(_) | syn::Item::Impl(_) => {}
        other => bail!(
            "not known to tests/oracles/src/source.rs: {}",
            other.to_token_stream().to_string().chars().take(80).collect::<String>()
        ),
    }
    Ok(())
}

pub(crate) fn fields(fields: impl Iterator<Item = syn::Field>) -> Vec<Field> {
    let field = |field: syn::Field| {
        let name = field.ident.map_or_else(String::new, |name| name.to_string());
        Field { name: name.trim_start_matches("r#").to_owned(), ty: field.ty }
    };
    fields.map(field).collect()
}

/// A structure that is not laid out as C does it proves nothing.
fn is_c(attributes: &[syn::Attribute], name: &syn::Ident) -> Result<()> {
    let repr_c = |attribute: &syn::Attribute| {
        attribute.path().is_ident("repr")
            && attribute.meta.to_token_stream().to_string().contains('C')
    };
    if !attributes.iter().any(repr_c) {
        bail!("{name} lacks #[repr(C)]");
    }
    Ok(())
}

/// The one kind of condition that the crate uses.
fn condition(attributes: &[syn::Attribute]) -> Result<Option<Width>> {
    let Some(cfg) = attributes.iter().find(|attribute| attribute.path().is_ident("cfg")) else {
        return Ok(None);
    };
    let text = cfg.meta.to_token_stream().to_string();
    match text.replace(' ', "").as_str() {
        "cfg(target_pointer_width=\"64\")" => Ok(Some(Width::W64)),
        "cfg(not(target_pointer_width=\"64\"))" | "cfg(target_pointer_width=\"32\")" => {
            Ok(Some(Width::W32))
        }
        _ => bail!("the condition `{text}` is not known to tests/oracles/src/source.rs"),
    }
}

/// What stands in `link!` and `link_late!`.
struct Linked {
    dll: String,
    functions: Vec<(syn::Signature, Option<String>)>,
}

impl Parse for Linked {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let dll = input.parse::<syn::LitStr>()?.value();
        input.parse::<syn::Token![;]>()?;
        let mut functions = Vec::new();
        while !input.is_empty() {
            input.call(syn::Attribute::parse_outer)?;
            input.parse::<syn::Visibility>()?;
            let signature = input.parse::<syn::Signature>()?;
            let mut pointer = None;
            if input.parse::<Option<syn::Token![as]>>()?.is_some() {
                pointer = Some(input.parse::<syn::Ident>()?.to_string());
            }
            input.parse::<syn::Token![;]>()?;
            functions.push((signature, pointer));
        }
        Ok(Self { dll, functions })
    }
}
