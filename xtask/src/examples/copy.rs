//! `copy`: bytes that nobody chose, of lengths around those of a chunk, beside `cmp` and the sum of gzip.

use std::{
    fs::{self, File},
    io::{copy, Read},
    path::Path,
    process::Stdio,
};

use anyhow::{ensure, Context, Result};

use super::{folder, windows_path, Example, Findings};
use crate::process::command;

/// Bytes of a file, of a chunk, and how many chunks that are.
const COPIES: [(u64, u64, u64); 6] = [
    (0, 4096, 0),
    (1, 4096, 1),
    (4096, 4096, 1),
    (3 * 4096 + 5, 4096, 4),
    (200 << 20, 1 << 20, 200),
    ((100 << 20) + 1, 64 << 10, 1601),
];

pub(super) fn check(example: &Example<'_>, findings: &mut Findings) -> Result<()> {
    let folder = folder()?;
    let [from, to] = ["copy.from", "copy.to"].map(|name| folder.join(name));
    for (bytes, chunk, chunks) in COPIES {
        let random = File::open("/dev/urandom").context("/dev/urandom")?;
        copy(&mut random.take(bytes), &mut File::create(&from)?)?;
        let size = chunk.to_string();
        let words = [&windows_path(&from), &windows_path(&to), "--chunk", &size];
        let mut program = example.start(&words)?;
        let done = program.done(&[("bytes", bytes), ("reads", chunks), ("writes", chunks)])?;
        let same = command("cmp").args([&from, &to]).status()?.success();
        findings.add("cmp of what was copied", same, format_args!("{bytes} bytes"));
        findings.same("its CRC-32 and that of gzip", &done.text("crc32"), &gzip_crc(&from)?);
        findings.seen("calls per chunk and direction", format_args!("1 ({chunks} chunks)"));
    }
    for file in [from, to] {
        fs::remove_file(file)?;
    }
    Ok(())
}

/// The CRC-32 of the contents, which gzip writes before the length at the end.
fn gzip_crc(path: &Path) -> Result<String> {
    let mut gzip = command("gzip");
    gzip.args(["-1", "-c"]).arg(path).stdout(Stdio::piped());
    let mut gzip = gzip.spawn().context("gzip does not start")?;
    let mut output = gzip.stdout.take().context("a piped child has a stdout")?;
    let (mut tail, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        let n = output.read(&mut chunk)?;
        if n == 0 {
            break;
        }
        tail.extend_from_slice(&chunk[..n]);
        tail.drain(..tail.len().saturating_sub(8));
    }
    ensure!(gzip.wait()?.success() && tail.len() == 8, "gzip failed");
    let crc: [u8; 4] = tail[..4].try_into()?;
    Ok(format!("{:08x}", u32::from_le_bytes(crc)))
}
