//! A receive of a program's own, beside the safe layer.
//!
//! # Safety
//!
//! Its memory lies on the heap and is freed only after the status block says that the system is done.

use std::{
    cell::UnsafeCell,
    mem::{zeroed, ManuallyDrop},
    os::windows::io::AsRawSocket,
    ptr::null_mut,
};

use iocp_sys as sys;
use iocp_sys::OVERLAPPED;

use crate::raw::socket_value;

/// A receive of a program's own, with a status block of its own. Dropped before it is done, it leaks
/// what the system may still write to.
#[derive(Debug)]
pub struct Receive {
    memory: ManuallyDrop<Box<ReceiveMemory>>,
}

#[derive(Debug)]
struct ReceiveMemory {
    block: UnsafeCell<OVERLAPPED>,
    room: UnsafeCell<Vec<u8>>,
}

impl Receive {
    /// `WSARecv` of up to `len` bytes.
    ///
    /// # Panics
    ///
    /// If the system refuses.
    #[must_use]
    pub fn start(socket: &impl AsRawSocket, len: usize) -> Self {
        // SAFETY:
        // * plain numbers and pointers: all zero is a value of it.
        let block = unsafe { zeroed() };
        let memory = Box::new(ReceiveMemory {
            block: UnsafeCell::new(block),
            room: UnsafeCell::new(vec![0; len]),
        });
        // SAFETY:
        // * just made: nobody else refers to it.
        let start = unsafe { (*memory.room.get()).as_mut_ptr() };
        let buf = sys::WSABUF { len: u32::try_from(len).unwrap(), buf: start };
        let mut flags = 0;
        // SAFETY:
        // * block and room lie on the heap, and are freed only by `done`.
        let result = unsafe {
            sys::WSARecv(
                socket_value(socket),
                &buf,
                1,
                null_mut(),
                &mut flags,
                memory.block.get(),
                None,
            )
        };
        // SAFETY:
        // * no arguments; reads a value of this thread.
        let code = unsafe { sys::WSAGetLastError() };
        assert!(result == 0 || code == sys::WSA_IO_PENDING, "WSARecv: {code}");
        Self { memory: ManuallyDrop::new(memory) }
    }

    /// Its status block.
    #[must_use]
    pub fn block(&self) -> *mut OVERLAPPED {
        self.memory.block.get()
    }

    /// The memory, after its packet was taken from the port.
    ///
    /// # Panics
    ///
    /// If the system is not done with it; it is leaked then.
    #[must_use]
    pub fn done(self) -> Vec<u8> {
        // SAFETY:
        // * the block is alive; its first four bytes are the status.
        let status = unsafe { self.block().cast::<u32>().read_volatile() };
        assert_ne!(status, 0x103, "still pending");
        ManuallyDrop::into_inner(self.memory).room.into_inner()
    }
}
