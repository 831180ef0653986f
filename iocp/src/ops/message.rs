//! Datagrams with control messages: which address they were sent to, how many hops they have left.
//!
//! # Safety
//!
//! The system reads and writes a `WSAMSG` and all that it points to until the packet is taken: so they lie in
//! one block on the heap, which the message owns, and the buffer where every buffer lies.

mod ask;
mod vectored;

use std::{fmt, net::SocketAddr};

use iocp_sys as sys;
use iocp_sys::WSABUF;

pub use ask::ControlKind;

use super::buffers::{contents_of, room_of, EMPTY};
use crate::{
    associated::AssociatedSocket,
    base::{
        buffer::{set_filled, IoBuf, IoBufMut},
        control_message::{ControlMessage, ControlMessages, PacketInfo},
        error::Error,
    },
    operation::{Operation, Prepared, Submitted},
    os::{
        self,
        address::{decode, encode, LONGEST},
        AsSocket,
    },
};

/// A buffer, an address and control messages: what [`recv_msg`](AssociatedSocket::recv_msg) fills and
/// [`send_msg`](AssociatedSocket::send_msg) sends.
///
/// What was received stays in it, so a message that goes straight back goes to its sender, *with the control messages
/// that came*: from the address that was asked, but also with the hops that were left.
/// [`set_control`](Self::set_control) says what an answer has.
///
/// # Examples
///
/// A server answers from the address that it was asked at:
///
/// ```no_run
/// # #[cfg(windows)] {
/// use iocp::{AssociatedSocket, Completed, ControlMessage, Error, Message, Submitted};
///
/// fn answer(
///     socket: &AssociatedSocket<std::net::UdpSocket>,
///     question: Completed<Message<Vec<u8>>>,
/// ) -> Result<Submitted<Message<Vec<u8>>>, Error> {
///     let mut operation = question.into_operation();
///     let message = operation.buffer_mut();
///     match message.packet_info() {
///         Some(info) => message.set_control(&[ControlMessage::PacketInfo(info)])?,
///         None => message.set_control(&[])?,
///     }
///     Ok(socket.send_msg(operation)) // to the address that it came from
/// }
/// # }
/// ```
pub struct Message<B> {
    buffer: B,
    block: Box<Block>,
}

/// Room for control messages, bytes.
const CONTROL: usize = 256;

/// How many buffers one message has at most.
const BUFFERS: usize = 8;

/// What the system uses while the operation is in flight.
struct Block {
    message: sys::WSAMSG,
    data: [WSABUF; BUFFERS],
    /// Aligned as addresses are.
    name: [u64; LONGEST.div_ceil(8)],
    /// Aligned as headers are.
    control: [u64; CONTROL / 8],
}

// SAFETY:
// * Its pointers are set anew by each submit, point into itself and to the buffer, and nobody follows them but
//   the system while the operation is in flight.
unsafe impl Send for Block {}
// SAFETY:
// * A shared reference reads numbers only.
unsafe impl Sync for Block {}

impl<B> Message<B> {
    /// A buffer without an address and control messages. Allocates room for both: 256 bytes for the latter.
    #[must_use]
    pub fn new(buffer: B) -> Self {
        let block = Block {
            message: sys::WSAMSG::default(),
            data: [EMPTY; BUFFERS],
            name: [0; LONGEST.div_ceil(8)],
            control: [0; CONTROL / 8],
        };
        Self { buffer, block: Box::new(block) }
    }

    /// The peer's address: the sender of what was received, or what was set. `None` before either.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        let len = usize::try_from(self.block.message.namelen).ok()?;
        decode(bytes(&self.block.name).get(..len)?)
    }

    /// Sets where to send to.
    pub fn set_address(&mut self, to: &SocketAddr) {
        let (raw, len) = encode(to);
        bytes_mut(&mut self.block.name)[..len].copy_from_slice(&raw[..len]);
        self.block.message.namelen = i32::try_from(len).unwrap_or(0);
    }

    /// The control messages: those received, or those to be sent.
    #[must_use]
    pub fn control(&self) -> ControlMessages<'_> {
        let len = usize::try_from(self.block.message.Control.len).unwrap_or(CONTROL).min(CONTROL);
        ControlMessages::new(&bytes(&self.block.control)[..len])
    }

    /// Whether more control messages came than there was room for (`MSG_CTRUNC`).
    #[must_use]
    pub fn is_control_truncated(&self) -> bool {
        self.block.message.dwFlags & sys::MSG_CTRUNC != 0
    }

    /// Of the control messages: which address and interface it was sent to.
    #[must_use]
    pub fn packet_info(&self) -> Option<PacketInfo> {
        self.control().find_map(|message| match message {
            ControlMessage::PacketInfo(info) => Some(info),
            _ => None,
        })
    }

    /// Of the control messages: how many hops it had left.
    #[must_use]
    pub fn hop_limit(&self) -> Option<u32> {
        self.control().find_map(|message| match message {
            ControlMessage::HopLimit(hops) => Some(hops),
            _ => None,
        })
    }

    /// Sets the control messages to send, in place of all that there were.
    ///
    /// Set the [address](Self::set_address) first: a hop limit and congestion bits are written for its family, for
    /// IPv4 if there is none. A packet info is written for its own; one of another family than the address is the
    /// system's to refuse. Wine 8 and 10 send without them, and say success: a program's answers leave by the address
    /// that the route has.
    ///
    /// # Errors
    ///
    /// [`Error::TooLarge`] if they take more than 256 bytes: none is set then.
    pub fn set_control(&mut self, messages: &[ControlMessage<'_>]) -> Result<(), Error> {
        let v6 = self.address().is_some_and(|address| address.is_ipv6());
        self.block.message.Control.len = 0;
        let mut at = 0;
        for message in messages {
            let into = bytes_mut(&mut self.block.control);
            at = message.write(into, at, v6).ok_or(Error::TooLarge)?;
        }
        self.block.message.Control.len = u32::try_from(at).unwrap_or(0);
        Ok(())
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

/// Pointers into the block, for the system: to be used while nobody touches the block.
fn point(
    block: &mut Block,
    buffers: &[WSABUF],
    control_len: u32,
) -> Result<*mut sys::WSAMSG, Error> {
    let Block { message, data, name, control } = block;
    data.get_mut(..buffers.len()).ok_or(Error::TooLarge)?.copy_from_slice(buffers);
    message.name =
        if message.namelen == 0 { std::ptr::null_mut() } else { name.as_mut_ptr().cast() };
    message.lpBuffers = data.as_mut_ptr();
    message.dwBufferCount = u32::try_from(buffers.len()).unwrap_or(0);
    message.Control = match control_len {
        0 => EMPTY,
        len => WSABUF { len, buf: control.as_mut_ptr().cast() },
    };
    message.dwFlags = 0;
    Ok(message)
}

/// As [`point`], for what is received.
fn point_to_room(block: &mut Block, buffers: &[WSABUF]) -> Result<*mut sys::WSAMSG, Error> {
    // What fails leaves no item and no address behind: a header of no length is none, and so is family 0.
    (block.control[0], block.name[0]) = (0, 0);
    block.message.namelen = i32::try_from(LONGEST).unwrap_or(0);
    point(block, buffers, u32::try_from(CONTROL).unwrap_or(0))
}

/// As [`point`], for what is sent.
fn point_to_contents(
    block: &mut Block,
    address: Option<SocketAddr>,
    buffers: &[WSABUF],
) -> Result<*mut sys::WSAMSG, Error> {
    // The lengths may be what a receive left there, of room where it failed.
    let len = address.map_or(0, |address| encode(&address).1);
    block.message.namelen = i32::try_from(len).unwrap_or(0);
    let control = block.message.Control.len.min(u32::try_from(CONTROL).unwrap_or(0));
    let is_empty = block.control[0] == 0;
    point(block, buffers, if is_empty { 0 } else { control })
}

fn bytes(words: &[u64]) -> &[u8] {
    // SAFETY:
    // * Words are eight initialised bytes each, borrowed as long; bytes need no alignment.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), words.len() * 8) }
}

fn bytes_mut(words: &mut [u64]) -> &mut [u8] {
    // SAFETY:
    // * As in `bytes`, borrowed mutably; any bytes are words.
    unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), words.len() * 8) }
}

// SAFETY:
// * The contents are those of the buffer, an `IoBuf`: moving the message moves the buffer as any move.
unsafe impl<B: IoBuf> IoBuf for Message<B> {
    fn contents(&self) -> &[u8] {
        self.buffer.contents()
    }

    fn capacity(&self) -> usize {
        self.buffer.capacity()
    }
}

// SAFETY:
// * The room is that of the buffer, an `IoBufMut`; the block lies in memory of its own.
unsafe impl<B: IoBufMut> IoBufMut for Message<B> {
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

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`WSARecvMsg`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_wsarecvmsg):
    /// receives one datagram, its sender's address, and the control messages that were
    /// [asked for](Self::ask_for). The socket has to be bound.
    ///
    /// A datagram larger than the room is [`Truncated`](crate::CompletionKind::Truncated), with its first bytes and its
    /// sender (that its control messages come too is shown under Wine, and *open* of Windows), as by
    /// [`recv_from`](Self::recv_from), whose two failures that tell of an earlier datagram come here too.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv); [`Error::Os`] if the provider has no `WSARecvMsg` (it is for datagrams).
    #[doc(alias = "WSARecvMsg")]
    pub fn recv_msg<B: IoBufMut>(&self, operation: Operation<Message<B>>) -> Submitted<Message<B>> {
        let (target, kind) = (self.target(), self.kind());
        let prepare = |message: &mut Message<B>| {
            let room = room_of(message)?;
            let socket = os::borrow_socket(self.get_ref());
            os::find_recv_msg(socket, kind).map_err(|code| Error::os("WSAIoctl", code))?;
            let block = point_to_room(&mut message.block, &[room])?;
            Ok(Prepared::filling(block, set_filled::<Message<B>>, room.len))
        };
        let issue = |message: *mut sys::WSAMSG, socket, block| {
            // SAFETY:
            // * Status block, buffer and the message's block lie in the slot and on the heap, where nobody
            //   touches them before `submit` knows that the system is done with them.
            unsafe { os::recv_msg(socket, kind, message, block) }
        };
        // SAFETY:
        // * `issue` makes one WSARecvMsg, into the room and the block that `prepare` got.
        // * `set_filled` is that of `Message<B>`; a receive fills its room from the start.
        unsafe { operation.submit(target, false, prepare, issue) }
    }

    /// [`WSASendMsg`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsasendmsg): sends
    /// the contents of the buffer to the message's address, with its control messages; on a connected socket
    /// without an address to its peer.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). As a result `WSAEMSGSIZE` (10040) if it is too long for a datagram, 10022 for a
    /// control message that the system does not send.
    #[doc(alias = "WSASendMsg")]
    pub fn send_msg<B: IoBuf>(&self, operation: Operation<Message<B>>) -> Submitted<Message<B>> {
        let prepare = |message: &mut Message<B>| {
            let contents = contents_of(message)?;
            let address = message.address();
            let block = point_to_contents(&mut message.block, address, &[contents])?;
            Ok(Prepared::filling_nothing(block))
        };
        let issue = |message: *mut sys::WSAMSG, socket, block| {
            // SAFETY:
            // * Status block, buffer and the message's block lie in the slot and on the heap, as for
            //   `recv_msg`.
            unsafe { os::send_msg(socket, message, block) }
        };
        // SAFETY:
        // * `issue` makes one WSASendMsg, which only reads what the message owns.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}

impl<B: fmt::Debug> fmt::Debug for Message<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("address", &self.address())
            .field("control", &self.control())
            .field("buffer", &self.buffer)
            .finish()
    }
}
