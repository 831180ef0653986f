//! Many clients of a pipe in the event queue, which leave at any point.

use std::io::Write;

use super::pipes::{client, is_empty, NAME};
use super::{config, LIMIT_MS};
use crate::{
    poll::{Config, Events, Interests, PipeStream, Poll},
    sim::{Kernel, Script},
    PipeServerOptions,
};

/// 50 clients that come, write up to 200 messages and leave at any point: what was written before a client left is
/// read, in order, and nothing else; and nothing is leaked.
#[test]
fn a_storm_of_clients_on_the_queue_loses_nothing() {
    let (clients, messages) = if cfg!(miri) { (4, 5) } else { (50, 200) };
    for by_messages in [false, true] {
        for seed in 0..3 {
            let _kernel = Kernel::new(Script { window: 64, ..Script::any(seed) });
            let config = Config { receive_buffer: 7, ..config() };
            let (poll, mut events) =
                (Poll::with_config(&config).unwrap(), Events::with_capacity(16));
            let registrator = poll.registrator();
            let options = PipeServerOptions::new().messages(by_messages);
            let mut next = options.create(NAME).unwrap();
            for nth in 0..clients {
                let further = next.next_instance().unwrap();
                let mut near = PipeStream::from(std::mem::replace(&mut next, further));
                registrator.register(&mut near, 2 * nth, Interests::READABLE).unwrap();
                let mut far = client(by_messages);
                registrator.register(&mut far, 2 * nth + 1, Interests::WRITABLE).unwrap();
                let mut far = Some(far);
                let leaves_after = (nth * 37 + usize::try_from(seed).unwrap()) % (messages + 1);
                let (mut written, mut expected, mut got) = (0, Vec::new(), Vec::new());
                let (mut message, mut room) = (Vec::new(), [0; 5]);
                'client: loop {
                    while let Some(pipe) = &mut far {
                        let text = format!("{nth}:{written};").into_bytes();
                        if written == leaves_after {
                            if pipe.flush().is_err() {
                                break;
                            }
                            far = None;
                        } else if pipe.write_message(&text).is_ok() {
                            written += 1;
                            expected.push(text);
                        } else {
                            break;
                        }
                    }
                    loop {
                        match near.read_message(&mut room) {
                            Ok(None) => break 'client,
                            Ok(Some(part)) => {
                                message.extend_from_slice(&room[..part.len]);
                                if by_messages && part.is_last {
                                    got.push(std::mem::take(&mut message));
                                }
                            }
                            Err(error) => {
                                assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "{error}");
                                break;
                            }
                        }
                    }
                    poll.poll(&mut events, LIMIT_MS).unwrap();
                    assert!(!events.is_empty(), "{nth}: {written} of {leaves_after}");
                }
                if by_messages {
                    assert_eq!((got, message), (expected, Vec::new()));
                } else {
                    assert_eq!(message, expected.concat());
                }
            }
            drop(next);
            assert!(is_empty(&poll, &mut events));
        }
    }
}
