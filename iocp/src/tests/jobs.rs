//! Jobs: typed messages, which may be lost; the end of a tree is asked for.

use std::time::Duration;

use super::{is_quiet, port, LIMIT};
use crate::{
    core::keys::slotless,
    sim::{Kernel, Script, Signals},
    CompletionPort, Error, Job, JobMessage, Packet, Packets, Wait,
};

fn message(message: JobMessage) -> Packet {
    Packet::Job { token: 5, message }
}

/// What is there, oldest first.
fn all(port: &CompletionPort) -> Vec<Packet> {
    let (mut packets, mut all) = (Packets::with_capacity(4), Vec::new());
    while let Ok(Wait::Packets(_)) = port.wait(&mut packets, Some(Duration::ZERO)) {
        all.extend(packets.iter().copied());
    }
    all
}

#[test]
fn a_job_tells_which_processes_come_and_go_and_that_none_is_left() {
    let kernel = Kernel::new(Script::default());
    let (port, one, two) = (port(), kernel.waitable(Signals::Stay), kernel.waitable(Signals::Stay));
    let job = Job::new().unwrap();
    job.assign(&one).unwrap();
    let job = port.associate_job(job, 5).unwrap();
    assert_eq!(all(&port), [message(JobMessage::NewProcess(one.id()))], "there before");
    job.assign(&two).unwrap();
    assert_eq!(job.active_processes(), Ok(2));
    one.exit(3);
    two.exit(4);
    let messages = [
        JobMessage::NewProcess(two.id()),
        JobMessage::ExitProcess(one.id()),
        JobMessage::ExitProcess(two.id()),
        JobMessage::NoneLeft,
    ];
    assert_eq!(all(&port), messages.map(message));
    assert_eq!(job.active_processes(), Ok(0));
    assert_eq!(port.stats().foreign_packets, 0);
}

#[test]
fn a_job_is_ended_as_a_whole_by_a_call_or_with_its_last_handle() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    for by_drop in [false, true] {
        let child = kernel.waitable(Signals::Stay);
        let wait = port.handle_wait(&child, 1).unwrap();
        wait.start().unwrap();
        let job = port.associate_job(Job::new().unwrap(), 5).unwrap();
        job.assign(&child).unwrap();
        job.kill_on_close(by_drop).unwrap();
        if by_drop {
            drop(job);
            assert_eq!(wait.exit_code(), Ok(Some(0)));
        } else {
            job.terminate(77).unwrap();
            assert_eq!(wait.exit_code(), Ok(Some(77)));
            drop(job);
        }
        let all = all(&port);
        assert!(all.contains(&Packet::Signalled { token: 1 }), "{all:?}");
        assert_eq!(all.len(), 1, "the messages of a dropped job are refused: {all:?}");
    }
}

#[test]
fn a_tree_whose_messages_are_lost_is_found_ended_at_a_deadline() {
    let kernel = Kernel::new(Script { lost_messages: 100, ..Script::default() });
    let (port, child) = (port(), kernel.waitable(Signals::Stay));
    let job = port.associate_job(Job::new().unwrap(), 5).unwrap();
    job.assign(&child).unwrap();
    let (again, mut packets) = (port.timer(9), Packets::with_capacity(4));
    let mut looks = 0;
    while job.active_processes().unwrap() > 0 {
        looks += 1;
        if looks == 3 {
            child.exit(0);
        }
        again.set_after(Duration::from_millis(5));
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
        assert_eq!(packets.iter().next(), Some(&Packet::Timer { token: 9 }), "no message came");
    }
    assert_eq!(looks, 3);
}

#[test]
fn a_job_has_one_port_and_comes_back_from_a_closed_one() {
    let _kernel = Kernel::new(Script::default());
    let (first, second) = (port(), port());
    let job = first.associate_job(Job::new().unwrap(), 5).unwrap();
    let key = slotless(0, 0).0;
    assert!(crate::os::job_associate(crate::os::borrow_handle(&*job), second.core.handle(), key)
        .is_err());
    second.close().unwrap();
    let refused = second.associate_job(Job::new().unwrap(), 5).unwrap_err();
    assert_eq!((refused.error, refused.value.active_processes()), (Error::Closed, Ok(0)));
}

/// A raw number as a job's key cannot imitate the port's own packets, and messages with a live key do nothing
/// but tell.
#[test]
fn a_forged_message_ends_nothing_and_imitates_nothing() {
    let kernel = Kernel::new(Script::default());
    let (port, child) = (port(), kernel.waitable(Signals::Stay));
    let job = port.associate_job(Job::new().unwrap(), 5).unwrap();
    job.assign(&child).unwrap();
    drop(all(&port));
    port.core.port.post(4, slotless(0, 0).0, 0).unwrap();
    assert_eq!(all(&port), [message(JobMessage::NoneLeft)]);
    assert_eq!(job.active_processes(), Ok(1), "the job says otherwise");
    // Another code's job whose key is any number at all.
    for number in [0, 1, 4, usize::MAX / 8] {
        port.core.port.post(4, port.external_key(number).unwrap(), 0).unwrap();
        assert_eq!(all(&port), [Packet::External { key: number, message: 4, value: 0 }]);
    }
    assert!(!port.is_closed() && is_quiet(&port, &mut Packets::with_capacity(1)));
}
