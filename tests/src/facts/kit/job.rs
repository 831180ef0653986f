//! Jobs that report to a port.
//!
//! # Safety
//!
//! A job's port is looked up when it is set, and the job keeps it; handles are borrowed for each call.

use std::{
    os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle},
    process::Child,
    ptr::null,
};

use iocp_sys as sys;
use iocp_sys::HANDLE;

use super::{
    handle::{code, Raw},
    last_error,
};

/// `CreateJobObjectW`.
pub(crate) fn new() -> OwnedHandle {
    // SAFETY:
    // * neither attributes nor a name.
    let job = unsafe { sys::CreateJobObjectW(null(), null()) };
    assert!(!job.is_null(), "CreateJobObjectW: {}", last_error());
    // SAFETY:
    // * a new handle that nobody else owns.
    unsafe { OwnedHandle::from_raw_handle(job.cast()) }
}

/// `SetInformationJobObject`: the job's packets go to this port with this key.
pub(crate) fn tie(job: &OwnedHandle, port: HANDLE, key: usize) {
    let target = sys::JOBOBJECT_ASSOCIATE_COMPLETION_PORT {
        CompletionKey: key as *mut _,
        CompletionPort: port,
    };
    // SAFETY:
    // * an open job; a structure of this class, read during the call.
    let ok = unsafe {
        sys::SetInformationJobObject(
            job.raw(),
            sys::JobObjectAssociateCompletionPortInformation,
            std::ptr::from_ref(&target).cast(),
            u32::try_from(size_of_val(&target)).unwrap(),
        )
    };
    assert_eq!(code(ok), 0, "SetInformationJobObject");
}

/// `AssignProcessToJobObject`: 0, or its code.
pub(crate) fn assign(job: &OwnedHandle, child: &Child) -> u32 {
    // SAFETY:
    // * an open job, and a process whose handle its owner keeps open.
    code(unsafe { sys::AssignProcessToJobObject(job.raw(), child.as_raw_handle().cast()) })
}

/// `TerminateJobObject`, with this exit code for every process.
pub(crate) fn terminate(job: &OwnedHandle, exit: u32) {
    // SAFETY:
    // * an open job of ours, with children of a test in it and nothing else.
    let ok = unsafe { sys::TerminateJobObject(job.raw(), exit) };
    assert_eq!(code(ok), 0, "TerminateJobObject");
}
