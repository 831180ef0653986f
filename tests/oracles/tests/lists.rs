//! The lists in `tests/api` against the sources of the two crates.

#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use iocp_oracles::{
    api, public, source,
    source::{Item, Kind},
    surface, tools,
};

fn items() -> Vec<Item> {
    source::read(&tools::root().join("iocp-sys/src")).unwrap()
}

#[test]
fn the_public_names_are_those_of_the_lists() {
    for (name, src, list) in api::LISTS {
        let listed = std::fs::read_to_string(tools::root().join("tests/api").join(name)).unwrap();
        let differs = api::differs(&listed, &tools::root().join(src), list).unwrap();
        assert_eq!(differs, None, "{name}");
    }
}

/// A copy of a crate's sources in which this text is that.
fn changed(src: &str, file: &str, from: &str, to: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed); // tests run side by side
    let copy = tools::folder(&format!("changed-{number}")).unwrap().join("src");
    tools::copy_all(&tools::root().join(src), &copy).unwrap();
    let file = copy.join(file);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{}: there is no `{from}` any more", file.display());
    std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
    copy
}

/// What is said of `iocp` with this text in the place of that.
fn said(file: &str, from: &str, to: &str) -> String {
    let listed = std::fs::read_to_string(tools::root().join("tests/api/iocp.txt")).unwrap();
    let copy = changed("iocp/src", file, from, to);
    api::differs(&listed, &copy, public::text).unwrap().expect("a difference")
}

#[test]
fn a_change_of_a_public_name_or_signature_is_said_with_the_command_to_run() {
    for (file, from, to, line) in [
        // a parameter's type, a result, a field, a variant, a function that is gone or new
        ("port/waker.rs", "pub fn wake(&self)", "pub fn wake(&mut self)", "fn wake(&mut self)"),
        ("base/config.rs", "pub max_operations: ", "pub most_operations: ", "most_operations: "),
        ("port/calls.rs", "pub fn stats(&self)", "pub(crate) fn stats(&self)", "fn stats(&self)"),
        (
            "ops/functions.rs",
            "port: CompletionPort) ->",
            "port: &CompletionPort) ->",
            "port: &CompletionPort) ->",
        ),
        ("lib.rs", "mailbox::{Mailbox, Sender}", "mailbox::Sender", "struct Mailbox"),
        (
            "poll/mod.rs",
            "poll::{Poll, Selector}",
            "poll::{Poll as Queue, Selector}",
            "struct Queue",
        ),
        ("base/status.rs", "CANCELLED = 0xC000_0120", "CANCELLED = 0xC000_0121", "0xC000_0121"),
        (
            "base/buffer.rs",
            "unsafe impl IoBuf for String",
            "unsafe impl IoBuf for char",
            "for char",
        ),
    ] {
        let said = said(file, from, to);
        assert!(said.contains("run cargo xtask api\n"), "{said}");
        assert!(said.contains(line), "{from} -> {to}: `{line}` is not in: {said}");
    }
}

#[test]
fn a_change_inside_is_no_change_of_the_public_names() {
    let listed = std::fs::read_to_string(tools::root().join("tests/api/iocp.txt")).unwrap();
    let copy = changed("iocp/src", "port/waker.rs", "use crate", "use std::vec as _;\nuse crate");
    assert_eq!(api::differs(&listed, &copy, public::text).unwrap(), None);
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
