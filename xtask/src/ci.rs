//! `cargo xtask ci`: what a change must pass beyond `cargo xtask test`, with the time of each part. Together they
//! are to take less than twenty minutes on two processors, from nothing built; what has no room is in `deep`.

use anyhow::Result;

use crate::{
    bench, check, deep, demo, doc, examples, parts::Parts, peers, surface, test, tidy, tools,
    wine::Wine,
};

/// A short demo: the point is that it ends in order, not its figures.
const DEMO_SECONDS: u64 = 6;

/// Runs all parts, each also after a failure.
pub(crate) fn run() -> Result<()> {
    let mut parts = Parts::default();
    let ok = || Ok("ok".to_owned());
    parts.part("tidy", || tidy::run().and_then(|()| ok()));
    parts.part("check", check::of_each_change);
    for (tool, (name, part)) in tools::QUICK {
        let missing = || format!("NOT RUN: `cargo xtask deep {name}` fetches {}", tool.package);
        parts.part(name, || if tool.is_there() { part() } else { Ok(missing()) });
    }
    parts.part("doc", || doc::run().and_then(|()| ok()));
    if cfg!(target_os = "linux") {
        parts.part("peers (compiled)", peers::check);
        parts.part("surface of iocp-sys", || surface::run(&surface::Args::default()).and(ok()));
        parts.part("tests under Wine 10", wine10);
        parts.part("Miri (short)", deep::miri_short);
        parts.part("counts beside the peers", || bench::quick().and(ok()));
        parts.part("examples", || examples::run(&examples::Args::default()).and(ok()));
    }
    let args = demo::Args { seconds: DEMO_SECONDS, ..demo::Args::default() };
    parts.part("demo (short)", || demo::run(&args).and_then(|()| ok()));
    parts.end("ci")
}

/// Where Wine 10 cannot be set up (no root, no namespaces) that is said, not hidden.
fn wine10() -> Result<String> {
    if let Err(error) = Wine::ten() {
        return Ok(format!("NOT RUN: {error:#}"));
    }
    test::run_and_sum(&test::Args { wine10: true, no_host: true, ..test::Args::default() })
}
