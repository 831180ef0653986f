//! The links of the documentation as a browser follows them: each page, and each place in it, is there.
//!
//! rustdoc looks at links to items only; a path or a place that was written by hand is looked at here, and so
//! is what rustdoc made itself. Addresses of other hosts are not fetched: `tidy` checks the form of
//! Microsoft's.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{ensure, Context, Result};

use crate::files::below;

/// rustdoc's own pages, whose link to the folder's first page is there on docs.rs only.
const OF_RUSTDOC: [&str; 2] = ["help.html", "settings.html"];

/// What a page has: the places that links may name, and the links.
type Page = (BTreeSet<String>, Vec<String>);

/// Follows all links of the pages below this folder; says how many there are.
pub(super) fn check(folder: &Path) -> Result<String> {
    let mut pages = BTreeMap::new();
    for path in below(folder)?.iter().filter(|path| path.extension().is_some_and(|it| it == "html"))
    {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let places: BTreeSet<_> = values(&text, &[" id=\""]).collect();
        let links: Vec<_> = values(&text, &[" href=\"", " src=\""]).collect();
        pages.insert(path.strip_prefix(folder)?.to_owned(), (places, links));
    }
    let (mut count, mut dead) = (0, BTreeSet::new());
    for (path, (_, links)) in &pages {
        if OF_RUSTDOC.iter().any(|name| path == Path::new(name)) {
            continue;
        }
        for link in links.iter().filter(|link| !is_elsewhere(link)) {
            count += 1;
            if !leads(folder, path, link, &pages) {
                dead.insert(format!("\n  {}: {link}", path.display()));
            }
        }
    }
    ensure!(count > 0, "the pages of {} have no links", folder.display());
    ensure!(dead.is_empty(), "{} dead links:{}", dead.len(), Vec::from_iter(dead).concat());
    Ok(format!("{count} links in {} pages, none dead", pages.len()))
}

/// The values of these attributes, as a browser reads them.
fn values<'a>(text: &'a str, names: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    names.iter().flat_map(|name| text.split(name).skip(1)).filter_map(|rest| {
        let value = rest.split('"').next()?;
        let plain =
            [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'")];
        let value = plain.iter().fold(value.to_owned(), |text, (from, to)| text.replace(from, to));
        Some(value.replace("&amp;", "&"))
    })
}

/// `https:`, `javascript:` and the like.
fn is_elsewhere(link: &str) -> bool {
    let scheme = link.split_once(':').map_or("", |(scheme, _)| scheme);
    !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_lowercase())
}

/// Whether the link of this page leads to a file, and to a place in it.
fn leads(folder: &Path, page: &Path, link: &str, pages: &BTreeMap<PathBuf, Page>) -> bool {
    let (path, place) = link.split_once('#').unwrap_or((link, ""));
    let path = decoded(path.split('?').next().unwrap_or_default());
    let target = match path.as_str() {
        "" => page.to_owned(),
        path => plain(&page.with_file_name("").join(path)),
    };
    let Some((places, _)) = pages.get(&target) else {
        return place.is_empty() && folder.join(target).is_file();
    };
    // The script of a source's page makes places of its lines: `12`, `12-34`.
    let lines = |place: &str| place.chars().all(|c| c.is_ascii_digit() || c == '-');
    place.is_empty()
        || places.contains(place)
        || places.contains(&decoded(place))
        || target.starts_with("src") && lines(place)
}

/// The path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if plain.pop() => {}
            part => plain.push(part),
        }
    }
    plain
}

/// `%20` is a space.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        let code = text_of(more.get(..2)).filter(|_| *first == b'%');
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &more[2..] } else { more };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn text_of(digits: Option<&[u8]>) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits?).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::target_dir;

    /// What is said of two pages, of which the first has this link.
    fn said(name: &str, link: &str) -> Result<String> {
        let folder = target_dir().join("doc-links-tests").join(name);
        fs::create_dir_all(folder.join("src"))?;
        fs::write(folder.join("a.html"), format!("<a class=\"x\" href=\"{link}\">"))?;
        fs::write(
            folder.join("src/b c.html"),
            "<h2 id=\"here\"><p id=\"a%3Cb%3E\"><a href=\"../a.html\">",
        )?;
        fs::write(folder.join("x.svg"), "")?;
        check(&folder)
    }

    #[test]
    fn pages_and_places_that_are_there_are_followed() {
        for (name, link) in [
            ("page", "src/b%20c.html"),
            ("place", "src/b c.html#here"),
            ("coded", "src/b c.html#a%3Cb%3E"),
            ("line", "src/b c.html#12-34"),
            ("up", "src/../src/b c.html?x=1#here"),
            ("file", "x.svg"),
            ("host", "https://a.b/c#d"),
        ] {
            assert!(said(name, link).is_ok(), "{link}");
        }
    }

    #[test]
    fn a_page_and_a_place_that_are_not_there_are_dead() {
        for (name, link) in [
            ("no-page", "src/b.html"),
            ("no-place", "src/b c.html#there"),
            ("no-own-place", "#here"),
            ("no-line", "#12"),
            ("folder", "src"),
            ("above", "../a.html"),
            ("repository", "../../README.md"),
            ("other", "x.svg#here"),
        ] {
            let error = said(name, link).expect_err(link).to_string();
            assert!(error.contains("1 dead links") && error.contains(link), "{error}");
        }
    }

    #[test]
    fn pages_without_links_show_nothing() {
        assert!(said("nothing", "https://a.b").is_ok(), "the other page has one");
        let folder = target_dir().join("doc-links-tests/empty");
        fs::create_dir_all(&folder).expect("writable");
        assert!(check(&folder).is_err());
    }
}
