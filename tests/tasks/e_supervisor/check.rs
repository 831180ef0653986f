//! A shell that is told to end with a code, after the timer; and one that Ctrl-C ends, in a console that this makes.

use std::{
    io::{BufRead, BufReader, Write},
    os::windows::process::CommandExt,
    process::{exit, Command, ExitCode, Stdio},
};

use iocp_tasks::{check, Program, Result};
use windows_sys::Win32::System::Console::{
    AllocConsole, GenerateConsoleCtrlEvent, SetConsoleCtrlHandler, CTRL_C_EVENT,
};

/// The other half: with a console of its own a process loses its standard output.
const IN_CONSOLE: &str = "IOCP_TASK_IN_CONSOLE";
const DETACHED_PROCESS: u32 = 8;

fn main() -> ExitCode {
    if std::env::var_os(IN_CONSOLE).is_some() {
        let outcome = std::env::args().nth(1).ok_or("a program".into()).and_then(|it| ctrl_c(&it));
        exit(if outcome.is_ok() { 33 } else { 34 });
    }
    check(|program| {
        let mut supervisor = Program::start(program, &["cmd", "/k"])?;
        is_next(&mut supervisor, "started")?;
        is_next(&mut supervisor, "timer")?;
        let input = supervisor.child.stdin.as_mut().ok_or("its input is piped")?;
        input.write_all(b"exit 7\r\n")?;
        is_next(&mut supervisor, "exited 7")?;
        is_next(&mut supervisor, "empty")?;
        let half = Command::new(std::env::current_exe()?)
            .arg(program)
            .env(IN_CONSOLE, "1")
            .creation_flags(DETACHED_PROCESS)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        match half.code() {
            Some(33) => Ok("timer, exit code, empty; Ctrl-C ends the tree".to_owned()),
            code => Err(format!("Ctrl-C: {code:?}").into()),
        }
    })
}

/// What the shell itself prints comes in between, and before on the same line.
fn is_next(supervisor: &mut Program, expected: &str) -> Result<()> {
    const OWN: [&str; 4] = ["started", "timer", "exited ", "empty"];
    loop {
        let line = supervisor.line()?;
        match OWN.iter().any(|own| line.starts_with(own)) {
            _ if line.ends_with(expected) => return Ok(()),
            true => return Err(format!("a line `{line}`, not `{expected}`").into()),
            false => {}
        }
    }
}

fn ctrl_c(program: &str) -> Result<()> {
    unsafe extern "system" fn lives_on(_: u32) -> i32 {
        1
    }
    // SAFETY:
    // * It takes no arguments; this process has no console, as its parent made it.
    let made = unsafe { AllocConsole() };
    // SAFETY:
    // * The routine is a function that is always there, and does nothing.
    let lives = unsafe { SetConsoleCtrlHandler(Some(lives_on), 1) };
    if made == 0 || lives == 0 {
        return Err("no console".into());
    }
    let mut supervisor = Command::new(program)
        .args(["cmd", "/c", "cmd", "/k"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let lines = BufReader::new(supervisor.stdout.take().ok_or("its output is piped")?).lines();
    let mut seen = Vec::new();
    for line in lines {
        let line = line?;
        // SAFETY:
        // * Two numbers: the event, and every process of the console that was made here.
        let press = || unsafe { GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0) };
        if line.ends_with("timer") && press() == 0 {
            return Err("no Ctrl-C".into());
        }
        seen.push(line);
    }
    let is_told = |expected: &str| seen.iter().any(|line: &String| line.ends_with(expected));
    if !is_told("console CtrlC") || !is_told("empty") {
        return Err(format!("{seen:?}").into());
    }
    Ok(())
}
