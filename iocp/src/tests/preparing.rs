//! What is done before an operation's own call, and refused if it fails: the kind of socket, the
//! provider's function, a socket to accept into.

use super::{io, pending, port, ready};
use crate::{
    sim::{Fault, Kernel, Script, SocketSpec},
    AssociatedSocket, CompletionPort, Error, Operation, Packets, Submitted,
};

type Socket = AssociatedSocket<crate::sim::OwnedSocket>;

/// `AF_BTH`: byte streams that are not TCP.
const BLUETOOTH: u16 = 32;

fn refused<B: Send + 'static>(submitted: Submitted<B>) -> (Error, Operation<B>) {
    match submitted {
        Submitted::Refused(refused) => (refused.error, refused.value),
        other => panic!("not refused: {other:?}"),
    }
}

/// The three calls by a function of the provider; each refusal's reason.
fn refusals(port: &CompletionPort, socket: &Socket, before: impl Fn()) -> [Error; 3] {
    before();
    let accept = refused(socket.accept(port.accept_operation(1).unwrap())).0;
    before();
    let address = ([127, 0, 0, 1], 80).into();
    let connect = refused(socket.connect(port.connect_operation(address, 1).unwrap())).0;
    before();
    [accept, connect, refused(socket.disconnect(port.operation((), 1).unwrap())).0]
}

#[test]
fn a_function_that_is_not_found_is_a_refusal_that_names_the_call() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let socket = port.associate_socket(kernel.socket(SocketSpec::default()), 0).unwrap();
    let fail = || kernel.fault(&socket, Fault::NoFunction(10_045));
    for error in refusals(&port, &socket, fail) {
        assert!(matches!(error, Error::Os { call: "WSAIoctl", .. }), "{error}");
        assert_eq!(error.raw_os_error(), Some(10_045));
    }
    assert_eq!((kernel.counts().submits, port.stats().operations), (0, 0));
}

#[test]
fn what_is_not_tcp_over_ip_is_refused_before_any_call() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    for spec in [
        SocketSpec { stream: false, ..SocketSpec::default() },
        SocketSpec { family: BLUETOOTH, ..SocketSpec::default() },
    ] {
        let socket = port.associate_socket(kernel.socket(spec), 0).unwrap();
        let sockets = kernel.counts().sockets;
        for error in refusals(&port, &socket, || ()) {
            assert!(
                matches!(error, Error::Unsupported(why) if why.contains("TCP over IP")),
                "{error}"
            );
        }
        assert_eq!((kernel.counts().submits, kernel.counts().sockets), (0, sockets));
    }
}

/// A failed accept keeps the socket that was made for it, for the next one, unless that is of another
/// family.
#[test]
fn a_socket_made_for_an_accept_that_failed_serves_the_next_listener_of_its_family() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let four = port.associate_socket(kernel.listener(([127, 0, 0, 1], 80).into()), 0).unwrap();
    let six = SocketSpec { family: iocp_sys::AF_INET6, ..SocketSpec::default() };
    let six = port.associate_socket(kernel.socket(six), 0).unwrap();
    let made = || kernel.counts().sockets;
    let before = made();
    let mut operation = port.accept_operation(1).unwrap();
    for (listener, new) in [(&four, 1), (&four, 1), (&six, 2), (&six, 2), (&four, 3)] {
        kernel.fault(listener, Fault::Fail(10_055));
        operation = ready(listener.accept(operation)).into_operation();
        assert_eq!(made() - before, new);
    }
    let ticket = pending(four.accept(operation));
    let _peer = kernel.connect(([127, 0, 0, 1], 80).into()).unwrap();
    io(&port, &mut Packets::with_capacity(1));
    super::finish(ticket).accepted(&four).result.unwrap();
    assert_eq!(made() - before, 3);
}
