//! 200 MB and a bit, so that the last chunk is short; whole chunks; nothing. The copy is compared byte by byte, and
//! the progress goes up to 100.

use std::{
    fs::{remove_file, File},
    io::{Read, Write},
    path::Path,
    process::ExitCode,
};

use iocp_tasks::{check, random, Program, Result};

const MEGABYTE: usize = 1 << 20;

fn main() -> ExitCode {
    check(|program| {
        for len in [200 * MEGABYTE + 4321, 8 * MEGABYTE, 0] {
            copy(program, len)?;
        }
        Ok("200 MB, whole chunks, and nothing: the same bytes".to_owned())
    })
}

fn copy(program: &str, len: usize) -> Result<()> {
    let name = |end| std::env::temp_dir().join(format!("iocp-task-{}.{end}", std::process::id()));
    let [from, to] = [name("from"), name("to")];
    let copied = make(&from, len).and_then(|()| {
        let paths = [&from, &to].map(|path| path.to_string_lossy().into_owned());
        let mut copier = Program::start(program, &paths.each_ref().map(String::as_str))?;
        let (mut percent, mut steps) = (0, 0);
        loop {
            let line = copier.line()?;
            match line.strip_suffix(" %").and_then(|number| number.parse::<u64>().ok()) {
                Some(now) if now > percent => (percent, steps) = (now, steps + 1),
                _ if line == "done" => break,
                _ => return Err(format!("a line `{line}` after {percent} %").into()),
            }
        }
        if len > 100 * MEGABYTE && (percent != 100 || steps < 20) {
            return Err(format!("progress: {steps} steps up to {percent}").into());
        }
        is_same(&from, &to)
    });
    for path in [from, to] {
        drop(remove_file(path));
    }
    copied
}

fn make(path: &Path, len: usize) -> Result<()> {
    let (mut file, mut fill) = (File::create(path)?, random(1));
    let mut bytes = vec![0; MEGABYTE];
    let mut left = len;
    while left > 0 {
        let count = left.min(MEGABYTE);
        fill(&mut bytes[..count]);
        file.write_all(&bytes[..count])?;
        left -= count;
    }
    Ok(())
}

fn is_same(from: &Path, to: &Path) -> Result<()> {
    let [mut from, mut to] = [File::open(from)?, File::open(to)?];
    if from.metadata()?.len() != to.metadata()?.len() {
        return Err("the copy has another length".into());
    }
    let [mut one, mut other] = [vec![0; MEGABYTE], vec![0; MEGABYTE]];
    loop {
        let count = from.read(&mut one)?;
        to.read_exact(&mut other[..count])?;
        if one[..count] != other[..count] {
            return Err("the copy differs".into());
        }
        if count == 0 {
            return Ok(());
        }
    }
}
