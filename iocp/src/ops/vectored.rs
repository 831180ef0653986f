//! Receive and send with several buffers in one call.

use iocp_sys::WSABUF;

use crate::{
    associated::Associated,
    buffer::{IoBuf, IoBufMut},
    core::slot::Fill,
    operation::{Operation, Prepared, Refused, StartCall, Submitted},
    os::{self, AsSocket},
    CompletionPort, Error,
};

const EMPTY: WSABUF = WSABUF { len: 0, buf: std::ptr::null_mut() };

impl CompletionPort {
    /// Makes an operation that owns several buffers, for [`Associated::recv_vectored`] and
    /// [`Associated::send_vectored`]. Charged with the capacities of all of them.
    ///
    /// # Errors
    ///
    /// The buffers come back with [`Error::Full`], [`Error::TooLarge`] or [`Error::Closed`].
    pub fn vectored_operation<B: IoBuf, const N: usize>(
        &self,
        buffers: [B; N],
        token: usize,
    ) -> Result<Operation<[B; N]>, Refused<[B; N]>> {
        let bytes = buffers.iter().fold(0_usize, |sum, b| sum.saturating_add(b.capacity()));
        Operation::new(&self.core, buffers, bytes, token)
    }
}

impl<S: AsSocket> Associated<S> {
    /// `WSARecv`: receives into the room of several buffers, filled one after the other.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv); [`Error::NoRoom`] if none has room, [`Error::TooLarge`] if they have
    /// more than 4 GiB - 1 together.
    #[doc(alias = "WSARecv")]
    pub fn recv_vectored<B: IoBufMut, const N: usize>(
        &self,
        operation: Operation<[B; N]>,
    ) -> Submitted<[B; N]> {
        let prepare = |buffers: &mut [B; N]| {
            let mut parameters = [EMPTY; N];
            let mut room = 0_u32;
            for (descriptor, buffer) in parameters.iter_mut().zip(buffers) {
                let (start, len) = buffer.room();
                let len = u32::try_from(len).map_err(|_| Error::TooLarge)?;
                room = room.checked_add(len).ok_or(Error::TooLarge)?;
                *descriptor = WSABUF { len, buf: start };
            }
            if room == 0 {
                return Err(Error::NoRoom);
            }
            Ok(Prepared { parameters, fill: Some(fill_in_turn::<B, N> as Fill), room })
        };
        let issue = |descriptors: [WSABUF; N], socket, block| {
            // SAFETY:
            // * the buffers stay in their slot until `submit` knows that the system is done.
            // * the descriptors are captured by the call.
            unsafe { os::recv(socket, &descriptors, block) }
        };
        let call = StartCall::named("WSARecv");
        // SAFETY:
        // * one WSARecv, into the room of the buffers.
        // * `fill_in_turn` is that of `[B; N]`, and a receive fills the rooms in their order.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }

    /// `WSASend`: sends the contents of several buffers, one after the other, as one message.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); [`Error::TooLarge`] above 4 GiB - 1 together.
    #[doc(alias = "WSASend")]
    pub fn send_vectored<B: IoBuf, const N: usize>(
        &self,
        operation: Operation<[B; N]>,
    ) -> Submitted<[B; N]> {
        let prepare = |buffers: &mut [B; N]| {
            let mut parameters = [EMPTY; N];
            let mut total = 0_u32;
            for (descriptor, buffer) in parameters.iter_mut().zip(&*buffers) {
                let contents = buffer.contents();
                let len = u32::try_from(contents.len()).map_err(|_| Error::TooLarge)?;
                total = total.checked_add(len).ok_or(Error::TooLarge)?;
                *descriptor = WSABUF { len, buf: contents.as_ptr().cast_mut() };
            }
            Ok(Prepared { parameters, fill: None, room: 0 })
        };
        let issue = |descriptors: [WSABUF; N], socket, block| {
            // SAFETY:
            // * the buffers stay in their slot until `submit` knows that the system is done.
            // * the descriptors are captured by the call, which only reads the buffers.
            unsafe { os::send(socket, &descriptors, block) }
        };
        let call = StartCall::named("WSASend");
        // SAFETY:
        // * one WSASend, from the contents of the buffers, which it only reads.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }
}

/// Gives each buffer its share of the `n` bytes that arrived.
///
/// # Safety
///
/// `buffers` is a `[B; N]`; the first `n` bytes of their rooms, taken in turn, are initialised.
unsafe fn fill_in_turn<B: IoBufMut, const N: usize>(buffers: *mut (), n: usize) {
    // SAFETY:
    // * `buffers` is a `[B; N]`, and the caller holds it mutably.
    let buffers = unsafe { &mut *buffers.cast::<[B; N]>() };
    let mut left = n;
    for buffer in buffers {
        let share = left.min(buffer.room().1);
        // SAFETY:
        // * `share` is at most this buffer's room, and those bytes were filled before any later
        //   buffer's.
        unsafe { buffer.set_filled(share) };
        left -= share;
    }
}
