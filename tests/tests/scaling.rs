//! Several waiters on one port: what a message costs does not depend on how many there are.
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
        io::{Read, Write},
        net::TcpStream,
        thread,
        time::Instant,
    };

    use iocp::{
        AssociatedSocket, Completed, CompletionPort, Error, Operation, Packet, Packets, Submitted,
        Wait,
    };
    use iocp_tests::{calls::Meter, net::tcp_pair, waiting::DEADLINE};

    const CONNECTIONS: usize = 8;
    const ROUNDS: usize = 50;

    /// Receives, for whoever sees the packet; `Some` if the next message was there already.
    fn receive(
        socket: &AssociatedSocket<TcpStream>,
        mut operation: Operation<Vec<u8>>,
    ) -> Option<Completed<Vec<u8>>> {
        operation.buffer_mut().clear();
        match socket.recv(operation) {
            Submitted::Pending(ticket) => {
                let _ = ticket.park();
                None
            }
            Submitted::Ready(completed) => Some(completed),
            Submitted::Refused(failed) => panic!("{failed}"),
        }
    }

    /// Answers in the same memory, until there is nothing more to answer.
    fn answer(socket: &AssociatedSocket<TcpStream>, received: Completed<Vec<u8>>) {
        let mut next = Some(received);
        while let Some(received) = next {
            assert_eq!(received.result(), Ok(64));
            let Submitted::Ready(sent) = socket.send(received.into_operation()) else {
                panic!("not sent at once")
            };
            next = receive(socket, sent.into_operation());
        }
    }

    /// Takes packets, answers and receives again, until the port is closed.
    fn serve(port: &CompletionPort, sockets: &[AssociatedSocket<TcpStream>]) {
        let mut packets = Packets::with_capacity(CONNECTIONS);
        loop {
            match port.wait(&mut packets, None) {
                Ok(Wait::Packets(_)) => {}
                Err(Error::Closed) => return,
                other => panic!("{other:?}"),
            }
            for packet in &packets {
                let Packet::Io { id, token, .. } = *packet else { panic!("{packet:?}") };
                // The thread that received before us may not have parked its ticket yet.
                let end = Instant::now() + DEADLINE;
                let received = loop {
                    match port.redeem::<Vec<u8>>(id) {
                        Ok(completed) => break completed,
                        Err(Error::StillSubmitting) if Instant::now() < end => {}
                        Err(error) => panic!("{error}"),
                    }
                    std::hint::spin_loop();
                };
                answer(&sockets[token], received);
            }
        }
    }

    /// Ends the waiters also when this thread panics.
    struct CloseOnDrop<'a>(&'a CompletionPort);

    impl Drop for CloseOnDrop<'_> {
        fn drop(&mut self) {
            let _ = self.0.close();
        }
    }

    // Behaviour 24: and what several waiters are there for.
    #[test]
    fn one_two_and_four_waiters_make_the_same_calls_a_message_and_no_others() {
        let messages = u64::try_from(CONNECTIONS * ROUNDS).unwrap();
        for waiters in [1, 2, 4] {
            let port = CompletionPort::new().unwrap();
            let pairs: Vec<_> = (0..CONNECTIONS).map(|_| tcp_pair()).collect();
            let (near, mut peers): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
            let sockets: Vec<_> =
                near.into_iter().map(|near| port.associate_socket(near, 0).unwrap()).collect();
            for (token, socket) in sockets.iter().enumerate() {
                let operation = port.operation(Vec::with_capacity(64), token).unwrap();
                assert!(receive(socket, operation).is_none(), "nobody has sent yet");
            }
            let meter = Meter::new();
            let counts = thread::scope(|scope| {
                for _ in 0..waiters {
                    scope.spawn(|| meter.run(|| serve(&port, &sockets)));
                }
                let _close = CloseOnDrop(&port);
                for round in 0..ROUNDS {
                    let bytes = [u8::try_from(round).unwrap(); 64];
                    peers.iter_mut().for_each(|peer| peer.write_all(&bytes).unwrap());
                    for peer in &mut peers {
                        let mut room = [0; 64];
                        peer.read_exact(&mut room).unwrap();
                        assert_eq!(room, bytes);
                    }
                }
                // The last answer is there before its connection receives again: its send, too, is in
                // flight while its call is made.
                let end = Instant::now() + DEADLINE;
                while meter.counts().get("WSARecv") < messages
                    || port.stats().in_flight < CONNECTIONS
                {
                    assert!(Instant::now() < end, "{:?}", port.stats());
                    thread::yield_now();
                }
                meter.counts()
            });
            assert_eq!(counts.get("WSARecv"), messages, "{waiters}: {counts}");
            assert_eq!(counts.get("WSASend"), messages, "{waiters}: {counts}");
            // At most one for each message, and those that found nothing more.
            let waits = counts.get("GetQueuedCompletionStatusEx");
            assert!(waits <= messages + 2 * waiters, "{waiters}: {counts}");
            // Neither a lock that waits nor anything else.
            assert_eq!(counts.kernel_calls(), 2 * messages + waits, "{waiters}: {counts}");
            drop(sockets);
            port.drain(&mut Packets::with_capacity(8), Some(DEADLINE)).unwrap();
        }
    }
}
