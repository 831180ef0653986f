//! The lists of `tests/api` against the sources of `iocp-sys`.

#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use iocp_oracles::{
    api, source,
    source::{Item, Kind},
    surface, tools,
};

fn items() -> Vec<Item> {
    source::read(&tools::root().join("iocp-sys/src")).unwrap()
}

fn listed() -> String {
    std::fs::read_to_string(tools::root().join(api::LIST)).unwrap()
}

#[test]
fn the_public_names_are_those_of_the_list() {
    assert_eq!(api::differs(&listed(), &tools::root().join("iocp-sys/src")).unwrap(), None);
}

/// What is said of the sources with this text in the place of that.
fn said(file: &str, from: &str, to: &str) -> Option<String> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed); // tests run side by side
    let copy = tools::folder(&format!("changed-{number}")).unwrap().join("src");
    tools::copy_all(&tools::root().join("iocp-sys/src"), &copy).unwrap();
    let file = copy.join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{}: there is no `{from}` any more", file.display());
    std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
    api::differs(&listed(), &copy).unwrap()
}

#[test]
fn a_change_of_a_public_name_or_signature_is_said_with_the_command_to_run() {
    for (file, from, to, line) in [
        // a parameter's type, a field, a value, a name that is gone
        ("handleapi.rs", "hObject: HANDLE", "hObject: SOCKET", "hObject: SOCKET"),
        ("minwinbase.rs", "pub InternalHigh: usize", "pub High: usize", "High: usize"),
        (
            "ws2def/address.rs",
            "SOCK_STREAM: WINSOCK_SOCKET_TYPE = 1",
            "SOCK_STREAM: WINSOCK_SOCKET_TYPE = 2",
            "+ const SOCK_STREAM: WINSOCK_SOCKET_TYPE = 2",
        ),
        (
            "minwinbase.rs",
            "pub struct OVERLAPPED_ENTRY",
            "struct OVERLAPPED_ENTRY",
            "- struct OVERLAPPED_ENTRY",
        ),
    ] {
        let said = said(file, from, to).expect("a difference");
        assert!(said.contains("run cargo xtask api\n"), "{said}");
        assert!(said.contains(line), "{from} -> {to}: `{line}` is not in: {said}");
    }
}

#[test]
fn a_change_inside_is_no_change_of_the_public_names() {
    assert_eq!(said("handleapi.rs", "use crate", "use core::mem as _;\nuse crate"), None);
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
