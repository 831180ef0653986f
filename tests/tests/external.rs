//! What comes to a port beside operations: messages, packets of jobs, procedure calls.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::{
    collections::HashSet,
    os::windows::process::CommandExt,
    process::Child,
    sync::{
        atomic::{AtomicUsize, Ordering},
        Mutex,
    },
    thread,
    time::Duration,
};

use iocp::{
    get_queued_completion_status_ex, CompletionPort, Error, Packet, Packets, UserPacket, Wait,
};
use iocp_sys::{
    ERROR_ACCESS_DENIED, JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, JOB_OBJECT_MSG_EXIT_PROCESS,
    JOB_OBJECT_MSG_NEW_PROCESS, SYNCHRONIZE, TIMER_ALL_ACCESS, TIMER_MODIFY_STATE,
    TIMER_QUERY_STATE, WAIT_OBJECT_0,
};
use iocp_tests::{
    child, kernel, not_here,
    raw::{self, Job},
    waiting::{assert_no_packet, wait_for, wait_for_any, DEADLINE},
    Kernel,
};

/// This very program: a process that lasts until its standard input ends. It is detached, so that no
/// host of a console comes into the job beside it.
fn started() -> Child {
    child::child_of("packets_of_a_job_are_external_and_carry_the_process_id", "waits")
        .creation_flags(child::DETACHED_PROCESS)
        .spawn()
        .unwrap()
}

// Behaviour 44.
#[test]
fn packets_of_a_job_are_external_and_carry_the_process_id() {
    if child::role().is_some() {
        return child::wait_for_the_end_of_input();
    }
    let port = CompletionPort::new().unwrap();
    let number = 1_000;
    let job = Job::reporting_to(&port, port.external_key(number).unwrap());
    let mut child = started();
    let id = usize::try_from(child.id()).unwrap();
    let packet = |message, value| Packet::External { key: number, message, value };
    job.assign(&child);
    assert_eq!(wait_for(&port, 1), [packet(JOB_OBJECT_MSG_NEW_PROCESS, id)]);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let end = wait_for(&port, 2);
    assert!(end.contains(&packet(JOB_OBJECT_MSG_EXIT_PROCESS, id)), "{end:?}");
    assert!(end.contains(&packet(JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, 0)), "{end:?}");
    assert_no_packet(&port);
    let stats = port.stats();
    assert_eq!((stats.foreign_packets, stats.stale_packets), (0, 0));
}

#[test]
fn a_job_that_is_ended_reports_the_end_of_its_last_process() {
    let port = CompletionPort::new().unwrap();
    let job = Job::reporting_to(&port, port.external_key(5).unwrap());
    let mut child = started();
    job.assign(&child);
    job.terminate(77);
    assert_eq!(child.wait().unwrap().code(), Some(77));
    let last = Packet::External { key: 5, message: JOB_OBJECT_MSG_ACTIVE_PROCESS_ZERO, value: 0 };
    // Whether each process that was ended has a message of its own is the system's choice.
    while !wait_for_any(&port).contains(&last) {}
}

#[test]
fn a_timer_has_the_rights_that_were_asked_for() {
    assert_eq!(raw::timer_with(TIMER_ALL_ACCESS), Ok(WAIT_OBJECT_0));
    let without_setting = TIMER_QUERY_STATE | SYNCHRONIZE;
    assert_eq!(raw::timer_with(without_setting), Err(ERROR_ACCESS_DENIED));
    assert_eq!(raw::timer_with(TIMER_MODIFY_STATE | SYNCHRONIZE), Ok(WAIT_OBJECT_0));
}

#[test]
fn a_cleanup_group_closes_its_wait_after_the_callback() {
    static RAN: AtomicUsize = AtomicUsize::new(0);
    raw::close_in_a_group(&RAN);
    assert_eq!(RAN.load(Ordering::SeqCst), 1);
}

// Behaviour 44.
#[test]
fn an_alertable_wait_is_ended_by_a_procedure_call_and_another_wait_is_not() {
    static RAN: AtomicUsize = AtomicUsize::new(0);
    let port = CompletionPort::new().unwrap();
    let mut packets = Packets::with_capacity(4);
    raw::queue_procedure_call(&RAN);
    assert_eq!(port.wait(&mut packets, Some(Duration::from_millis(20))).unwrap(), Wait::TimedOut);
    assert_eq!(RAN.load(Ordering::SeqCst), 0, "a plain wait runs none");
    assert_eq!(port.wait_alertable(&mut packets, Some(DEADLINE)).unwrap(), Wait::Apc);
    assert_eq!((RAN.load(Ordering::SeqCst), packets.len()), (1, 0));
    raw::queue_procedure_call(&RAN);
    let wait = get_queued_completion_status_ex(&port, &mut packets, None, true).unwrap();
    assert_eq!((wait, RAN.load(Ordering::SeqCst)), (Wait::Apc, 2));
    let limit = Some(Duration::from_millis(20));
    assert_eq!(port.wait_alertable(&mut packets, limit).unwrap(), Wait::TimedOut);
}

// Behaviour 44: facts PORT01 and PORT02.
#[test]
fn a_procedure_call_beside_a_packet_goes_first_on_a_thread_that_has_taken_none_here() {
    static RAN: AtomicUsize = AtomicUsize::new(0);
    if kernel() == Kernel::Wine(8) {
        return not_here("a procedure call before a packet: Wine 8 gives the packet first");
    }
    let port = CompletionPort::new().unwrap();
    let mut packets = Packets::with_capacity(4);
    let mut wait = || {
        let wait = port.wait_alertable(&mut packets, Some(DEADLINE)).unwrap();
        (wait, RAN.load(Ordering::SeqCst))
    };
    let post = || port.post(UserPacket::default()).unwrap();
    post();
    raw::queue_procedure_call(&RAN);
    assert_eq!(wait(), (Wait::Apc, 1));
    assert_eq!(wait(), (Wait::Packets(1), 1));
    post();
    raw::queue_procedure_call(&RAN);
    assert_eq!(wait(), (Wait::Packets(1), 1), "the call waits");
    assert_eq!(wait(), (Wait::Apc, 2));
}

// Behaviour 44.
#[test]
fn ten_thousand_messages_of_four_threads_reach_three_waiters_once_each() {
    const EACH: usize = 2_500;
    let port = CompletionPort::new().unwrap();
    let (sender, mailbox) = port.mailbox::<usize>(7);
    let seen = Mutex::new(HashSet::new());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let mut packets = Packets::with_capacity(16);
                loop {
                    match port.wait(&mut packets, Some(DEADLINE)) {
                        Ok(Wait::Packets(_)) => {}
                        Err(Error::Closed) => return,
                        other => panic!("{other:?}"),
                    }
                    for packet in &packets {
                        assert_eq!(*packet, Packet::Mail { key: 7 });
                        while let Some(message) = mailbox.take() {
                            assert!(seen.lock().unwrap().insert(message), "{message} twice");
                        }
                    }
                    if seen.lock().unwrap().len() == 4 * EACH {
                        // Whoever is first; the others hear of it.
                        let _ = port.close();
                    }
                }
            });
        }
        for first in (0..4).map(|thread| thread * EACH) {
            let sender = sender.clone();
            scope.spawn(move || (first..first + EACH).for_each(|n| sender.send(n).unwrap()));
        }
    });
    assert_eq!(seen.lock().unwrap().len(), 4 * EACH);
    assert!(mailbox.is_empty());
    assert!(sender.send(0).is_err(), "the port is closed");
}
