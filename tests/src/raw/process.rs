//! Jobs and procedure calls: packets and wake-ups that no operation sends.
//!
//! # Safety
//!
//! A queued procedure is a function of this program.

use std::{
    os::windows::io::{AsRawHandle, OwnedHandle},
    process::Child,
    sync::atomic::{AtomicUsize, Ordering},
};

use iocp::CompletionPort;
use iocp_sys as sys;

use super::last_error;
use crate::facts::kit::job;

/// A job object.
#[derive(Debug)]
pub struct Job(OwnedHandle);

impl Job {
    /// `CreateJobObjectW`, and its packets go to this port with this key.
    #[must_use]
    pub fn reporting_to(port: &CompletionPort, key: usize) -> Self {
        let job = job::new();
        job::tie(&job, port.as_raw_handle().cast(), key);
        Self(job)
    }

    /// `AssignProcessToJobObject`.
    ///
    /// # Panics
    ///
    /// If the system refuses.
    pub fn assign(&self, child: &Child) {
        assert_eq!(job::assign(&self.0, child), 0, "AssignProcessToJobObject");
    }

    /// `TerminateJobObject`, with this exit code for every process.
    pub fn terminate(&self, code: u32) {
        job::terminate(&self.0, code);
    }
}

/// `QueueUserAPC` to this thread: adds one to the number when it runs.
///
/// # Panics
///
/// If the system refuses.
pub fn queue_procedure_call(ran: &'static AtomicUsize) {
    unsafe extern "system" fn count(ran: usize) {
        // SAFETY:
        // * the only one who queues this function gave it the address of a static.
        let ran = unsafe { &*(ran as *const AtomicUsize) };
        ran.fetch_add(1, Ordering::SeqCst);
    }
    // SAFETY:
    // * takes no arguments and gives a constant that names this thread.
    let this = unsafe { sys::GetCurrentThread() };
    let ran: *const AtomicUsize = ran;
    // SAFETY:
    // * a function of the right signature; its argument is one it can take.
    let ok = unsafe { sys::QueueUserAPC(Some(count), this, ran as usize) };
    assert_ne!(ok, 0, "QueueUserAPC: {}", last_error());
}
