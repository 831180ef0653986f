//! A file copied with so many operations in flight, by hand-written Win32, by `iocp` and by compio:
//! `iocp-bench-copy raw|typed|compio DEPTH CHUNK CHUNKS [--marks]`. A program of its own: linked into the other benches it
//! would change how those are inlined.
//!
//! The file is made before, of bytes that repeat nowhere near, and compared after. Each buffer goes round: it is
//! read into, written, and takes the next chunk that nobody has. It says how long the copy took, and its calls.

#![cfg_attr(not(all(windows, target_arch = "x86_64")), allow(missing_docs))]

#[cfg(all(windows, target_arch = "x86_64"))]
#[path = "../../image.rs"]
mod image;
#[cfg(all(windows, target_arch = "x86_64"))]
mod job;
#[cfg(all(windows, target_arch = "x86_64"))]
mod peers;
#[cfg(all(windows, target_arch = "x86_64"))]
mod raw;
#[cfg(all(windows, target_arch = "x86_64"))]
mod typed;

#[cfg(all(windows, target_arch = "x86_64"))]
fn main() -> std::io::Result<()> {
    job::run(&std::env::args().skip(1).collect::<Vec<_>>())
}

#[cfg(not(all(windows, target_arch = "x86_64")))]
fn main() {
    eprintln!("the copies need a Windows kernel on x86_64");
}
