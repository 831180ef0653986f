//! Named pipes: who is connected, what goes through, and how it ends.

use super::{windows, Op, Port};
use crate::{
    os::{self, Issued, PipeSettings},
    sim::{Kernel, OwnedSocket, Script},
    NtStatus,
};

const SUCCESS: usize = 0;
const BROKEN: usize = 0xC000_014B;
const CANCELLED: usize = 0xC000_0120;

fn name() -> Box<[u16]> {
    os::wide(r"\\.\pipe\x".as_ref()).unwrap()
}

fn server(messages: bool) -> OwnedSocket {
    let settings = PipeSettings {
        first: false,
        messages,
        remote: false,
        inbound: true,
        outbound: true,
        most: 255,
        buffer: 0,
    };
    os::pipe_create(&name(), &settings).unwrap()
}

fn client() -> OwnedSocket {
    os::pipe_open(&name(), 0).unwrap()
}

/// Writes are pending until they are read.
fn narrow() -> Script {
    Script { window: 0, ..windows() }
}

fn is_connected(server: &OwnedSocket) -> bool {
    os::pipe_peer(os::borrow_handle(server), true).is_ok()
}

impl Op {
    fn write(&self, pipe: &OwnedSocket, bytes: &[u8]) -> Issued {
        let mut room = [0; 64];
        room[..bytes.len()].copy_from_slice(bytes);
        // SAFETY:
        // * the kernel has not been lent the room yet.
        unsafe { self.room.get().write(room) };
        let (start, handle) = (self.room.get().cast(), os::borrow_handle(pipe));
        let len = u32::try_from(bytes.len()).unwrap();
        // SAFETY:
        // * block and bytes live as long as the operation: each test keeps them to its end.
        unsafe { os::write(handle, start, len, 0, self.block.get()) }
    }

    fn listen(&self, pipe: &OwnedSocket) -> Issued {
        // SAFETY:
        // * the block lives as long as the operation: each test keeps it to its end.
        unsafe { os::pipe_listen(os::borrow_handle(pipe), self.block.get()) }
    }
}

/// Facts PIPE11, PIPE17.
#[test]
fn clients_are_taken_in_the_order_of_the_servers_and_do_not_listen() {
    let _kernel = Kernel::new(windows());
    let [first, second] = [server(false), server(false)];
    let client = client();
    assert!(is_connected(&first) && !is_connected(&second), "nobody listens by a call");
    let op = Op::new();
    assert_eq!(op.listen(&client), Issued::Status(NtStatus(0xC000_00AF)));
    assert!(op.is_untouched());
}

/// Fact PIPE24.
#[test]
fn what_was_written_before_a_close_is_read_and_then_calls_fail_at_once() {
    let _kernel = Kernel::new(windows());
    let (near, far) = (server(false), client());
    let port = Port::of(&near, 5);
    assert_eq!(Op::new().write(&far, b"left"), Issued::Success);
    drop(far);
    let op = Op::new();
    assert_eq!(op.read(&near, 8), Issued::Success);
    port.assert_packet(5, &op, SUCCESS, 4);
    let op = Op::new();
    assert_eq!(op.read(&near, 8), Issued::Status(NtStatus(0xC000_014B)));
    assert_eq!(op.write(&near, b"x"), Issued::Status(NtStatus(0xC000_00B1)));
    port.assert_empty();
}

/// Fact PIPE32.
#[test]
fn a_write_of_no_bytes_is_a_message_of_none_and_otherwise_nothing() {
    for messages in [false, true] {
        let _kernel = Kernel::new(windows());
        let [first, second] = [Op::new(), Op::new()];
        let (near, far) = (server(messages), client());
        let port = Port::of(&near, 5);
        assert_eq!(first.read(&near, 0), Issued::Pending);
        assert_eq!(second.read(&near, 1), Issued::Pending);
        assert_eq!(Op::new().write(&far, b""), Issued::Success);
        if messages {
            port.assert_packet(5, &first, SUCCESS, 0);
        }
        port.assert_empty();
    }
}

/// Fact PIPE36.
#[test]
fn a_cancelled_write_takes_back_what_nobody_has_read() {
    let _kernel = Kernel::new(narrow());
    let (near, far) = (server(false), client());
    let port = Port::of(&far, 5);
    let [write, read, late] = [Op::new(), Op::new(), Op::new()];
    assert_eq!(write.write(&far, b"word"), Issued::Pending);
    assert_eq!(read.read(&near, 1), Issued::Success);
    assert_eq!(os::cancel(os::borrow_handle(&far), write.block.get()), Ok(()));
    port.assert_packet(5, &write, CANCELLED, 0);
    assert_eq!(late.read(&near, 8), Issued::Pending, "nothing is left");
    drop(near);
}

/// Facts PIPE37, PIPE41.
#[test]
fn a_close_breaks_the_reads_of_its_own_end_and_the_writes_of_the_other() {
    let _kernel = Kernel::new(narrow());
    let (near, far) = (server(true), client());
    let (of_near, of_far) = (Port::of(&near, 5), Port::of(&far, 6));
    let [read, write] = [Op::new(), Op::new()];
    assert_eq!(write.write(&far, b"word"), Issued::Pending);
    drop(near);
    of_far.assert_packet(6, &write, BROKEN, 0);
    drop((of_near, far));
    let (near, _far) = (server(true), client());
    let port = Port::of(&near, 5);
    assert_eq!(read.read(&near, 8), Issued::Pending);
    drop(near);
    port.assert_packet(5, &read, BROKEN, 0);
}
