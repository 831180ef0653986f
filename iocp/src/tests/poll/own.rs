//! Waits, jobs, watches and files in the loop of the event queue.

use crate::{
    poll::{Events, Interests, Poll, TcpStream},
    sim::{Kernel, Script, Signals, Waitable},
    ChangeBuffer, ChangeFilter, Closed, Config, ControlKind, ControlMessage, Job, JobMessage,
    Message, Submitted, Watched,
};

/// The tokens of the next events, all of them readable.
fn tokens(poll: &Poll, events: &mut Events) -> Vec<usize> {
    poll.poll(events, Some(120_000)).unwrap();
    assert!(events.iter().all(|event| event.is_readable() && !event.is_writable()));
    events.iter().map(crate::poll::Event::id).collect()
}

#[test]
fn a_wait_a_job_and_a_watch_are_events_with_their_tokens() {
    for wait_packets in [true, false] {
        let kernel = Kernel::new(Script { wait_packets, ..Script::default() });
        let poll = Poll::new().unwrap();
        let registrator = poll.registrator();
        let mut events = Events::with_capacity(8);
        let child = kernel.waitable(Signals::Stay);
        let wait = registrator.handle_wait(&child, 70).unwrap();
        let job = registrator.associate_job(Job::new().unwrap(), 71).unwrap();
        wait.start().unwrap();
        job.assign(&child).unwrap();
        assert_eq!(tokens(&poll, &mut events), [71], "a new process");
        child.exit(3);
        let mut seen = Vec::new();
        while seen.len() < 3 {
            seen.extend(tokens(&poll, &mut events));
        }
        seen.sort_unstable();
        assert_eq!(seen, [70, 71, 71]);
        assert_eq!((wait.exit_code(), job.active_processes()), (Ok(Some(3)), Ok(0)));
        let (directory, peer) = kernel.stream_pair();
        let watch = registrator.watch_directory(directory, ChangeFilter::NAMES, true, 72).unwrap();
        let operation = registrator.operation(ChangeBuffer::new(0)).unwrap();
        let ticket = watch.changes(operation).pending().unwrap();
        poll.poll(&mut events, Some(0)).unwrap();
        assert!(events.is_empty());
        peer.send(&[0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, b'x', 0]);
        assert_eq!(tokens(&poll, &mut events), [72]);
        let completed = ticket.finish().unwrap();
        assert!(matches!(completed.watched(), Ok(Watched::Changes(_))));
        // Without a byte, and stopped: an event as well.
        let ticket = watch.changes(completed.into_operation()).pending().unwrap();
        watch.stop().unwrap();
        assert_eq!(tokens(&poll, &mut events), [72]);
        assert!(matches!(ticket.finish().unwrap().watched(), Ok(Watched::Stopped)));
    }
}

#[test]
fn an_own_event_stands_beside_those_of_sources_and_is_not_merged_with_another() {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::new().unwrap();
    let registrator = poll.registrator();
    let mut events = Events::with_capacity(32);
    let objects: Vec<_> = (0..12)
        .map(|token| {
            let object = kernel.waitable(Signals::One);
            let wait = registrator.handle_wait(&object, token).unwrap();
            wait.start().unwrap();
            (object, wait)
        })
        .collect();
    let waker = registrator.waker(100).unwrap();
    waker.wake().unwrap();
    objects.iter().for_each(|(object, _)| object.signal());
    waker.wake().unwrap();
    let mut seen = Vec::new();
    while seen.len() < 13 {
        seen.extend(tokens(&poll, &mut events));
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..12).chain([100]).collect::<Vec<_>>());
}

#[test]
fn a_socket_with_operations_of_its_own_is_served_beside_sources() {
    for script in crate::tests::scripts() {
        let kernel = Kernel::new(script);
        let poll = Poll::new().unwrap();
        let registrator = poll.registrator();
        let mut events = Events::with_capacity(8);
        let address = ([127, 0, 0, 1], 7).into();
        let service = registrator.associate_socket(kernel.datagram_socket(address), 90).unwrap();
        service.ask_for(ControlKind::PacketInfo).unwrap();
        let peer = kernel.datagram_peer(([127, 0, 0, 1], 0).into());
        let waker = registrator.waker(91).unwrap();
        let room = Message::new(Vec::with_capacity(16));
        let mut operation = registrator.operation(room).unwrap();
        for _ in 0..3 {
            let ticket = service.recv_msg(operation).pending().unwrap();
            waker.wake().unwrap();
            assert_eq!(tokens(&poll, &mut events), [91]);
            assert!(peer.send_to(b"question", address));
            assert_eq!(tokens(&poll, &mut events), [90]);
            operation = ticket.finish().unwrap().into_operation();
            let message = operation.buffer_mut();
            let asked = message.packet_info().map(ControlMessage::PacketInfo);
            message.set_control(asked.as_slice()).unwrap();
            let ticket = service.send_msg(operation).pending().unwrap();
            assert_eq!(tokens(&poll, &mut events), [90]);
            assert_eq!(peer.recv_from(&mut [0; 16]), Some((8, address)));
            operation = ticket.finish().unwrap().into_operation();
            operation.buffer_mut().buffer_mut().clear();
        }
        // A byte stream in skip mode, what is there is the answer of the call, and no event follows.
        let (stream, other) = kernel.stream_pair();
        let stream = registrator.associate_socket(stream, 92).unwrap();
        assert!(other.send(b"bytes"));
        let receive = registrator.operation(Vec::with_capacity(8)).unwrap();
        match stream.recv(receive) {
            Submitted::Ready(completed) => assert_eq!(completed.buffer(), b"bytes"),
            Submitted::Pending(ticket) => {
                assert_eq!(tokens(&poll, &mut events), [92]);
                assert_eq!(ticket.finish().unwrap().buffer(), b"bytes");
            }
            Submitted::Refused(refused) => panic!("{refused:?}"),
        }
        poll.poll(&mut events, Some(0)).unwrap();
        assert!(events.is_empty());
    }
}

/// The receives of streams that are gone are kept for the next ones: until somebody else wants their places.
#[test]
fn what_dropped_streams_have_left_makes_room_for_operations_and_connects() {
    const MOST: u32 = 16;
    let kernel = Kernel::new(Script::default());
    let port = Config { max_operations: MOST, ..Config::default() };
    let config = crate::poll::Config { port, ..Default::default() };
    let poll = Poll::with_config(&config).unwrap();
    let registrator = poll.registrator();
    let mut events = Events::with_capacity(64);
    let _listener = kernel.listener("127.0.0.1:80".parse().unwrap());
    for _ in 0..2 {
        let made: Vec<_> = (0..MOST).map(|_| kernel.stream_pair()).collect();
        let mut streams = Vec::new();
        let mut peers = Vec::new();
        for (near, far) in made {
            let mut stream = TcpStream::from(near);
            registrator.register(&mut stream, 1, Interests::READABLE).unwrap();
            streams.push(stream);
            peers.push(far);
        }
        drop(streams);
        poll.poll(&mut events, Some(0)).unwrap();
        let stats = poll.stats();
        assert_eq!((stats.operations, stats.in_flight), (MOST as usize, 0));
        let operations: Vec<_> = (1..MOST)
            .map(|_| registrator.operation(Vec::<u8>::with_capacity(8)).unwrap())
            .collect();
        let connecting = registrator.connect("127.0.0.1:80", 2, Interests::NONE).unwrap();
        assert!(registrator.operation(Vec::<u8>::new()).is_err(), "it is full of what is in use");
        drop((operations, connecting));
        poll.poll(&mut events, Some(0)).unwrap();
    }
}

#[test]
fn a_graceful_close_of_such_a_socket_goes_on_at_its_events_and_at_its_time() {
    for ends in [true, false] {
        let kernel = Kernel::new(Script::default());
        let poll = Poll::new().unwrap();
        let registrator = poll.registrator();
        let mut events = Events::with_capacity(8);
        let (socket, peer) = kernel.stream_pair();
        let socket = registrator.associate_socket(socket, 90).unwrap();
        let receive = registrator.operation(Vec::with_capacity(8)).unwrap();
        let receive = socket.recv(receive).pending().unwrap();
        let limit = std::time::Duration::from_millis(if ends { 120_000 } else { 20 });
        let mut closing = socket.close_gracefully(receive, 93).within(limit);
        assert!(closing.advance().is_none());
        if ends {
            peer.shut_down();
        }
        let mut seen = Vec::new();
        let closed = loop {
            seen.extend(tokens(&poll, &mut events));
            if let Some(closed) = closing.advance() {
                break closed;
            }
        };
        let told = if ends { (Closed::Gracefully, 90) } else { (Closed::TimedOut, 93) };
        assert_eq!((closed, seen[0]), told, "{seen:?}");
    }
}

/// The token of such an operation is how its packet is known.
#[test]
fn an_own_operation_keeps_its_event_whatever_token_it_is_given() {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::new().unwrap();
    let registrator = poll.registrator();
    let mut events = Events::with_capacity(8);
    let (pipe, peer) = kernel.stream_pair();
    let pipe = registrator.associate_handle(pipe, 80).unwrap();
    let mut operation = registrator.operation(Vec::with_capacity(8)).unwrap();
    for token in [0, 8, usize::MAX] {
        let kept = operation.token();
        operation.set_token(token);
        assert_eq!(operation.token(), kept);
        operation.buffer_mut().clear();
        let ticket = pipe.read_at(operation, 0).pending().unwrap();
        peer.send(b"x");
        assert_eq!(tokens(&poll, &mut events), [80]);
        operation = ticket.finish().unwrap().into_operation();
    }
    // The place in the port is used again, by an operation with a token of its own.
    drop(operation);
    let port = crate::CompletionPort::new().unwrap();
    let operation = port.operation((), 0xFFFF_FFF8).unwrap();
    operation.set_token(5);
    assert_eq!(operation.token(), 5, "of no queue");
}

#[test]
fn each_event_of_a_job_says_which_message_it_is() {
    let kernel = Kernel::new(Script::default());
    let poll = Poll::new().unwrap();
    let mut events = Events::with_capacity(8);
    let mut jobs = Vec::new();
    for token in [71, 72] {
        jobs.push(poll.registrator().associate_job(Job::new().unwrap(), token).unwrap());
    }
    for _ in 0..3 {
        let children = [(); 2].map(|()| kernel.waitable(Signals::Stay));
        let ids = children.each_ref().map(Waitable::id);
        jobs.iter().zip(&children).for_each(|(job, child)| job.assign(child).unwrap());
        assert_eq!(tokens(&poll, &mut events), [71, 72]);
        let new = [(71, JobMessage::NewProcess(ids[0])), (72, JobMessage::NewProcess(ids[1]))];
        assert!(events.job_messages().eq(new), "{:?}", events.job_messages().collect::<Vec<_>>());
        children[1].exit(0);
        assert_eq!(tokens(&poll, &mut events), [72, 72]);
        let ended = [(72, JobMessage::ExitProcess(ids[1])), (72, JobMessage::NoneLeft)];
        assert!(events.job_messages().eq(ended));
        poll.poll(&mut events, Some(0)).unwrap();
        assert_eq!((events.len(), events.job_messages().count()), (0, 0), "no more than events");
        children[0].exit(0);
        assert_eq!(tokens(&poll, &mut events), [71, 71]);
    }
}
