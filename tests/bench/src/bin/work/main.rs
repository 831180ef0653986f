//! The servers of work that is not one 64-byte echo after the other: `iocp-bench-work stream mio --message 65536 …`.
//!
//! Written as a user would write them, and nothing beside: they accept for themselves, serve messages of any size, and
//! notice the end. `stream` echoes or only receives, and counts messages, or whole connections with `--message 0`;
//! `udp` echoes datagrams; `growth` does what may cost more the more there is; `full` fills a port. A program of its own:
//! linked into the other benches it would change how those are inlined.

#![cfg_attr(not(all(windows, target_arch = "x86_64")), allow(missing_docs))]

#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../arguments.rs"]
mod arguments;
#[cfg(all(windows, target_arch = "x86_64"))]
mod full;
#[cfg(all(windows, target_arch = "x86_64"))]
mod growth;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../heap.rs"]
mod heap;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../image.rs"]
mod image;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../meter.rs"]
#[allow(dead_code)] // reason: one thread serves here
mod meter;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../packets.rs"]
mod packets;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../setting.rs"]
#[allow(dead_code)] // reason: these servers accept for themselves
mod setting;
#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../accept/socket.rs"]
mod socket;
#[cfg(all(windows, target_arch = "x86_64"))]
mod streams;
#[cfg(all(windows, target_arch = "x86_64"))]
mod udp;

#[cfg(all(windows, target_arch = "x86_64"))]
#[global_allocator]
static HEAP: heap::Heap = heap::Heap;

#[cfg(all(windows, target_arch = "x86_64"))]
fn main() -> std::io::Result<()> {
    let args = arguments::Args::parse()?;
    match args.bench.as_str() {
        "stream" => streams::run(&args),
        "udp" => udp::run(&args),
        "growth" => growth::run(&args),
        "full" => full::run(&args),
        other => Err(std::io::Error::other(format!("no bench is called `{other}`"))),
    }
}

#[cfg(not(all(windows, target_arch = "x86_64")))]
fn main() {
    eprintln!("the servers need a Windows kernel on x86_64");
}
