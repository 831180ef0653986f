//! Sending a file without reading it.
//!
//! # Safety
//!
//! The system reads head and tail, and the structure that names them, until the packet is taken: all three lie
//! in the operation's slot and on its heap. The file is kept open as long, in the slot too.

use std::fmt;

use iocp_sys::TRANSMIT_FILE_BUFFERS;

use super::{buffers::contents_of, file::file_offset};
use crate::{
    associated::AssociatedSocket,
    base::{buffer::IoBuf, error::Error},
    operation::{Operation, Prepared, Submitted},
    os::{self, AsHandle, AsSocket, Borrowed, Handle},
};

/// The most that one call sends, head and tail included:
/// [2,147,483,646 bytes](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-transmitfile).
const MOST: u64 = 2_147_483_646;

/// A file, or a part of one, between what is sent before and after it: what
/// [`transmit_file`](AssociatedSocket::transmit_file) sends. It owns all three, and gives them back.
///
/// The file is open for reading and for overlapped use: what `open_overlapped` gives, or an
/// `Arc` of that, which any number of connections share. Of a handle that is not overlapped the system
/// [may](https://github.com/MicrosoftDocs/sdk-api/issues/1309) take its own position in place of the offset, and
/// move it.
pub struct Transmit<F, H = (), T = ()> {
    file: F,
    part: Part,
    head: H,
    tail: T,
    buffers: TRANSMIT_FILE_BUFFERS,
}

/// Which bytes of the file.
#[derive(Clone, Copy, Debug)]
enum Part {
    From(u64),
    Range(u64, u32),
}

// SAFETY:
// * Its pointers are set anew by each submit, to what is sent with them, and nobody follows them but the system
//   while the operation is in flight.
unsafe impl<F: Send, H: Send, T: Send> Send for Transmit<F, H, T> {}
// SAFETY:
// * Nothing follows the pointers of a shared value.
unsafe impl<F: Sync, H: Sync, T: Sync> Sync for Transmit<F, H, T> {}

impl<F> Transmit<F> {
    /// The whole file, alone.
    #[must_use]
    pub fn new(file: F) -> Self {
        Self::between((), file, ())
    }
}

impl<F, H, T> Transmit<F, H, T> {
    /// The whole file, between two buffers. `()` is no buffer.
    #[must_use]
    pub fn between(head: H, file: F, tail: T) -> Self {
        Self { file, part: Part::From(0), head, tail, buffers: TRANSMIT_FILE_BUFFERS::default() }
    }

    /// Sends `len` bytes of the file from `offset` on; 0 sends none of it, but head and tail. At the end of the
    /// file it sends what is there.
    pub fn set_range(&mut self, offset: u64, len: u32) {
        self.part = Part::Range(offset, len);
    }

    /// Sends the file from `offset` to its end, at most 2,147,483,646 bytes.
    pub fn set_start(&mut self, offset: u64) {
        self.part = Part::From(offset);
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &F {
        &self.file
    }

    /// What is sent before the file, to be changed between uses.
    pub fn head_mut(&mut self) -> &mut H {
        &mut self.head
    }

    /// What is sent after the file, to be changed between uses.
    pub fn tail_mut(&mut self) -> &mut T {
        &mut self.tail
    }

    /// Head, file and tail.
    #[must_use]
    pub fn into_parts(self) -> (H, F, T) {
        (self.head, self.file, self.tail)
    }
}

/// What the call gets: the file if any of it is sent, its offset and length, and the buffers if there are any.
struct Call {
    file: Option<Handle>,
    offset: i64,
    len: u32,
    buffers: *const TRANSMIT_FILE_BUFFERS,
}

impl<F: AsHandle, H: IoBuf, T: IoBuf> Transmit<F, H, T> {
    fn prepare(&mut self) -> Result<Call, Error> {
        let (head, tail) = (contents_of(&self.head)?, contents_of(&self.tail)?);
        self.buffers = TRANSMIT_FILE_BUFFERS {
            Head: head.buf.cast(),
            HeadLength: head.len,
            Tail: tail.buf.cast(),
            TailLength: tail.len,
        };
        let beside = u64::from(head.len) + u64::from(tail.len);
        // To the system a length of 0 is the rest of the file.
        let (sends_file, offset, len) = match self.part {
            Part::From(offset) => (true, offset, 0),
            Part::Range(offset, len) => (len > 0, offset, len),
        };
        if beside + u64::from(len) > MOST {
            return Err(Error::TooLarge);
        }
        if !sends_file && beside == 0 {
            // What the system says of such a call, and whether a packet follows, is open.
            return Err(Error::Unsupported("transmitting nothing"));
        }
        let offset = file_offset(offset)?;
        let file = sends_file.then(|| os::borrow_handle(&self.file).value());
        let buffers = if beside > 0 { &self.buffers } else { std::ptr::null() };
        Ok(Call { file, offset, len, buffers })
    }
}

/// What an operation lends of it is head and tail, by their own call; as one buffer it has no bytes.
// SAFETY:
// * There are no bytes that could move, change or be freed.
unsafe impl<F: AsHandle + Send + 'static, H: IoBuf, T: IoBuf> IoBuf for Transmit<F, H, T> {
    fn contents(&self) -> &[u8] {
        &[]
    }

    fn capacity(&self) -> usize {
        self.head.capacity().saturating_add(self.tail.capacity())
    }
}

impl<S: AsSocket + 'static> AssociatedSocket<S> {
    /// [`TransmitFile`](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-transmitfile):
    /// sends a file, or a part of one, between two buffers (fact TF03), which the system reads by itself.
    ///
    /// The result is how many bytes were sent, head and tail included. A file that has shrunk meanwhile sends
    /// fewer. Do not shut the socket down, nor send by another operation, before the result is there.
    ///
    /// A file of more than 2 GiB takes several ranges: the head with the first, the tail with the last. Ask for the
    /// file's length first, and end the loop at 0 bytes too.
    ///
    /// Client editions of Windows carry out two such calls at a time, and the others wait for those
    /// ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-transmitfile)): a
    /// peer that does not read holds a place, so cancel what takes too long, or read and send there.
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused). [`Error::Unsupported`]: the socket is not TCP over IP, or
    /// neither file nor buffers have anything to send; [`Error::TooLarge`]: buffers and range have more than
    /// 2,147,483,646 bytes together; [`Error::OffsetTooLarge`]; [`Error::Os`] of `WSAIoctl`. As results
    /// `WSAEINVAL` (10022: an offset behind the end, or more than so many bytes up to the end), `WSAENOTCONN`
    /// (10057, fact TF01), `WSAESHUTDOWN` (10058), and those of a [`send`](Self::send).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{CompletionPort, Packets, Transmit};
    /// use std::{fs::File, net::TcpStream};
    ///
    /// let port = CompletionPort::new()?;
    /// let file = iocp::open_overlapped(File::options().read(true), "photo.jpg", 0)?;
    /// let stream = port.associate_socket(TcpStream::connect("127.0.0.1:7777")?, 0)?;
    /// let head = format!("{}\n", file.metadata()?.len());
    /// let operation = port.operation(Transmit::between(head, file, ()), 1)?;
    /// let mut packets = Packets::with_capacity(8);
    /// let sent = port.finish(stream.transmit_file(operation), &mut packets, None)?;
    /// println!("{} bytes", sent.result()?);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "TransmitFile")]
    pub fn transmit_file<F, H, T>(
        &self,
        operation: Operation<Transmit<F, H, T>>,
    ) -> Submitted<Transmit<F, H, T>>
    where
        F: AsHandle + Send + 'static,
        H: IoBuf,
        T: IoBuf,
    {
        let (target, kind) = (self.target(), self.kind());
        let socket = target.map(|target| target.handle);
        let prepare = |transmit: &mut Transmit<F, H, T>| {
            if !kind.is_tcp() {
                return Err(Error::Unsupported("transmitting on a socket that is not TCP over IP"));
            }
            os::find_transmit(socket?, kind).map_err(|code| Error::os("WSAIoctl", code))?;
            Ok(Prepared::filling_nothing(transmit.prepare()?))
        };
        let issue = |call: Call, socket, block| {
            let Call { file, offset, len, buffers } = call;
            // SAFETY:
            // * The file lies in the operation, which is not dropped before this call has returned.
            let file = file.map(|file| unsafe { Borrowed::new(file) });
            // SAFETY:
            // * Block, buffers and the structure that names them lie in the slot and on the heap, where nobody
            //   touches them before `submit` knows that the system is done with them.
            unsafe { os::transmit(socket, kind, file, offset, len, buffers, block) }
        };
        // SAFETY:
        // * `issue` makes one TransmitFile, which only reads what the operation owns, and sets an offset.
        unsafe { operation.submit(target, true, prepare, issue) }
    }
}

impl<F: fmt::Debug, H: fmt::Debug, T: fmt::Debug> fmt::Debug for Transmit<F, H, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transmit")
            .field("file", &self.file)
            .field("part", &self.part)
            .field("head", &self.head)
            .field("tail", &self.tail)
            .finish_non_exhaustive()
    }
}
