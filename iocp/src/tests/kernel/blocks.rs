//! Status blocks: when they are written, and which calls owe a packet.

use super::{skip, windows, Op, Port};
use crate::{
    os::{self, Issued},
    sim::{Kernel, Script, SocketSpec, Warning},
};

const MESSAGES: SocketSpec =
    SocketSpec { stream: false, ifs: true, overlapped: true, device: false, family: 2 };

const OVERFLOW: usize = 0x8000_0005;

/// Fact BLOCK01.
#[test]
fn the_block_of_what_was_pending_is_written_when_its_packet_is_taken() {
    let kernel = Kernel::new(windows());
    let (socket, peer) = kernel.stream_pair();
    let port = Port::of(&socket, 5);
    let [received, cancelled] = [Op::new(), Op::new()];
    assert_eq!(received.recv(&socket, 8), Issued::Pending);
    assert_eq!(cancelled.recv(&socket, 8), Issued::Pending);
    assert!(peer.send(b"data"));
    assert!(received.is_untouched(), "it is done, and nobody has taken the packet");
    port.assert_packet(5, &received, 0, 4);
    assert_eq!(received.block(), (0, 4));
    assert_eq!(cancelled.cancel(&socket), Ok(()));
    assert!(cancelled.is_untouched());
    port.assert_packet(5, &cancelled, 0xC000_0120, 0);
    assert_eq!(cancelled.block(), (0xC000_0120, 0));
}

/// Fact BLOCK02.
#[test]
fn with_an_event_the_block_is_written_at_once() {
    let kernel = Kernel::new(windows());
    let (socket, peer) = kernel.stream_pair();
    let (port, event) = (Port::of(&socket, 5), os::event_create(true).unwrap());
    let op = Op::with_event(event.borrow().value().0);
    assert_eq!(op.recv(&socket, 8), Issued::Pending);
    assert!(peer.send(b"data"));
    assert_eq!(os::event_wait(event.borrow(), 0), Ok(true));
    assert_eq!(op.block(), (0, 4));
    port.assert_packet(5, &op, 0, 4);
}

/// Facts BLOCK03, SKIP07, SKIP08, SKIP09.
#[test]
fn a_warning_at_once_says_pending_with_a_final_block_and_a_packet_in_any_mode() {
    for skips in [false, true] {
        let kernel = Kernel::new(windows());
        let (pipe, peer) = kernel.pair(MESSAGES);
        let port = Port::of(&pipe, 5);
        if skips {
            skip(&pipe);
        }
        assert!(peer.send(b"too long"));
        let op = Op::new();
        assert_eq!(op.read(&pipe, 3), Issued::Pending);
        assert_eq!(op.block(), (OVERFLOW, 3));
        port.assert_packet(5, &op, OVERFLOW, 3);
    }
}

/// Facts SKIP07, SKIP09: Windows 7, and Wine.
#[test]
fn before_windows_8_a_warning_at_once_is_said_and_sends_no_packet_in_skip_mode() {
    let kernel = Kernel::new(Script { warning: Warning::AtOnce, ..windows() });
    let (pipe, peer) = kernel.pair(MESSAGES);
    let port = Port::of(&pipe, 5);
    skip(&pipe);
    assert!(peer.send(b"too long"));
    let op = Op::new();
    assert_eq!(op.read(&pipe, 3), Issued::Status(crate::NtStatus::BUFFER_OVERFLOW));
    assert_eq!(op.block(), (OVERFLOW, 3));
    port.assert_empty();
}

/// Facts SKIP04, TCP02.
#[test]
fn success_at_once_sends_a_packet_but_for_skip_mode() {
    for skips in [false, true] {
        let kernel = Kernel::new(windows());
        let (socket, peer) = kernel.stream_pair();
        let port = Port::of(&socket, 5);
        if skips {
            skip(&socket);
        }
        assert!(peer.send(b"data"));
        let op = Op::new();
        assert_eq!(op.recv(&socket, 8), Issued::Success);
        assert_eq!(op.block(), (0, 4));
        if !skips {
            port.assert_packet(5, &op, 0, 4);
        }
        port.assert_empty();
    }
}

/// Facts SKIP10, BLOCK06.
#[test]
fn a_call_that_fails_leaves_the_block_alone_and_owes_nothing() {
    for seed in 0..8 {
        let kernel = Kernel::new(Script { seed, ..windows() });
        let (socket, peer) = kernel.stream_pair();
        let port = Port::of(&socket, 5);
        peer.reset();
        let op = Op::new();
        assert_eq!(op.recv(&socket, 8), super::refused(10_054));
        assert!(op.is_untouched());
        assert_eq!(op.send(&socket, 8), super::refused(10_054));
        assert!(op.is_untouched());
        port.assert_empty();
    }
}

/// Fact SKIP10, its limit: a driver that has marked the request pending may answer so.
#[test]
fn a_call_may_fail_with_a_packet() {
    let kernel = Kernel::new(windows());
    let (socket, _peer) = kernel.stream_pair();
    let port = Port::of(&socket, 5);
    kernel.fault(&socket, crate::sim::Fault::FailWithPacket { code: 87, status: 0, bytes: 2 });
    let op = Op::new();
    assert_eq!(op.recv(&socket, 8), super::refused(87));
    port.assert_packet(5, &op, 0, 2);
}

/// Fact FILE05: -1 appends, and no other offset below 0 is good.
#[test]
fn a_negative_offset_is_refused() {
    let kernel = Kernel::new(windows());
    let (file, _peer) = kernel.stream_pair();
    let op = Op::new();
    let write = |offset| {
        let (start, block) = (op.room.get().cast(), op.block.get());
        // SAFETY:
        // * block and bytes live to the end of this test.
        unsafe { os::write(os::borrow_handle(&file), start, 1, offset, block) }
    };
    assert_eq!(write(-2), Issued::Status(crate::NtStatus::INVALID_PARAMETER));
    assert_eq!(write(os::APPEND), Issued::Success);
}

/// Fact DIR01.
#[test]
fn changes_of_a_folder_without_a_filter_are_refused() {
    let kernel = Kernel::new(windows());
    let (folder, _peer) = kernel.stream_pair();
    let op = Op::new();
    for filter in [0, u32::MAX] {
        let ([room], block) = (op.bufs(8), op.block.get());
        let handle = os::borrow_handle(&folder);
        // SAFETY:
        // * block and room live to the end of this test.
        let said = unsafe { os::read_changes(handle, room, false, filter, false, block) };
        assert_eq!(said, Issued::Status(crate::NtStatus::INVALID_PARAMETER));
        assert!(op.is_untouched());
    }
}
