//! Datagrams with their addresses: receive from, send to.

use std::{fmt, net::SocketAddr};

use super::{
    buffers::{contents_of, room_of, sealed, IoBufs, IoBufsMut},
    vectored::fill_in_turn,
};
use crate::{
    associated::AssociatedSocket,
    base::buffer::{set_filled, IoBuf, IoBufMut},
    base::error::Error,
    operation::{Operation, Prepared, Submitted},
    os::{
        self,
        address::{decode, encode, LONGEST},
        AsSocket,
    },
};

/// A buffer and an address: what [`AssociatedSocket::recv_from`] fills and
/// [`AssociatedSocket::send_to`] sends.
pub struct Datagram<B> {
    buffer: B,
    address: Box<Address>,
}

/// What the system reads or writes while the operation is in flight.
#[derive(Clone, Copy)]
#[repr(C)]
struct Address {
    len: i32,
    raw: [u8; LONGEST],
}

const NONE: Address = Address { len: 0, raw: [0; LONGEST] };

impl<B> Datagram<B> {
    /// A buffer without an address. Allocates room for one.
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
// * The contents are those of the buffer, an `IoBuf`: moving the datagram moves the buffer as any move.
unsafe impl<B: IoBuf> IoBuf for Datagram<B> {
    fn contents(&self) -> &[u8] {
        self.buffer.contents()
    }

    fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}

// SAFETY:
// * The room is that of the buffer, an `IoBufMut`; the address lies in memory of its own.
unsafe impl<B: IoBufMut> IoBufMut for Datagram<B> {
    fn room(&mut self) -> (*mut u8, usize) {
        self.buffer.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * The room is the buffer's, so what the caller promises of it is what the buffer asks for.
        unsafe { self.buffer.set_filled(n) };
    }

    fn clear(&mut self) {
        self.buffer.clear();
    }
}

// Several buffers make one datagram: `vectored_operation` takes it.
impl<B: IoBufs> IoBufs for Datagram<B> {}
impl<B: IoBufsMut> IoBufsMut for Datagram<B> {}

impl<B: IoBufs> sealed::Send for Datagram<B> {
    type Descriptors = B::Descriptors;

    fn describe(&self) -> Result<Self::Descriptors, Error> {
        self.buffer.describe()
    }

    fn capacity(&self) -> usize {
        sealed::Send::capacity(&self.buffer)
    }
}

impl<B: IoBufsMut> sealed::Recv for Datagram<B> {
    fn rooms(&mut self) -> Result<(Self::Descriptors, u32), Error> {
        self.buffer.rooms()
    }

    unsafe fn fill_in_turn(&mut self, n: usize) {
        // SAFETY:
        // * The rooms are the buffers', so what the caller promises of them is what the buffers ask for.
        unsafe { self.buffer.fill_in_turn(n) };
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`WSARecvFrom`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecvfrom):
    /// receives one datagram and its sender's address.
    ///
    /// A datagram larger than the room is [`Truncated`](crate::CompletionKind::Truncated): what
    /// fitted is in the buffer, the rest is lost.
    ///
    /// Two failures tell of an earlier datagram that this socket has sent; nothing was received, and the
    /// socket is still good, so receive again
    /// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecvfrom)):
    ///
    /// | kind | code | the earlier datagram | is not told after |
    /// | --- | --- | --- | --- |
    /// | [`Unreachable`](crate::CompletionKind::Unreachable) | `WSAECONNRESET` (10054) | met a closed port | `WSAIoctl` of `SIO_UDP_CONNRESET` with 0 |
    /// | [`TtlExpired`](crate::CompletionKind::TtlExpired) | `WSAENETRESET` (10052) | ran out of its time to live | `WSAIoctl` of `SIO_UDP_NETRESET` with 0 (its first Windows: *open*) |
    ///
    /// Both controls are set on the socket itself, before or after it is associated; they are in `iocp-sys`.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionKind, CompletionPort, Datagram, Packets};
    /// use std::net::UdpSocket;
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(UdpSocket::bind("127.0.0.1:0")?, 0)?;
    /// # let client = UdpSocket::bind("127.0.0.1:0")?;
    /// # client.send_to(b"question", socket.local_addr()?)?;
    /// let operation = port.operation(Datagram::new(Vec::with_capacity(1500)), 1)?;
    /// let mut packets = Packets::with_capacity(8);
    /// let received = port.finish(socket.recv_from(operation), &mut packets, None)?;
    /// match received.kind() {
    ///     None => println!("{:?} from {:?}", received.result(), received.buffer().address()),
    ///     // Too long for the room: what fitted is in the buffer.
    ///     Some(CompletionKind::Truncated) => println!("{:?}", received.buffer().buffer()),
    ///     // Of an earlier datagram that was sent from here: receive again.
    ///     Some(CompletionKind::Unreachable | CompletionKind::TtlExpired) => {}
    ///     Some(_) => return Err(received.result().unwrap_err().into()),
    /// }
    /// # assert_eq!(received.buffer().buffer(), b"question");
    /// # assert_eq!(received.buffer().address(), Some(client.local_addr()?));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "WSARecvFrom")]
    pub fn recv_from<B: IoBufMut>(
        &self,
        operation: Operation<Datagram<B>>,
    ) -> Submitted<Datagram<B>> {
        let prepare = |datagram: &mut Datagram<B>| {
            let room = room_of(datagram)?;
            *datagram.address = Address { len: LENGTH, ..NONE };
            let address = std::ptr::from_mut(&mut *datagram.address);
            Ok(Prepared::filling((room, address), set_filled::<Datagram<B>>, room.len))
        };
        let issue = |(room, address): (_, *mut Address), socket, block| {
            // SAFETY:
            // * `address` points to the datagram's own address, on the heap.
            let len = unsafe { std::ptr::addr_of_mut!((*address).len) };
            // SAFETY:
            // * `address` points to the datagram's own address, on the heap.
            let raw = unsafe { std::ptr::addr_of_mut!((*address).raw) };
            // SAFETY:
            // * Block, buffer and address lie in the slot and on the heap, where nobody touches them before
            //   `submit` knows that the system is done with them; `raw` has room for the longest address.
            unsafe { os::recv_from(socket, &[room], raw.cast(), len, block) }
        };
        // SAFETY:
        // * `issue` makes one WSARecvFrom, into the room and the address that `prepare` got.
        // * `set_filled` is that of `Datagram<B>`; a receive fills its room from the start.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// [`WSARecvFrom`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsarecvfrom): as
    /// [`recv_from`](Self::recv_from), into the room of several buffers, filled one after the other.
    ///
    /// # Errors
    ///
    /// As [`recv_vectored`](Self::recv_vectored).
    #[doc(alias = "WSARecvFrom")]
    pub fn recv_from_vectored<B: IoBufsMut>(
        &self,
        operation: Operation<Datagram<B>>,
    ) -> Submitted<Datagram<B>> {
        let prepare = |datagram: &mut Datagram<B>| {
            let (rooms, room) = datagram.buffer.rooms()?;
            if room == 0 {
                return Err(Error::NoRoom);
            }
            *datagram.address = Address { len: LENGTH, ..NONE };
            let address = std::ptr::from_mut(&mut *datagram.address);
            Ok(Prepared::filling((rooms, address), fill_in_turn::<Datagram<B>>, room))
        };
        let issue = |(rooms, address): (B::Descriptors, *mut Address), socket, block| {
            // SAFETY:
            // * `address` points to the datagram's own address, on the heap.
            let len = unsafe { std::ptr::addr_of_mut!((*address).len) };
            // SAFETY:
            // * `address` points to the datagram's own address, on the heap.
            let raw = unsafe { std::ptr::addr_of_mut!((*address).raw) };
            // SAFETY:
            // * Block, buffers and address lie in the slot and on the heap, as for `recv_from`.
            unsafe { os::recv_from(socket, rooms.as_ref(), raw.cast(), len, block) }
        };
        // SAFETY:
        // * `issue` makes one WSARecvFrom, into the rooms and the address that `prepare` got.
        // * `fill_in_turn` is that of `Datagram<B>`, and a receive fills the rooms in their order.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// `WSARecv` with `MSG_PEEK` and without room: is done when a datagram is there, which stays. It says
    /// `Truncated` then, or success of an empty one.
    pub(crate) fn probe_datagram(&self, operation: Operation<()>) -> Submitted<()> {
        let prepare = |(): &mut ()| Ok(Prepared::receiving_nothing(()));
        let issue = |(), socket, block| {
            // SAFETY:
            // * The block lies in the slot, as for `recv_from`; no byte of any buffer is lent.
            unsafe { os::probe_datagram(socket, block) }
        };
        // SAFETY:
        // * `issue` makes one WSARecv, which uses no memory but the status block, and fills nothing.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// [`WSASendTo`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendto):
    /// sends the contents of the buffer to the datagram's address.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send); [`Error::Unsupported`] if no address was set. As a result `WSAEMSGSIZE`
    /// (10040) if it is too long for a datagram.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, Datagram, Packets};
    /// use std::net::UdpSocket;
    ///
    /// let port = CompletionPort::new()?;
    /// let socket = port.associate_socket(UdpSocket::bind("127.0.0.1:0")?, 0)?;
    /// # let peer = UdpSocket::bind("127.0.0.1:0")?;
    /// # let address = peer.local_addr()?;
    /// let mut datagram = Datagram::new(b"answer".to_vec());
    /// datagram.set_address(&address);
    /// let send = socket.send_to(port.operation(datagram, 1)?);
    /// let sent = port.finish(send, &mut Packets::with_capacity(8), None)?;
    /// assert_eq!(sent.result()?, 6);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "WSASendTo")]
    pub fn send_to<B: IoBuf>(&self, operation: Operation<Datagram<B>>) -> Submitted<Datagram<B>> {
        let prepare = |datagram: &mut Datagram<B>| {
            let contents = contents_of(datagram)?;
            // Decoded: the length may be one that a receive left there.
            let to = datagram.address().ok_or(Error::Unsupported("sending without an address"))?;
            let len = i32::try_from(encode(&to).1).unwrap_or(0);
            Ok(Prepared::filling_nothing((contents, datagram.address.raw.as_ptr(), len)))
        };
        let issue = |(contents, address, len), socket, block| {
            // SAFETY:
            // * Block, buffer and address lie in the slot and on the heap, as for `recv_from`; `len` is the
            //   length of an address of this family, at most that of `raw`.
            unsafe { os::send_to(socket, &[contents], address, len, block) }
        };
        // SAFETY:
        // * `issue` makes one WSASendTo, which only reads what the datagram owns.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// [`WSASendTo`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendto): as
    /// [`send_to`](Self::send_to), the contents of several buffers as one datagram.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to).
    #[doc(alias = "WSASendTo")]
    pub fn send_to_vectored<B: IoBufs>(
        &self,
        operation: Operation<Datagram<B>>,
    ) -> Submitted<Datagram<B>> {
        let prepare = |datagram: &mut Datagram<B>| {
            let contents = datagram.buffer.describe()?;
            // Decoded: the length may be one that a receive left there.
            let to = datagram.address().ok_or(Error::Unsupported("sending without an address"))?;
            let len = i32::try_from(encode(&to).1).unwrap_or(0);
            Ok(Prepared::filling_nothing((contents, datagram.address.raw.as_ptr(), len)))
        };
        let issue = |(contents, address, len): (B::Descriptors, _, _), socket, block| {
            // SAFETY:
            // * Block, buffers and address lie in the slot and on the heap, as for `send_to`.
            unsafe { os::send_to(socket, contents.as_ref(), address, len, block) }
        };
        // SAFETY:
        // * `issue` makes one WSASendTo, which only reads what the datagram owns.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}

/// Bytes of the longest address, as the system counts them.
#[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
const LENGTH: i32 = LONGEST as i32;

impl<B: fmt::Debug> fmt::Debug for Datagram<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagram")
            .field("address", &self.address())
            .field("buffer", &self.buffer)
            .finish()
    }
}
