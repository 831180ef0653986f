//! Tokens as one writes them.

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
