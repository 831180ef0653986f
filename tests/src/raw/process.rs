//! Jobs and procedure calls: packets and wake-ups that no operation sends.
//!
//! # Safety
//!
//! A job's port is looked up when it is set, and the job keeps it; a queued procedure is a function
//! of this program.

use std::{
    os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle},
    process::Child,
    ptr::null,
    sync::atomic::{AtomicUsize, Ordering},
};

use iocp::CompletionPort;
use iocp_sys as sys;
use iocp_sys::HANDLE;

use super::last_error;

/// A job object.
#[derive(Debug)]
pub struct Job(OwnedHandle);

impl Job {
    /// `CreateJobObjectW`, and its packets go to this port with this key.
    ///
    /// # Panics
    ///
    /// If the system refuses.
    #[must_use]
    pub fn reporting_to(port: &CompletionPort, key: usize) -> Self {
        // SAFETY:
        // * neither attributes nor a name.
        let job = unsafe { sys::CreateJobObjectW(null(), null()) };
        assert!(!job.is_null(), "CreateJobObjectW: {}", last_error());
        let target = sys::JOBOBJECT_ASSOCIATE_COMPLETION_PORT {
            CompletionKey: key as *mut _,
            CompletionPort: port.as_raw_handle().cast(),
        };
        // SAFETY:
        // * a structure of this class, read during the call.
        let ok = unsafe {
            sys::SetInformationJobObject(
                job,
                sys::JobObjectAssociateCompletionPortInformation,
                std::ptr::from_ref(&target).cast(),
                u32::try_from(size_of_val(&target)).unwrap(),
            )
        };
        assert_ne!(ok, 0, "SetInformationJobObject: {}", last_error());
        // SAFETY:
        // * a new handle that nobody else owns.
        Self(unsafe { OwnedHandle::from_raw_handle(job.cast()) })
    }

    /// `AssignProcessToJobObject`.
    ///
    /// # Panics
    ///
    /// If the system refuses.
    pub fn assign(&self, child: &Child) {
        let (job, child): (HANDLE, HANDLE) =
            (self.0.as_raw_handle().cast(), child.as_raw_handle().cast());
        // SAFETY:
        // * two handles that their owners keep open during the call.
        let ok = unsafe { sys::AssignProcessToJobObject(job, child) };
        assert_ne!(ok, 0, "AssignProcessToJobObject: {}", last_error());
    }
}

impl Job {
    /// `TerminateJobObject`, with this exit code for every process.
    ///
    /// # Panics
    ///
    /// If the system refuses.
    pub fn terminate(&self, code: u32) {
        // SAFETY:
        // * an open job of ours, with children of this test in it and nothing else.
        let ok = unsafe { sys::TerminateJobObject(self.0.as_raw_handle().cast(), code) };
        assert_ne!(ok, 0, "TerminateJobObject: {}", last_error());
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
