//! Messages through a port.

use std::{collections::HashSet, thread, time::Duration};

use super::{port, LIMIT, NOW};
use crate::{
    core::keys::MAIL,
    sim::{Kernel, Script},
    Error, Packet, Packets, Wait,
};

/// Behaviour 44: posts that fail at random lose no message and repeat none.
#[test]
fn messages_arrive_exactly_once_while_posts_fail() {
    let each = if cfg!(miri) { 50 } else { 25_000_u32 };
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(64));
    let (sender, mailbox) = port.mailbox::<u32>(7);
    let mut seen = HashSet::new();
    // How many packets came.
    let mut look = |seen: &mut HashSet<u32>, limit| {
        let Wait::Packets(count) = port.wait(&mut packets, limit).unwrap() else { return 0 };
        for packet in &packets {
            assert_eq!(*packet, Packet::Mail { key: 7 });
            while let Some(message) = mailbox.take() {
                assert!(seen.insert(message), "message {message} twice");
            }
        }
        count
    };
    let returned = thread::scope(|scope| {
        let senders: Vec<_> = (0..4)
            .map(|thread| {
                let (sender, kernel) = (sender.clone(), &kernel);
                scope.spawn(move || {
                    let _inside = kernel.enter();
                    let mut returned = Vec::new();
                    for n in 0..each {
                        if n % 5 == thread {
                            kernel.fail_posts(1, Some(MAIL));
                        }
                        if let Err(refused) = sender.send(thread * each + n) {
                            returned.push(refused.value);
                        }
                    }
                    returned
                })
            })
            .collect();
        while !senders.iter().all(thread::ScopedJoinHandle::is_finished) {
            look(&mut seen, Some(Duration::from_millis(1)));
        }
        senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(!returned.is_empty(), "no post failed: this shows nothing");
    while look(&mut seen, NOW) > 0 {}
    for message in returned {
        assert!(seen.insert(message), "message {message} came, and came back");
    }
    assert_eq!(seen.len(), 4 * each as usize);
    assert!(mailbox.is_empty());
}

#[test]
fn a_message_to_a_closed_port_comes_back() {
    let _kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (sender, mailbox) = port.mailbox::<String>(usize::MAX);
    sender.send("in time".to_owned()).unwrap();
    port.close().unwrap();
    let refused = sender.send("late".to_owned()).unwrap_err();
    assert!(matches!(refused.error, Error::Closed));
    assert_eq!(refused.value, "late");
    assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
    assert_eq!(mailbox.take().as_deref(), Some("in time"));
}

#[test]
fn a_burst_of_messages_posts_once_until_somebody_takes_one() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(64));
    let (sender, mailbox) = port.mailbox::<u32>(7);
    for round in 1..=3 {
        (0..1_000).for_each(|message| sender.send(message).unwrap());
        assert_eq!(kernel.counts().posts, round);
        assert_eq!(port.wait(&mut packets, LIMIT).unwrap(), Wait::Packets(1));
        assert!((0..1_000).eq(std::iter::from_fn(|| mailbox.take())));
    }
    // Whoever sends after a look posts, also where that look left messages behind.
    (0..2).for_each(|message| sender.send(message).unwrap());
    assert_eq!(
        (port.wait(&mut packets, LIMIT).unwrap(), mailbox.take()),
        (Wait::Packets(1), Some(0))
    );
    sender.send(2).unwrap();
    assert_eq!(
        (port.wait(&mut packets, LIMIT).unwrap(), mailbox.take()),
        (Wait::Packets(1), Some(1))
    );
}
