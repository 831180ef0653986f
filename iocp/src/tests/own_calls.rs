//! Calls of the caller's own: what they answer, and whether a packet follows.

use super::{buffer, finish, io, is_quiet, port, ready};
use crate::{
    sim::{device_control, Answer, Fault, Kernel, Script},
    CallResult, CompletionPort, Error, NtStatus, OsError, Packets, Submitted,
};

/// Submits a call that is not made; the answer is made up, as if the system had given it.
fn answer(port: &CompletionPort, kernel: &Kernel, said: CallResult) -> Submitted<Vec<u8>> {
    let (socket, _peer) = kernel.stream_pair();
    let pipe = port.associate_handle(socket, 0).unwrap();
    let operation = port.operation(buffer(), 1).unwrap();
    // SAFETY:
    // * no call is made; what is taken for pending then never ends, and stays with the port.
    let submitted = unsafe { operation.submit_with(&pipe, |_, _, _| said) };
    drop(pipe);
    submitted
}

#[test]
fn a_packet_is_awaited_after_each_answer_that_is_no_error() {
    let kernel = Kernel::new(Script::default());
    let config = crate::Config { drain_limit: std::time::Duration::ZERO, ..super::config() };
    let port = CompletionPort::with_config(&config).unwrap();
    let no_error = [
        CallResult::Issued(NtStatus::SUCCESS),
        CallResult::Issued(NtStatus::PENDING),
        CallResult::Issued(NtStatus::NOTIFY_ENUM_DIR),
        CallResult::Issued(NtStatus(0x4000_0000)),
        CallResult::Issued(NtStatus::BUFFER_OVERFLOW),
        CallResult::Issued(NtStatus(0xBFFF_FFFF)),
        CallResult::IssuedWinsock(0),
        CallResult::IssuedWinsock(997),
        CallResult::IssuedWinsock(10_040),
        // `SOCKET_ERROR`, where its code was to be asked for.
        CallResult::IssuedWinsock(-1),
    ];
    for said in no_error {
        match answer(&port, &kernel, said) {
            Submitted::Pending(ticket) => super::forget(ticket),
            other => panic!("{said:?}: {other:?}"),
        }
    }
    assert_eq!(port.stats().in_flight, no_error.len());
    let error = Error::Os { call: "WSAIoctl", source: OsError::from_raw(10_045) };
    let errors = [
        (CallResult::Issued(NtStatus::END_OF_FILE), 38),
        (CallResult::Issued(NtStatus::ACCESS_DENIED), 5),
        (CallResult::Issued(NtStatus::PIPE_CONNECTED), 535),
        (CallResult::IssuedWinsock(10_054), 10_054),
    ];
    for (said, code) in errors {
        let failed = ready(answer(&port, &kernel, said));
        assert_eq!(failed.raw_os_error(), Some(code), "{said:?}");
    }
    for error in [error, Error::NoRoom] {
        match answer(&port, &kernel, CallResult::NotIssued(error)) {
            Submitted::Refused(failed) => assert_eq!(failed.error, error),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(port.stats().in_flight, no_error.len());
}

#[test]
fn a_call_of_ones_own_ends_as_the_system_says_and_keeps_its_count() {
    for answer in [Answer::AtOnce, Answer::Pending] {
        let kernel = Kernel::new(Script { answer, ..Script::default() });
        let (port, mut packets) = (port(), Packets::with_capacity(4));
        let (socket, _peer) = kernel.stream_pair();
        let pipe = port.associate_handle(socket, 0).unwrap();
        kernel.fault(pipe.get_ref(), Fault::Done { status: 0, bytes: 6 });
        let operation = port.operation(vec![0_u8; 8].into_boxed_slice(), 1).unwrap();
        let call = |handle, block, buffer: *mut Box<[u8]>| {
            // SAFETY:
            // * nobody else refers to the buffer.
            let bytes = unsafe { &mut *buffer }.as_mut_ptr();
            // SAFETY:
            // * the block and the bytes stay until the packet.
            CallResult::Issued(unsafe { device_control(handle, bytes, 8, block) })
        };
        // SAFETY:
        // * one call with this block and the buffer's bytes; its status is given as it is.
        let ticket = super::pending(unsafe { operation.submit_with(&pipe, call) });
        io(&port, &mut packets);
        let completed = finish(ticket);
        assert_eq!(completed.result(), Ok(6));
        assert_eq!(completed.buffer()[..], [0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0xEE, 0, 0]);
        assert!(is_quiet(&port, &mut packets));
    }
}
