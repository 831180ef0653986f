//! Runs a program and listens to it: each line is shown and handed over as it comes.

use std::{
    io::{Read, Write},
    process::{Command, Stdio},
    sync::mpsc::{channel, RecvTimeoutError},
    thread,
    time::Duration,
};

use anyhow::{bail, Context, Result};

use crate::{
    child::{kill_group, own_group},
    process::{finished, say, started},
};

/// Prints the command and runs it; fails when it fails.
pub(crate) fn watch(command: &mut Command, see: impl FnMut(&str)) -> Result<()> {
    say(command);
    heard(command, None, see)
}

/// Runs it and hands over each line, not all of which need be UTF-8; the last one may have no end. One that says nothing
/// for longer than `silence` is ended, and its last words are kept.
pub(crate) fn heard(
    command: &mut Command,
    silence: Option<Duration>,
    mut see: impl FnMut(&str),
) -> Result<()> {
    if silence.is_some() {
        own_group(command);
        command.stdin(Stdio::null());
    }
    let mut child = started(command.stdout(Stdio::piped()))?;
    let mut stdout = child.stdout.take().context("a piped child has a stdout")?;
    let (sender, chunks) = channel();
    thread::spawn(move || {
        let mut room = [0; 4096];
        while let Ok(count @ 1..) = stdout.read(&mut room) {
            if sender.send(room[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    let mut line = Vec::new();
    let is_silent = loop {
        let chunk = match silence {
            Some(limit) => chunks.recv_timeout(limit),
            None => chunks.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match chunk {
            Ok(bytes) => {
                std::io::stdout().write_all(&bytes)?;
                line.extend(bytes);
                while let Some(end) = line.iter().position(|&byte| byte == b'\n') {
                    let whole: Vec<u8> = line.drain(..=end).collect();
                    see(String::from_utf8_lossy(&whole).trim_end());
                }
            }
            Err(RecvTimeoutError::Disconnected) => break false,
            Err(RecvTimeoutError::Timeout) => {
                // Cargo takes the programs that it runs with it: on Windows by its job.
                kill_group(child.id());
                drop(child.kill());
                child.wait()?;
                break true;
            }
        }
    };
    if !line.is_empty() {
        see(String::from_utf8_lossy(&line).trim_end());
    }
    match silence.filter(|_| is_silent) {
        Some(limit) => bail!("it said nothing for {} s and was ended", limit.as_secs()),
        None => finished(child, command),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn lines_come_one_by_one_and_a_silent_program_is_ended_with_its_last_words() {
        const LONG: Duration = Duration::from_secs(600);
        let hear = |script: &str, silence| {
            let mut lines = Vec::new();
            let mut shell = Command::new("sh");
            let outcome = heard(shell.args(["-c", script]), silence, |line| {
                lines.push(line.to_owned());
            });
            (lines, outcome.err().map(|error| error.to_string()))
        };
        let (lines, error) = hear("echo a; printf 'b\\r\\nc'", None);
        assert_eq!((lines.join("|"), error), ("a|b|c".to_owned(), None));
        let (lines, error) = hear("echo a; exit 3", Some(LONG));
        assert!(lines == ["a"] && error.is_some_and(|error| error.contains('3')));
        let (lines, error) =
            hear("printf 'test x ... '; sleep 600 & wait", Some(Duration::from_secs(1)));
        assert!(
            lines == ["test x ..."] && error.is_some_and(|error| error.contains("nothing for"))
        );
    }
}
