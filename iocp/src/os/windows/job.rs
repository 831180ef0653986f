//! Jobs, and the threads of a process that was made standing still.

use std::{
    mem::size_of,
    ptr::{from_mut, from_ref, null, null_mut},
};

use iocp_sys as sys;

use super::{last_error, owned, size_u32, win32};
use crate::os::{Borrowed, Code, Owned};

/// [`CreateJobObjectW`](https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-createjobobjectw):
/// a new one, without a name.
pub(crate) fn job_create() -> Result<Owned, Code> {
    // SAFETY:
    // * Attributes and name are optional, and null.
    owned(unsafe { sys::CreateJobObjectW(null(), null()) })
}

/// `SetInformationJobObject` with `JobObjectAssociateCompletionPortInformation`.
pub(crate) fn job_associate(job: Borrowed<'_>, port: Borrowed<'_>, key: usize) -> Result<(), Code> {
    let target = sys::JOBOBJECT_ASSOCIATE_COMPLETION_PORT {
        CompletionKey: key as *mut _,
        CompletionPort: port.raw(),
    };
    set(job, sys::JobObjectAssociateCompletionPortInformation, &target)
}

/// `SetInformationJobObject` with `JobObjectExtendedLimitInformation`: whether the processes end with the last
/// handle of the job. The other limits stay.
pub(crate) fn job_kill_on_close(job: Borrowed<'_>, kill: bool) -> Result<(), Code> {
    let mut limits = sys::JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
    query(job, sys::JobObjectExtendedLimitInformation, &mut limits)?;
    let flags = &mut limits.BasicLimitInformation.LimitFlags;
    *flags &= !sys::JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if kill {
        *flags |= sys::JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    }
    set(job, sys::JobObjectExtendedLimitInformation, &limits)
}

/// [`AssignProcessToJobObject`](https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-assignprocesstojobobject).
pub(crate) fn job_assign(job: Borrowed<'_>, process: Borrowed<'_>) -> Result<(), Code> {
    // SAFETY:
    // * Both handles are open until the call returns.
    win32(unsafe { sys::AssignProcessToJobObject(job.raw(), process.raw()) })
}

/// [`TerminateJobObject`](https://learn.microsoft.com/en-us/windows/win32/api/jobapi2/nf-jobapi2-terminatejobobject).
pub(crate) fn job_terminate(job: Borrowed<'_>, code: u32) -> Result<(), Code> {
    // SAFETY:
    // * `job` is open until the call returns. What its processes share with this one is theirs to keep: an
    //   end at any moment is what every process has to expect.
    win32(unsafe { sys::TerminateJobObject(job.raw(), code) })
}

/// `QueryInformationJobObject` with `JobObjectBasicAccountingInformation`: the processes that run.
pub(crate) fn job_active(job: Borrowed<'_>) -> Result<u32, Code> {
    let mut counts = sys::JOBOBJECT_BASIC_ACCOUNTING_INFORMATION::default();
    query(job, sys::JobObjectBasicAccountingInformation, &mut counts)?;
    Ok(counts.ActiveProcesses)
}

fn set<T>(job: Borrowed<'_>, class: sys::JOBOBJECTINFOCLASS, value: &T) -> Result<(), Code> {
    // SAFETY:
    // * `job` is open; `value` is the structure of its class, as the three callers give it, with its size.
    win32(unsafe {
        sys::SetInformationJobObject(job.raw(), class, from_ref(value).cast(), size_u32::<T>())
    })
}

fn query<T>(job: Borrowed<'_>, class: sys::JOBOBJECTINFOCLASS, value: &mut T) -> Result<(), Code> {
    // SAFETY:
    // * `job` is open; `value` is the structure of its class, of plain numbers, as the two callers give it,
    //   with its size; the length that is written is optional, and null.
    win32(unsafe {
        sys::QueryInformationJobObject(
            job.raw(),
            class,
            from_mut(value).cast(),
            size_u32::<T>(),
            null_mut(),
        )
    })
}

/// Lets every thread of a process go on that was made with `CREATE_SUSPENDED`: found in a list of the system's
/// threads, by the id of their process.
pub(crate) fn resume_process(id: u32) -> Result<(), Code> {
    // SAFETY:
    // * Takes numbers, and makes a handle.
    let list = unsafe { sys::CreateToolhelp32Snapshot(sys::TH32CS_SNAPTHREAD, 0) };
    if list == sys::INVALID_HANDLE_VALUE {
        return Err(last_error());
    }
    let list = owned(list)?;
    let mut entry = sys::THREADENTRY32 {
        dwSize: size_u32::<sys::THREADENTRY32>(),
        ..sys::THREADENTRY32::default()
    };
    // SAFETY:
    // * `list` is open; `entry` is written during the call only, and says its size.
    let mut more = win32(unsafe { sys::Thread32First(list.borrow().raw(), &mut entry) });
    let mut resumed = Err(Code(sys::ERROR_FILE_NOT_FOUND));
    while more.is_ok() {
        if entry.th32OwnerProcessID == id {
            resumed = resume(entry.th32ThreadID);
            resumed?;
        }
        // SAFETY:
        // * As for the first.
        more = win32(unsafe { sys::Thread32Next(list.borrow().raw(), &mut entry) });
    }
    resumed
}

fn resume(thread: u32) -> Result<(), Code> {
    // SAFETY:
    // * Takes numbers, and makes a handle.
    let thread = owned(unsafe { sys::OpenThread(sys::THREAD_SUSPEND_RESUME, 0, thread) })?;
    // SAFETY:
    // * `thread` is open; it belongs to a process that stands still for this call to end that.
    if unsafe { sys::ResumeThread(thread.borrow().raw()) } == u32::MAX {
        return Err(last_error());
    }
    Ok(())
}

const _: () = assert!(size_of::<sys::THREADENTRY32>() == 28);
