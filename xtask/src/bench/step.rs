//! Hidden `xtask step`: counts the instructions that a Windows program executes in its own image.
//!
//! A wrapper around the program under Wine. The program says where its image lies and stops at
//! breakpoints of its own, whose `rax` says what they mean: *step this thread*, *count from here*,
//! *to here*. A stepped thread goes one instruction at a time inside the image; when it leaves it
//! (a call of a DLL), a breakpoint register is set at the return address, and it runs free until
//! then. So what the kernel and the DLLs do is not counted and hardly slowed.
//!
//! The no-op that the program has at the end of each message counts nothing, but says where one ends:
//! so what belongs to whole messages is known for each thread.
//!
//! Breakpoint registers rather than patched code: they belong to one thread, so that other threads
//! may run through the same place. The same program counts the same to the instruction, which no
//! clock and no sampling gives. Drawback: Linux on x86_64 only.

mod image;
mod tally;
mod tracer;

use std::{
    ffi::OsString,
    fs,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{ChildStdout, Stdio},
    sync::mpsc::{channel, Receiver, Sender},
    thread,
};

use anyhow::{bail, Context, Result};
use nix::unistd::Pid;

use self::tracer::Stepper;
use crate::{args::Usage, child::Fields, process::command};

/// The program to step, and where to write how often each address was executed.
#[derive(Debug)]
pub(crate) struct Args {
    profile: Option<PathBuf>,
    words: Vec<OsString>,
}

impl Args {
    /// `[--profile FILE] PROGRAM ARGS...`
    pub(crate) fn parse(mut words: Vec<OsString>) -> Result<Self> {
        let profile = match &words[..] {
            [flag, file, ..] if flag == "--profile" => Some(file.into()),
            _ => None,
        };
        let words = words.split_off(if profile.is_some() { 2 } else { 0 });
        match words.is_empty() {
            true => bail!(Usage("step needs a program".into())),
            false => Ok(Self { profile, words }),
        }
    }
}

/// Runs the program and counts; its lines are passed on, and one line of ours is added at the end.
pub(crate) fn run(args: &Args) -> Result<()> {
    let (program, rest) = args.words.split_first().context("a program")?;
    let mut child = command(program).args(rest).stdout(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().context("a piped child has a stdout")?;
    let (to_stepper, images) = channel();
    let (go, attached) = channel();
    let lines = thread::spawn(move || pass_on(stdout, &to_stepper, &attached));
    let image = images.recv().context("the program ended before it listened")?;
    let process = holder(child.id(), image.0)?;
    let mut stepper = Stepper::attach(process, image)?;
    go.send(())?;
    stepper.run(process)?;
    drop(lines.join());
    println!("{}", stepper.report());
    if let Some(file) = &args.profile {
        stepper.write_profile(file)?;
    }
    Ok(())
}

/// The process below `child`, or itself, that has the image mapped: Wine 10 is started by a wrapper.
fn holder(child: u32, image: u64) -> Result<Pid> {
    let start = format!("{image:x}-");
    for process in fs::read_dir("/proc")?.flatten() {
        let Ok(id) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
        let maps = || fs::read_to_string(process.path().join("maps")).unwrap_or_default();
        if descends(id, child) && maps().lines().any(|line| line.starts_with(&start)) {
            return Ok(Pid::from_raw(i32::try_from(id)?));
        }
    }
    bail!("no process below {child} has the program's image")
}

fn descends(mut id: u32, from: u32) -> bool {
    while id > 1 && id != from {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let parent =
            stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse().ok());
        id = parent.unwrap_or(0);
    }
    id == from
}

/// Passes the program's lines on; the first one that names the image waits for the stepper.
fn pass_on(stdout: ChildStdout, images: &Sender<(u64, u64)>, attached: &Receiver<()>) {
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        let fields = Fields::parse(&line);
        if let (Some(start), Some(end)) = (fields.hex("image"), fields.hex("end")) {
            if images.send((start, end)).is_err() || attached.recv().is_err() {
                return;
            }
        }
        println!("{line}");
    }
}
