//! Jobs that report to a port.

use std::{os::windows::io::OwnedHandle, process::Child};

use super::{
    kit::{
        handle::{self, Raw},
        job::{self, new},
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
            job::terminate(&job, 123);
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

    fn assign(&self, job: &OwnedHandle) -> u32 {
        job::assign(job, &self.0.borrow())
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

fn tie(job: &OwnedHandle, port: &Port) {
    job::tie(job, port.raw(), KEY);
}
