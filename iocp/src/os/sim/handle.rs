//! The host's stand-in for `std::os::windows::io::BorrowedHandle`.

use std::marker::PhantomData;

use super::socket::{BorrowedSocket, OwnedSocket};

/// The value of a handle.
pub type RawHandle = u64;

/// A handle that somebody else keeps open.
#[derive(Clone, Copy, Debug)]
pub struct BorrowedHandle<'handle>(RawHandle, PhantomData<&'handle OwnedSocket>);

impl BorrowedHandle<'_> {
    /// The value of the handle.
    #[must_use]
    pub fn as_raw_handle(&self) -> RawHandle {
        self.0
    }
}

impl<'socket> From<BorrowedSocket<'socket>> for BorrowedHandle<'socket> {
    /// A socket is a handle.
    fn from(socket: BorrowedSocket<'socket>) -> Self {
        Self(socket.as_raw_socket(), PhantomData)
    }
}
