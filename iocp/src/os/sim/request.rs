//! One operation that the kernel owns: what it was lent.
//!
//! # Safety
//!
//! A [`Request`] is made from memory whose lender keeps it valid and untouched until the request is
//! finished. Finishing consumes it, so whatever it does with that memory it does before.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    ptr::addr_of_mut,
    thread::{self, ThreadId},
};

use iocp_sys::{OVERLAPPED, WSABUF, WSAMSG};

use super::{
    finished::Finished,
    port::Port,
    script::Choices,
    waitable::{self, Object},
};
use crate::os::{address::encode, Handle};

pub(super) const SUCCESS: u32 = 0;
pub(super) const OVERFLOW: u32 = 0x8000_0005;
pub(super) const CANCELLED: u32 = 0xC000_0120;
pub(super) const ABORTED: u32 = 0xC000_0241;
pub(super) const RESET: u32 = 0xC000_020D;
pub(super) const REFUSED: u32 = 0xC000_0236;
pub(super) const PIPE_BROKEN: u32 = 0xC000_014B;
pub(super) const UNREACHABLE: u32 = 0xC000_023F;

/// How many buffers a request keeps without allocating.
const FEW: usize = 4;

/// What the kernel may do with the buffers it is lent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lent {
    ToRead,
    ToWrite,
}

/// Which operations are meant.
#[derive(Clone, Copy)]
pub(super) enum Which {
    All,
    /// With this status block.
    Block(*mut OVERLAPPED),
    /// An accept with this status block that waits for its first bytes.
    FirstData(usize),
    /// That end with this thread.
    Thread(ThreadId),
}

impl Which {
    /// Those of a cancel: null means all.
    pub(super) fn of_block(block: *mut OVERLAPPED) -> Self {
        if block.is_null() {
            Self::All
        } else {
            Self::Block(block)
        }
    }
}

/// By which kind of call it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// Through Winsock, which takes the event from the block and answers with codes.
    Winsock,
    /// By a native call without an event, which answers with the status.
    Native,
}

/// An operation in the kernel's hands.
pub(super) struct Request {
    pub(super) block: *mut OVERLAPPED,
    few: [WSABUF; FEW],
    more: Vec<WSABUF>,
    count: usize,
    /// Where its packet goes; `None`: no packet.
    pub(super) target: Option<(&'static Port, usize)>,
    /// What it sets when it is done.
    pub(super) event: Option<&'static Object>,
    /// Where the sender's address goes, and its length.
    sender: Option<(*mut u8, *mut i32)>,
    /// Where control messages go, and what they are.
    control: Option<(*mut WSAMSG, Vec<u8>)>,
    pub(super) choices: Choices,
    pub(super) plain: bool,
    pub(super) road: Road,
    pub(super) lent: Lent,
    /// The thread at whose end it is cancelled: with an event, or without a packet (facts CAN01 to CAN04,
    /// TCP14).
    pub(super) thread: Option<ThreadId>,
    /// Bytes of a send that have left already.
    pub(super) sent: usize,
    /// Of an accept: the room for first bytes, before that for the addresses.
    pub(super) data_room: usize,
    /// What one of the buffers is, if it is the kernel's own.
    _kept: Vec<u8>,
}

// SAFETY:
// * the memory behind the pointers is lent to the kernel, which is one owner on any thread.
unsafe impl Send for Request {}

impl Request {
    /// # Safety
    ///
    /// The block and the memory of the buffers stay valid and untouched until the request is
    /// finished, or forgotten by its lender because the call says that it failed.
    pub(super) unsafe fn new(
        road: Road,
        block: *mut OVERLAPPED,
        bufs: &[WSABUF],
        target: Option<(&'static Port, usize)>,
        choices: Choices,
        plain: bool,
    ) -> Self {
        let mut few = [WSABUF { len: 0, buf: std::ptr::null_mut() }; FEW];
        let first = bufs.len().min(FEW);
        few[..first].copy_from_slice(&bufs[..first]);
        let event = match road {
            Road::Native => 0,
            // SAFETY:
            // * the block is valid, and lent to the kernel from now on.
            Road::Winsock => unsafe { event_of(block) },
        };
        // The low bit of the event keeps the packet out of the port.
        let target = target.filter(|_| event & 1 == 0);
        let event = if event == 0 { None } else { waitable::object(Handle(event & !1)).ok() };
        let (more, count) = (bufs[first..].to_vec(), bufs.len());
        let (sender, control, lent, sent) = (None, None, Lent::ToWrite, 0);
        let ends = event.is_some() || target.is_none();
        let thread = ends.then(|| thread::current().id());
        Self {
            block,
            few,
            more,
            count,
            target,
            event,
            sender,
            control,
            choices,
            plain,
            road,
            lent,
            thread,
            sent,
            data_room: 0,
            _kept: Vec::new(),
        }
    }

    /// The same, as an accept with room for first bytes.
    pub(super) fn with_data_room(self, data_room: usize) -> Self {
        Self { data_room, ..self }
    }

    /// The same, with only its first bytes left.
    pub(super) fn cut(mut self, len: usize) -> Self {
        self.few[0].len = u32::try_from(len).unwrap_or(0).min(self.few[0].len);
        self
    }

    /// The same, with memory of the kernel's own that one of the buffers names.
    pub(super) fn keeping(self, kept: Vec<u8>) -> Self {
        Self { _kept: kept, ..self }
    }

    /// The same, with a place for the sender's address.
    ///
    /// # Safety
    ///
    /// As [`new`](Self::new), for the address and for its length, which says how much room it has.
    pub(super) unsafe fn asking_for_sender(self, address: *mut u8, len: *mut i32) -> Self {
        Self { sender: Some((address, len)), ..self }
    }

    /// The same, with a message for the sender's address and control messages.
    ///
    /// # Safety
    ///
    /// As [`new`](Self::new), for the message and all that it points to.
    pub(super) unsafe fn asking_for_control(self, message: *mut WSAMSG, control: Vec<u8>) -> Self {
        // SAFETY:
        // * lent to us for reading, from now on.
        let name = unsafe { (*message).name };
        // SAFETY:
        // * lent to us; a field is taken without a reference.
        let len = unsafe { std::ptr::addr_of_mut!((*message).namelen) };
        Self { sender: Some((name.cast(), len)), control: Some((message, control)), ..self }
    }

    /// Writes the control messages, as many bytes as there is room for.
    fn write_control(&self) {
        let Some((message, control)) = &self.control else { return };
        // SAFETY:
        // * lent to us for writing; a field is taken without a reference.
        let place = unsafe { std::ptr::addr_of_mut!((**message).Control) };
        // SAFETY:
        // * lent to us, and set by the lender to the room.
        let WSABUF { len, buf } = unsafe { place.read() };
        let fits = control.len() <= len as usize;
        let count = if fits { control.len() } else { 0 };
        // SAFETY:
        // * lent to us for writing, with at least `count` bytes of room.
        unsafe { buf.copy_from_nonoverlapping(control.as_ptr(), count) };
        // SAFETY:
        // * lent to us for writing.
        unsafe { place.write(WSABUF { len: u32::try_from(count).unwrap_or(0), buf }) };
        // SAFETY:
        // * lent to us for writing.
        unsafe { (**message).dwFlags = if fits { 0 } else { iocp_sys::MSG_CTRUNC } };
    }

    /// Writes the sender's address, where that was asked for.
    pub(super) fn name_sender(&self, sender: &SocketAddr) {
        self.write_control();
        let Some((place, place_len)) = self.sender else { return };
        let (raw, len) = encode(sender);
        // SAFETY:
        // * lent to us, and set by the lender to the room at `place`.
        let room = usize::try_from(unsafe { place_len.read() }).unwrap_or(0);
        let len = len.min(room);
        // SAFETY:
        // * lent to us for writing, with at least `len` bytes of room.
        unsafe { place.copy_from_nonoverlapping(raw.as_ptr(), len) };
        // SAFETY:
        // * lent to us for writing.
        unsafe { place_len.write(i32::try_from(len).unwrap_or(0)) };
    }

    pub(super) fn is(&self, which: Which) -> bool {
        match which {
            Which::All => true,
            Which::Block(block) => self.block == block,
            Which::FirstData(block) => self.data_room > 0 && self.block as usize == block,
            Which::Thread(thread) => self.thread == Some(thread),
        }
    }

    /// Bytes of all buffers.
    pub(super) fn len(&self) -> usize {
        self.bufs().map(|buf| buf.len as usize).sum()
    }

    fn bufs(&self) -> impl Iterator<Item = &WSABUF> {
        self.few.iter().chain(&self.more).take(self.count)
    }

    /// Writes to the buffers from their start; what does not fit is left out. Nothing is written to
    /// what is only sent.
    pub(super) fn fill(&self, bytes: impl IntoIterator<Item = u8>) {
        if self.lent == Lent::ToRead {
            return;
        }
        let mut bytes = bytes.into_iter();
        for buf in self.bufs() {
            for at in 0..buf.len as usize {
                let Some(byte) = bytes.next() else { return };
                // SAFETY:
                // * `at` lies inside the buffer that this descriptor names.
                let place = unsafe { buf.buf.add(at) };
                // SAFETY:
                // * lent to us for writing.
                unsafe { place.write(byte) };
            }
        }
    }

    /// Moves up to `most` bytes that were not sent yet to the other side.
    pub(super) fn send_to(&mut self, inbound: &mut VecDeque<u8>, most: usize) {
        let from = self.sent;
        let to = self.len().min(from.saturating_add(most));
        let mut start = 0;
        for buf in self.bufs() {
            let len = buf.len as usize;
            for at in from.saturating_sub(start).min(len)..to.saturating_sub(start).min(len) {
                // SAFETY:
                // * `at` lies inside the buffer that this descriptor names.
                let place = unsafe { buf.buf.add(at) };
                // SAFETY:
                // * lent to us for reading.
                inbound.push_back(unsafe { place.read() });
            }
            start += len;
        }
        self.sent = to;
    }

    pub(super) fn done(self, status: u32, count: usize) -> Finished {
        Finished { request: self, status, count, staged: Vec::new(), sender: None }
    }
}

/// The event of a status block, as a number.
///
/// # Safety
///
/// The block is valid, and nobody writes its event meanwhile.
unsafe fn event_of(block: *mut OVERLAPPED) -> usize {
    // SAFETY:
    // * in bounds of the block.
    let event = unsafe { addr_of_mut!((*block).hEvent) };
    // SAFETY:
    // * the block is valid, and nobody writes this field, as the caller promises.
    unsafe { event.read() as usize }
}

/// Moves those that are meant from a queue.
pub(super) fn take_matching(queue: &mut VecDeque<Request>, which: Which, ended: &mut Vec<Request>) {
    for _ in 0..queue.len() {
        if let Some(request) = queue.pop_front() {
            if request.is(which) {
                ended.push(request);
            } else {
                queue.push_back(request);
            }
        }
    }
}
