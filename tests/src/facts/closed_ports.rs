//! Ports that are closed under a waiter.
//!
//! They are looked at last: a waiter that Wine 8 does not wake stays behind.
//!
//! # Safety
//!
//! A port is closed once; its value is used by a waiter that is there already, or one that comes too late and
//! is told so: no other handle is made meanwhile. What a call fills lies on the stack of that call.

use std::{ptr::null_mut, sync::mpsc::channel, time::Duration};

use iocp_sys as sys;
use iocp_sys::HANDLE;

use super::{
    kit::{handle::Raw, memory::PATIENCE, named, port::Port},
    Fact,
};
use crate::Kernel;

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "PORT20",
        "the port is closed while a thread waits for its handle",
        "the wait says 0",
        || {
            closed_under(|port| {
                // SAFETY:
                // * a value that was open when this thread began, and nobody makes another handle meanwhile.
                let said = unsafe { sys::WaitForSingleObject(port as sys::HANDLE, LONG) };
                format!("the wait says {said}")
            })
        },
    )
    .wine_8("still waits"),
    Fact::new(
        "PORT21",
        "the port is closed while a thread is in NtRemoveIoCompletion",
        "ABANDONED_WAIT_0",
        || {
            closed_under(|port| {
                let (mut key, mut value) = (null_mut(), null_mut());
                let mut block = sys::IO_STATUS_BLOCK::default();
                // SAFETY:
                // * the system looks the value up; what is filled is there during the call.
                let status = unsafe {
                    let port = port as HANDLE;
                    sys::NtRemoveIoCompletion(port, &mut key, &mut value, &mut block, &LONG_NATIVE)
                };
                named(status)
            })
        },
    )
    .wine_8("still waits"),
    Fact::new(
        "PORT22",
        "the port is closed while a thread is in GetQueuedCompletionStatusEx",
        "error 735",
        || {
            closed_under(|port| match crate::raw::wait(port, LONG) {
                Ok(_) => "a packet".to_owned(),
                Err(code) => format!("error {code}"),
            })
        },
    )
    .wine_8("still waits"),
];

/// Longer than [`closed_under`] looks.
const LONG: u32 = 60_000;
/// The same in units of 100 ns, from now.
const LONG_NATIVE: i64 = -600_000_000;

/// What a wait says whose port is closed under it.
fn closed_under(wait: fn(usize) -> String) -> String {
    // The thread may come too late to the wait; then the port is gone before, and it is tried again.
    let patience = match crate::kernel() {
        Kernel::Wine(version) if version < 10 => Duration::from_secs(1),
        _ => PATIENCE,
    };
    for round in 1..=20 {
        let port = Port::new();
        let value = port.raw() as usize;
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            drop(sender.send(None));
            drop(sender.send(Some(wait(value))));
        });
        assert_eq!(receiver.recv().unwrap(), None, "the thread is there");
        std::thread::sleep(Duration::from_millis(20 * round));
        drop(port);
        match receiver.recv_timeout(patience) {
            Ok(Some(said)) if TOO_LATE.contains(&said.as_str()) => {}
            Ok(Some(said)) => return said,
            _ => return "still waits".to_owned(),
        }
    }
    "never there in time".to_owned()
}

/// What the waits say about a port that is closed already.
const TOO_LATE: [&str; 3] = ["the wait says 4294967295", "INVALID_HANDLE", "error 6"];
