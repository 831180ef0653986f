//! Runs a program and listens to it: one that falls silent is ended, and its last words are kept.

use std::{
    io::{Read, Write},
    process::{Command, Stdio},
    sync::mpsc::{channel, RecvTimeoutError},
    thread,
    time::Duration,
};

use anyhow::{bail, Context, Result};

use crate::child::{kill_group, own_group};

/// No program that is well says nothing for longer; what builds is not heard.
pub(super) const SILENCE: Duration = Duration::from_secs(600);

/// Runs it, shows what it prints, and hands over each line; the last one may have no end.
pub(super) fn heard(
    command: &mut Command,
    silence: Duration,
    mut see: impl FnMut(&str),
) -> Result<()> {
    own_group(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{:?} does not start", command.get_program()))?;
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
    let outcome = loop {
        match chunks.recv_timeout(silence) {
            Ok(bytes) => {
                std::io::stdout().write_all(&bytes)?;
                line.extend(bytes);
                while let Some(end) = line.iter().position(|&byte| byte == b'\n') {
                    let whole: Vec<u8> = line.drain(..=end).collect();
                    see(String::from_utf8_lossy(&whole).trim_end());
                }
            }
            Err(RecvTimeoutError::Disconnected) => break Ok(child.wait()?),
            Err(RecvTimeoutError::Timeout) => {
                // Cargo takes the programs that it runs with it: on Windows by its job.
                kill_group(child.id());
                drop(child.kill());
                child.wait()?;
                break Err(());
            }
        }
    };
    if !line.is_empty() {
        see(String::from_utf8_lossy(&line).trim_end());
    }
    match outcome {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("it failed ({status})"),
        Err(()) => bail!("it said nothing for {} s and was ended", silence.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn lines_come_one_by_one_and_a_silent_program_is_ended_with_its_last_words() {
        let hear = |script: &str, silence| {
            let mut lines = Vec::new();
            let mut shell = Command::new("sh");
            let outcome = heard(shell.args(["-c", script]), silence, |line| {
                lines.push(line.to_owned());
            });
            (lines, outcome.err().map(|error| error.to_string()))
        };
        let (lines, error) = hear("echo a; printf 'b\\r\\nc'", SILENCE);
        assert_eq!((lines.join("|"), error), ("a|b|c".to_owned(), None));
        let (lines, error) = hear("echo a; exit 3", SILENCE);
        assert!(lines == ["a"] && error.is_some_and(|error| error.contains('3')));
        let (lines, error) = hear("printf 'test x ... '; sleep 600 & wait", Duration::from_secs(1));
        assert!(
            lines == ["test x ..."] && error.is_some_and(|error| error.contains("nothing for"))
        );
    }
}
