//! Receiving into borrowed memory, by blocking.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{buffer, config, io, is_quiet, pending, port, scripts, LIMIT, NOW};
use crate::{
    sim::{Fault, Finish, Kernel, Point, Script},
    CompletionPort, Config, Error, Packets,
};

const SHORT: Option<Duration> = Some(Duration::from_millis(5));

#[test]
fn a_blocking_receive_times_out_then_takes_the_data_and_leaves_no_packet() {
    for script in scripts() {
        for skip_on_success in [false, true] {
            // A wait of the system's may end early; this one must not.
            let kernel = Kernel::new(Script { early_timeouts: 60, ..script });
            let config = Config { skip_on_success, ..config() };
            let port = CompletionPort::with_config(&config).unwrap();
            let (socket, peer) = kernel.stream_pair();
            let socket = port.associate_socket(socket, 0).unwrap();
            let mut bytes = [0; 8];
            let begun = Instant::now();
            assert_eq!(socket.recv_timeout(&mut bytes, SHORT).unwrap(), None);
            assert!(begun.elapsed() >= Duration::from_millis(5));
            assert_eq!(bytes, [0; 8]);
            assert!(peer.send(b"hello"));
            assert_eq!(socket.recv_timeout(&mut bytes, LIMIT).unwrap(), Some(5));
            assert_eq!(&bytes[..5], b"hello");
            peer.shut_down();
            for _ in 0..2 {
                assert_eq!(socket.recv_timeout(&mut bytes, None).unwrap(), Some(0));
            }
            assert!(is_quiet(&port, &mut Packets::with_capacity(4)));
            let stats = port.stats();
            assert_eq!((stats.in_flight, stats.stale_packets), (0, 0));
        }
    }
}

#[test]
fn a_blocking_receive_of_no_time_asks_once() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    assert_eq!(socket.recv_timeout(&mut [0; 8], NOW).unwrap(), None);
    assert_eq!((kernel.counts().submits, kernel.counts().cancels), (1, 1));
    assert!(peer.send(b"here"));
    assert_eq!(socket.recv_timeout(&mut [0; 8], NOW).unwrap(), Some(4));
    assert!(matches!(socket.recv_timeout(&mut [], NOW), Err(Error::NoRoom)));
    assert_eq!((kernel.counts().submits, kernel.counts().cancels), (2, 1));
}

#[test]
fn a_blocking_receive_gets_what_arrives_while_it_waits() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let hold = kernel.hold(&socket, Point::Return);
        thread::scope(|scope| {
            let receiver = scope.spawn(|| {
                let mut bytes = [0; 8];
                let count = socket.recv_timeout(&mut bytes, LIMIT).unwrap();
                (count, bytes)
            });
            hold.wait_for_call();
            hold.release();
            assert!(peer.send(b"while"));
            let (count, bytes) = receiver.join().unwrap();
            assert_eq!((count, &bytes[..5]), (Some(5), &b"while"[..]));
        });
    }
}

#[test]
fn data_that_is_quicker_than_the_cancel_is_received_and_not_lost() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let hold = kernel.hold(&socket, Point::Cancel);
        thread::scope(|scope| {
            let receiver = scope.spawn(|| {
                let mut bytes = [0; 8];
                let count = socket.recv_timeout(&mut bytes, SHORT).unwrap();
                (count, bytes)
            });
            hold.wait_for_call();
            assert!(peer.send(b"late"));
            hold.release();
            let (count, bytes) = receiver.join().unwrap();
            assert_eq!((count, &bytes[..4]), (Some(4), &b"late"[..]));
        });
    }
}

#[test]
fn a_blocking_receive_that_other_code_cancels_is_an_error_and_no_timeout() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let (socket, _peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        let hold = kernel.hold(&socket, Point::Return);
        thread::scope(|scope| {
            let receiver = scope.spawn(|| socket.recv_timeout(&mut [0; 8], LIMIT));
            hold.wait_for_call();
            socket.cancel_all().unwrap();
            hold.release();
            let error = receiver.join().unwrap().unwrap_err();
            assert_eq!(error.raw_os_error(), Some(995));
        });
    }
}

#[test]
fn a_blocking_receive_says_reset_truncated_and_refused_for_what_they_are() {
    for script in scripts() {
        let kernel = Kernel::new(script);
        let port = port();
        let code = |result: Result<Option<usize>, Error>| result.unwrap_err().raw_os_error();
        let (socket, peer) = kernel.datagram_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        assert!(peer.send(b"datagram"));
        let mut bytes = [0; 4];
        assert_eq!(code(socket.recv_timeout(&mut bytes, LIMIT)), Some(10_040));
        assert_eq!(&bytes, b"data", "what fitted is there");
        let (socket, peer) = kernel.stream_pair();
        let socket = port.associate_socket(socket, 0).unwrap();
        kernel.fault(&socket, Fault::Fail(10_055));
        assert_eq!(code(socket.recv_timeout(&mut bytes, LIMIT)), Some(10_055));
        // A status that no table knows is still an error with a code.
        kernel
            .fault(&socket, Fault::FailWithPacket { code: 10_040, status: 0xC0AB_CDEF, bytes: 0 });
        assert_eq!(code(socket.recv_timeout(&mut bytes, LIMIT)), Some(10_022));
        peer.reset();
        assert_eq!(code(socket.recv_timeout(&mut bytes, LIMIT)), Some(10_054));
        assert!(is_quiet(&port, &mut Packets::with_capacity(4)));
    }
}

#[test]
fn a_blocking_receive_beside_an_operation_takes_its_turn_and_leaves_the_packet_alone() {
    let kernel = Kernel::new(Script { finish: Finish::AtDequeue, ..Script::default() });
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let ticket = pending(socket.recv(port.operation(buffer(), 1).unwrap()));
    assert_eq!(socket.recv_timeout(&mut [0; 4], SHORT).unwrap(), None);
    assert!(!ticket.is_done(), "only the receive that ran out of time was cancelled");
    assert!(peer.send(b"first"));
    assert!(peer.send(b"next"));
    let mut bytes = [0; 4];
    assert_eq!(socket.recv_timeout(&mut bytes, LIMIT).unwrap(), Some(4));
    assert_eq!(&bytes, b"next");
    assert_eq!(io(&port, &mut packets), (ticket.id(), 5));
    assert_eq!(super::finish(ticket).buffer(), b"first");
}
