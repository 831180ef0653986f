//! How large a program gets: an echo server over the event queue beside one over std, and what it is made of.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};

use super::Asked;
use crate::{
    bench::table::Table,
    process::{command, output, root, target_dir},
    program::Program,
    setup,
    wine::TARGET,
};

/// Small, as far as cargo's profiles go. Names are kept: a part has one.
const PROFILE: [&str; 5] =
    ["opt-level=\"z\"", "lto=true", "codegen-units=1", "panic=\"abort\"", "strip=false"];

/// Lists names by their addresses; of mingw, which links for [`TARGET`].
const NM: &str = "x86_64-w64-mingw32-nm";
const STRIP: &str = "x86_64-w64-mingw32-strip";

/// What the parts of a program belong to that are not of std.
const OWN: [&str; 3] = ["iocp::", "mio::", "program::"];

/// The program over the event queue, the one over std, and mio's.
pub(super) fn programs(_: &Asked) -> Result<Table> {
    setup::targets(&[TARGET])?;
    let mut table = Table {
        name: "program_size",
        title: "an echo server as a program: KB over one over std, and its largest part".into(),
        kernel: format!("none ({TARGET}, opt-level z, LTO, panic = abort, stripped)"),
        columns: vec!["KB", "KB over std", "largest part KB"],
        main: 1,
        mark: Some(90.0),
        ..Table::default()
    };
    let iocp = format!("iocp = {{ path = {:?} }}", root().join("iocp"));
    let mio = "mio = { version = \"1.2\", features = [\"os-poll\", \"net\"] }";
    let mut of_std = f64::NAN;
    for (name, dependency, file) in
        [("std", "", "std.rs"), ("iocp poll", iocp.as_str(), "poll.rs"), ("mio", mio, "mio.rs")]
    {
        let source = fs::read_to_string(root().join("tests/bench/size").join(file))?;
        let folder = target_dir().join("bench/program_size").join(file);
        let program = Program::new(folder, Some(TARGET), dependency, ("main.rs", &source));
        let mut program = program.and_then(Program::fetch)?;
        let config = PROFILE.map(|line| format!("profile.release.{line}"));
        let words = config.iter().flat_map(|line| ["--config", line]);
        let words: Vec<_> = ["--release"].into_iter().chain(words).collect();
        let exe = program.build(&words)?.join("release/program.exe");
        let parts = parts(&exe)?;
        output(command(STRIP).arg(&exe))?;
        let kilobytes = fs::metadata(&exe)?.len() as f64 / 1000.0;
        if name == "std" {
            of_std = kilobytes;
        }
        let largest = parts.first().map_or(f64::NAN, |part| part.1);
        table.row(name, vec![kilobytes, kilobytes - of_std, largest]);
        if name == "iocp poll" {
            let named = parts.iter().take(5).map(|(name, kb)| format!("`{name}` {kb:.1}"));
            let named: Vec<_> = named.collect();
            table.notes.push(format!("The largest parts of iocp poll, KB: {}.", named.join(", ")));
            table.goal("iocp poll: KB over std", kilobytes - of_std, 90.0);
            table.goal("iocp poll: largest part, KB", largest, 20.0);
        }
    }
    Ok(table)
}

/// The parts of a program by their names, the largest first, in KB: modules, and the program's own functions. Each
/// name reaches as far as the next.
fn parts(exe: &Path) -> Result<Vec<(String, f64)>> {
    let names = output(command(NM).args(["--numeric-sort", "--demangle"]).arg(exe))?;
    let mut parts = BTreeMap::new();
    let mut last: Option<(u64, String)> = None;
    for line in names.lines() {
        let mut words = line.splitn(3, ' ');
        let (Some(address), Some(kind), Some(name)) = (words.next(), words.next(), words.next())
        else {
            continue;
        };
        let Ok(address) = u64::from_str_radix(address, 16) else { continue };
        if let Some((start, part)) = last.take() {
            *parts.entry(part).or_insert(0.0) += (address - start) as f64 / 1000.0;
        }
        if kind.eq_ignore_ascii_case("t") {
            last = part_of(name).map(|part| (address, part));
        }
    }
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    parts.first().context("no part of it has a name")?;
    Ok(parts)
}

/// Three levels of the path in a function's name, if that is not of std.
fn part_of(name: &str) -> Option<String> {
    let start = OWN.iter().filter_map(|own| name.find(own)).min()?;
    let is_path = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
    let path = name[start..].split(|letter| !is_path(letter)).next()?;
    let levels: Vec<_> = path.split("::").filter(|level| !level.is_empty()).take(3).collect();
    Some(levels.join("::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_three_levels_of_what_is_not_of_std() {
        for (name, part) in [
            ("iocp::poll::queue::Queue::visit", Some("iocp::poll::queue")),
            ("<iocp::base::error::Error as core::fmt::Debug>::fmt", Some("iocp::base::error")),
            ("core::ptr::drop_in_place<iocp::poll::poll::Poll>", Some("iocp::poll::poll")),
            ("program::main", Some("program::main")),
            ("std::io::stdio::_print", None),
        ] {
            assert_eq!(part_of(name).as_deref(), part, "{name}");
        }
    }
}
