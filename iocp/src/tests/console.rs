//! Ctrl-C and the like, as messages. The console is the process's: one test at a time.

use std::{
    sync::{
        atomic::{AtomicBool, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
    thread,
};

use super::{port, LIMIT};
use crate::{
    sim::{raise_console_control, Kernel, Script},
    CompletionPort, ConsoleControl, Mailbox, Packet, Packets, Wait,
};

static CONSOLE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    CONSOLE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn next<M: Send>(port: &CompletionPort, mailbox: &Mailbox<M>) -> M {
    let mut packets = Packets::with_capacity(4);
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    assert_eq!(packets.iter().next(), Some(&Packet::Mail { key: 7 }));
    mailbox.take().unwrap()
}

#[test]
fn ctrl_c_is_a_message_for_as_long_as_the_handler_lives() {
    let _alone = alone();
    let _kernel = Kernel::new(Script::default());
    assert!(!raise_console_control(0), "nobody listens: the process would end");
    let port = port();
    let (sender, mailbox) = port.mailbox::<ConsoleControl>(7);
    let handler = sender.on_console_control().unwrap();
    let all =
        [(0, ConsoleControl::CtrlC), (1, ConsoleControl::CtrlBreak), (0, ConsoleControl::CtrlC)];
    for (event, control) in all {
        assert!(raise_console_control(event));
        assert_eq!(next(&port, &mailbox), control);
    }
    let second = sender.on_console_control().unwrap();
    assert!(raise_console_control(0));
    assert_eq!(next(&port, &mailbox), ConsoleControl::CtrlC);
    assert_eq!(mailbox.take(), Some(ConsoleControl::CtrlC), "both handlers");
    drop((handler, second));
    assert!(!raise_console_control(0));
    assert_eq!(mailbox.take(), None);
}

#[test]
fn a_process_that_is_to_end_may_first_finish_what_it_does() {
    let _alone = alone();
    let kernel = Kernel::new(Script::default());
    for (event, control) in [
        (2, ConsoleControl::Close),
        (5, ConsoleControl::Logoff),
        (6, ConsoleControl::Shutdown),
        (9, ConsoleControl::Other(9)),
    ] {
        let port = port();
        let (sender, mailbox) = port.mailbox::<ConsoleControl>(7);
        let handler = sender.on_console_control().unwrap();
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            let system = scope.spawn(|| {
                let _entered = kernel.enter();
                let handled = raise_console_control(event);
                assert!(is_done.load(Ordering::SeqCst), "the process ended before");
                handled
            });
            assert_eq!(next(&port, &mailbox), control);
            is_done.store(true, Ordering::SeqCst);
            drop(handler);
            assert!(system.join().unwrap());
        });
    }
}

/// A message whose making panics, and one that nobody can be told of.
#[test]
fn what_nobody_hears_of_goes_on_to_the_system() {
    struct Bad;
    impl From<ConsoleControl> for Bad {
        fn from(_: ConsoleControl) -> Self {
            panic!("on purpose");
        }
    }
    let _alone = alone();
    let _kernel = Kernel::new(Script::default());
    let port = port();
    let (bad, _mailbox) = port.mailbox::<Bad>(7);
    let (sender, mailbox) = port.mailbox::<ConsoleControl>(7);
    let handlers = (bad.on_console_control().unwrap(), sender.on_console_control().unwrap());
    assert!(raise_console_control(0), "one panicked, the other was told");
    assert_eq!(next(&port, &mailbox), ConsoleControl::CtrlC);
    port.close().unwrap();
    for event in [0, 2] {
        assert!(!raise_console_control(event), "and nothing waits for those that were not told");
    }
    drop(handlers);
}
