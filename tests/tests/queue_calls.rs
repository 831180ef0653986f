//! What the event queue costs beside streams, exactly: calls, allocations, heap.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

#[cfg(not(target_arch = "x86_64"))]
#[test]
fn counts_of_system_calls_are_not_shown_on_this_architecture() {
    iocp_tests::not_here("counts of system calls: the counting thunks are x86_64 code");
}

#[cfg(target_arch = "x86_64")]
mod counted {
    use std::{
        io::{ErrorKind, Read, Write},
        net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket as Peer},
        sync::{Mutex, MutexGuard, PoisonError},
        time::Duration,
    };

    use iocp::poll::{
        Events, Interests, Poll, TcpListener as Listener, TcpStream as Stream, UdpSocket,
    };
    use iocp::{CompletionPort, Packets};
    use iocp_tests::{calls::Meter, waiting::pending, Allocations, Counting};

    #[global_allocator]
    static ALLOCATOR: Counting = Counting::new();

    /// One of these tests at a time: the allocator counts for one.
    fn alone() -> MutexGuard<'static, ()> {
        static ONE: Mutex<()> = Mutex::new(());
        ONE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A datagram that is waited for, and one that is there when the server asks: without skip mode, which
    /// datagrams never have.
    #[test]
    fn a_datagram_costs_two_calls_where_it_is_there_and_four_or_five_where_it_is_waited_for() {
        const WARM: u64 = 20;
        const MESSAGES: u64 = 200;
        let _alone = alone();
        for lent in [0, 512] {
            let poll = Poll::new().unwrap();
            let mut events = Events::with_capacity(16);
            let mut socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            socket.lend(lent);
            let heap = ALLOCATOR.on_this_thread(|| {
                poll.registrator().register(&mut socket, 1, Interests::READABLE).unwrap();
            });
            // The first of a queue makes its table, of which the second uses what is left.
            let mut second = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            second.lend(lent);
            let second_heap = ALLOCATOR.on_this_thread(|| {
                poll.registrator().register(&mut second, 2, Interests::READABLE).unwrap();
            });
            assert!(second_heap.bytes <= 512 + lent, "{second_heap:?} after {heap:?}");
            let peer = Peer::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            peer.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
            let (near, far) = (socket.local_addr().unwrap(), peer.local_addr().unwrap());
            let mut room = [0; 256];
            let is_none = |error: std::io::Error| assert_eq!(error.kind(), ErrorKind::WouldBlock);
            is_none(socket.recv_from(&mut room).unwrap_err());
            let mut waits = Meter::new();
            for message in 0..WARM + MESSAGES {
                if message == WARM {
                    waits = Meter::new();
                }
                peer.send_to(&[7; 64], near).unwrap();
                let allocations = ALLOCATOR.on_this_thread(|| {
                    waits.run(|| {
                        assert_eq!(poll.poll(&mut events, None).unwrap(), 1);
                        let (len, from) = socket.recv_from(&mut room).unwrap();
                        assert_eq!(socket.send_to(&room[..len], from).unwrap(), 64);
                        is_none(socket.recv_from(&mut room).unwrap_err());
                    });
                });
                assert_eq!(allocations, Allocations::NONE, "message {message}");
                assert_eq!(peer.recv(&mut [0; 128]).unwrap(), 64);
            }
            let wait = if lent == 0 { "WSARecv" } else { "WSARecvFrom" };
            // From the lent buffer the first receive takes without a call.
            let mut expected = vec![
                ("GetQueuedCompletionStatusEx", MESSAGES),
                (wait, MESSAGES),
                ("recvfrom", if lent == 0 { 2 * MESSAGES } else { MESSAGES }),
                ("sendto", MESSAGES),
            ];
            expected.sort_unstable();
            assert_eq!(waits.counts().entering(), expected, "{}", waits.counts());

            peer.send_to(&[7; 64], near).unwrap();
            assert_eq!(poll.poll(&mut events, None).unwrap(), 1);
            let busy = Meter::new();
            for _ in 0..MESSAGES {
                // The next one is there before the server asks.
                peer.send_to(&[7; 64], near).unwrap();
                let allocations = ALLOCATOR.on_this_thread(|| {
                    busy.run(|| {
                        let (len, _) = socket.recv_from(&mut room).unwrap();
                        assert_eq!(socket.send_to(&room[..len], far).unwrap(), 64);
                    });
                });
                assert_eq!(allocations, Allocations::NONE);
            }
            let counts = busy.counts();
            let taken = if lent == 0 { MESSAGES } else { MESSAGES - 1 };
            assert_eq!(counts.entering(), [("recvfrom", taken), ("sendto", MESSAGES)], "{counts}");
        }
    }

    #[test]
    fn a_burst_of_messages_costs_one_post_and_one_packet() {
        let _alone = alone();
        let port = iocp::CompletionPort::new().unwrap();
        let (sender, mailbox) = port.mailbox::<u32>(7);
        let counts = Meter::count(|| (0..1_000).for_each(|n| sender.send(n).unwrap()));
        assert_eq!(counts.entering(), [("PostQueuedCompletionStatus", 1)], "{counts}");
        let mut packets = iocp::Packets::with_capacity(64);
        assert_eq!(port.wait(&mut packets, None).unwrap(), iocp::Wait::Packets(1));
        assert!((0..1_000).eq(std::iter::from_fn(|| mailbox.take())));
    }

    const CONNECTIONS: u64 = 20;

    /// A client that has sent a question and its end before it is accepted.
    fn asked(address: std::net::SocketAddr) -> TcpStream {
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        client.write_all(b"question").unwrap();
        client.shutdown(std::net::Shutdown::Write).unwrap();
        // The end is there too: Wine reads it with the bytes, or the next receive waits.
        std::thread::sleep(Duration::from_millis(2));
        client
    }

    fn is_answered(mut client: TcpStream) {
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, b"answer");
    }

    /// Accepted, asked, answered, read to the end, closed: with operations.
    #[test]
    fn a_short_connection_costs_ten_calls_and_no_allocation() {
        let _alone = alone();
        // The hook first: the accept looks its function up once.
        let mut meter = Meter::new();
        let port = CompletionPort::new().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let listener = port.associate_socket(listener, 0).unwrap();
        let mut packets = Packets::with_capacity(8);
        let mut accept = pending(listener.accept(port.accept_operation(0).unwrap()));
        let mut transfer = port.operation(Vec::with_capacity(64), 1).unwrap();
        for connection in 0..=CONNECTIONS {
            if connection == 1 {
                meter = Meter::new();
            }
            let client = asked(address);
            let mut next = None;
            let allocations = ALLOCATOR.on_this_thread(|| {
                meter.run(|| {
                    port.wait(&mut packets, None).unwrap();
                    let accepted = accept.finish().unwrap().accepted(&listener);
                    let (socket, _) = accepted.result.unwrap();
                    let socket = port.associate_accepted::<TcpStream>(socket, 0).unwrap();
                    let again = pending(listener.accept(accepted.operation));
                    let question = at_once(socket.recv(transfer));
                    assert_eq!(question.result(), Ok(8));
                    let mut answer = question.into_operation();
                    answer.buffer_mut().clear();
                    answer.buffer_mut().extend_from_slice(b"answer");
                    let mut end = at_once(socket.send(answer)).into_operation();
                    end.buffer_mut().clear();
                    let end = at_once(socket.recv(end));
                    assert_eq!(end.result(), Ok(0));
                    drop(socket);
                    next = Some((again, end.into_operation()));
                });
            });
            assert!(connection == 0 || allocations == Allocations::NONE, "{allocations:?}");
            (accept, transfer) = next.unwrap();
            is_answered(client);
        }
        is_short(&meter);
    }

    /// The calls of a connection that is accepted, asked, answered and closed: those of hand-written Win32.
    #[track_caller]
    fn is_short(meter: &Meter) {
        let counts = meter.counts();
        let expected = [
            ("AcceptEx", 1),
            ("CreateIoCompletionPort", 1),
            ("GetQueuedCompletionStatusEx", 1),
            ("SetFileCompletionNotificationModes", 1),
            ("WSARecv", 2),
            ("WSASend", 1),
            ("WSASocketW", 1),
            ("closesocket", 1),
            ("setsockopt", 1),
        ]
        .map(|(name, count)| (name, count * CONNECTIONS));
        assert_eq!(counts.entering(), expected, "{counts}");
    }

    /// The same through the queue. Its end was read before the drop: nothing lingers. The first receive has a buffer,
    /// and the first answer is an operation: the socket stays in blocking mode.
    #[test]
    fn a_short_connection_of_the_queue_costs_ten_calls_and_one_allocation() {
        let _alone = alone();
        let mut meter = Meter::new();
        let poll = Poll::new().unwrap();
        let mut events = Events::with_capacity(8);
        let listener = poll.registrator().listen((Ipv4Addr::LOCALHOST, 0), 0, 1).unwrap();
        let address = listener.local_addr().unwrap();
        for connection in 0..=CONNECTIONS {
            if connection == 1 {
                meter = Meter::new();
            }
            let client = asked(address);
            let mut room = [0; 64];
            let serve = || {
                drop(serve_one(&poll, &listener, &mut events, |stream| {
                    assert_eq!(stream.read(&mut room).unwrap(), 8);
                    stream.write_all(b"answer").unwrap();
                    stream.read(&mut room).unwrap() == 0
                }));
            };
            let allocations = ALLOCATOR.on_this_thread(|| meter.run(serve));
            assert!(connection == 0 || allocations.count <= 1, "{allocations:?}");
            is_answered(client);
        }
        is_short(&meter);
    }

    /// Accepts one connection, and hands it to `answer` as often as there is something of it, until that is done.
    fn serve_one(
        poll: &Poll,
        listener: &Listener,
        events: &mut Events,
        mut answer: impl FnMut(&mut Stream) -> bool,
    ) -> Option<Stream> {
        let (mut stream, mut is_over) = (None, false);
        while !is_over {
            poll.poll(events, None).unwrap();
            for event in &*events {
                if event.id() == 0 {
                    let (mut accepted, _) = listener.accept().unwrap();
                    poll.registrator().register(&mut accepted, 1, Interests::READABLE).unwrap();
                    stream = Some(accepted);
                } else if let Some(stream) = &mut stream {
                    is_over = answer(stream);
                }
            }
        }
        stream
    }

    /// The operation's result, which the call has said.
    fn at_once<B: Send + 'static>(submitted: iocp::Submitted<B>) -> iocp::Completed<B> {
        match submitted {
            iocp::Submitted::Ready(completed) => completed,
            other => panic!("not at once: {:?}", std::mem::discriminant(&other)),
        }
    }

    /// What a server of the event queue makes before its first answer, beside one of std: each makes its listener,
    /// accepts, reads, answers. What std makes of the process, and Winsock's start, comes before.
    #[test]
    fn the_first_echo_of_a_queue_costs_at_most_twenty_one_calls_more_than_that_of_std() {
        let _alone = alone();
        // Winsock is started, and the hook looked its functions up.
        drop(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
        let of_std = Meter::new();
        let mut client = None;
        of_std.run(|| {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            client = Some(greets(listener.local_addr().unwrap()));
            let (mut stream, _) = listener.accept().unwrap();
            let mut room = [0; 64];
            let count = stream.read(&mut room).unwrap();
            assert_eq!(stream.write(&room[..count]).unwrap(), 5);
            std::mem::forget((listener, stream));
        });
        assert_eq!(client.take().unwrap().read(&mut [0; 8]).unwrap(), 5);
        let of_queue = Meter::new();
        let serve = || {
            let poll = Poll::new().unwrap();
            let mut events = Events::with_capacity(1024);
            let listener = poll.registrator().listen((Ipv4Addr::LOCALHOST, 0), 0, 16).unwrap();
            client = Some(greets(listener.local_addr().unwrap()));
            let mut room = [0; 64];
            let stream = serve_one(&poll, &listener, &mut events, |stream| {
                let count = stream.read(&mut room).unwrap();
                assert_eq!(stream.write(&room[..count]).unwrap(), 5);
                true
            });
            std::mem::forget((poll, listener, stream));
        };
        of_queue.run(serve);
        assert_eq!(client.unwrap().read(&mut [0; 8]).unwrap(), 5);
        let (of_queue, of_std) = (of_queue.counts(), of_std.counts());
        println!("std: {of_std}\nqueue: {of_queue}");
        assert!(of_queue.kernel_calls() <= of_std.kernel_calls() + 21, "{of_queue}\nstd: {of_std}");
    }

    /// A client that has said something.
    fn greets(address: std::net::SocketAddr) -> TcpStream {
        let mut far = TcpStream::connect(address).unwrap();
        far.write_all(b"hello").unwrap();
        far
    }
}
