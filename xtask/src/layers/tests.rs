//! Each rule fails on a bad sample, and on nothing of a good one.

use super::*;

const TABLE: &str = "text\n\n| layer | holds |\n| --- | --- |\n| `poll/` | the queue |\n\
                     | `port/`, `waker.rs` | the port |\n| `core/` | the core |\n\
                     | `os/` | the seam |\n\n| layer | of another table |\n";

fn layers(sources: &[(&str, &str)]) -> Layers {
    let file = |path: String, text: &str| Source { path, text: text.to_owned() };
    let mut all = vec![file("ARCHITECTURE.md".into(), TABLE)];
    all.extend(sources.iter().map(|(path, text)| file(format!("{FOLDER}{path}"), text)));
    // So that every layer has a file.
    for path in ["lib.rs", "poll/mod.rs", "port/mod.rs", "waker.rs", "core/mod.rs", "os/mod.rs"] {
        if !sources.iter().any(|(other, _)| *other == path) {
            all.push(file(format!("{FOLDER}{path}"), ""));
        }
    }
    Layers::of(&all).expect("Rust")
}

fn faults(sources: &[(&str, &str)]) -> Vec<String> {
    layers(sources).faults
}

/// The one fault of these sources has all these words.
fn fails(sources: &[(&str, &str)], words: &[&str]) {
    let found = faults(sources);
    assert_eq!(found.len(), 1, "{found:?}");
    words.iter().for_each(|word| assert!(found[0].contains(word), "{word}: {found:?}"));
}

#[test]
fn imports_that_look_down_are_fine() {
    let good =
        "use std::core::x;\nuse crate::{core::Core, os::{self, Handle}};\nuse super::port;\n\
                fn f() { let _ = crate::waker::Waker; core::mem::drop(1); }";
    assert_eq!(faults(&[("poll/mod.rs", good), ("lib.rs", "pub use self::poll::Poll;")]), [""; 0]);
}

#[test]
fn an_import_that_looks_up_fails_with_its_line_and_the_remedy() {
    fails(
        &[("core/mod.rs", "\nuse crate::{\n    os::Handle,\n    port::CompletionPort as P,\n};")],
        &["core/mod.rs:4", "`crate::port::CompletionPort`", "looks up, to `port`", "move"],
    );
}

#[test]
fn a_path_that_looks_up_fails_wherever_it_stands() {
    for code in [
        "fn f() -> crate::port::Port { todo() }",
        "fn f() { super::super::port::g(); }",
        "fn f() { assert!(g(crate::port::OPEN), \"text\"); }",
        "fn f(a: &dyn Fn() -> Vec<crate::waker::Waker>) {}",
        "mod inner { use super::super::super::port::Port; }",
        "use crate::port::*;",
    ] {
        let found = faults(&[("core/slot.rs", code)]);
        assert!(found.len() == 1 && found[0].contains("looks up"), "{code}: {found:?}");
    }
}

#[test]
fn an_import_through_the_root_fails() {
    fails(
        &[("port/mod.rs", "use crate::Error;")],
        &["port/mod.rs:1", "`crate::Error`", "through the crate's root", "its own module"],
    );
    fails(&[("waker.rs", "use super::Error;")], &["waker.rs:1", "through the crate's root"]);
    // What it gives on is named, and judged by where that is.
    let root = ("lib.rs", "pub use self::core::slot::Slot;\npub use self::port::Port;");
    let slot = ("core/slot.rs", "");
    fails(&[root, slot, ("port/mod.rs", "use crate::Slot;")], &["import it from core/slot.rs"]);
    let found = faults(&[root, slot, ("core/mod.rs", "use crate::Port;")]);
    assert!(found.len() == 2 && found[1].contains("looks up, to `port`"), "{found:?}");
}

#[test]
fn tests_and_the_simulated_kernel_may_look_anywhere() {
    for (path, code) in [
        ("core/mod.rs", "#[cfg(test)]\nmod tests { use crate::Error; }"),
        ("core/mod.rs", "#[cfg(all(test, not(windows)))]\nuse crate::port::Port;"),
        ("os/sim/mod.rs", "use crate::{port::Port, Error};"),
        ("tests/mod.rs", "use crate::{port::Port, Error};"),
    ] {
        assert_eq!(faults(&[(path, code)]), [""; 0], "{path}: {code}");
    }
    for code in ["#[cfg(windows)]\nuse crate::port::Port;", "#[cfg(not(windows))]\nuse crate::E;"] {
        assert_eq!(faults(&[("core/mod.rs", code)]).len(), 1, "{code}");
    }
}

#[test]
fn a_cycle_of_folders_of_one_layer_fails() {
    fails(
        &[("port/mod.rs", "use crate::waker::Waker;"), ("waker.rs", "use crate::port::Port;")],
        &["port/mod.rs:1", "a cycle of folders: port, waker"],
    );
}

#[test]
fn a_cycle_of_files_fails_and_what_a_folder_gives_on_is_none() {
    let cycle = [("core/a.rs", "use super::b::B;"), ("core/b.rs", "use super::a::A;")];
    fails(&cycle, &["core/a.rs:1", "a cycle of files: core/a.rs, core/b.rs"]);
    // Found through the folder's own names, too.
    let given = "pub(crate) use self::{a::A, b::B as C};\nmod a;\nmod b;";
    let hidden = [("core/mod.rs", given), ("core/a.rs", "use super::C;"), cycle[1]];
    fails(&hidden, &["a cycle of files: core/a.rs, core/b.rs"]);
    // Given on only: no cycle with the folder's own file.
    let fine = [("core/mod.rs", given), ("core/a.rs", "use super::C;"), ("core/b.rs", "")];
    assert_eq!(faults(&fine), [""; 0]);
    // Given on and used: one.
    let used = format!("{given}\nstruct D(A);");
    let both = [("core/mod.rs", used.as_str()), ("core/a.rs", "use super::D;")];
    fails(&both, &["a cycle of files: core/a.rs, core/mod.rs"]);
}

#[test]
fn a_cycle_of_the_simulated_kernels_folders_fails_and_one_of_its_files_does_not() {
    let files = |a, b| [(a, "use crate::os::sim::b::B;"), (b, "use crate::os::sim::a::A;")];
    assert_eq!(faults(&files("os/sim/a.rs", "os/sim/b.rs")), [""; 0]);
    fails(&files("os/sim/a/mod.rs", "os/sim/b/mod.rs"), &["simulated kernel: os/sim/a, os/sim/b"]);
}

#[test]
fn a_file_in_no_layer_and_a_layer_without_files_fail() {
    fails(&[("mailbox.rs", "")], &["mailbox.rs:1", "in no layer"]);
    let architecture =
        |text: &str| vec![Source { path: "ARCHITECTURE.md".into(), text: text.into() }];
    let faults = |text: &str| Layers::of(&architecture(text)).expect("no Rust at all").faults;
    assert!(faults("| layer | x |\n|---|---|\n| `core/` | y |\n")[0].contains("has no file"));
    assert!(faults("nothing")[0].contains("no table"));
}

#[test]
fn lines_are_those_of_the_product() {
    let two = "// one\n// two\n#[cfg(test)]\nmod tests {\n}\n";
    let files = ["core/a.rs", "os/sim/port.rs", "tests/mod.rs", "os/a.rs"];
    assert_eq!(layers(&files.map(|file| (file, two))).lines(), 4);
}
