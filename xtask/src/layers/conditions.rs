//! What stands in a plain build, by the `cfg` attributes of items.

use syn::{punctuated::Punctuated, Meta, Token};

/// Those of an item.
pub(super) fn attributes(item: &syn::Item) -> &[syn::Attribute] {
    use syn::Item;
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Whether it stands in a build that is no test, on Windows or elsewhere.
pub(super) fn is_there(attributes: &[syn::Attribute]) -> bool {
    let conditions = || {
        let all = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        all.filter_map(|attribute| attribute.parse_args::<Meta>().ok())
    };
    [true, false].iter().any(|windows| conditions().all(|condition| holds(&condition, *windows)))
}

fn holds(condition: &Meta, windows: bool) -> bool {
    let parts = || -> Vec<bool> {
        let list = condition.require_list().ok();
        let parts = list.and_then(|list| {
            list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()
        });
        parts.into_iter().flatten().map(|part| holds(&part, windows)).collect()
    };
    let word = condition.path().get_ident().map(ToString::to_string).unwrap_or_default();
    match word.as_str() {
        "all" => parts().iter().all(|part| *part),
        "any" => parts().iter().any(|part| *part),
        "not" => !parts().iter().any(|part| *part),
        "windows" => windows,
        "test" | "miri" | "iocp_sim" | "iocp_mutants" => false,
        // An architecture, or what comes: looked at.
        _ => true,
    }
}
