//! The lists in `tests/api` against the source of `iocp-sys`.

#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::collections::BTreeMap;

use iocp_oracles::{
    api, source,
    source::{Item, Kind},
    surface, tools,
};

fn items() -> Vec<Item> {
    source::read(&tools::root().join("iocp-sys/src")).unwrap()
}

#[test]
fn the_public_names_are_those_of_the_list() {
    let file = tools::root().join("tests/api/iocp-sys.txt");
    let listed = std::fs::read_to_string(file).unwrap().replace('\r', "");
    let now = api::text(&items()).unwrap();
    let gone = listed.lines().filter(|line| !now.lines().any(|now| now == *line));
    let new = now.lines().filter(|line| !listed.lines().any(|listed| listed == *line));
    let changes: Vec<String> =
        gone.map(|line| format!("- {line}")).chain(new.map(|line| format!("+ {line}"))).collect();
    assert!(
        listed == now,
        "the public names changed; if that is meant: cargo xtask api\n{}",
        changes.join("\n")
    );
}

#[test]
fn everything_that_the_surface_needs_is_declared_as_what_it_is() {
    let items = items();
    let by_name: BTreeMap<&str, &Item> =
        items.iter().map(|item| (item.name.as_str(), item)).collect();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in include_str!("../../api/surface.txt").lines().filter(|line| !line.starts_with('#'))
    {
        rows += 1;
        let columns: Vec<&str> = line.split('\t').collect();
        let [kind, name, dll, _since] = columns[..] else { panic!("four columns: `{line}`") };
        let Some(item) = by_name.get(name) else {
            wrong.push(format!("{kind} {name} is not declared"));
            continue;
        };
        let fits = match (kind, &item.kind) {
            ("fn", Kind::Import(import)) => import.dll == dll,
            ("fn (inline)" | "inline", Kind::Inline(_)) => true,
            ("const" | "error" | "ntstatus" | "ioctl", Kind::Constant(..)) => true,
            ("guid", Kind::Constant(..)) => surface::kind(item) == "guid",
            ("fnptr", Kind::Alias(_) | Kind::Pointer(_)) => true,
            ("type", Kind::Alias(_)) => true,
            // A name in C for what has a plain one here.
            ("type", Kind::Struct(_) | Kind::Union(_)) | ("struct", Kind::Alias(_)) => true,
            ("struct", Kind::Struct(_)) | ("union", Kind::Union(_)) => true,
            _ => false,
        };
        if !fits {
            wrong.push(format!("{kind} {name} ({dll}) is declared as {}", surface::kind(item)));
        }
    }
    assert!(rows >= 712, "only {rows} rows");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
