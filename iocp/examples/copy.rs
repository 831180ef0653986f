//! Copies a file, with 32 operations in flight, and tells the CRC-32 of what it has copied.
//!
//! ```text
//! copy FROM TO [--depth OPERATIONS] [--chunk BYTES]
//! ```
//!
//! One thread. Each operation owns one buffer and goes round: it reads its chunk, waits for the chunk before it
//! to be summed up, writes, and takes the next chunk that nobody has. So reads come back in any order, and the
//! sum is of the file as it stands. A read or write that moves less than it was asked for goes on with the
//! rest; the last chunk is no case of its own.
//!
//! It says `progress percent=…` for each twentieth, and `done bytes=… crc32=… reads=… writes=…` at the end.
//!
//! The drawback: what is copied is the file's bytes, not its times, rights or streams: `CopyFile2` does that.

#[cfg(windows)]
#[path = "shared/command_line.rs"]
mod command_line;
#[cfg(windows)]
#[path = "copy/copier.rs"]
mod copier;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let usage = "copy FROM TO [--depth OPERATIONS] [--chunk BYTES]";
    command_line::main(usage, copier::Arguments::parse, |arguments| copier::run(&arguments))
}

#[cfg(not(windows))]
fn main() {
    println!("copy runs on Windows only; on Linux: cargo xtask examples");
}
