//! Receiving into borrowed memory, by blocking until the system has let go of it.
//!
//! # Safety
//!
//! The status block lies on the stack and the buffer is borrowed, so nothing here returns while the
//! request is pending: it is cancelled and waited for first. A wait that fails ends the process: returning
//! would free memory that the system still writes to. The event's low bit tells the system to send no packet
//! to the port ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-getqueuedcompletionstatus)).

use std::{ptr::null_mut, time::Duration};

use iocp_sys::{OVERLAPPED, WSABUF};

use crate::{
    associated::AssociatedSocket,
    base::error::Error,
    base::status::NtStatus,
    base::timeout::Deadline,
    os::{self, AsSocket, Code, Issued, Owned},
};

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`WSARecv`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecv):
    /// receives into borrowed memory, on this thread, without a packet.
    ///
    /// `Ok(None)` if the time limit passed first (`None` waits for ever, zero asks once); `Ok(Some(0))`
    /// on a stream is the peer's end. The call returns only when the system no longer uses `buffer`: a
    /// receive that ran out of time is cancelled and waited for.
    ///
    /// # Errors
    ///
    /// * [`Error::NoRoom`]: `buffer` is empty.
    /// * [`Error::HandleClosed`], or [`Error::Os`] ← `WSAECONNRESET` (10054), `WSAEMSGSIZE` (10040: a
    ///   datagram longer than the buffer, which holds its start) …; 995 if other code cancelled it.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// # let mut client = std::net::TcpStream::connect(listener.local_addr()?)?;
    /// # let (stream, _) = listener.accept()?;
    /// use iocp::CompletionPort;
    /// use std::time::Duration;
    /// # use std::io::Write;
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(stream, 0)?;
    /// let mut room = [0; 64];
    /// let limit = Some(Duration::from_millis(10));
    /// // Nothing has come, and nothing is lost.
    /// assert_eq!(socket.recv_timeout(&mut room, limit)?, None);
    /// # client.write_all(b"abc")?;
    /// assert_eq!(socket.recv_timeout(&mut room, None)?, Some(3));
    /// assert_eq!(&room[..3], b"abc");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "WSARecv")]
    pub fn recv_timeout(
        &self,
        buffer: &mut [u8],
        timeout: Option<Duration>,
    ) -> Result<Option<usize>, Error> {
        if buffer.is_empty() {
            return Err(Error::NoRoom);
        }
        let handle = self.target()?.handle;
        let event = os::event_create(true).map_err(|code| Error::os("CreateEventW", code))?;
        let event_value = null_mut::<u8>().wrapping_add(event.borrow().value().0 | 1).cast();
        let mut block = OVERLAPPED { hEvent: event_value, ..OVERLAPPED::default() };
        let block: *mut OVERLAPPED = &mut block;
        let len = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let descriptor = [WSABUF { len, buf: buffer.as_mut_ptr() }];
        // SAFETY:
        // * Block and buffer outlive this function, which does not return, nor touch them, before the event
        //   was set or the call has answered that it started nothing.
        let in_time = match unsafe { os::recv(handle, &descriptor, block) } {
            // Truncated at once is finished at once, as success is.
            Issued::Success | Issued::Code(Code::MESSAGE_SIZE) => {
                is_set_by(&event, Deadline::Never)
            }
            Issued::Pending => is_set_by(&event, Deadline::after(timeout)),
            Issued::Code(code) => return Err(Error::os("WSARecv", code)),
            Issued::Status(_) | Issued::NoCall => unreachable!("Winsock answers with codes"),
        };
        if !in_time {
            // Not found means that it has finished meanwhile.
            let _ = os::cancel(handle, block);
            is_set_by(&event, Deadline::Never);
        }
        // SAFETY:
        // * `block` points to a live `OVERLAPPED`, which the system has written and lets go of: the event
        //   is set when the request is finished.
        let OVERLAPPED { Internal, InternalHigh: bytes, .. } = unsafe { block.read() };
        let status = NtStatus::from_internal(Internal);
        if status.is_success() {
            return Ok(Some(bytes));
        }
        if status == NtStatus::CANCELLED && !in_time {
            return Ok(None);
        }
        Err(Error::os("WSARecv", status.number(true)))
    }
}

/// Whether the event was set before the deadline, also if the system's wait returns early.
fn is_set_by(event: &Owned, deadline: Deadline) -> bool {
    loop {
        match os::event_wait(event.borrow(), deadline.remaining_ms()) {
            Ok(true) => return true,
            Ok(false) if deadline.remaining_ms() == 0 => return false,
            Ok(false) => {}
            // The system still owns what lies on the stack.
            Err(_) => std::process::abort(),
        }
    }
}
