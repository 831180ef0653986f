//! A storm of any length: `storm [--seconds N] [--seed N]`; 60 seconds and a seed of the clock's,
//! which is printed, without them.

#[cfg(windows)]
fn main() {
    use std::time::{Duration, SystemTime};

    use iocp_tests::{kernel, storm::storm};

    let mut seconds = 60;
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let mut seed = since_epoch.map_or(1, |time| time.as_secs());
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number = words.next().and_then(|word| word.parse().ok());
        match (word.as_str(), number) {
            ("--seconds", Some(number)) => seconds = number,
            ("--seed", Some(number)) => seed = number,
            _ => {
                eprintln!("usage: storm [--seconds N] [--seed N]");
                std::process::exit(2);
            }
        }
    }
    println!("storm: {:?}, seed {seed}, {seconds} s", kernel());
    let report = storm(seed, Duration::from_secs(seconds));
    println!("storm: passed: {report}");
}

/// The storm needs a Windows kernel; that of the simulated one is `iocp/src/tests/storm.rs`.
#[cfg(not(windows))]
fn main() {
    println!("the storm runs on Windows and under Wine: `cargo xtask deep storm`");
}
