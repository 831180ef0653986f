//! The way out for calls that this crate does not wrap.
//!
//! # Safety
//!
//! [`Operation::submit_with`] is unsafe to call. What its caller promises covers the one call; what follows (packets, tickets, cancelling, dropping) is as sound
//! as for every other operation.

use crate::{
    associated::{AssociatedHandle, AssociatedSocket},
    base::error::Error,
    base::status::NtStatus,
    core::held::Target,
    operation::{Operation, Prepared, Submitted},
    os::{AsHandle, AsSocket, Borrowed, Code, Issued},
};

/// What operations are submitted on: [`AssociatedSocket`] and [`AssociatedHandle`].
pub trait Attached: sealed::Attached {}

pub(crate) mod sealed {
    use super::{Error, Target};

    pub trait Attached {
        #[doc(hidden)]
        #[allow(private_interfaces)] // sealed: nobody else can call it
        fn target(&self) -> Result<Target<'_>, Error>;
    }
}

impl<S: AsSocket + 'static> Attached for AssociatedSocket<S> {}
impl<H: AsHandle + 'static> Attached for AssociatedHandle<H> {}

#[allow(private_interfaces)] // sealed: nobody else can call it
impl<S: AsSocket + 'static> sealed::Attached for AssociatedSocket<S> {
    fn target(&self) -> Result<Target<'_>, Error> {
        self.target()
    }
}

#[allow(private_interfaces)] // sealed: nobody else can call it
impl<H: AsHandle + 'static> sealed::Attached for AssociatedHandle<H> {
    fn target(&self) -> Result<Target<'_>, Error> {
        self.target()
    }
}

/// What the closure of [`submit_with`](Operation::submit_with) says of its call: the system's own
/// answer, from which the crate reads whether a packet follows.
///
/// | the call | how to say it |
/// | --- | --- |
/// | a native one (`NtReadFile`, `NtDeviceIoControlFile` …) | [`Issued`](Self::Issued) with its result |
/// | a Win32 one that says `TRUE` or `FALSE` (`DeviceIoControl`, `ConnectNamedPipe` …) | `CallResult::of_win32` makes the call and finds the status out |
/// | a Winsock one that says 0 or `SOCKET_ERROR` (`WSARecvMsg`, `WSAIoctl` …) | `CallResult::of_winsock` makes the call and asks for its code; or [`IssuedWinsock`](Self::IssuedWinsock) with 0, or that code |
/// | none was made after all | [`NotIssued`](Self::NotIssued) |
///
/// A packet follows success, pending and warnings, and no error: so a pipe that is connected already
/// (`ERROR_PIPE_CONNECTED`, 535) says `STATUS_PIPE_CONNECTED`, an error: its operation is
/// [`Ready`](Submitted::Ready) with that as its result.
///
/// On a socket in skip mode success owes no packet and a warning need not send one (Windows 7): make such
/// calls on a port without [skip mode](crate::Config::skip_on_success), or answer for what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallResult {
    /// The call was made and answered with this status.
    Issued(NtStatus),
    /// The call was made, a Winsock function, and answered 0 or this code.
    ///
    /// | code | is taken for |
    /// | --- | --- |
    /// | 0 | success |
    /// | 997 | pending |
    /// | -1 | pending; a mistake of the caller's: `SOCKET_ERROR` instead of its code |
    /// | 10040 | a warning: a truncated datagram (of a *sending* call return `Issued(NtStatus::INVALID_BUFFER_SIZE)`) |
    /// | anything else | an error |
    IssuedWinsock(i32),
    /// No call was made. The operation comes back with this error.
    NotIssued(Error),
}

#[cfg(windows)]
impl CallResult {
    /// Makes a Win32 call and says what it answered.
    ///
    /// `call` makes one call of a function that says `TRUE` (not 0) or `FALSE`, and returns that. The
    /// status behind a `FALSE` is the one that the thread noted last, which is cleared before; where none
    /// was noted the function refused its arguments and the system was not called. Not for Winsock's
    /// functions, nor `AcceptEx` and its like: they note codes only.
    pub fn of_win32(call: impl FnOnce() -> iocp_sys::BOOL) -> Self {
        crate::os::forget_last_status();
        if call() != 0 {
            return Self::Issued(NtStatus::SUCCESS);
        }
        match (crate::os::last_error(), crate::os::last_status()) {
            (Code::IO_PENDING, _) => Self::Issued(NtStatus::PENDING),
            (code, NtStatus::SUCCESS) => Self::NotIssued(Error::os("a Win32 call", code)),
            (_, status) => Self::Issued(status),
        }
    }

    /// Makes a Winsock call that says 0 or `SOCKET_ERROR` (-1), and asks for the code of the latter.
    pub fn of_winsock(call: impl FnOnce() -> i32) -> Self {
        if call() == 0 {
            return Self::IssuedWinsock(0);
        }
        Self::IssuedWinsock(i32::from_ne_bytes(crate::os::last_socket_error().0.to_ne_bytes()))
    }
}

impl<B: Send + 'static> Operation<B> {
    /// Submits an operation by a call of the caller's own, which this crate does not wrap.
    ///
    /// `call` gets the handle (a `SOCKET` or `HANDLE` as a number), the status block
    /// (`*mut OVERLAPPED`), and the buffer at the address where it stays while in flight. Nothing is
    /// made part of the buffer by the completion: [`result`](crate::Completed::result) gives the
    /// system's count, and what it means is for the caller to say.
    ///
    /// # Safety
    ///
    /// * `call` makes exactly one overlapped call on that handle with that status block, or none and
    ///   answers [`CallResult::NotIssued`].
    /// * That call uses no memory but the buffer's own (what it owns on the heap, or the `B` itself)
    ///   and memory that lives until its packet is dequeued or the port is gone.
    /// * What it writes leaves the buffer a valid `B` at every moment.
    /// * Its answer is what the system said, given as the table of [`CallResult`] says; a call that
    ///   panics counts as made.
    /// * Of a native call, the context is the address of the status block: then its packet is found.
    ///
    /// # Examples
    ///
    /// What [`device_control`](AssociatedHandle::device_control) does for any code, by hand for one:
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CallResult, CompletionPort, Packets};
    /// use iocp_sys::{DeviceIoControl, HANDLE};
    /// use std::{fs::File, ptr::{null, null_mut}};
    ///
    /// const FSCTL_GET_COMPRESSION: u32 = 0x0009_003C;
    /// let port = CompletionPort::new()?;
    /// let file = iocp::open_overlapped(File::options().read(true), "notes.txt", 0)?;
    /// let file = port.associate_handle(file, 0)?;
    /// let operation = port.operation(Box::new([0_u8; 2]), 1)?;
    /// let call = |handle, block, buffer: *mut Box<[u8; 2]>| {
    ///     // SAFETY:
    ///     // * The buffer is a valid one of this type, which nobody else refers to now.
    ///     let output = unsafe { &mut *buffer }.as_mut_ptr().cast();
    ///     // SAFETY:
    ///     // * The handle is open; block and output stay until the packet; no input.
    ///     CallResult::of_win32(|| unsafe {
    ///         DeviceIoControl(
    ///             handle as HANDLE, FSCTL_GET_COMPRESSION, null(), 0, output, 2, null_mut(),
    ///             block,
    ///         )
    ///     })
    /// };
    /// // SAFETY:
    /// // * One call, with this handle and block. It writes to the heap of the buffer alone, of
    /// //   which any two bytes are valid.
    /// // * Its answer is found out by `of_win32`.
    /// let submitted = unsafe { operation.submit_with(&file, call) };
    /// let told = port.finish(submitted, &mut Packets::with_capacity(8), None)?;
    /// println!("{:?}: {:?}", told.result(), told.buffer());
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    ///
    /// # The end of the thread
    ///
    /// The status block comes without an event. A call that sets one in it (`hEvent`) is cancelled by the
    /// system when the thread that made it ends, though the handle has a port (fact CAN03, from Wine's tests).
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused), but for `NoRoom` and `TooLarge`; and that of
    /// [`CallResult::NotIssued`].
    pub unsafe fn submit_with<A: Attached>(
        self,
        on: &A,
        call: impl FnOnce(usize, *mut iocp_sys::OVERLAPPED, *mut B) -> CallResult,
    ) -> Submitted<B> {
        let prepare = |buffer: &mut B| -> Result<Prepared<*mut B>, Error> {
            Ok(Prepared::filling_nothing(std::ptr::from_mut(buffer)))
        };
        let mut reason = None;
        let issue =
            |buffer, handle: Borrowed<'_>, block| match call(handle.value().0, block, buffer) {
                CallResult::Issued(status) => Issued::of_status(status),
                CallResult::IssuedWinsock(code) => of_winsock(code),
                CallResult::NotIssued(error) => {
                    reason = Some(error);
                    Issued::NoCall
                }
            };
        // SAFETY:
        // * `call` makes one call on this handle and block, or none and says so, as the caller promises.
        // * The call uses only memory that the caller's contract allows, and nothing is filled.
        let mut submitted = unsafe { self.submit(on.target(), true, prepare, issue) };
        if let (Submitted::Refused(failed), Some(reason)) = (&mut submitted, reason) {
            failed.error = reason;
        }
        submitted
    }
}

/// Winsock's answer; of its codes one stands for a warning.
fn of_winsock(code: i32) -> Issued {
    match Code(u32::from_ne_bytes(code.to_ne_bytes())) {
        Code(0) => Issued::Success,
        Code::IO_PENDING => Issued::Pending,
        // `SOCKET_ERROR` instead of its code: the call may be pending.
        Code(u32::MAX) => Issued::Pending,
        Code::MESSAGE_SIZE => Issued::Status(NtStatus::BUFFER_OVERFLOW),
        code => Issued::Code(code),
    }
}
