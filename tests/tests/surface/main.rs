//! The surface against literal values of the SDK, on any host: what
//! `layout.rs` does not hold. Each file is a table of one area.
#![allow(clippy::cast_lossless)] // reason: a table compares numbers of many types in one

use iocp_sys as sys;

#[macro_use]
mod layouts;

mod codes;
mod constants;
mod files;
mod jobs;
mod net;
mod rings;
mod serial;

/// All tables, as text.
const TABLES: [&str; 10] = [
    include_str!("../ids.rs"),
    include_str!("../statuses.rs"),
    include_str!("../layout.rs"),
    include_str!("codes.rs"),
    include_str!("constants.rs"),
    include_str!("files.rs"),
    include_str!("jobs.rs"),
    include_str!("net.rs"),
    include_str!("rings.rs"),
    include_str!("serial.rs"),
];

/// Names of this kind in the list of the public names.
fn declared(kind: &str) -> impl Iterator<Item = &'static str> + '_ {
    let lines = include_str!("../../api/iocp-sys.txt").lines();
    lines.filter_map(move |line| {
        let rest = line.strip_prefix(kind)?;
        rest.split([':', ' ']).find(|word| !word.is_empty())
    })
}

/// Names that stand in no table, each before this sign.
fn without(kind: &str, sign: char) -> Vec<&'static str> {
    let lines = || TABLES.iter().flat_map(|table| table.lines()).map(str::trim);
    let is_there = |name: &str| {
        lines().any(|line| {
            let rest = line.strip_prefix(name).map(str::trim_start);
            rest.is_some_and(|rest| rest.starts_with(sign))
        })
    };
    declared(kind).filter(|name| !is_there(name)).collect()
}

/// Behaviour 33: no constant is without its literal value in a test.
#[test]
fn every_constant_has_its_literal_value_in_a_table() {
    assert!(declared("const ").count() > 800);
    // All bits set at either width: `constants.rs` compares them apart.
    let apart = ["INVALID_HANDLE_VALUE", "INVALID_SOCKET"];
    let mut missing = without("const ", '=');
    missing.retain(|name| !apart.contains(name));
    assert!(missing.is_empty(), "{missing:?}");
}

/// Behaviour 33: no structure with a name of its own is without its literal layout in a test.
#[test]
fn every_structure_has_its_literal_layout_in_a_table() {
    let part = |name: &str| {
        let end = name.rsplit('_').next().unwrap_or_default();
        end.len() == 1 && end.bytes().all(|byte| byte.is_ascii_digit())
    };
    let all: Vec<_> = without("struct ", ':').into_iter().chain(without("union ", ':')).collect();
    let missing: Vec<_> = all.into_iter().filter(|name| !part(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
