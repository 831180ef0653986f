//! `cargo xtask ci`: what a change must pass beyond `cargo xtask test`, with the time of each part.

use anyhow::Result;

use crate::{
    bench, check, deep, demo, doc, examples,
    parts::{Asked, Parts},
    peers, surface, test, tidy, tools,
    wine::{Wine, TARGET_32},
};

/// A short demo: the point is that it ends in order, not its figures.
const DEMO_SECONDS: u64 = 6;

/// Runs all parts, each also after a failure.
pub(crate) fn run() -> Result<()> {
    let mut parts = Parts::default();
    let ok = || Ok("ok".to_owned());
    parts.part("tidy", || tidy::run().and_then(|()| ok()));
    parts.part("check", || check::run(&Asked::default()).and_then(|()| ok()));
    for (tool, (name, part)) in tools::QUICK {
        let missing = || format!("NOT RUN: `cargo xtask deep {name}` fetches {}", tool.package);
        parts.part(name, || if tool.is_there() { part() } else { Ok(missing()) });
    }
    parts.part("doc", || doc::run().and_then(|()| ok()));
    if cfg!(target_os = "linux") {
        parts.part("peers (compiled)", peers::check);
        parts.part("peers (quick tests)", peers::quick);
        parts.part("surface of iocp-sys", || surface::run(&surface::Args::default()).and(ok()));
        parts.part("xtask as a Windows program", test::own_under_wine);
        parts.part("tests under Wine 10", || wine10(None));
        parts.part("tests under Wine 10, 32 bit", || wine10(Some(TARGET_32)));
        parts.part("Miri (short)", deep::miri_short);
        parts.part("counts beside the peers", || bench::quick().and(ok()));
        parts.part("examples", || examples::run(&examples::Args::default()).and(ok()));
    }
    let args = demo::Args { seconds: DEMO_SECONDS, ..demo::Args::default() };
    parts.part("demo (short)", || demo::run(&args).and_then(|()| ok()));
    parts.end("ci")
}

/// Where Wine 10 cannot be set up (no root, no namespaces) that is said, not hidden.
fn wine10(target: Option<&str>) -> Result<String> {
    if let Err(error) = Wine::ten() {
        return Ok(format!("NOT RUN: {error:#}"));
    }
    let target = target.map(str::to_owned);
    test::run_and_sum(&test::Args { wine10: true, no_host: true, target, ..test::Args::default() })
}
