//! Jobs that report to a port.

use std::{
    os::windows::io::{FromRawHandle, OwnedHandle},
    process::Child,
    ptr::null,
};

use iocp_sys as sys;

use super::{
    kit::{
        handle::{self, code, Raw},
        last_error,
        port::{Packet, Port, KEY},
    },
    Fact,
};
use crate::child;

pub(super) const FACTS: &[Fact] = &[
    Fact::new(
        "JOB01",
        "a port is tied to a job that has a process",
        "message 6 of the process",
        || {
            let (port, job, child) = (Port::new(), new(), Running::new());
            assert_eq!(child.assign(&job), 0, "AssignProcessToJobObject");
            tie(&job, &port);
            child.named(port.take().unwrap())
        },
    ),
    Fact::new("JOB02", "a process comes: key, bytes, overlapped", "7, 6, the process", || {
        let (port, job, child) = (Port::new(), new(), Running::new());
        tie(&job, &port);
        assert_eq!(child.assign(&job), 0, "AssignProcessToJobObject");
        let packet = port.take().unwrap();
        let of = if packet.block == child.id() { "the process" } else { "another" };
        format!("{}, {}, {of}", packet.key, packet.bytes)
    }),
    Fact::new(
        "JOB03",
        "two processes end one after the other",
        "message 7 of the process; message 7 of the process; message 4 of none",
        || {
            let (port, job, first, second) = (Port::new(), new(), Running::new(), Running::new());
            tie(&job, &port);
            for child in [&first, &second] {
                assert_eq!(child.assign(&job), 0, "AssignProcessToJobObject");
                port.take().unwrap();
            }
            first.end();
            let one = first.named(port.take().unwrap());
            second.end();
            let two = second.named(port.take().unwrap());
            format!("{one}; {two}; {}", second.named(port.take().unwrap()))
        },
    ),
    Fact::new(
        "JOB07",
        "TerminateJobObject(123): the exit code, the job's handle",
        "123, signalled: true",
        || {
            let (job, child) = (new(), Running::new());
            assert_eq!(child.assign(&job), 0, "AssignProcessToJobObject");
            // SAFETY:
            // * an open job of ours, with a child of this fact in it and nothing else.
            let ok = unsafe { sys::TerminateJobObject(job.raw(), 123) };
            assert_eq!(code(ok), 0, "TerminateJobObject");
            let code = child.wait().unwrap_or(-1);
            format!("{code}, signalled: {}", handle::wait_signalled(&job))
        },
    ),
    Fact::new(
        "JOB08",
        "a process of one job is assigned to another that has a process",
        "5",
        || {
            let (one, two, first, second) = (new(), new(), Running::new(), Running::new());
            assert_eq!(first.assign(&one), 0, "AssignProcessToJobObject");
            assert_eq!(second.assign(&two), 0, "AssignProcessToJobObject");
            first.assign(&two).to_string()
        },
    ),
];

/// A process that lasts until its input ends.
#[derive(Debug)]
struct Running(std::cell::RefCell<Child>);

impl Running {
    /// This very program.
    fn new() -> Self {
        let fact = "each_fact_is_seen_here_as_on_windows_or_differs_as_known";
        Self(child::child_of(fact, "waits").spawn().unwrap().into())
    }

    fn id(&self) -> usize {
        usize::try_from(self.0.borrow().id()).unwrap()
    }

    /// `AssignProcessToJobObject`: 0, or its code.
    fn assign(&self, job: &OwnedHandle) -> u32 {
        let child = self.0.borrow();
        let process = std::os::windows::io::AsRawHandle::as_raw_handle(&*child);
        // SAFETY:
        // * an open job, and a process whose handle its owner keeps open.
        code(unsafe { sys::AssignProcessToJobObject(job.raw(), process.cast()) })
    }

    fn end(&self) {
        drop(self.0.borrow_mut().stdin.take());
        self.wait();
    }

    fn wait(&self) -> Option<i32> {
        self.0.borrow_mut().wait().unwrap().code()
    }

    /// A job's packet in words.
    fn named(&self, packet: Packet) -> String {
        let of = match packet.block {
            0 => "none",
            id if id == self.id() => "the process",
            _ => "another",
        };
        format!("message {} of {of}", packet.bytes)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let child = self.0.get_mut();
        // It may have ended already.
        drop(child.kill());
        drop(child.wait());
    }
}

/// `CreateJobObjectW`.
fn new() -> OwnedHandle {
    // SAFETY:
    // * neither attributes nor a name.
    let job = unsafe { sys::CreateJobObjectW(null(), null()) };
    assert!(!job.is_null(), "CreateJobObjectW: {}", last_error());
    // SAFETY:
    // * a new handle that nobody else owns.
    unsafe { OwnedHandle::from_raw_handle(job.cast()) }
}

/// `SetInformationJobObject`: the job's packets go to this port.
fn tie(job: &OwnedHandle, port: &Port) {
    let target = sys::JOBOBJECT_ASSOCIATE_COMPLETION_PORT {
        CompletionKey: KEY as *mut _,
        CompletionPort: port.raw(),
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
