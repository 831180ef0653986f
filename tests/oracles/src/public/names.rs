//! What a path names, and which names a user of the crate can write.

use std::collections::BTreeMap;

use syn::{UseTree, Visibility};

use super::tree::{below, Tree};

/// A definition: its module and its name there.
pub(super) type Place = (String, String);

/// What a path leads to, inside this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    Module(String),
    Item(Place),
}

/// The names of a crate.
#[derive(Debug)]
pub(super) struct Names<'a> {
    tree: &'a Tree,
    /// The path that a user writes, without the crate's name, and the definition.
    pub(super) public: BTreeMap<(String, String), Place>,
    /// Items of other crates under a name of this one.
    pub(super) foreign: Vec<(String, String)>,
}

impl<'a> Names<'a> {
    /// Follows everything that is `pub` from the root on.
    #[must_use]
    pub(super) fn new(tree: &'a Tree) -> Self {
        let mut names = Self { tree, public: BTreeMap::new(), foreign: Vec::new() };
        names.walk("", "");
        names
    }

    /// The definition that this path leads to when it stands in that module, if it is one of ours.
    #[must_use]
    pub(super) fn place(&self, module: &str, path: &syn::Path) -> Option<Place> {
        let segments: Vec<String> =
            path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match self.look_up(module, &segments, 0)? {
            Found::Item(place) => Some(place),
            Found::Module(_) => None,
        }
    }

    /// Whether a user can write a name of this definition.
    #[must_use]
    pub(super) fn is_public(&self, place: &Place) -> bool {
        self.public.values().any(|public| public == place)
    }

    fn walk(&mut self, module: &str, shown: &str) {
        for item in &self.tree[module] {
            match item {
                syn::Item::Mod(inner) if is_pub(&inner.vis) => {
                    let name = inner.ident.to_string();
                    self.walk(&below(module, &name), &below(shown, &name));
                }
                syn::Item::Use(list) if is_pub(&list.vis) => {
                    for (path, name) in leaves(&list.tree) {
                        self.export(module, shown, &path, name);
                    }
                }
                item => {
                    if let Some(name) = defined(item).filter(|(_, public)| *public) {
                        let place = (module.to_owned(), name.0.clone());
                        self.public.insert((shown.to_owned(), name.0), place);
                    }
                }
            }
        }
    }

    fn export(&mut self, module: &str, shown: &str, path: &[String], name: Option<String>) {
        match (self.look_up(module, path, 0), name) {
            (Some(Found::Item(place)), Some(name)) => {
                self.public.insert((shown.to_owned(), name), place);
            }
            (Some(Found::Module(inner)), Some(name)) => self.walk(&inner, &below(shown, &name)),
            (Some(Found::Module(inner)), None) => self.walk(&inner, shown),
            (_, name) => {
                let name = name.unwrap_or_else(|| "*".to_owned());
                self.foreign.push((shown.to_owned(), format!("{} as {name}", path.join("::"))));
            }
        }
    }

    fn look_up(&self, module: &str, path: &[String], depth: usize) -> Option<Found> {
        let parent = || module.rsplit_once("::").map_or("", |(parent, _)| parent);
        let (first, rest) = path.split_first()?;
        let mut found = match first.as_str() {
            "crate" => Found::Module(String::new()),
            "self" => Found::Module(module.to_owned()),
            "super" => Found::Module(parent().to_owned()),
            name => self.name(module, name, depth)?,
        };
        for name in rest {
            let Found::Module(module) = &found else { return None };
            found = match name.as_str() {
                "super" => Found::Module(
                    module.rsplit_once("::").map_or("", |(parent, _)| parent).to_owned(),
                ),
                name => self.name(module, name, depth)?,
            };
        }
        Some(found)
    }

    /// What one name means in a module: a definition, a module, or what a `use` brings in.
    fn name(&self, module: &str, name: &str, depth: usize) -> Option<Found> {
        if depth > 8 {
            return None; // two modules that use each other's names
        }
        let items = self.tree.get(module)?;
        if items.iter().filter_map(defined).any(|(defined, _)| defined == name) {
            return Some(Found::Item((module.to_owned(), name.to_owned())));
        }
        if self.tree.contains_key(&below(module, name)) {
            return Some(Found::Module(below(module, name)));
        }
        let uses = items.iter().filter_map(|item| match item {
            syn::Item::Use(list) => Some(leaves(&list.tree)),
            _ => None,
        });
        for (path, alias) in uses.flatten() {
            let found = match alias {
                Some(alias) if alias == name => self.look_up(module, &path, depth + 1),
                Some(_) => None,
                None => match self.look_up(module, &path, depth + 1) {
                    Some(Found::Module(inner)) if inner != module => {
                        self.name(&inner, name, depth + 1)
                    }
                    _ => None,
                },
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// Name of a definition, and whether it is `pub`.
pub(super) fn defined(item: &syn::Item) -> Option<(String, bool)> {
    let (name, visibility) = match item {
        syn::Item::Const(item) if item.ident != "_" => (&item.ident, &item.vis),
        syn::Item::Enum(item) => (&item.ident, &item.vis),
        syn::Item::Fn(item) => (&item.sig.ident, &item.vis),
        syn::Item::Static(item) => (&item.ident, &item.vis),
        syn::Item::Struct(item) => (&item.ident, &item.vis),
        syn::Item::Trait(item) => (&item.ident, &item.vis),
        syn::Item::Type(item) => (&item.ident, &item.vis),
        syn::Item::Union(item) => (&item.ident, &item.vis),
        _ => return None,
    };
    Some((name.to_string(), is_pub(visibility)))
}

/// `pub`, and not `pub(crate)`.
pub(super) fn is_pub(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Each path of a `use`, with the name that it brings in; `None` for a star.
fn leaves(tree: &UseTree) -> Vec<(Vec<String>, Option<String>)> {
    let mut all = Vec::new();
    collect(tree, &mut Vec::new(), &mut all);
    all
}

fn collect(tree: &UseTree, path: &mut Vec<String>, all: &mut Vec<(Vec<String>, Option<String>)>) {
    let mut leaf = |name: &syn::Ident, alias: &syn::Ident| {
        let mut whole = path.clone();
        if name != "self" || whole.is_empty() {
            whole.push(name.to_string());
        }
        let alias = if alias == "self" { whole.last().cloned() } else { Some(alias.to_string()) };
        all.push((whole, alias));
    };
    match tree {
        UseTree::Name(name) => leaf(&name.ident, &name.ident),
        UseTree::Rename(rename) => leaf(&rename.ident, &rename.rename),
        UseTree::Glob(_) => all.push((path.clone(), None)),
        UseTree::Path(inner) => {
            path.push(inner.ident.to_string());
            collect(&inner.tree, path, all);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, path, all)),
    }
}
