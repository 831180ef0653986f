//! How many system calls a connection takes from its beginning to its end.
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
        io::Write,
        net::{TcpListener, TcpStream},
    };

    use iocp::{stream_socket, AssociatedSocket, CompletionPort, Config, Packets, Wait};
    use iocp_tests::{
        calls::Meter,
        kernel,
        net::{tcp_pair, udp_pair},
        not_here,
        waiting::{done, pending},
        Allocations, Counting, Kernel,
    };

    #[global_allocator]
    static ALLOCATOR: Counting = Counting::new();

    const WAIT: &str = "GetQueuedCompletionStatusEx";

    /// Behaviour 11: and 8, 9: who is put into skip mode, as the system hears it.
    #[test]
    fn only_a_stream_is_put_into_skip_mode_and_only_where_the_port_asks_for_it() {
        let skips = |skip_on_success, associate: &dyn Fn(&CompletionPort)| {
            let config = Config::default().skip_on_success(skip_on_success);
            let port = CompletionPort::with_config(&config).unwrap();
            let counts = Meter::count(|| associate(&port));
            assert_eq!(counts.get("CreateIoCompletionPort"), 1, "{counts}");
            counts.get("SetFileCompletionNotificationModes")
        };
        let stream = |port: &CompletionPort| drop(port.associate_socket(tcp_pair().0, 0).unwrap());
        let datagrams =
            |port: &CompletionPort| drop(port.associate_socket(udp_pair().0, 0).unwrap());
        assert_eq!((skips(true, &stream), skips(false, &stream)), (1, 0));
        assert_eq!((skips(true, &datagrams), skips(false, &datagrams)), (0, 0));
    }

    /// Behaviour 41: the option that makes a connected socket a full one is set, once.
    #[test]
    fn a_connect_is_one_call_by_pointer_and_its_update_is_one_option() {
        let port = CompletionPort::new().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        // The first connect looks the function up.
        for first in [true, false] {
            let socket = port.associate_socket(stream_socket(&address).unwrap(), 0).unwrap();
            let operation = port.connect_operation(address, 0).unwrap();
            let mut submitted = None;
            let connect = Meter::count(|| submitted = Some(socket.connect(operation)));
            let completed = done(&port, submitted.unwrap());
            if !first {
                assert_eq!(connect.entering(), [("ConnectEx", 1), ("bind", 1)], "{connect}");
            }
            let update = Meter::count(|| completed.connected(&socket).unwrap());
            assert_eq!(update.entering(), [("setsockopt", 1)], "{update}");
        }
    }

    /// Behaviour 42: what a served client costs, accept to close, while others wait.
    #[test]
    fn an_accepted_connection_costs_one_packet_seven_calls_and_no_allocation() {
        // The hook first: the accept looks its function up once.
        let meter = Meter::new();
        let port = CompletionPort::new().unwrap();
        let listener = port.associate_socket(TcpListener::bind("127.0.0.1:0").unwrap(), 0).unwrap();
        let address = listener.local_addr().unwrap();
        let start = |operation| pending(listener.accept(operation));
        let mut ticket = start(port.accept_operation(0).unwrap());
        // The first connection looks more functions up.
        let mut packets = Packets::with_capacity(8);
        for connection in 0..=4 {
            let client = TcpStream::connect(address).unwrap();
            let serve = || {
                assert_eq!(port.wait(&mut packets, None).unwrap(), Wait::Packets(1));
                let accepted = ticket.finish().unwrap().accepted(&listener);
                let (socket, peer) = accepted.result.unwrap();
                assert_eq!(peer, client.local_addr().unwrap());
                drop(port.associate_accepted::<TcpStream>(socket, 0).unwrap());
                start(accepted.operation)
            };
            if connection == 0 {
                ticket = serve();
                continue;
            }
            let mut next = None;
            let allocations = ALLOCATOR.on_this_thread(|| next = Some(meter.run(serve)));
            assert_eq!(allocations, Allocations::NONE, "connection {connection}");
            ticket = next.unwrap();
        }
        let counts = meter.counts();
        // Of these the client's address, which this test asks for, is none of the seven.
        let expected = [
            "AcceptEx", // by a looked-up pointer
            "CreateIoCompletionPort",
            WAIT,
            "SetFileCompletionNotificationModes",
            "WSASocketW",
            "closesocket",
            "getsockname",
            "setsockopt",
        ]
        .map(|name| (name, 4));
        assert_eq!(counts.entering(), expected, "{counts}");
        ticket.cancel().unwrap();
    }

    /// What a served client costs whose connection takes a socket that had one before. Microsoft:
    /// "When the DisconnectEx request completes, the socket handle can be passed to the AcceptEx or
    /// ConnectEx function"
    /// (<https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_disconnectex>),
    /// and an association lasts as long as the file object. Two packets: one wait takes both where
    /// several clients are served.
    #[test]
    fn a_connection_on_a_socket_used_again_costs_three_calls_beside_the_waits() {
        let meter = Meter::new();
        // Wine says that a disconnect is pending which is done, and sends no packet in skip mode.
        let config = Config::default().skip_on_success(!kernel().is_wine());
        let port = CompletionPort::with_config(&config).unwrap();
        let listener = port.associate_socket(TcpListener::bind("127.0.0.1:0").unwrap(), 0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut client = TcpStream::connect(address).unwrap();
        let accept = listener.accept(port.accept_operation(0).unwrap());
        let accepted = done(&port, accept).accepted(&listener);
        let (socket, _) = accepted.result.unwrap();
        let socket: AssociatedSocket<TcpStream> = port.associate_accepted(socket, 0).unwrap();
        let mut accepting = accepted.operation;
        let mut operation = port.operation(Vec::with_capacity(16), 1).unwrap();
        let carries_data = !matches!(kernel(), Kernel::Wine(10..));
        if !carries_data {
            not_here("data on a socket used again: Wine 10 reads the end of the connection before");
        }
        for connection in 0..=4 {
            // The client ends first: TIME_WAIT, which delays the disconnect, is at its side.
            drop(client);
            let end = done(&port, socket.recv(operation));
            assert_eq!(end.result(), Ok(0));
            let again = || {
                let ended = done(&port, socket.disconnect_for_reuse(end.into_operation()));
                ended.result().unwrap();
                (ended.into_operation(), listener.accept_into(accepting, &socket))
            };
            let accept;
            (operation, accept) = if connection == 0 { again() } else { meter.run(again) };
            client = TcpStream::connect(address).unwrap();
            let serve = || done(&port, accept).accepted_into(&listener, &socket);
            let accepted = if connection == 0 { serve() } else { meter.run(serve) };
            assert_eq!(accepted.result.unwrap(), client.local_addr().unwrap());
            accepting = accepted.operation;
            if carries_data {
                client.write_all(b"again").unwrap();
                let data = done(&port, socket.recv(operation));
                assert_eq!(data.buffer(), b"again");
                operation = data.into_operation();
                operation.buffer_mut().clear();
            }
        }
        let counts = meter.counts();
        let mut calls = counts.entering();
        calls.retain(|(name, _)| *name != WAIT);
        assert_eq!(calls, [("AcceptEx", 4), ("DisconnectEx", 4), ("setsockopt", 4)], "{counts}");
    }
}
