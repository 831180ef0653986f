//! The way out for calls that this crate does not wrap.
//!
//! # Safety
//!
//! [`Operation::submit_with`] is the one unsafe function of the public interface. What its caller
//! promises covers the one call; what follows (packets, tickets, cancelling, dropping) is as sound
//! as for every other operation.

use crate::{
    associated::{Associated, AssociatedHandle},
    core::seat::Target,
    operation::{Operation, Prepared, StartCall, Submitted},
    os::{AsHandle, AsSocket, Handle, Issued},
    Error,
};

/// What operations are submitted on: [`Associated`] and [`AssociatedHandle`].
pub trait Attached: sealed::Attached {}

pub(crate) mod sealed {
    use super::{Error, Target};

    pub trait Attached {
        #[doc(hidden)]
        #[allow(private_interfaces)] // sealed: nobody else can call it
        fn target(&self) -> Result<Target<'_>, Error>;
    }
}

impl<S: AsSocket> Attached for Associated<S> {}
impl<H: AsHandle> Attached for AssociatedHandle<H> {}

#[allow(private_interfaces)] // sealed: nobody else can call it
impl<S: AsSocket> sealed::Attached for Associated<S> {
    fn target(&self) -> Result<Target<'_>, Error> {
        Associated::target(self)
    }
}

#[allow(private_interfaces)] // sealed: nobody else can call it
impl<H: AsHandle> sealed::Attached for AssociatedHandle<H> {
    fn target(&self) -> Result<Target<'_>, Error> {
        AssociatedHandle::target(self)
    }
}

/// What the closure of [`submit_with`](Operation::submit_with) says of its call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// It succeeded at once (where skip mode is on, no packet follows).
    Done,
    /// It said `ERROR_IO_PENDING` (997), or a warning: a packet follows.
    Pending,
    /// It failed with this code, and no packet follows.
    Failed(u32),
}

impl<B: Send + 'static> Operation<B> {
    /// Submits an operation by a call of the caller's own, such as `DeviceIoControl`.
    ///
    /// `call` gets the handle (a `SOCKET` or `HANDLE` as a number), the status block
    /// (`*mut OVERLAPPED`), and the buffer at the address where it stays while in flight. Nothing is
    /// made part of the buffer by the completion: [`result`](crate::Completed::result) gives the
    /// system's count, and what it means is for the caller to say.
    ///
    /// # Safety
    ///
    /// * `call` makes exactly one overlapped call on that handle with that status block, or none and
    ///   answers [`CallResult::Failed`].
    /// * That call uses no memory but the buffer's own (what it owns on the heap, or the `B` itself)
    ///   and memory that lives until its packet is dequeued or the port is gone.
    /// * What it writes leaves the buffer a valid `B` at every moment.
    /// * Its answer is what the system said; a call that panics counts as made.
    ///
    /// # Errors
    ///
    /// As for every submit: the operation comes back in [`Submitted::Failed`].
    pub unsafe fn submit_with<A: Attached>(
        self,
        on: &A,
        call: impl FnOnce(usize, *mut iocp_sys::OVERLAPPED, *mut B) -> CallResult,
    ) -> Submitted<B> {
        let prepare = |buffer: &mut B| -> Result<Prepared<*mut B>, Error> {
            let parameters = std::ptr::from_mut(buffer);
            Ok(Prepared::reading(parameters))
        };
        let issue = |buffer, handle: Handle, block| match call(handle.0, block, buffer) {
            CallResult::Done => Issued::Done,
            CallResult::Pending => Issued::Pending,
            CallResult::Failed(code) => Issued::Failed(crate::os::Code(code)),
        };
        let name = StartCall { touches: true, ..StartCall::named("the caller's own call") };
        // SAFETY:
        // * the caller promises one call, or none and `Failed`, on this handle and block.
        // * it promises that the call uses the buffer's memory only; nothing is filled.
        unsafe { self.submit(on.target(), &name, prepare, issue) }
    }
}
