//! Tokens as one writes them.

use anyhow::{Context, Result};
use quote::ToTokens;

/// Tokens as one writes them, on one line.
pub(crate) fn plain(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string().replace('\n', " ");
    for (from, to) in [
        (" :: ", "::"),
        (" : ", ": "),
        (" , ", ", "),
        (", )", ")"),
        (",)", ")"),
        (", }", " }"),
        ("# [", "#["),
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

/// The tokens without `#[…]`, which is documentation here, but for `#[from]`.
pub(crate) fn without_attributes(
    tokens: proc_macro2::TokenStream,
) -> Result<proc_macro2::TokenStream> {
    use proc_macro2::TokenTree;
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let brackets = tokens.next().context("an attribute has brackets")?;
                if plain(&brackets) == "[from]" {
                    kept.extend([punct.into(), brackets]); // `thiserror`: it makes a conversion
                }
            }
            TokenTree::Group(group) => {
                let inner = without_attributes(group.stream())?;
                kept.push(proc_macro2::Group::new(group.delimiter(), inner).into());
            }
            token => kept.push(token),
        }
    }
    Ok(kept.into_iter().collect())
}
