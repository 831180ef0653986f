//! Pipes as sources: ends that wait for a client, bytes and messages, back-pressure, and how they end.

use std::io::{self, Read, Write};

use super::super::scripts;
use super::{config, is_closed, none, one, queue, would_block, LIMIT_MS};
use crate::{
    poll::{Config, Event, Events, Interests, PipePart, PipeStream, Poll},
    sim::{Kernel, Script},
    Error, Pipe, PipeClientOptions, PipeServer, PipeServerOptions,
};

pub(super) const NAME: &str = r"\\.\pipe\queue";
const BOTH: Interests = Interests::READABLE.union(Interests::WRITABLE);

fn server(options: &PipeServerOptions) -> PipeStream<PipeServer> {
    PipeStream::from(options.create(NAME).unwrap())
}

pub(super) fn client(messages: bool) -> PipeStream<Pipe> {
    PipeStream::from(PipeClientOptions::new().messages(messages).open(NAME).unwrap())
}

/// Both ends, registered for both directions with the tokens 1 and 2, after the events of that.
fn pair(
    poll: &Poll,
    events: &mut Events,
    messages: bool,
) -> (PipeStream<PipeServer>, PipeStream<Pipe>) {
    let (mut near, registrator) =
        (server(&PipeServerOptions::new().messages(messages)), poll.registrator());
    registrator.register(&mut near, 1, BOTH).unwrap();
    let mut far = client(messages);
    registrator.register(&mut far, 2, BOTH).unwrap();
    let mut seen = [false; 3];
    while !(seen[1] && seen[2]) {
        poll.poll(events, LIMIT_MS).unwrap();
        events.iter().for_each(|event| seen[event.id()] |= event.is_writable());
    }
    (near, far)
}

/// Polls until an event is such a one.
#[track_caller]
fn until(poll: &Poll, events: &mut Events, is: impl Fn(&Event) -> bool) {
    loop {
        poll.poll(events, LIMIT_MS).unwrap();
        assert!(!events.is_empty(), "it never comes");
        if events.iter().any(&is) {
            return;
        }
    }
}

/// Polls until this end is readable.
#[track_caller]
fn readable(poll: &Poll, events: &mut Events, token: usize) {
    until(poll, events, |event| event.id() == token && event.is_readable());
}

/// Calls again after each poll, until it does not block.
#[track_caller]
fn retried<T>(poll: &Poll, events: &mut Events, mut call: impl FnMut() -> io::Result<T>) -> T {
    loop {
        match call() {
            Ok(value) => return value,
            Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}"),
        }
        assert!(poll.poll(events, LIMIT_MS).unwrap() > 0, "nothing comes");
    }
}

/// Reads so many bytes, as events come.
fn read_some(
    poll: &Poll,
    events: &mut Events,
    token: usize,
    mut pipe: impl Read,
    count: usize,
) -> Vec<u8> {
    let (mut got, mut room) = (Vec::new(), [0; 100]);
    while got.len() < count {
        match pipe.read(&mut room) {
            Ok(0) => panic!("the end after {got:?}"),
            Ok(more) => got.extend_from_slice(&room[..more]),
            Err(_) => readable(poll, events, token),
        }
    }
    got
}

/// The system's code of an error.
#[track_caller]
fn code<T: std::fmt::Debug>(result: io::Result<T>) -> Option<i32> {
    result.unwrap_err().raw_os_error()
}

/// Lets late packets free what they end.
pub(super) fn is_empty(poll: &Poll, events: &mut Events) -> bool {
    (0..100).any(|_| {
        poll.poll(events, Some(1)).unwrap();
        poll.stats().operations == 0
    })
}

#[test]
fn a_server_waits_for_its_client_and_both_ends_read_write_and_see_the_end() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let mut near = server(&PipeServerOptions::new());
        poll.registrator().register(&mut near, 1, BOTH).unwrap();
        none(&poll, &mut events);
        would_block(near.read(&mut [0; 8]));
        would_block(near.write(b"nobody is there"));
        let mut far = client(false);
        let event = one(&poll, &mut events);
        assert!(event.is_writable() && !event.is_readable() && event.id() == 1);
        assert_eq!(near.get_ref().client_process_id().unwrap(), std::process::id());
        poll.registrator().register(&mut far, 2, BOTH).unwrap();
        assert_eq!(near.write(b"to the client").unwrap(), 13);
        assert_eq!(read_some(&poll, &mut events, 2, &far, 13), b"to the client");
        assert_eq!(far.write(b"to the server").unwrap(), 13);
        assert_eq!(read_some(&poll, &mut events, 1, &near, 13), b"to the server");
        retried(&poll, &mut events, || far.flush());
        would_block(near.read(&mut [0; 8]));
        drop(far);
        readable(&poll, &mut events, 1);
        assert!(events.iter().any(|event| event.is_read_closed() && !event.is_error()));
        for _ in 0..2 {
            assert_eq!(near.read(&mut [0; 8]).unwrap(), 0);
        }
        // The next write or flush says it.
        let mut said = None;
        while said.is_none() {
            let _ = poll.poll(&mut events, Some(0));
            said = near.write(b"?").err().and_then(|error| error.raw_os_error());
        }
        assert_eq!(said, Some(232));
        drop(near);
        assert!(is_empty(&poll, &mut events));
    }
}

#[test]
fn a_client_that_came_wrote_and_left_before_the_queue_knew_is_read_to_the_end() {
    let _kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let mut near = server(&PipeServerOptions::new());
    {
        let other = Poll::new().unwrap();
        let mut far = client(false);
        other.registrator().register(&mut far, 0, Interests::NONE).unwrap();
        far.write_all(b"I was here").unwrap();
    }
    poll.registrator().register(&mut near, 1, Interests::READABLE).unwrap();
    assert!(one(&poll, &mut events).is_readable());
    assert_eq!(read_some(&poll, &mut events, 1, &near, 10), b"I was here");
    assert_eq!(near.read(&mut [0; 8]).unwrap(), 0);
    near.disconnect().unwrap();
    would_block(near.read(&mut [0; 8]));
    assert_eq!(code(near.disconnect()), Some(536));
}

#[test]
fn a_disconnected_client_is_told_233_and_the_server_gets_the_next_one() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (mut near, mut far) = pair(&poll, &mut events, false);
        assert_eq!(far.write(b"unread").unwrap(), 6);
        would_block(far.read(&mut [0; 8]));
        near.disconnect().unwrap();
        readable(&poll, &mut events, 2);
        assert!(events.iter().any(|event| event.id() == 2 && event.is_error()));
        assert_eq!(code(far.read(&mut [0; 8])), Some(233), "no end that was meant");
        assert_eq!(code(far.read(&mut [0; 8])), Some(233));
        let mut next = client(false);
        poll.registrator().register(&mut next, 3, BOTH).unwrap();
        retried(&poll, &mut events, || near.write(b"hello"));
        assert_eq!(read_some(&poll, &mut events, 3, &next, 5), b"hello");
        assert_eq!(next.write(b"new").unwrap(), 3);
        assert_eq!(read_some(&poll, &mut events, 1, &near, 3), b"new", "nothing of the first");
        drop((near, far, next));
        assert!(is_empty(&poll, &mut events));
    }
}

#[test]
fn a_client_from_which_the_server_parts_unheard_leaves_room_for_the_next() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let mut near = server(&PipeServerOptions::new());
        poll.registrator().register(&mut near, 1, BOTH).unwrap();
        drop(client(false));
        near.disconnect().unwrap();
        let mut next = client(false);
        poll.registrator().register(&mut next, 3, BOTH).unwrap();
        retried(&poll, &mut events, || near.write(b"hello"));
        assert_eq!(read_some(&poll, &mut events, 3, &next, 5), b"hello");
        drop((near, next));
        assert!(is_empty(&poll, &mut events));
    }
}

#[test]
fn messages_keep_apart_and_one_longer_than_a_buffer_comes_in_parts() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let config = Config { receive_buffer: 8, ..config() };
        let (poll, mut events) = (Poll::with_config(&config).unwrap(), Events::with_capacity(16));
        let (mut near, far) = pair(&poll, &mut events, true);
        for message in [&b"one"[..], b"", b"a longer one", b"12345678", b"", b"last"] {
            retried(&poll, &mut events, || far.write_message(message));
        }
        let (mut got, mut room) = (Vec::new(), [0; 5]);
        while got.len() < 8 {
            match near.read_message(&mut room) {
                Ok(Some(PipePart { len, is_last })) => got.push((room[..len].to_vec(), is_last)),
                Ok(None) => panic!("the end after {got:?}"),
                Err(_) => readable(&poll, &mut events, 1),
            }
        }
        let part = |bytes: &[u8], is_last| (bytes.to_vec(), is_last);
        let expected = [
            part(b"one", true),
            part(b"", true),
            part(b"a lon", false),
            part(b"ger", false),
            part(b" one", true),
            part(b"12345", false),
            part(b"678", true),
            part(b"", true),
        ];
        assert_eq!(got, expected);
        // `Read` leaves out messages of no bytes.
        for message in [&b""[..], b"x"] {
            retried(&poll, &mut events, || far.write_message(message));
        }
        assert_eq!(read_some(&poll, &mut events, 1, &mut near, 5), b"lastx");
        drop(far);
        readable(&poll, &mut events, 1);
        assert_eq!(near.read_message(&mut room).unwrap(), None);
    }
}

#[test]
fn what_is_there_behind_a_message_that_was_read_gives_an_event() {
    for script in scripts() {
        let _kernel = Kernel::new(script);
        let (poll, mut events) = queue();
        let (near, far) = pair(&poll, &mut events, true);
        for message in [&b"one"[..], b"two", b"three"] {
            retried(&poll, &mut events, || far.write_message(message));
        }
        retried(&poll, &mut events, || (&far).flush());
        drop(far);
        poll.registrator().reregister(&near, 1, Interests::READABLE).unwrap();
        let mut room = [0; 8];
        for message in [&b"one"[..], b"two", b"three"] {
            readable(&poll, &mut events, 1);
            let part = near.read_message(&mut room).unwrap().unwrap();
            assert_eq!((&room[..part.len], part.is_last), (message, true));
        }
        readable(&poll, &mut events, 1);
        assert_eq!(near.read_message(&mut room).unwrap(), None);
    }
}

#[test]
fn a_write_that_waits_for_its_reader_holds_the_next_one_back_until_it_is_done() {
    let _kernel = Kernel::new(Script { window: 4, ..Script::default() });
    let (poll, mut events) = queue();
    let (mut near, mut far) = pair(&poll, &mut events, false);
    // No more than the high-water mark is taken.
    assert_eq!(near.write(&[7; 1000]).unwrap(), 256);
    would_block(near.write(b"more"));
    would_block(near.flush());
    assert_eq!(read_some(&poll, &mut events, 2, &mut far, 256), [7; 256]);
    let event = events.iter().find(|event| event.id() == 1).copied();
    let event = event.unwrap_or_else(|| one(&poll, &mut events));
    assert!(event.is_writable());
    near.flush().unwrap();
    near.write_message(&[8; 1000]).unwrap();
    assert_eq!(read_some(&poll, &mut events, 2, &mut far, 1000), [8; 1000]);
    // What is written when the other end goes is lost, and said once.
    retried(&poll, &mut events, || near.flush());
    // More than the read in flight has room for.
    near.write_message(&[9; 2000]).unwrap();
    would_block(near.flush());
    drop(far);
    until(&poll, &mut events, |event| event.is_writable() && event.is_error());
    assert_eq!(code(near.flush()), Some(109));
    near.flush().unwrap();
}

#[test]
fn an_end_that_is_dropped_while_it_waits_reads_and_writes_leaves_nothing() {
    for script in scripts() {
        let _kernel = Kernel::new(Script { window: 0, ..script });
        let (poll, mut events) = queue();
        let mut waits = server(&PipeServerOptions::new());
        poll.registrator().register(&mut waits, 9, BOTH).unwrap();
        drop(waits);
        let (mut near, far) = pair(&poll, &mut events, false);
        would_block(near.read(&mut [0; 8]));
        let _ = near.write(b"nobody reads this").unwrap();
        drop((near, far));
        assert!(is_empty(&poll, &mut events));
    }
}

#[test]
fn a_pipe_is_registered_again_without_interests_and_with_one_queue_only() {
    let _kernel = Kernel::new(Script::default());
    let (poll, mut events) = queue();
    let mut early = client_of_none();
    assert_eq!(early.read(&mut [0; 8]).unwrap_err().kind(), io::ErrorKind::Unsupported);
    assert_eq!(early.flush().unwrap_err().kind(), io::ErrorKind::Unsupported);
    let (mut near, mut far) = pair(&poll, &mut events, false);
    poll.registrator().deregister(&near).unwrap();
    assert_eq!(far.write(b"quiet").unwrap(), 5);
    poll.poll(&mut events, Some(5)).unwrap();
    assert!(events.iter().all(|event| event.id() != 1));
    poll.registrator().reregister(&near, 7, Interests::READABLE).unwrap();
    readable(&poll, &mut events, 7);
    // Level: as long as something is there.
    poll.registrator().reregister(&near, 8, Interests::READABLE).unwrap();
    readable(&poll, &mut events, 8);
    assert_eq!(read_some(&poll, &mut events, 8, &mut near, 5), b"quiet");
    let other = Poll::new().unwrap();
    let error = other.registrator().register(&mut near, 1, BOTH).unwrap_err();
    assert_eq!(error.get_ref().and_then(|inner| inner.downcast_ref()), Some(&Error::NotAssociable));
    assert_eq!(far.write(b"before the end").unwrap(), 14);
    readable(&poll, &mut events, 8);
    poll.registrator().close_loop().unwrap();
    let mut room = [0; 14];
    near.read_exact(&mut room).unwrap();
    assert_eq!(&room, b"before the end", "what has come is given");
    is_closed(near.read(&mut room));
    is_closed(near.write(b"?"));
    is_closed(poll.registrator().register(&mut near, 1, BOTH));
}

fn client_of_none() -> PipeStream<PipeServer> {
    PipeStream::from(PipeServerOptions::new().create(r"\\.\pipe\none").unwrap())
}

/// The buffer of a read counts against the port's bytes.
#[test]
fn a_full_port_refuses_and_an_event_comes_when_it_has_room() {
    let _kernel = Kernel::new(Script::default());
    let port = crate::Config { max_bytes: 1024, skip_on_success: true, ..super::super::config() };
    let (poll, mut events) =
        (Poll::with_config(&Config { port, ..config() }).unwrap(), Events::with_capacity(16));
    let mut near = server(&PipeServerOptions::new());
    let mut far = client(false);
    poll.registrator().register(&mut near, 1, Interests::WRITABLE).unwrap();
    assert!(one(&poll, &mut events).is_writable());
    poll.registrator().register(&mut far, 2, Interests::READABLE).unwrap();
    would_block(near.write(b"no room"));
    drop(far);
    assert!(one(&poll, &mut events).is_writable(), "the read's buffer was given back");
    assert_eq!(code(near.write(b"room")), Some(232));
    let error = near.write_message(&[0; 1025]).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "it never fits");
}
