//! Ctrl-C as a message, and input that is waited for, from a console that a test makes.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{fs::OpenOptions, os::windows::process::CommandExt, process::Stdio, time::Duration};

use iocp::{CompletionPort, ConsoleControl, Packet, Packets, Wait};
use iocp_tests::{
    child, kernel, not_here,
    raw::{make_console, press_ctrl_c, press_key},
    waiting::assert_no_packet,
};

/// What ends here hangs.
const LIMIT: Option<Duration> = Some(Duration::from_secs(120));
/// How it ends if nothing has ended it before.
const RIGHT: i32 = 33;
/// How it ends without a console that takes input.
const NO_WINDOW: i32 = 34;

/// How this test ends as a child: with its console a process loses its standard output, and the harness's too.
fn in_a_child(test: &str, body: fn()) -> Option<i32> {
    if child::role().is_some() {
        body();
        std::process::exit(RIGHT);
    }
    let mut command = child::child_of(test, "has a console");
    command.stdin(Stdio::null()).creation_flags(child::DETACHED_PROCESS).status().unwrap().code()
}

#[test]
fn ctrl_c_is_a_message_and_does_not_end_the_process() {
    let code = in_a_child("ctrl_c_is_a_message_and_does_not_end_the_process", || {
        make_console().unwrap();
        let port = CompletionPort::new().unwrap();
        let (sender, mailbox) = port.mailbox::<ConsoleControl>(7);
        let _handler = sender.on_console_control().unwrap();
        let mut packets = Packets::with_capacity(4);
        for _ in 0..3 {
            press_ctrl_c().unwrap();
            assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
            assert_eq!(packets.iter().next(), Some(&Packet::Mail { key: 7 }));
            assert_eq!(mailbox.take(), Some(ConsoleControl::CtrlC));
        }
    });
    assert_eq!(code, Some(RIGHT));
}

/// So it is the handler that the first test lives by.
#[test]
fn ctrl_c_ends_a_process_whose_handler_is_dropped() {
    let code = in_a_child("ctrl_c_ends_a_process_whose_handler_is_dropped", || {
        make_console().unwrap();
        let port = CompletionPort::new().unwrap();
        drop(port.mailbox::<ConsoleControl>(7).0.on_console_control().unwrap());
        press_ctrl_c().unwrap();
        // The end comes meanwhile.
        let _ = port.wait(&mut Packets::with_capacity(1), LIMIT);
    });
    assert!(![Some(RIGHT), Some(101)].contains(&code), "it went on, or panicked: {code:?}");
}

// Behaviour 60.
#[test]
fn input_of_the_console_is_waited_for_until_it_is_there() {
    let code = in_a_child("input_of_the_console_is_waited_for_until_it_is_there", || {
        make_console().unwrap();
        let input = OpenOptions::new().read(true).write(true).open("CONIN$").unwrap();
        let port = CompletionPort::new().unwrap();
        let wait = port.handle_wait(&input, 5).unwrap();
        wait.start().unwrap();
        assert_no_packet(&port);
        if press_key(&input).is_err() && kernel().is_wine() {
            std::process::exit(NO_WINDOW);
        }
        let mut packets = Packets::with_capacity(4);
        for _ in 0..2 {
            assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
            assert_eq!(packets.iter().next(), Some(&Packet::Signalled { token: 5 }));
            // It is not read, so it is there still.
            wait.start().unwrap();
        }
    });
    if code == Some(NO_WINDOW) {
        return not_here("input of the console: Wine's ends where there is no window for it");
    }
    assert_eq!(code, Some(RIGHT));
}
