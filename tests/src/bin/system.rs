//! Says on one line which system this is: `system kernel="..." build=N ...`. `cargo xtask evidence` reads it.

#[cfg(windows)]
fn main() {
    use iocp_tests::raw::{native_machine, wine_version};

    let version = windows_version::OsVersion::current();
    let number = format!("{}.{}.{}", version.major, version.minor, version.build);
    let wine = wine_version().map_or(String::new(), |wine| format!(" wine={wine}"));
    let kind = if windows_version::is_server() { "server" } else { "workstation" };
    let machine = match native_machine() {
        Some(0x014c) => "x86".to_owned(),
        Some(0x8664) => "x86_64".to_owned(),
        Some(0xaa64) => "aarch64".to_owned(),
        Some(other) => format!("{other:#06x}"),
        None => "unknown".to_owned(),
    };
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "system version={number} build={}{wine} kind={kind} machine={machine} processors={processors}",
        version.build
    );
}

/// There is no Windows kernel to ask.
#[cfg(not(windows))]
fn main() {
    println!("it runs on Windows and under Wine: `cargo xtask evidence`");
}
