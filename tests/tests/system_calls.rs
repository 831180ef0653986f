//! How many system calls things take, exactly: the same number on Wine and on Windows.
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use iocp_tests::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting::new();

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
        sync::{Mutex, PoisonError},
        time::Duration,
    };

    use iocp::{
        AssociatedSocket, CancelOutcome, CompletionPort, Config, Error, InFlight, Operation,
        Packets, Submitted, UserPacket, Wait,
    };
    use iocp_tests::{
        calls::Meter,
        net::tcp_pair,
        raw,
        waiting::{io_packets, pending, wait_until, DEADLINE},
        Allocations,
    };

    use super::ALLOCATOR;

    const WAIT: &str = "GetQueuedCompletionStatusEx";

    /// Counts calls and allocations of this thread.
    fn count(meter: &Meter, work: impl FnOnce()) -> Allocations {
        // One test at a time counts allocations.
        static COUNTING: Mutex<()> = Mutex::new(());
        let _one = COUNTING.lock().unwrap_or_else(PoisonError::into_inner);
        ALLOCATOR.on_this_thread(|| meter.run(work))
    }

    /// One connection of a server that sends back what it receives.
    struct Echo {
        socket: AssociatedSocket<TcpStream>,
        far: TcpStream,
        receive: Option<InFlight<Vec<u8>>>,
        send: Option<Operation<Vec<u8>>>,
    }

    impl Echo {
        fn new(port: &CompletionPort, token: usize) -> Self {
            let (near, far) = tcp_pair();
            let socket = port.associate_socket(near, 0).unwrap();
            let receive = port.operation(Vec::with_capacity(64), token).unwrap();
            let send = Some(port.operation(Vec::with_capacity(64), token).unwrap());
            Self { receive: Some(pending(socket.recv(receive))), socket, far, send }
        }

        /// The receive is done: answers, and receives again.
        fn answer(&mut self) {
            let received = self.receive.take().unwrap().finish().unwrap();
            let mut send = self.send.take().unwrap();
            send.buffer_mut().clear();
            send.buffer_mut().extend_from_slice(received.buffer());
            let Submitted::Ready(sent) = self.socket.send(send) else { panic!("not at once") };
            assert_eq!(sent.result(), Ok(64));
            self.send = Some(sent.into_operation());
            let mut receive = received.into_operation();
            receive.buffer_mut().clear();
            self.receive = Some(pending(self.socket.recv(receive)));
        }

        fn hear(&mut self, message: &[u8; 64]) {
            let mut room = [0; 64];
            self.far.read_exact(&mut room).unwrap();
            assert_eq!(&room, message);
        }
    }

    /// Behaviour 29: and each message costs what the system's own calls cost.
    #[test]
    fn a_message_on_one_connection_costs_one_wait_one_receive_one_send_and_no_allocation() {
        const MESSAGES: u64 = 200;
        let port = CompletionPort::new().unwrap();
        let mut echo = Echo::new(&port, 1);
        let mut packets = Packets::with_capacity(64);
        let meter = Meter::new();
        for message in 0..MESSAGES {
            let bytes = [u8::try_from(message).unwrap(); 64];
            echo.far.write_all(&bytes).unwrap();
            let allocations = count(&meter, || {
                assert_eq!(port.wait(&mut packets, None).unwrap(), Wait::Packets(1));
                echo.answer();
            });
            assert_eq!(allocations, Allocations::NONE, "message {message}");
            echo.hear(&bytes);
        }
        let counts = meter.counts();
        let expected = [(WAIT, MESSAGES), ("WSARecv", MESSAGES), ("WSASend", MESSAGES)];
        assert_eq!(counts.entering(), expected, "{counts}");
    }

    /// Behaviour 29: as above, for all that came meanwhile.
    #[test]
    fn messages_on_64_connections_cost_one_wait_for_all_and_a_receive_and_a_send_for_each() {
        let port = CompletionPort::new().unwrap();
        let mut echoes: Vec<_> = (0..64).map(|token| Echo::new(&port, token)).collect();
        let mut packets = Packets::with_capacity(64);
        let meter = Meter::new();
        for round in 0..10 {
            let bytes = [round; 64];
            echoes.iter_mut().for_each(|echo| echo.far.write_all(&bytes).unwrap());
            // All are in the queue before the one wait.
            for entry in raw::steal(&port, 64) {
                raw::repost(&port, &entry);
            }
            let allocations = count(&meter, || {
                assert_eq!(port.wait(&mut packets, None).unwrap(), Wait::Packets(64));
                echoes.iter_mut().for_each(Echo::answer);
            });
            assert_eq!(allocations, Allocations::NONE, "round {round}");
            echoes.iter_mut().for_each(|echo| echo.hear(&bytes));
        }
        let counts = meter.counts();
        let expected = [(WAIT, 10), ("WSARecv", 640), ("WSASend", 640)];
        assert_eq!(counts.entering(), expected, "{counts}");
    }

    /// Behaviour 9: and without skip mode there are two waits and two packets a message.
    #[test]
    fn without_skip_mode_a_message_costs_a_packet_for_the_send_as_well() {
        let config = Config::default().skip_on_success(false);
        let port = CompletionPort::with_config(&config).unwrap();
        let (near, mut far) = tcp_pair();
        let socket = port.associate_socket(near, 0).unwrap();
        far.write_all(b"message").unwrap();
        let mut packets = Packets::with_capacity(1);
        let receive = port.operation(Vec::with_capacity(64), 0).unwrap();
        let send = port.operation(b"answer".to_vec(), 0).unwrap();
        let mut all = 0;
        let counts = Meter::count(|| {
            // Which of the two packets is first is the system's choice.
            let tickets = [pending(socket.recv(receive)), pending(socket.send(send))];
            for _ in &tickets {
                port.wait(&mut packets, None).unwrap();
                all += io_packets(&packets.iter().copied().collect::<Vec<_>>());
            }
            assert!(tickets.map(|ticket| ticket.finish().is_ok()) == [true; 2]);
        });
        assert_eq!(all, 2);
        assert_eq!(counts.entering(), [(WAIT, 2), ("WSARecv", 1), ("WSASend", 1)], "{counts}");
    }

    /// Behaviour 27: nothing at all but the one call, and the question why there was nothing.
    #[test]
    fn a_poll_of_zero_is_one_call_and_reads_no_clock() {
        let port = CompletionPort::new().unwrap();
        let mut packets = Packets::with_capacity(8);
        let mut poll = |expected| {
            Meter::count(|| {
                let result = port.wait(&mut packets, Some(Duration::ZERO)).unwrap();
                assert_eq!(result, expected);
            })
        };
        let empty = poll(Wait::TimedOut);
        port.post(UserPacket::default()).unwrap();
        let full = poll(Wait::Packets(1));
        assert_eq!(empty.iter().collect::<Vec<_>>(), [("GetLastError", 1), (WAIT, 1)]);
        assert_eq!(full.iter().collect::<Vec<_>>(), [(WAIT, 1)]);
    }

    /// Behaviour 19: the room of the array is all used.
    #[test]
    fn n_packets_are_taken_by_no_more_waits_than_their_arrays_need() {
        let port = CompletionPort::new().unwrap();
        for (count, room) in [(1, 1), (10, 3), (64, 64), (65, 64), (100, 7), (5, 1000), (300, 1)] {
            let mut packets = Packets::with_capacity(room);
            for token in 0..count {
                port.post(UserPacket { token, bytes: 0 }).unwrap();
            }
            let mut taken = 0;
            let meter = Meter::new();
            let allocations = self::count(&meter, || {
                while taken < count {
                    port.wait(&mut packets, None).unwrap();
                    taken += packets.len();
                }
            });
            assert_eq!((taken, allocations), (count, Allocations::NONE), "room {room}");
            let waits = u64::try_from(count.div_ceil(room)).unwrap();
            let counts = meter.counts();
            assert_eq!(counts.iter().collect::<Vec<_>>(), [(WAIT, waits)], "{count} by {room}");
        }
    }

    /// Behaviour 16: the value may be somebody else's by now.
    #[test]
    fn a_cancel_after_the_socket_is_gone_makes_no_system_call() {
        let (near, _far) = tcp_pair();
        let port = CompletionPort::new().unwrap();
        let socket = port.associate_socket(near, 0).unwrap();
        let operation = || port.operation(Vec::with_capacity(8), 0).unwrap();
        let tickets = [(); 3].map(|()| pending(socket.recv(operation())));
        let canceller = tickets[0].canceller();
        let while_open = Meter::count(|| {
            assert_eq!(tickets[1].cancel().unwrap(), CancelOutcome::Requested);
        });
        assert_eq!(while_open.entering(), [("CancelIoEx", 1)], "{while_open}");
        let dropped = Meter::count(|| drop(socket));
        assert_eq!(dropped.entering(), [("CancelIoEx", 1), ("closesocket", 1)], "{dropped}");
        let late = Meter::count(|| {
            assert_eq!(canceller.cancel().unwrap(), CancelOutcome::AlreadyDone);
            for ticket in &tickets {
                assert_eq!(ticket.cancel().unwrap(), CancelOutcome::AlreadyDone);
            }
            drop(tickets);
        });
        assert_eq!(late.entering(), [], "{late}");
        wait_until(&port, || port.stats().in_flight == 0);
    }

    fn refused(submitted: Submitted<Vec<u8>>, is: fn(&Error) -> bool) -> Operation<Vec<u8>> {
        let Submitted::Refused(failed) = submitted else { panic!("it was submitted") };
        assert!(is(&failed.error), "{:?}", failed.error);
        failed.value
    }

    /// Behaviour 30: and 28, 29b: what is refused is refused before the system hears of it.
    #[test]
    fn a_refused_operation_makes_no_system_call() {
        let (near, _far) = tcp_pair();
        let port = CompletionPort::new().unwrap();
        let other = CompletionPort::new().unwrap();
        let socket = port.associate_socket(near, 0).unwrap();
        let foreign = other.operation(Vec::with_capacity(8), 0).unwrap();
        let full = port.operation(Vec::new(), 0).unwrap();
        let late = port.operation(Vec::with_capacity(8), 0).unwrap();
        let mut kept = Vec::new();
        let counts = Meter::count(|| {
            kept.push(refused(socket.recv(foreign), |error| matches!(error, Error::WrongPort)));
            kept.push(refused(socket.recv(full), |error| matches!(error, Error::NoRoom)));
        });
        assert_eq!(counts.entering(), [], "{counts}");
        port.close().unwrap();
        let counts = Meter::count(|| {
            kept.push(refused(socket.recv(late), |error| matches!(error, Error::Closed)));
            assert!(port.operation(vec![0], 0).is_err());
            assert!(matches!(port.post(UserPacket::default()), Err(Error::Closed)));
            assert!(matches!(port.waker().wake(), Err(Error::Closed)));
        });
        assert_eq!(counts.entering(), [], "{counts}");
    }

    /// Behaviour 24: wakes that nobody has heard yet are one packet.
    #[test]
    fn a_hundred_wakes_before_one_wait_are_one_packet() {
        let port = CompletionPort::new().unwrap();
        let waker = port.waker();
        let mut packets = Packets::with_capacity(8);
        let counts = Meter::count(|| (0..100).for_each(|_| waker.wake().unwrap()));
        assert_eq!(counts.entering(), [("PostQueuedCompletionStatus", 1)], "{counts}");
        assert_eq!(port.wait(&mut packets, Some(DEADLINE)).unwrap(), Wait::Woken);
        assert_eq!(port.wait(&mut packets, Some(Duration::ZERO)).unwrap(), Wait::TimedOut);
    }
}
