//! Associating handles: sockets just accepted, files and pipes, and handles of other code.
//! What is refused, and why, is decided in `associated/socket.rs` and `associated/attachment.rs`.

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
    /// `CreateIoCompletionPort`: associates a socket.
    ///
    /// A socket of a byte stream is put into skip mode (`FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`) if
    /// [`Config::skip_on_success`](crate::Config::skip_on_success) asks for it; one that carries messages
    /// never is.
    ///
    /// # Errors
    ///
    /// Those of [associating](CompletionPort#associating).
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn associate_socket<S: AsSocket + 'static>(
        &self,
        socket: S,
        key: usize,
    ) -> Result<AssociatedSocket<S>, Refused<S>> {
        AssociatedSocket::new(&self.core, socket, key)
    }

    /// `CreateIoCompletionPort`: associates a file or pipe.
    ///
    /// Never in skip mode: each operation that is [pending](crate::Submitted::Pending) sends a packet. A device, such as a serial
    /// port, is refused: see [`associate_device`](Self::associate_device).
    ///
    /// # Errors
    ///
    /// As [`associate_socket`](Self::associate_socket).
    #[doc(alias = "CreateIoCompletionPort")]
    pub fn associate_handle<H: AsHandle + 'static>(
        &self,
        handle: H,
        key: usize,
    ) -> Result<AssociatedHandle<H>, Refused<H>> {
        AssociatedHandle::new(&self.core, handle, key)
    }

    /// `CreateIoCompletionPort`: as [`associate_handle`](Self::associate_handle), for a device too: a
    /// serial port, a tape, a driver of one's own.
    ///
    /// # Safety
    ///
    /// When a driver of this handle answers a read, a write or a control code with an error, it has not
    /// marked that request pending: "a routine that calls [`IoMarkIrpPending`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/wdm/nf-wdm-iomarkirppending)
    /// must return `STATUS_PENDING`". An error gives the buffer back; from a driver that breaks the rule
    /// the request may still go on then, and write to the buffer (such a driver was seen, in Wine's tests
    /// that ran on Windows). The drivers of disks, pipes and sockets keep it.
    ///
    /// # Errors
    ///
    /// As [`associate_handle`](Self::associate_handle), but for `Unsupported`.
    #[doc(alias = "CreateIoCompletionPort")]
    pub unsafe fn associate_device<H: AsHandle + 'static>(
        &self,
        handle: H,
        key: usize,
    ) -> Result<AssociatedHandle<H>, Refused<H>> {
        // SAFETY:
        // * The drivers of the handle mark no request pending that they answer with an error, as the caller
        //   promises.
        unsafe { AssociatedHandle::of_device(&self.core, handle, key) }
    }

    /// `CreateIoCompletionPort`: as [`associate_socket`](Self::associate_socket), for a connection that
    /// was just accepted, with one system call less: its kind is its listener's. `S` is what it becomes.
    ///
    /// # Errors
    ///
    /// As [`associate_socket`](Self::associate_socket).
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
    /// and the packet key that this returns, which is `key * 8`. Nothing is asked about the handle and no
    /// mode of it is changed; the port's end neither closes nor cancels it.
    ///
    /// # Errors
    ///
    /// As [`associate_socket`](Self::associate_socket); `NotAssociable` also if `key` is above
    /// `usize::MAX / 8`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, Error, ForeignKey, Packet, Packets};
    /// use std::os::windows::io::AsHandle;
    ///
    /// /// `pipe` belongs to a C library, which starts reads with `OVERLAPPED`s of its own.
    /// fn share(port: &CompletionPort, pipe: &impl AsHandle) -> Result<ForeignKey, Error> {
    ///     port.associate_foreign(pipe.as_handle(), 1)
    /// }
    ///
    /// fn pass_on(packets: &Packets, theirs: ForeignKey) {
    ///     for packet in packets.iter() {
    ///         if let Packet::Foreign(packet) = packet {
    ///             if packet.is_of(theirs) {
    ///                 // Give it to the library: nothing here follows the pointer.
    ///                 println!("{:p}: {} bytes", packet.overlapped(), packet.bytes());
    ///             }
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
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
