//! As bytes and as messages: six clients at once say twenty messages each and hear each again, those with odd numbers
//! leave early, with an answer unread, the first of these at once. Each is said to be gone, with the bytes that it
//! wrote; and the server serves a seventh.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Write},
    os::windows::io::AsRawHandle,
    process::ExitCode,
    sync::Barrier,
    thread,
    time::Duration,
};

use iocp_tasks::{check, random, Program, Result};
use windows_sys::Win32::{
    Foundation::ERROR_PIPE_BUSY,
    System::Pipes::{SetNamedPipeHandleState, PIPE_READMODE_MESSAGE},
};

const CLIENTS: usize = 6;
const MESSAGES: usize = 20;

/// The longest message; tokio reads 4,096 bytes at once, and would tell a longer one as two.
const LONGEST: usize = 3000;

fn main() -> ExitCode {
    check(|program| {
        serve(program, false)?;
        serve(program, true)?;
        Ok("6 clients, 20 messages, both modes".to_owned())
    })
}

fn serve(program: &str, messages: bool) -> Result<()> {
    let name = format!(r"\\.\pipe\iocp-task-{}-{messages}", std::process::id());
    let mode: &[&str] = if messages { &["--messages"] } else { &[] };
    let mut server = Program::start(program, &[&[name.as_str()], mode].concat())?;
    expect(&server.line()?, "listening")?;
    let all_there = Barrier::new(CLIENTS);
    let said = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|number| {
                let (name, all_there) = (&name, &all_there);
                scope.spawn(move || {
                    let client = open(name, messages);
                    all_there.wait();
                    let said = client.and_then(|client| talk(client, messages, number));
                    said.map_err(|error| format!("{number}: {error}"))
                })
            })
            .collect();
        let over = clients.into_iter().map(|client| client.join().map_err(|_| "a panic")?);
        over.collect::<std::result::Result<Vec<usize>, String>>()
    })?;
    let mut gone = Vec::new();
    for _ in 0..CLIENTS {
        let line = server.line()?;
        let bytes = line.strip_prefix("gone ").ok_or(format!("a line `{line}`"))?;
        gone.push(bytes.parse::<usize>()?);
    }
    let mut said = said;
    said.sort_unstable();
    gone.sort_unstable();
    if gone != said {
        return Err(format!("gone with {gone:?} bytes, not with {said:?}").into());
    }
    let last = talk(open(&name, messages)?, messages, CLIENTS)?;
    expect(&server.line()?, &format!("gone {last}"))
}

/// Says what it has to say, hears it again, and leaves. How many bytes it has written.
fn talk(mut pipe: File, messages: bool, number: usize) -> Result<usize> {
    let mut fill = random(number as u64 + 1);
    let is_early = number % 2 == 1;
    let count = if is_early { 3 * (number - 1) } else { MESSAGES };
    let mut said = 0;
    for at in 0..count {
        let mut message = vec![0; 1 + at * LONGEST / MESSAGES];
        fill(&mut message);
        pipe.write_all(&message)?;
        said += message.len();
        if is_early && at + 1 == count {
            break;
        }
        let mut answer = vec![0; 2 * LONGEST];
        let len = if messages {
            pipe.read(&mut answer)?
        } else {
            pipe.read_exact(&mut answer[..message.len()])?;
            message.len()
        };
        if answer[..len] != message {
            return Err(format!("message {at}: {len} bytes that are not it").into());
        }
    }
    Ok(said)
}

/// Waits while all instances are taken.
fn open(name: &str, messages: bool) -> Result<File> {
    let pipe = loop {
        match OpenOptions::new().read(true).write(true).open(name) {
            Err(error) if error.raw_os_error() == Some(ERROR_PIPE_BUSY as i32) => {
                thread::sleep(Duration::from_millis(10));
            }
            opened => break opened?,
        }
    };
    let mode = PIPE_READMODE_MESSAGE;
    // SAFETY:
    // * the handle is that of an open pipe, and `mode` a local that outlives the call.
    // * the two other parameters may be null.
    let ok = messages.then(|| unsafe {
        SetNamedPipeHandleState(pipe.as_raw_handle(), &mode, std::ptr::null(), std::ptr::null())
    });
    match ok {
        Some(0) => Err(std::io::Error::last_os_error().into()),
        _ => Ok(pipe),
    }
}

fn expect(line: &str, right: &str) -> Result<()> {
    match line == right {
        true => Ok(()),
        false => Err(format!("a line `{line}`, not `{right}`").into()),
    }
}
