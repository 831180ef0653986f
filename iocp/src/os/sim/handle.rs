//! The host's stand-ins for `std::os::windows::io::{BorrowedHandle, AsHandle}`. There are no files:
//! the end of a connection is also a pipe.

use std::{marker::PhantomData, sync::Arc};

use crate::os::Handle;

use super::socket::{AsSocket, BorrowedSocket, OwnedSocket};

/// The value of a handle.
pub type RawHandle = u64;

/// A handle that somebody else keeps open.
#[derive(Clone, Copy, Debug)]
pub struct BorrowedHandle<'handle>(RawHandle, PhantomData<&'handle OwnedSocket>);

impl BorrowedHandle<'_> {
    pub(super) fn lend(handle: Handle) -> Self {
        Self(handle.0 as RawHandle, PhantomData)
    }

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

/// What has a handle; the shape of `std::os::windows::io::AsHandle`.
pub trait AsHandle {
    /// The handle.
    fn as_handle(&self) -> BorrowedHandle<'_>;
}

impl AsHandle for OwnedSocket {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.as_socket().into()
    }
}

impl AsHandle for BorrowedHandle<'_> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        *self
    }
}

impl<T: AsHandle + ?Sized> AsHandle for Arc<T> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        T::as_handle(self)
    }
}
