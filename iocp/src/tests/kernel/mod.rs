//! The simulated kernel itself: each answer of Windows that it gives, by the id of its fact in
//! `tests/FACTS.tsv`. `tests/src/facts` asks the same of the kernel that there is; `cargo xtask tidy` fails on a
//! fact that the simulated kernel names and no test here does.

mod blocks;
mod connecting;
mod ending;
mod pipes;
mod ports;

use std::{cell::UnsafeCell, mem::MaybeUninit, net::SocketAddr, ptr::addr_of_mut};

use iocp_sys::{OVERLAPPED, OVERLAPPED_ENTRY, WSABUF};

use crate::{
    os::{self, address, Borrowed, Code, Issued},
    sim::{OwnedSocket, Script},
};

/// What a status block holds before the kernel writes it: the crate's own first value.
const PENDING: usize = 0x103;

/// One overlapped operation: block and room, at one address, for the kernel to write.
struct Op {
    block: UnsafeCell<OVERLAPPED>,
    room: UnsafeCell<[u8; 64]>,
}

// SAFETY:
// * the tests use an operation by one thread after the other.
unsafe impl Sync for Op {}

impl Op {
    fn new() -> Box<Self> {
        Self::with_event(0)
    }

    fn with_event(event: usize) -> Box<Self> {
        let event = std::ptr::null_mut::<u8>().wrapping_add(event).cast();
        let block = OVERLAPPED { Internal: PENDING, hEvent: event, ..OVERLAPPED::default() };
        Box::new(Self { block: UnsafeCell::new(block), room: UnsafeCell::new([0; 64]) })
    }

    /// The low half of the status, and the count, as they stand in the block.
    fn block(&self) -> (usize, usize) {
        // SAFETY:
        // * in bounds of the block, of which nobody has a reference.
        let status = unsafe { addr_of_mut!((*self.block.get()).Internal) };
        // SAFETY:
        // * in bounds of the block, of which nobody has a reference.
        let count = unsafe { addr_of_mut!((*self.block.get()).InternalHigh) };
        // SAFETY:
        // * the kernel writes in calls of this test only, or before a packet that it has taken.
        let status = unsafe { status.read() };
        // SAFETY:
        // * the kernel writes the count when it writes the status.
        (status & 0xFFFF_FFFF, unsafe { count.read() })
    }

    /// Whether the kernel has written nothing.
    fn is_untouched(&self) -> bool {
        self.block() == (PENDING, 0)
    }

    fn bufs(&self, len: u32) -> [WSABUF; 1] {
        [WSABUF { len, buf: self.room.get().cast() }]
    }

    fn recv(&self, socket: &OwnedSocket, len: u32) -> Issued {
        // SAFETY:
        // * block and room live as long as the operation: each test keeps them to its end.
        unsafe { os::recv(os::borrow_socket(socket), &self.bufs(len), self.block.get()) }
    }

    fn send(&self, socket: &OwnedSocket, len: u32) -> Issued {
        // SAFETY:
        // * block and bytes live as long as the operation: each test keeps them to its end.
        unsafe { os::send(os::borrow_socket(socket), &self.bufs(len), self.block.get()) }
    }

    /// A native read.
    fn read(&self, pipe: &OwnedSocket, len: u32) -> Issued {
        let (start, handle) = (self.room.get().cast(), os::borrow_handle(pipe));
        // SAFETY:
        // * block and room live as long as the operation: each test keeps them to its end.
        unsafe { os::read(handle, start, len, 0, self.block.get()) }
    }

    fn accept(&self, listener: &OwnedSocket, socket: &OwnedSocket) -> Issued {
        let [listener, socket] = [listener, socket].map(os::borrow_socket);
        let kind = os::socket_kind(listener).unwrap();
        // SAFETY:
        // * block and room live as long as the operation: each test keeps them to its end.
        // * both addresses have half of the room.
        unsafe {
            os::accept(listener, kind, socket, self.room.get().cast(), 0, 32, self.block.get())
        }
    }

    fn connect(&self, socket: &OwnedSocket, to: SocketAddr) -> Issued {
        let (socket, (name, len)) = (os::borrow_socket(socket), address::encode(&to));
        let kind = os::socket_kind(socket).unwrap();
        // SAFETY:
        // * the block lives as long as the operation: each test keeps it to its end.
        // * the name is read in the call.
        unsafe { os::connect(socket, kind, name.as_ptr(), len, self.bufs(0)[0], self.block.get()) }
    }

    fn disconnect(&self, socket: &OwnedSocket, reuse: bool) -> Issued {
        let socket = os::borrow_socket(socket);
        let kind = os::socket_kind(socket).unwrap();
        // SAFETY:
        // * the block lives as long as the operation: each test keeps it to its end.
        unsafe { os::disconnect(socket, kind, reuse, self.block.get()) }
    }

    fn cancel(&self, socket: &OwnedSocket) -> Result<(), Code> {
        os::cancel(os::borrow_socket(socket), self.block.get())
    }
}

/// A port, for handles with keys.
struct Port(os::Owned);

/// A packet: its key, whose it is (by the address of the block), its status and count.
#[derive(Debug, PartialEq, Eq)]
struct Taken {
    key: usize,
    block: usize,
    status: usize,
    count: u32,
}

impl Port {
    fn new() -> Self {
        Self(os::port_create(0).unwrap())
    }

    fn of(socket: &OwnedSocket, key: usize) -> Self {
        let port = Self::new();
        port.associate(socket, key);
        port
    }

    fn associate(&self, socket: &OwnedSocket, key: usize) {
        os::port_associate(self.0.borrow(), os::borrow_handle(socket), key).unwrap();
    }

    fn post(&self, key: usize) {
        // SAFETY:
        // * the simulated kernel only carries these numbers.
        unsafe { os::port_post(self.0.borrow(), 0, key, 0) }.unwrap();
    }

    fn take(&self, timeout_ms: u32, alertable: bool) -> Result<Taken, Code> {
        let mut entry = [MaybeUninit::<OVERLAPPED_ENTRY>::uninit()];
        let count = os::port_wait(self.0.borrow(), &mut entry, timeout_ms, alertable)?;
        assert_eq!(count, 1);
        // SAFETY:
        // * the wait says that it has written one entry.
        let entry = unsafe { entry[0].assume_init_read() };
        Ok(Taken {
            key: entry.lpCompletionKey,
            block: entry.lpOverlapped as usize,
            status: entry.Internal & 0xFFFF_FFFF,
            count: entry.dwNumberOfBytesTransferred,
        })
    }

    /// What is there is this operation's packet, and nothing else is.
    #[track_caller]
    fn assert_packet(&self, key: usize, op: &Op, status: usize, count: u32) {
        let block = op.block.get() as usize;
        assert_eq!(self.take(0, false), Ok(Taken { key, block, status, count }));
        self.assert_empty();
    }

    #[track_caller]
    fn assert_empty(&self) {
        assert_eq!(self.take(0, false), Err(Code::WAIT_TIMEOUT));
    }
}

fn skip(socket: &OwnedSocket) {
    os::set_skip_on_success(os::borrow_handle(socket)).unwrap();
}

fn refused(code: u32) -> Issued {
    Issued::Code(Code(code))
}

/// Windows as it is by default, with plain writes, so that Miri sees a look that is too early.
fn windows() -> Script {
    Script { plain_writes: true, ..Script::default() }
}

fn borrowed(socket: &OwnedSocket) -> Borrowed<'_> {
    os::borrow_socket(socket)
}
