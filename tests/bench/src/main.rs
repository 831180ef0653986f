//! One program with every server in it: `iocp-bench echo raw --connections 64 …`.
//!
//! The servers do the same work with hand-written Win32, with `iocp`, and with its peers; the client
//! is another process (`cargo xtask bench`), so that nothing of it is counted here. The program is
//! its own instrument: it counts the calls through its import table, its allocations, and marks the
//! messages between which another program may count instructions. Linked into one program, all
//! servers see the same allocator, the same hooks and the same compiler.
//!
//! The drawback: a server that is linked beside seven others is no smaller for not using them; size
//! and build time are measured elsewhere.

#![cfg_attr(not(all(windows, target_arch = "x86_64")), allow(missing_docs))]

#[cfg(all(windows, target_arch = "x86_64"))]
mod accept;
#[cfg(all(windows, target_arch = "x86_64"))]
mod arguments;
#[cfg(all(windows, target_arch = "x86_64"))]
mod batch;
#[cfg(all(windows, target_arch = "x86_64"))]
mod echo;
#[cfg(all(windows, target_arch = "x86_64"))]
mod heap;
#[cfg(all(windows, target_arch = "x86_64"))]
mod image;
#[cfg(all(windows, target_arch = "x86_64"))]
mod meter;
#[cfg(all(windows, target_arch = "x86_64"))]
mod packets;
#[cfg(all(windows, target_arch = "x86_64"))]
mod setting;
#[cfg(all(windows, target_arch = "x86_64"))]
mod timers;

#[cfg(all(windows, target_arch = "x86_64"))]
#[global_allocator]
static HEAP: heap::Heap = heap::Heap;

#[cfg(all(windows, target_arch = "x86_64"))]
fn main() -> std::io::Result<()> {
    let args = arguments::Args::parse()?;
    match args.bench.as_str() {
        "echo" => echo::run(&args),
        "accept" => accept::run(&args),
        "batch" => batch::run(&args),
        "timers" => timers::run(&args),
        other => Err(std::io::Error::other(format!("no bench is called `{other}`"))),
    }
}

#[cfg(not(all(windows, target_arch = "x86_64")))]
fn main() {
    eprintln!("the servers need a Windows kernel on x86_64: `cargo xtask bench` runs them, also under Wine");
}
