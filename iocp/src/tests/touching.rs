//! A caller's own call may write to all of its status block. The next operation finds it in order.

use iocp_sys::OVERLAPPED;

use super::{buffer, io, pending, port, recv};
use crate::{
    os::OwnedSocket,
    sim::{Kernel, Script},
    AssociatedSocket, CallResult, CompletionPort, Error, Operation, Packets, Submitted,
};

/// The event of the status block that the operation has now, as a number, and its offset.
fn event_and_offset(operation: &Operation<Vec<u8>>) -> (usize, u64) {
    let block = operation.slot().block.overlapped().cast::<OVERLAPPED>();
    // SAFETY:
    // * the operation is ours, and idle: nobody writes to its block.
    let block = unsafe { block.read() };
    // SAFETY:
    // * two numbers, in either form.
    let offset = unsafe { block.Anonymous.Anonymous };
    (block.hEvent as usize, u64::from(offset.OffsetHigh) << 32 | u64::from(offset.Offset))
}

/// A call of the caller's own that leaves an event and an offset, and fails.
fn touch(
    socket: &AssociatedSocket<OwnedSocket>,
    operation: Operation<Vec<u8>>,
) -> Operation<Vec<u8>> {
    let call = |_, block: *mut OVERLAPPED, _| {
        let mut touched = OVERLAPPED {
            hEvent: std::ptr::null_mut::<u8>().wrapping_add(5).cast(),
            ..OVERLAPPED::default()
        };
        touched.Anonymous.Anonymous.Offset = 7;
        // SAFETY:
        // * the block is this call's, which may touch all of it.
        unsafe { block.write(touched) };
        CallResult::NotIssued(Error::NoRoom)
    };
    // SAFETY:
    // * no call is made, and it says so.
    match unsafe { operation.submit_with(socket, call) } {
        Submitted::Refused(failed) => failed.value,
        other => panic!("{other:?}"),
    }
}

fn is_in_order_when_received_on(
    port: &CompletionPort,
    socket: &AssociatedSocket<OwnedSocket>,
    operation: Operation<Vec<u8>>,
    send: impl FnOnce(),
) {
    let ticket = recv(socket, operation);
    send();
    io(port, &mut Packets::with_capacity(1));
    let operation = ticket.finish().unwrap().into_operation();
    assert_eq!(event_and_offset(&operation), (0, 0));
}

#[test]
fn a_block_that_was_touched_is_in_order_for_the_next_operation() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operation = touch(&socket, port.operation(buffer(), 1).unwrap());
    assert_eq!(event_and_offset(&operation), (5, 7));
    is_in_order_when_received_on(&port, &socket, operation, || assert!(peer.send(b"1")));
}

#[test]
fn a_block_that_was_touched_is_in_order_for_the_next_owner_of_the_slot() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let socket = port.associate_socket(socket, 0).unwrap();
    let operation = touch(&socket, port.operation(buffer(), 1).unwrap());
    let index = operation.held().index();
    drop(operation);
    let operation = port.operation(buffer(), 1).unwrap();
    assert_eq!(operation.held().index(), index, "the slot freed last is taken first");
    is_in_order_when_received_on(&port, &socket, operation, || assert!(peer.send(b"1")));
}

/// Regression: the offset of a read was still there for a call of the caller's own.
#[test]
fn a_call_of_the_callers_own_finds_no_offset_of_an_earlier_read() {
    let kernel = Kernel::new(Script::default());
    let port = port();
    let (socket, peer) = kernel.stream_pair();
    let file = port.associate_handle(socket, 0).unwrap();
    let ticket = pending(file.read_at(port.operation(buffer(), 1).unwrap(), 4096));
    assert!(peer.send(b"1"));
    io(&port, &mut Packets::with_capacity(1));
    let operation = ticket.finish().unwrap().into_operation();
    let mut offset = None;
    let call = |_, block: *mut OVERLAPPED, _| {
        // SAFETY:
        // * the block is this call's.
        let block = unsafe { block.read() };
        // SAFETY:
        // * two numbers, in either form.
        offset = Some(unsafe { block.Anonymous.Anonymous.Offset });
        CallResult::NotIssued(Error::NoRoom)
    };
    // SAFETY:
    // * no call is made, and it says so.
    assert!(matches!(unsafe { operation.submit_with(&file, call) }, Submitted::Refused(_)));
    assert_eq!(offset, Some(0));
}
