//! What is copied, and whether the copy is the same.
//!
//! # Safety
//!
//! The marks are breakpoints for a tracer, executed only when asked for.

use std::{
    fs::File,
    io::{Error, Read, Result, Write},
    path::PathBuf,
    time::Instant,
};

use iocp_tests::calls::Meter;

use super::{image, peers, raw, typed};

/// What is copied, and how.
pub(crate) struct Job {
    pub(crate) from: PathBuf,
    pub(crate) to: PathBuf,
    pub(crate) chunk: usize,
    pub(crate) chunks: u64,
    pub(crate) depth: usize,
}

/// Copies, compares and ends.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let [server, depth, chunk, chunks, marks @ ..] = arguments else {
        return Err(Error::other("usage: raw|typed|compio DEPTH CHUNK CHUNKS [--marks]"));
    };
    let marks = marks.iter().any(|flag| flag == "--marks");
    let folder = std::env::temp_dir();
    let name = |end: &str| folder.join(format!("iocp-bench-{}.{end}", std::process::id()));
    let job = Job {
        from: name("from"),
        to: name("to"),
        chunk: chunk.parse().map_err(Error::other)?,
        chunks: chunks.parse().map_err(Error::other)?,
        depth: depth.parse().map_err(Error::other)?,
    };
    let outcome = make(&job).and_then(|()| measure(server, &job, marks));
    for file in [&job.from, &job.to] {
        drop(std::fs::remove_file(file));
    }
    outcome
}

fn measure(server: &str, job: &Job, marks: bool) -> Result<()> {
    let copy = match server {
        "raw" => raw::copy,
        "typed" => typed::copy,
        "compio" => peers::compio,
        other => return Err(Error::other(format!("no server is called `{other}`"))),
    };
    if marks {
        return traced(|| copy(job));
    }
    let (meter, begun) = (Meter::new(), Instant::now());
    meter.run(|| copy(job))?;
    let ms = begun.elapsed().as_millis();
    let counts = meter.counts();
    let calls = ["NtReadFile", "ReadFile", "NtWriteFile", "WriteFile"].map(|name| counts.get(name));
    let [reads, writes] = [calls[0] + calls[1], calls[2] + calls[3]];
    let waits = counts.get("GetQueuedCompletionStatusEx");
    let kernel = counts.kernel_calls();
    let same = is_same(job)?;
    println!("copied server={server} chunks={} ms={ms} reads={reads} writes={writes} waits={waits} kernel={kernel} same={same}", job.chunks);
    Ok(())
}

/// Lets a tracer count what is done.
fn traced(what: impl FnOnce() -> Result<()>) -> Result<()> {
    let image = image::range();
    println!("listening image={:#x} end={:#x}", image.start, image.end);
    std::io::stdin().read_line(&mut String::new())?;
    // What `iocp-bench` has as its marks: count from here, to here.
    mark(2);
    let outcome = what();
    mark(3);
    outcome
}

fn mark(which: u64) {
    // SAFETY:
    // * the instruction traps into the tracer that `--marks` promised, and changes nothing.
    unsafe { std::arch::asm!("int3", in("rax") which, options(nostack)) };
}

/// Bytes by a generator of random numbers, so that no chunk is like another.
fn make(job: &Job) -> Result<()> {
    let mut file = File::create(&job.from)?;
    let (mut bytes, mut state) = (vec![0; job.chunk], 1_u64);
    for _ in 0..job.chunks {
        for word in bytes.chunks_mut(8) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let random = (state ^ state >> 29).to_le_bytes();
            word.copy_from_slice(&random[..word.len()]);
        }
        file.write_all(&bytes)?;
    }
    Ok(())
}

fn is_same(job: &Job) -> Result<bool> {
    let [mut from, mut to] = [File::open(&job.from)?, File::open(&job.to)?];
    let [mut one, mut other] = [vec![0; job.chunk], vec![0; job.chunk]];
    for _ in 0..job.chunks {
        from.read_exact(&mut one)?;
        to.read_exact(&mut other)?;
        if one != other {
            return Ok(false);
        }
    }
    Ok(to.read(&mut other)? == 0)
}
