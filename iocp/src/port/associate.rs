//! Associating handles: sockets just accepted, files and pipes, and handles of other code.

use super::CompletionPort;
use crate::{
    associated::{
        accepted::{AcceptedAs, AcceptedSocket},
        associating, AssociatedHandle, AssociatedSocket,
    },
    base::error::{Error, Refused},
    core::{keys, packet::ForeignKey},
    os::{self, AsHandle, AsSocket, BorrowedHandle},
};

impl CompletionPort {
    /// `CreateIoCompletionPort`: associates a socket with this port, for its whole life; `key` comes
    /// back with each of its packets.
    ///
    /// `S` owns its socket, alone or with others (`Arc<TcpStream>`), or borrows it for ever: why, says
    /// [`AssociatedSocket`].
    ///
    /// A socket of a byte stream is put into skip mode (`FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`) if
    /// [`Config::skip_on_success`](crate::Config::skip_on_success) asks for it; one that carries messages
    /// never is.
    ///
    /// # Errors
    ///
    /// The socket comes back with:
    /// * [`Error::NotAssociable`] ← `ERROR_INVALID_PARAMETER` (87): associated before, with any
    ///   port, through any duplicate; or not overlapped.
    /// * [`Error::HandleClosed`] ← 6, 10038: not an open socket.
    /// * [`Error::Unsupported`]: its provider has no real file handles (`XP1_IFS_HANDLES`).
    /// * [`Error::Closed`]: this port is closed.
    /// * [`Error::Os`]: anything else.
    ///
    /// # Source
    ///
    /// ioapiset.h, Windows XP: [CreateIoCompletionPort](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport)
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn associate_socket<S: AsSocket + 'static>(
        &self,
        socket: S,
        key: usize,
    ) -> Result<AssociatedSocket<S>, Refused<S>> {
        AssociatedSocket::new(&self.core, socket, key)
    }

    /// `CreateIoCompletionPort`: associates a file or pipe with this port, for its whole life; `key`
    /// comes back with each of its packets.
    ///
    /// Never in skip mode: each operation that is not refused sends a packet. A device, such as a serial
    /// port, is refused: see [`associate_device`](Self::associate_device). `H` owns its handle, alone or with
    /// others (`Arc<File>`), or borrows it for ever.
    ///
    /// # Errors
    ///
    /// The source comes back with:
    /// * [`Error::NotAssociable`] ← `ERROR_INVALID_PARAMETER` (87): associated before, with any
    ///   port, through any duplicate; or not opened for overlapped I/O.
    /// * [`Error::HandleClosed`] ← 6: not an open handle.
    /// * [`Error::Unsupported`]: `GetFileType` says that it is neither a file of a disk nor a pipe.
    /// * [`Error::Closed`]: this port is closed.
    /// * [`Error::Os`]: anything else.
    ///
    /// # Source
    ///
    /// ioapiset.h, Windows XP: [CreateIoCompletionPort](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport)
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn associate_handle<H: AsHandle + 'static>(
        &self,
        handle: H,
        key: usize,
    ) -> Result<AssociatedHandle<H>, Refused<H>> {
        AssociatedHandle::new(&self.core, handle, key)
    }

    /// As [`associate_handle`](Self::associate_handle), for a device too: a serial port, a tape, a
    /// driver of one's own.
    ///
    /// # Safety
    ///
    /// When a driver of this handle answers a read, a write or a control code with an error, it has not
    /// marked that request pending: "a routine that calls `IoMarkIrpPending` must return
    /// `STATUS_PENDING`". An error gives the buffer back; from a driver that breaks the rule the request
    /// may still go on then, and write to the buffer (such a driver was seen, in Wine's tests that ran on
    /// Windows). The drivers of disks, pipes and sockets keep it, so those are associated safely.
    ///
    /// # Errors
    ///
    /// As [`associate_handle`](Self::associate_handle), but for `Unsupported`.
    ///
    /// # Source
    ///
    /// ioapiset.h, Windows XP: [CreateIoCompletionPort](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport);
    /// [IoMarkIrpPending](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/wdm/nf-wdm-iomarkirppending)
    #[doc(alias = "CreateIoCompletionPort")]
    pub unsafe fn associate_device<H: AsHandle + 'static>(
        &self,
        handle: H,
        key: usize,
    ) -> Result<AssociatedHandle<H>, Refused<H>> {
        // SAFETY:
        // * the caller vouches for the drivers of the handle.
        unsafe { AssociatedHandle::of_device(&self.core, handle, key) }
    }

    /// `CreateIoCompletionPort`: as [`associate_socket`](Self::associate_socket), for a
    /// connection that was just accepted, with one system call less.
    ///
    /// What kind of socket it is need not be asked: its listener's. `S` is what it becomes then.
    ///
    /// # Errors
    ///
    /// As [`associate_socket`](Self::associate_socket): the socket comes back.
    ///
    /// # Source
    ///
    /// ioapiset.h, Windows XP: [CreateIoCompletionPort](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport)
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn associate_accepted<S: AcceptedAs>(
        &self,
        socket: AcceptedSocket,
        key: usize,
    ) -> Result<AssociatedSocket<S>, Refused<AcceptedSocket>> {
        AssociatedSocket::accepted(&self.core, socket, key)
    }

    /// `CreateIoCompletionPort`: associates a handle whose operations other code starts, with
    /// `OVERLAPPED`s of its own.
    ///
    /// Its packets arrive as [`Packet::Foreign`](crate::Packet::Foreign), with the pointer as it came
    /// and the completion key that this returns, which is `number * 8`. For a handle whose
    /// operations this crate is to start, use [`associate`](Self::associate_socket). Nothing is asked about
    /// the handle and no mode of it is changed; it is not closed or cancelled by the port's end.
    ///
    /// # Errors
    ///
    /// * [`Error::NotAssociable`] ← `ERROR_INVALID_PARAMETER` (87): associated before, with any
    ///   port, through any duplicate; or not overlapped. Also a `key` above `usize::MAX / 8`.
    /// * [`Error::HandleClosed`] ← 6: not an open handle.
    /// * [`Error::Closed`]: this port is closed.
    /// * [`Error::Os`]: anything else.
    ///
    /// # Source
    ///
    /// ioapiset.h, Windows XP: [CreateIoCompletionPort](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-createiocompletionport)
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn associate_foreign(
        &self,
        handle: BorrowedHandle<'_>,
        key: usize,
    ) -> Result<ForeignKey, Error> {
        if self.is_closed() {
            return Err(Error::Closed);
        }
        let packet_key = keys::foreign(key).ok_or(Error::NotAssociable)?;
        os::port_associate(self.core.handle(), os::borrow_handle(&handle), packet_key)
            .map_err(associating)?;
        Ok(ForeignKey(packet_key))
    }
}
