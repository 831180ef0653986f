//! Leaving a port.

use super::{drain, finish, io, pending, port};
use crate::{
    sim::{Kernel, Script},
    CompletionPort, Config, Error, Packets,
};

#[test]
fn a_handle_leaves_its_port_once_nothing_is_in_flight_on_it() {
    let kernel = Kernel::new(Script::default());
    let (port, mut packets) = (port(), Packets::with_capacity(4));
    let (near, peer) = kernel.stream_pair();
    let handle = port.associate_handle(near, 1).unwrap();
    let operation = port.operation(Vec::with_capacity(8), 0).unwrap();
    let ticket = pending(handle.read_at(operation, 0));
    let refused = handle.leave().unwrap_err();
    assert_eq!(refused.error, Error::Busy);
    let handle = refused.value;
    peer.send(b"x");
    io(&port, &mut packets);
    assert_eq!(finish(ticket).result(), Ok(1));
    // An orphan too, until its packet is taken.
    let operation = port.operation(Vec::with_capacity(8), 0).unwrap();
    drop(pending(handle.read_at(operation, 0)));
    let handle = handle.leave().unwrap_err().value;
    drain(&port);
    let near = handle.leave().unwrap();
    peer.send(b"y");
    let mut bytes = [0; 4];
    assert_eq!(near.recv(&mut bytes).unwrap(), 1, "it is used without a port");
}

#[test]
fn a_socket_in_skip_mode_stays_and_one_without_leaves() {
    let kernel = Kernel::new(Script::default());
    for skip_on_success in [true, false] {
        let config = Config { skip_on_success, ..super::config() };
        let port = CompletionPort::with_config(&config).unwrap();
        let (near, _peer) = kernel.stream_pair();
        let left = port.associate_socket(near, 1).unwrap().leave();
        match left {
            Ok(_) => assert!(!skip_on_success),
            Err(refused) => {
                assert!(skip_on_success && matches!(refused.error, Error::Unsupported(_)));
            }
        }
    }
}

#[test]
fn where_the_system_cannot_the_handle_comes_back_as_it_was() {
    let kernel = Kernel::new(Script { leaves: false, ..Script::default() });
    let port = port();
    let (near, peer) = kernel.stream_pair();
    let refused = port.associate_handle(near, 1).unwrap().leave().unwrap_err();
    assert!(matches!(refused.error, Error::Unsupported(_)));
    let operation = port.operation(Vec::with_capacity(8), 0).unwrap();
    let ticket = pending(refused.value.read_at(operation, 0));
    peer.send(b"x");
    io(&port, &mut Packets::with_capacity(4));
    assert_eq!(finish(ticket).result(), Ok(1));
}
