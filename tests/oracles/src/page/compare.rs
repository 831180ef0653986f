//! One of our declarations beside one of theirs: what a user has to change.
//!
//! Types are compared by what they are in the end: names of integers are followed on both sides.

use std::collections::{HashMap, HashSet};

use quote::ToTokens;
use syn::Type;

use super::theirs::{All, Theirs};
use crate::source::{Field, Item, Kind};

/// One difference, in words for a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Here.
    pub ours: String,
    /// There.
    pub theirs: String,
}

/// Both sides, with what their names of types stand for.
#[derive(Debug)]
pub struct Sides<'a> {
    ours: HashMap<&'a str, &'a Type>,
    theirs: &'a All,
}

impl<'a> Sides<'a> {
    /// For these declarations.
    pub fn new(items: &'a [Item], theirs: &'a All) -> Self {
        let alias = |item: &'a Item| match &item.kind {
            Kind::Alias(ty) => Some((item.name.as_str(), ty)),
            _ => None,
        };
        Self { ours: items.iter().filter_map(alias).collect(), theirs }
    }

    /// What is different about this item; `None` if they do not have it.
    pub fn ask(&self, item: &Item) -> Option<Vec<Difference>> {
        let theirs = self.theirs.get(&item.name)?;
        Some(match (&item.kind, theirs) {
            (Kind::Constant(ours, value), Theirs::Constant(ty, other)) => {
                self.constant(ours, value, ty, other)
            }
            (Kind::Import(import), Theirs::Function(dll, signature)) => {
                let mut found = self.signature(&import.signature, signature);
                if !import.dll.eq_ignore_ascii_case(dll) {
                    found.push(Difference { ours: import.dll.clone(), theirs: dll.clone() });
                }
                found
            }
            (Kind::Struct(ours) | Kind::Union(ours), Theirs::Fields(theirs)) => {
                self.fields(&item.name, ours, theirs)
            }
            (Kind::Alias(ours), Theirs::Alias(theirs)) => self.types("", ours, theirs),
            // A name for a structure here, the structure itself there, or the other way round.
            (Kind::Alias(_), Theirs::Fields(_))
            | (Kind::Struct(_) | Kind::Union(_), Theirs::Alias(_)) => Vec::new(),
            (_, theirs) => vec![Difference {
                ours: "another kind of item".to_owned(),
                theirs: match theirs {
                    Theirs::Function(..) => "a function",
                    Theirs::Constant(..) => "a constant",
                    Theirs::Alias(_) => "a type",
                    Theirs::Fields(_) => "a structure",
                }
                .to_owned(),
            }],
        })
    }

    fn constant(
        &self,
        ours: &Type,
        value: &syn::Expr,
        theirs: &Type,
        other: &syn::Expr,
    ) -> Vec<Difference> {
        let mut found = self.types("", ours, theirs);
        if let (Some(value), Some(other)) = (number(value), number(other)) {
            // -1 and 0xFFFF_FFFF are the same bits.
            if (value ^ other) & 0xFFFF_FFFF != 0 {
                let [ours, theirs] = [value, other].map(|number| format!("{number:#x}"));
                found.push(Difference { ours, theirs });
            }
        }
        found
    }

    fn signature(&self, ours: &syn::Signature, theirs: &syn::Signature) -> Vec<Difference> {
        let mut found = Vec::new();
        if ours.inputs.len() != theirs.inputs.len() {
            let [ours, theirs] =
                [ours, theirs].map(|side| format!("{} parameters", side.inputs.len()));
            return vec![Difference { ours, theirs }];
        }
        for (ours, theirs) in ours.inputs.iter().zip(&theirs.inputs) {
            let (syn::FnArg::Typed(ours), syn::FnArg::Typed(theirs)) = (ours, theirs) else {
                continue;
            };
            found.extend(self.types(&text(&ours.pat), &ours.ty, &theirs.ty));
        }
        match (&ours.output, &theirs.output) {
            (syn::ReturnType::Type(_, ours), syn::ReturnType::Type(_, theirs)) => {
                found.extend(self.types("result", ours, theirs));
            }
            (syn::ReturnType::Default, syn::ReturnType::Default) => {}
            _ => found.push(Difference { ours: text(&ours.output), theirs: text(&theirs.output) }),
        }
        found
    }

    fn fields(&self, within: &str, ours: &[Field], theirs: &[Field]) -> Vec<Difference> {
        if ours.len() != theirs.len() {
            let names = |fields: &[Field]| {
                fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>().join(", ")
            };
            return vec![Difference { ours: names(ours), theirs: names(theirs) }];
        }
        let mut found = Vec::new();
        for (ours, theirs) in ours.iter().zip(theirs) {
            if ours.name == theirs.name {
                let differs = self.types(&ours.name, &ours.ty, &theirs.ty).into_iter();
                // How the newest bindings write the name of the structure in itself.
                found.extend(differs.filter(|one| one.ours != one.theirs.replace("Self", within)));
            } else {
                let [ours, theirs] = [ours, theirs].map(|field| field.name.clone());
                found.push(Difference { ours, theirs });
            }
        }
        found
    }

    fn types(&self, of: &str, ours: &Type, theirs: &Type) -> Vec<Difference> {
        let mine = |name: &str| self.ours.get(name).map(|ty| (*ty).clone());
        let other = |name: &str| match self.theirs.get(name) {
            Some(Theirs::Alias(ty)) => Some(ty.as_ref().clone()),
            _ => None,
        };
        let [mine, other] = [
            resolved(ours, &mine, &mut HashSet::new()),
            resolved(theirs, &other, &mut HashSet::new()),
        ];
        if mine == other {
            return Vec::new();
        }
        let said = |ty: String| if of.is_empty() { ty } else { format!("{of}: {ty}") };
        vec![Difference { ours: said(short(&mine)), theirs: said(short(&other)) }]
    }
}

/// A type as text, with each name that stands for another type followed.
fn resolved(
    ty: &Type,
    alias: &dyn Fn(&str) -> Option<Type>,
    within: &mut HashSet<String>,
) -> String {
    match ty {
        Type::Ptr(pointer) => {
            let word = if pointer.mutability.is_some() { "*mut " } else { "*const " };
            format!("{word}{}", resolved(&pointer.elem, alias, within))
        }
        Type::Array(array) => {
            let count = number(&array.len).map_or_else(|| text(&array.len), |n| n.to_string());
            format!("[{}; {count}]", resolved(&array.elem, alias, within))
        }
        Type::BareFn(function) => {
            let inputs: Vec<_> =
                function.inputs.iter().map(|input| resolved(&input.ty, alias, within)).collect();
            let output = match &function.output {
                syn::ReturnType::Default => String::new(),
                syn::ReturnType::Type(_, ty) => format!(" -> {}", resolved(ty, alias, within)),
            };
            format!("fn({}){output}", inputs.join(", "))
        }
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return text(ty) };
            let name = last.ident.to_string();
            if let syn::PathArguments::AngleBracketed(inner) = &last.arguments {
                let inner = inner.args.iter().map(|argument| match argument {
                    syn::GenericArgument::Type(ty) => resolved(ty, alias, within),
                    other => text(other),
                });
                return format!("{name}<{}>", inner.collect::<Vec<_>>().join(", "));
            }
            match alias(&name) {
                Some(ty) if within.insert(name.clone()) => {
                    let found = resolved(&ty, alias, within);
                    within.remove(&name);
                    found
                }
                _ => name,
            }
        }
        other => text(other),
    }
}

/// The number of a literal: `997`, `-1`, `0x103_u32 as _`.
pub(crate) fn number(value: &syn::Expr) -> Option<i128> {
    match value {
        syn::Expr::Lit(literal) => match &literal.lit {
            syn::Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        syn::Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Neg(_)) => {
            Some(-number(&unary.expr)?)
        }
        syn::Expr::Cast(cast) => number(&cast.expr),
        syn::Expr::Paren(paren) => number(&paren.expr),
        _ => None,
    }
}

/// Without the `Option` around a function.
fn short(ty: &str) -> String {
    match ty.strip_prefix("Option<").and_then(|inner| inner.strip_suffix('>')) {
        Some(inner) if inner.starts_with("fn(") => inner.to_owned(),
        _ => ty.to_owned(),
    }
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
