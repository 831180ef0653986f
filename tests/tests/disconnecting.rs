//! Ending connections. (A socket used again is counted in `setup_calls.rs`.)
#![cfg(windows)]
#![allow(clippy::unwrap_used)] // reason: a test fails by panicking

use std::io::Read;

use iocp::{CompletionPort, Config, Error, Submitted};
use iocp_tests::{
    kernel,
    net::{tcp_pair, udp_pair},
    not_here,
    waiting::{done, DEADLINE},
};

/// Under Wine the request is done within the call, which says all the same that it is pending
/// (`DisconnectEx` in Wine's `dlls/ws2_32/socket.c`); in skip mode nothing follows then.
fn modes() -> &'static [bool] {
    if kernel().is_wine() {
        not_here("a disconnect in skip mode: Wine says that it is pending, and sends no packet");
        return &[false];
    }
    &[false, true]
}

#[test]
fn a_disconnect_is_an_orderly_end_for_the_peer_after_all_that_was_sent() {
    for &skip_on_success in modes() {
        let config = Config::default().skip_on_success(skip_on_success);
        let port = CompletionPort::with_config(&config).unwrap();
        let (near, mut far) = tcp_pair();
        far.set_read_timeout(Some(DEADLINE)).unwrap();
        let socket = port.associate_socket(near, 0).unwrap();
        let sent = done(&port, socket.send(port.operation("the last of it", 1).unwrap()));
        assert_eq!(sent.result(), Ok(14));
        let ended = done(&port, socket.disconnect(sent.into_operation()));
        assert_eq!(ended.result(), Ok(0));
        let mut all = String::new();
        far.read_to_string(&mut all).unwrap();
        assert_eq!(all, "the last of it");
        // The operation is good for more; the connection is not.
        let late = done(&port, socket.send(ended.into_operation()));
        assert!(late.result().is_err(), "{late:?}");
    }
}

#[test]
fn what_has_no_connection_is_not_disconnected() {
    let port = CompletionPort::new().unwrap();
    let address = ([127, 0, 0, 1], 9).into();
    let socket = port.associate_socket(iocp::stream_socket(&address).unwrap(), 0).unwrap();
    let ended = done(&port, socket.disconnect(port.operation((), 1).unwrap()));
    assert!(ended.result().is_err(), "{ended:?}");
    let (datagrams, _other) = udp_pair();
    let datagrams = port.associate_socket(datagrams, 0).unwrap();
    assert!(matches!(
        datagrams.disconnect(port.operation((), 2).unwrap()),
        Submitted::Refused(failed) if matches!(failed.error, Error::Unsupported(_))
    ));
}
