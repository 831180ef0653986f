//! Datagrams with their addresses: receive from, send to.

use std::{fmt, net::SocketAddr};

use iocp_sys::WSABUF;

use crate::os::address::{decode, encode, LONGEST};
use crate::{
    associated::AssociatedSocket,
    base::buffer::{IoBuf, IoBufMut},
    base::error::Error,
    operation::{Operation, Prepared, StartCall, Submitted},
    os::{self, AsSocket},
};

/// A buffer and an address: what [`AssociatedSocket::recv_from`] fills and [`AssociatedSocket::send_to`] sends.
pub struct Datagram<B> {
    buffer: B,
    address: Box<Address>,
}

/// Where the system reads or writes the address while the operation is in flight.
#[derive(Clone, Copy)]
#[repr(C)]
struct Address {
    len: i32,
    raw: [u8; LONGEST],
}

const NONE: Address = Address { len: 0, raw: [0; LONGEST] };

impl<B> Datagram<B> {
    /// A buffer without an address. Allocates the address's place, once.
    #[must_use]
    pub fn new(buffer: B) -> Self {
        Self { buffer, address: Box::new(NONE) }
    }

    /// The peer's address: the sender of what was received, or what was set. `None` before either.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        let len = usize::try_from(self.address.len).ok()?;
        decode(self.address.raw.get(..len)?)
    }

    /// Sets where to send to.
    pub fn set_address(&mut self, to: &SocketAddr) {
        let (raw, len) = encode(to);
        *self.address = Address { len: i32::try_from(len).unwrap_or(0), raw };
    }

    /// The buffer.
    #[must_use]
    pub fn buffer(&self) -> &B {
        &self.buffer
    }

    /// The buffer, to be changed between uses.
    pub fn buffer_mut(&mut self) -> &mut B {
        &mut self.buffer
    }

    /// The buffer alone.
    #[must_use]
    pub fn into_buffer(self) -> B {
        self.buffer
    }
}

// SAFETY:
// * as the buffer in it; its address lies in memory of its own.
unsafe impl<B: IoBuf> IoBuf for Datagram<B> {
    fn contents(&self) -> &[u8] {
        self.buffer.contents()
    }

    fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}

// SAFETY:
// * as the buffer in it.
unsafe impl<B: IoBufMut> IoBufMut for Datagram<B> {
    fn room(&mut self) -> (*mut u8, usize) {
        self.buffer.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * the room is the buffer's own, so the caller's promise is the one it wants.
        unsafe { self.buffer.set_filled(n) };
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// `WSARecvFrom`: receives one datagram and its sender's address.
    ///
    /// A datagram larger than the room is [`Truncated`](crate::CompletionKind::Truncated): what
    /// fitted is in the buffer, the rest is lost.
    /// [`Unreachable`](crate::CompletionKind::Unreachable) tells that an earlier datagram met a
    /// closed port; the socket is still good.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    ///
    /// # Source
    ///
    /// winsock2.h, Windows 2000: [WSARecvFrom](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecvfrom)
    #[doc(alias = "WSARecvFrom")]
    pub fn recv_from<B: IoBufMut>(
        &self,
        operation: Operation<Datagram<B>>,
    ) -> Submitted<Datagram<B>> {
        let prepare = |datagram: &mut Datagram<B>| {
            let (start, room) = datagram.buffer.room();
            if room == 0 {
                return Err(Error::NoRoom);
            }
            let room = u32::try_from(room).unwrap_or(u32::MAX);
            *datagram.address = Address { len: LENGTH, ..NONE };
            let address = std::ptr::from_mut(&mut *datagram.address);
            let parameters = (WSABUF { len: room, buf: start }, address);
            Ok(Prepared::filling(parameters, set_filled::<B>, room))
        };
        let issue = |(buf, address): (WSABUF, *mut Address), socket, block| {
            // SAFETY:
            // * `address` points to the datagram's own address.
            let len = unsafe { std::ptr::addr_of_mut!((*address).len) };
            // SAFETY:
            // * `address` points to the datagram's own address.
            let raw = unsafe { std::ptr::addr_of_mut!((*address).raw) };
            // SAFETY:
            // * buffer and address stay with the operation until the system is done with them.
            unsafe { os::recv_from(socket, &[buf], raw.cast(), len, block) }
        };
        let call = StartCall::named("WSARecvFrom");
        // SAFETY:
        // * one WSARecvFrom, into the room of the buffer and the address that the datagram owns.
        // * `set_filled` is that of `Datagram<B>`; a receive fills its room from the start.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }

    /// `WSASendTo`: sends the contents of the buffer to the datagram's address.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); `WSAEMSGSIZE` (10040) if it is too long for a datagram;
    /// [`Error::Unsupported`] if no address was set.
    ///
    /// # Source
    ///
    /// winsock2.h, Windows 2000: [WSASendTo](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendto)
    #[doc(alias = "WSASendTo")]
    pub fn send_to<B: IoBuf>(&self, operation: Operation<Datagram<B>>) -> Submitted<Datagram<B>> {
        let prepare = |datagram: &mut Datagram<B>| {
            let contents = datagram.buffer.contents();
            let len = u32::try_from(contents.len()).map_err(|_| Error::TooLarge)?;
            let buf = WSABUF { len, buf: contents.as_ptr().cast_mut() };
            // The length may be one that a receive left there.
            let to = datagram.address().ok_or(Error::Unsupported("sending without an address"))?;
            let (_, to_len) = encode(&to);
            let to_len = i32::try_from(to_len).unwrap_or(0);
            let parameters = (buf, datagram.address.raw.as_ptr(), to_len);
            Ok(Prepared::reading(parameters))
        };
        let issue = |(buf, address, len), socket, block| {
            // SAFETY:
            // * buffer and address stay with the operation until the system is done with them.
            unsafe { os::send_to(socket, &[buf], address, len, block) }
        };
        let call = StartCall::named("WSASendTo");
        // SAFETY:
        // * one WSASendTo, which only reads what the datagram owns.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }
}

/// Bytes of the longest address, as the system counts them.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
const LENGTH: i32 = LONGEST as i32;

/// [`IoBufMut::set_filled`] of the buffer in a `Datagram<B>`.
///
/// # Safety
///
/// `datagram` is a `Datagram<B>`, whose room's first `n` bytes are initialised.
unsafe fn set_filled<B: IoBufMut>(datagram: *mut (), n: usize) {
    // SAFETY:
    // * `datagram` is a `Datagram<B>`, and the caller holds it mutably.
    let datagram = unsafe { &mut *datagram.cast::<Datagram<B>>() };
    // SAFETY:
    // * the caller promises that the first `n` bytes of the room are initialised.
    unsafe { datagram.buffer.set_filled(n) };
}

impl<B: fmt::Debug> fmt::Debug for Datagram<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagram")
            .field("address", &self.address())
            .field("buffer", &self.buffer)
            .finish()
    }
}
