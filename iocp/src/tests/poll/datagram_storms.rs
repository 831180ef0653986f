//! Random schedules of a UDP socket: datagrams that count up, errors in between, registering anew.

use std::io::ErrorKind;

use super::{
    config,
    datagrams::{address, lending},
};
use crate::{
    poll::{Events, Interests, Poll},
    sim::{Kernel, Script},
    tests::storm::Dice,
};

/// `IOCP_STORM_SEED` and `IOCP_STORM_COUNT` choose the first seed and how many.
#[test]
fn random_storms_of_datagrams_lose_none_and_tell_of_errors() {
    let read = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first: u64 = read("IOCP_STORM_SEED", 1);
    for seed in first..first + read("IOCP_STORM_COUNT", if cfg!(miri) { 2 } else { 300 }) {
        println!("datagrams: seed {seed}");
        storm(seed);
    }
}

/// The program reads as far as events allow it: one that is missing makes the end wait for ever.
fn storm(seed: u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let script = if seed % 2 == 0 { Script::any(seed) } else { Script::hostile(seed) };
    let kernel = Kernel::new(script);
    let poll = Poll::with_config(&config()).unwrap();
    let registrator = poll.registrator();
    let mut events = Events::with_capacity(4);
    let lent = [0, 4, 64][dice.roll(3) as usize];
    let mut socket = lending(kernel.datagram_socket(address(7)), lent);
    let peer = kernel.datagram_peer(address(0));
    let mut token = 1;
    registrator.register(&mut socket, token, Interests::READABLE).unwrap();
    let (mut sent, mut lost, mut got, mut told, mut may_read) = (0_u32, 0, 0_u32, 0, false);
    let steps = if cfg!(miri) { 15 } else { 60 };
    let mut idle = 0;
    for step in 0.. {
        match dice.roll(8) {
            _ if step >= steps => {}
            0..=2 => {
                assert!(peer.send_to(&sent.to_le_bytes(), address(7)));
                sent += 1;
            }
            3 => {
                socket.send_to(b"anybody", address(9)).unwrap();
                lost += 1;
            }
            4 => {
                token += 1;
                registrator.reregister(&socket, token, Interests::READABLE).unwrap();
                may_read = false;
            }
            5 => {
                registrator.deregister(&socket).unwrap();
                token += 1;
                registrator.reregister(&socket, token, Interests::READABLE).unwrap();
                may_read = false;
            }
            _ => {}
        }
        let mut left = if step < steps { dice.roll(4) } else { u64::MAX };
        while may_read && left > 0 {
            left -= 1;
            let mut room = [0; 8];
            match socket.recv_from(&mut room) {
                Ok((len, from)) => {
                    assert_eq!(
                        (&room[..len], Some(from)),
                        (&got.to_le_bytes()[..], peer.address())
                    );
                    got += 1;
                }
                Err(error) if error.raw_os_error() == Some(10_054) => told += 1,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::WouldBlock, "seed {seed}: {error:?}");
                    may_read = false;
                }
            }
        }
        assert!(told <= lost);
        // What a probe has seen cannot be told from a second error of the same code.
        let enough = if lent == 0 { told >= lost.min(1) } else { told == lost };
        if step >= steps && got == sent && enough {
            break;
        }
        poll.poll(&mut events, Some(i32::from(step >= steps))).unwrap();
        for event in &events {
            assert!(event.id() == token && event.is_readable(), "seed {seed}: {event:?}");
            may_read = true;
        }
        idle = if events.is_empty() { idle + 1 } else { 0 };
        assert!(idle < 20_000, "seed {seed}: {got} of {sent}, {told} of {lost}");
    }
}
