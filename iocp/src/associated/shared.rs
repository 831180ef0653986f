//! A socket that several hold, without memory of its own: what an `Arc` of it would have on the heap, the socket and
//! the count, is in its handle cell.
//!
//! # Safety
//!
//! * All holders of a socket have the same cell, by copies of one [`HeldCell`]. The cell counts them, and the last makes
//!   the socket and the cell's holder whole again: so the copies are as good as one until then.
//! * A [`View`] is such a whole value that is never dropped, and borrows a holder.

use std::{marker::PhantomData, mem::ManuallyDrop, ops::Deref};

use super::{accepted::AcceptedAs, steady::is_steady, AssociatedSocket};
use crate::core::held::HeldCell;
use crate::os::{self, AsSocket, BorrowedSocket, OwnedSocket};

/// What can be shared: a socket of std's, which is its handle and nothing else.
pub(crate) trait Whole: AcceptedAs + From<OwnedSocket> {}

impl<S: AcceptedAs + From<OwnedSocket>> Whole for S {}

/// One of at most four holders of an associated socket; dropped with the last.
pub(crate) struct SharedSocket<S: Whole> {
    cell: ManuallyDrop<HeldCell>,
    socket: PhantomData<S>,
}

/// The socket, as its only holder would have it.
pub(crate) struct View<'a, S: Whole> {
    whole: ManuallyDrop<AssociatedSocket<S>>,
    holder: PhantomData<&'a SharedSocket<S>>,
}

impl<S: Whole> SharedSocket<S> {
    /// The first holder.
    pub(crate) fn new(socket: AssociatedSocket<S>) -> Self {
        debug_assert!(is_steady::<S>());
        // The source's handle is that of its cell.
        Self { cell: ManuallyDrop::new(socket.into_cell()), socket: PhantomData }
    }

    #[inline(always)]
    pub(crate) fn view(&self) -> View<'_, S> {
        // SAFETY:
        // * never dropped as a part of the view, and this holder is borrowed for as long as that is used.
        let whole = unsafe { self.whole() };
        View { whole, holder: PhantomData }
    }

    /// # Safety
    ///
    /// It is dropped by the last holder only, which is never used again; while it is used there is a holder.
    #[inline(always)]
    unsafe fn whole(&self) -> ManuallyDrop<AssociatedSocket<S>> {
        // SAFETY:
        // * the handle is open, because a holder is left, and closed only as the caller promises.
        let socket = unsafe { os::owned_socket(self.cell.handle()) };
        // SAFETY:
        // * valid, and a copy of the one holder of the cell; dropped only as the caller promises.
        let cell = unsafe { std::ptr::read(&*self.cell) };
        ManuallyDrop::new(AssociatedSocket::of_parts(S::from(socket), cell))
    }
}

impl<S: Whole> Deref for View<'_, S> {
    type Target = AssociatedSocket<S>;

    #[inline(always)]
    fn deref(&self) -> &AssociatedSocket<S> {
        &self.whole
    }
}

impl<S: Whole> AsSocket for SharedSocket<S> {
    fn as_socket(&self) -> BorrowedSocket<'_> {
        // SAFETY:
        // * open for as long as there is a holder, and this one is borrowed.
        unsafe { os::borrowed_socket(self.cell.handle()) }
    }
}

impl<S: Whole> Clone for SharedSocket<S> {
    fn clone(&self) -> Self {
        self.cell.get().add_holder();
        // SAFETY:
        // * valid, and a copy of the one holder of the cell, which is counted; dropped by the last only.
        let cell = unsafe { std::ptr::read(&self.cell) };
        Self { cell, socket: PhantomData }
    }
}

impl<S: Whole> Drop for SharedSocket<S> {
    fn drop(&mut self) {
        if self.cell.get().remove_holder() {
            // SAFETY:
            // * this was the last holder, which is not used after its drop.
            drop(ManuallyDrop::into_inner(unsafe { self.whole() }));
        }
    }
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;
    use crate::sim::{Kernel, Script};
    use crate::{CompletionPort, Config};

    #[test]
    fn the_last_of_four_holders_closes_the_socket_whichever_it_is() {
        let kernel = Kernel::new(Script::default());
        let port = CompletionPort::with_config(&Config::default().max_operations(4)).unwrap();
        for last in 0..4 {
            let (socket, peer) = kernel.stream_pair();
            let first = SharedSocket::new(port.associate_socket(socket, last).unwrap());
            let mut holders = vec![first.clone(), first.clone(), first.clone()];
            holders.insert(last, first);
            let left = holders.remove(last);
            for holder in holders {
                assert_eq!((holder.view().key(), peer.is_over()), (last, false));
                drop(holder);
            }
            // One that is left alone can be shared again.
            drop(left.clone());
            assert!(left.view().get_ref().send(b"x").is_ok() && !peer.is_over());
            drop(left);
            assert!(peer.is_over(), "{last}");
        }
    }
}
