//! Jobs: children from their first instruction on, typed messages, the end of a tree.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    os::windows::process::CommandExt,
    process::{Child, Command, Stdio},
    time::Duration,
};

use iocp::{AssociatedJob, CompletionPort, Error, Job, JobMessage, Packet, Packets, Wait};
use iocp_tests::{
    child,
    waiting::{assert_no_packet, wait_for_any},
};

fn this(role: &str) -> Command {
    child::child_of("a_child_is_in_its_job_from_the_first_instruction", role)
}

/// Until the standard input ends. `tree`: starts another one first, which lasts as long.
fn be_a_child(role: &str) -> ! {
    let mut grandchild = None;
    if role == "tree" {
        let mut leaf = this("leaf");
        leaf.creation_flags(child::DETACHED_PROCESS).stdin(Stdio::inherit());
        grandchild = Some(leaf.spawn().unwrap());
    }
    child::wait_for_the_end_of_input();
    if let Some(mut grandchild) = grandchild {
        let _ = grandchild.wait();
    }
    std::process::exit(3);
}

fn started(role: &str) -> (CompletionPort, AssociatedJob, Child) {
    let port = CompletionPort::new().unwrap();
    let job = port.associate_job(Job::new().unwrap(), 5).unwrap();
    job.kill_on_close(true).unwrap();
    let child = job.spawn(&mut this(role), child::DETACHED_PROCESS).unwrap();
    (port, job, child)
}

/// Takes messages until nobody is left in the job, by its own count; looks now and then.
fn until_empty(port: &CompletionPort, job: &AssociatedJob) -> Vec<JobMessage> {
    let (again, mut packets, mut messages) = (port.timer(9), Packets::with_capacity(8), Vec::new());
    loop {
        let empty = job.active_processes().unwrap() == 0;
        again.set_after(Duration::from_millis(50));
        assert!(matches!(port.wait(&mut packets, None), Ok(Wait::Packets(1..))));
        for packet in &packets {
            match *packet {
                Packet::Job { token: 5, message } => messages.push(message),
                Packet::Timer { token: 9 } if empty => return messages,
                Packet::Timer { token: 9 } => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

// Behaviour 61.
#[test]
fn a_child_is_in_its_job_from_the_first_instruction() {
    if let Some(role) = child::role() {
        be_a_child(&role);
    }
    let (port, job, mut child) = started("tree");
    let id = child.id();
    // Both come, whichever is told first: the grandchild was started by one that was in the job.
    let mut new = Vec::new();
    while new.len() < 2 {
        for packet in wait_for_any(&port) {
            match packet {
                Packet::Job { token: 5, message: JobMessage::NewProcess(id) } => new.push(id),
                other => panic!("{other:?}"),
            }
        }
    }
    assert!(new.contains(&id), "{new:?}, {id}");
    assert_eq!(job.active_processes(), Ok(2));
    drop(child.stdin.take());
    assert_eq!(child.wait().unwrap().code(), Some(3));
    let messages = until_empty(&port, &job);
    let ends = new.iter().filter(|&&id| {
        messages.contains(&JobMessage::ExitProcess(id))
            || messages.contains(&JobMessage::AbnormalExitProcess(id))
    });
    assert_eq!(ends.count(), 2, "{messages:?}");
    assert!(messages.contains(&JobMessage::NoneLeft), "{messages:?}");
}

// Behaviour 61b.
#[test]
fn a_whole_tree_is_ended_by_one_call() {
    let (port, job, mut child) = started("tree");
    job.terminate(77).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(77));
    drop(until_empty(&port, &job));
    assert_eq!(job.active_processes(), Ok(0));
    assert_eq!(port.stats().foreign_packets, 0);
}

// Behaviour 61b.
#[test]
fn the_last_handle_of_a_job_ends_its_processes_and_late_messages_are_refused() {
    let (port, job, mut child) = started("leaf");
    let ended = port.handle_wait(&child, 1).unwrap();
    ended.start().unwrap();
    drop(job);
    let code = child.wait().unwrap().code();
    assert_ne!(code, Some(3), "it was ended");
    while wait_for_any(&port) != [Packet::Signalled { token: 1 }] {}
    assert_no_packet(&port);
    assert_eq!(port.stats().foreign_packets, 0);
}

// Behaviour 61.
#[test]
fn a_job_has_one_port() {
    let (first, second) = (CompletionPort::new().unwrap(), CompletionPort::new().unwrap());
    let job = first.associate_job(Job::new().unwrap(), 5).unwrap();
    let copy = std::os::windows::io::AsHandle::as_handle(&*job).try_clone_to_owned().unwrap();
    let refused = second.associate_job(Job::from(copy), 5).unwrap_err();
    assert_eq!(refused.error, Error::NotAssociable);
    assert_eq!(refused.value.active_processes(), Ok(0));
}

// Behaviour 61.
#[test]
fn a_command_that_cannot_be_started_leaves_nothing_in_the_job() {
    let port = CompletionPort::new().unwrap();
    let job = port.associate_job(Job::new().unwrap(), 5).unwrap();
    let error = job.spawn(&mut Command::new("there-is-no-such-program"), 0).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    assert_eq!(job.active_processes(), Ok(0));
    assert_no_packet(&port);
}
