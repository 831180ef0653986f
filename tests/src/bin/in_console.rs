//! Runs a program in a console of its own, which nobody sees: `in_console PROGRAM [ARGUMENT…]`.
//!
//! A line `ctrl-c` of the standard input presses Ctrl-C there; other lines, and the end, are the program's.
//! What the program writes goes where this one's would.

#[cfg(windows)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::{
        fs::File,
        io::{stderr, stdin, stdout, BufRead, BufReader, Write},
        os::windows::io::AsHandle,
        process::{Command, Stdio},
    };

    use iocp::{CompletionPort, ConsoleControl};
    use iocp_tests::raw::{make_console, press_ctrl_c};

    // With its console a process loses its standard handles; these are its own.
    let lines = File::from(stdin().as_handle().try_clone_to_owned()?);
    let written = Stdio::from(stdout().as_handle().try_clone_to_owned()?);
    let errors = Stdio::from(stderr().as_handle().try_clone_to_owned()?);
    make_console().map_err(|code| format!("AllocConsole: {code}"))?;
    // It is to hear of Ctrl-C itself, and live.
    let port = CompletionPort::new()?;
    let (sender, _mailbox) = port.mailbox::<ConsoleControl>(0);
    let _handler = sender.on_console_control()?;
    let mut words = std::env::args_os().skip(1);
    let program = words.next().ok_or("which program?")?;
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::piped()).stdout(written).stderr(errors);
    let mut child = command.spawn()?;
    let mut input = child.stdin.take();
    for line in BufReader::new(lines).lines() {
        let line = line?;
        if line == "ctrl-c" {
            press_ctrl_c().map_err(|code| format!("GenerateConsoleCtrlEvent: {code}"))?;
        } else if let Some(input) = &mut input {
            writeln!(input, "{line}")?;
        }
    }
    drop(input);
    child.wait()?;
    Ok(())
}

/// There is no Windows console.
#[cfg(not(windows))]
fn main() {
    println!("it runs on Windows and under Wine: `cargo xtask examples supervisor`");
}
