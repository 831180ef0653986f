//! A short storm; `cargo xtask deep storm` runs a minute of it.
#![cfg(windows)]

use std::time::Duration;

use iocp_tests::storm::storm;

fn number_of(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

// Behaviour 6.
#[test]
fn a_storm_of_four_sockets_three_waiters_and_a_hostile_poster_keeps_every_byte_and_leaves_nothing()
{
    let seed = number_of("IOCP_STORM_SEED").unwrap_or(1);
    let seconds = number_of("IOCP_STORM_SECONDS").unwrap_or(4);
    // The harness shows this if anything fails.
    println!("storm: seed {seed}, {seconds} s");
    let report = storm(seed, Duration::from_secs(seconds));
    println!("storm: {report}");
}
