//! What a file of `iocp/src` names of other files, found by parsing it.
//!
//! Looked at is what stands in a plain build, for Windows or any other host: `use` trees, and paths
//! anywhere, in macros too, that begin with `crate`, `super`, `self` or a module of their own. A name
//! that a folder's `mod.rs` only gives on is followed to the file that it is of.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::{
    visit::{self, Visit},
    UseTree, Visibility,
};

use super::conditions::{attributes, is_there};

/// One path that is named.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) line: usize,
    /// As it is written, up to the name.
    pub(super) written: String,
    /// From the crate's root, which is not a segment of it.
    pub(super) path: Vec<String>,
    /// Given on to others (`pub use`), and perhaps not used here.
    given_on: bool,
}

/// What one file has.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) named: Vec<Named>,
    /// The names that its own module gives on, and from where.
    gives: BTreeMap<String, Vec<String>>,
    /// First segments of all paths that are no imports.
    used: BTreeSet<String>,
}

/// The module that a file is: `core/mod.rs` and `core.rs` are `core`.
pub(super) fn module_of(file: &str) -> Vec<String> {
    let name = file.trim_end_matches(".rs");
    let name = name.strip_suffix("/mod").unwrap_or(name);
    let root = name == "lib" || name.is_empty();
    if root {
        Vec::new()
    } else {
        name.split('/').map(str::to_owned).collect()
    }
}

/// Reads a file; `is_module` knows the paths of modules.
pub(super) fn read(file: &str, text: &str, is_module: &dyn Fn(&[String]) -> bool) -> Result<File> {
    let tree = syn::parse_file(text).with_context(|| file.to_owned())?;
    let here = module_of(file);
    let mut reader = Reader { top: here.clone(), here, is_module, file: File::default() };
    reader.visit_file(&tree);
    // Given on and used here: an import like any other.
    let File { mut named, gives, used } = reader.file;
    named.retain(|one| !one.given_on || one.path.last().is_some_and(|name| used.contains(name)));
    Ok(File { named, gives, used })
}

/// The path of where a name is from, beyond the modules that only give it on.
pub(super) fn followed(files: &BTreeMap<Vec<String>, File>, path: &[String]) -> Vec<String> {
    let mut path = path.to_vec();
    for _ in 0..8 {
        let given = (1..=path.len()).rev().find_map(|at| {
            let (module, rest) = path.split_at(at - 1);
            let (name, rest) = rest.split_first()?;
            let from = files.get(module)?.gives.get(name)?;
            Some([from, rest].concat())
        });
        match given {
            Some(next) if next != path => path = next,
            _ => break,
        }
    }
    path
}

struct Reader<'a> {
    /// The module that the file is, and the one that is being read.
    top: Vec<String>,
    here: Vec<String>,
    is_module: &'a dyn Fn(&[String]) -> bool,
    file: File,
}

impl Reader<'_> {
    /// The path from the crate's root; `None` where it leads out of the crate.
    fn resolved(&self, segments: &[String]) -> Option<Vec<String>> {
        let mut path = self.here.clone();
        let mut rest = segments;
        match segments.first()?.as_str() {
            "crate" => (path, rest) = (Vec::new(), &segments[1..]),
            "self" => rest = &segments[1..],
            "super" => {}
            _ if segments.len() > 1 => {
                path.push(segments[0].clone());
                rest = &segments[1..];
                if !(self.is_module)(&path) {
                    return None;
                }
            }
            _ => return None,
        }
        while rest.first().is_some_and(|segment| segment == "super") {
            path.pop()?;
            rest = &rest[1..];
        }
        path.extend_from_slice(rest);
        Some(path)
    }

    fn name(&mut self, segments: &[String], line: usize, given_on: bool) {
        if let Some(path) = self.resolved(segments) {
            let written = segments.join("::");
            self.file.named.push(Named { line, written, path, given_on });
        }
    }

    fn tree(&mut self, tree: &UseTree, before: &[String], given_on: bool) {
        let with = |name: String| [before, &[name]].concat();
        let line = match tree {
            UseTree::Glob(glob) => glob.star_token.spans[0].start().line,
            UseTree::Name(name) => name.ident.span().start().line,
            UseTree::Rename(name) => name.ident.span().start().line,
            UseTree::Path(_) | UseTree::Group(_) => 0,
        };
        match tree {
            UseTree::Path(path) => {
                self.tree(&path.tree, &with(path.ident.to_string()), given_on);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|item| self.tree(item, before, given_on));
            }
            UseTree::Glob(_) => self.name(before, line, given_on),
            UseTree::Name(name) if name.ident == "self" => self.name(before, line, given_on),
            UseTree::Name(name) => {
                let ident = name.ident.to_string();
                self.leaf(&with(ident.clone()), ident, line, given_on);
            }
            UseTree::Rename(name) => {
                self.leaf(&with(name.ident.to_string()), name.rename.to_string(), line, given_on);
            }
        }
    }

    fn leaf(&mut self, segments: &[String], known_as: String, line: usize, given_on: bool) {
        if given_on && self.here == self.top {
            if let Some(path) = self.resolved(segments) {
                self.file.gives.insert(known_as, path);
            }
        }
        self.name(segments, line, given_on);
    }

    /// Paths in what a macro is given.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut segments: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match &token {
                TokenTree::Punct(punct) if punct.as_char() == ':' && !segments.is_empty() => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(ident) if colons == 2 || segments.is_empty() => {
                    line = if segments.is_empty() { ident.span().start().line } else { line };
                    segments.push(ident.to_string());
                    colons = 0;
                    continue;
                }
                _ => {}
            }
            self.path(&std::mem::take(&mut segments), line);
            colons = 0;
            match token {
                TokenTree::Ident(ident) => {
                    line = ident.span().start().line;
                    segments.push(ident.to_string());
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                _ => {}
            }
        }
        self.path(&segments, line);
    }

    fn path(&mut self, segments: &[String], line: usize) {
        if let Some(first) = segments.first() {
            self.file.used.insert(first.clone());
            self.name(segments, line, false);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if is_there(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if is_there(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.here.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.here.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let given_on = !matches!(item.vis, Visibility::Inherited);
        self.tree(&item.tree, &[], given_on);
    }

    // `pub(super)` names nothing.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|one| one.ident.to_string()).collect();
        let line = path.segments.first().map_or(0, |one| one.ident.span().start().line);
        self.path(&segments, line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, one: &'ast syn::Macro) {
        self.tokens(one.tokens.clone());
    }
}
