//! Read and write at an offset: files, and pipes and devices, which have none.

use iocp_sys::WSABUF;

use super::buffers::{contents_of, room_of};
use crate::{
    associated::AssociatedHandle,
    base::buffer::{set_filled, IoBuf, IoBufMut},
    base::error::Error,
    operation::{Operation, Prepared, Submitted},
    os::{self, AsHandle},
};

impl<H: AsHandle + 'static> AssociatedHandle<H> {
    /// [`NtReadFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntreadfile),
    /// as [`ReadFile`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfile)
    /// calls it: reads into the room of the operation's buffer, at most 4 GiB - 1 bytes, from `offset` in the
    /// file, at most `i64::MAX`. A pipe or device has no offset: give 0.
    ///
    /// Finished, the buffer holds what was read behind what it held before (a `Vec`), or from its
    /// start (a boxed slice). At or past the end of a file, and on a pipe
    /// whose other end is closed, the result is `Ok(0)` and [`is_end`](crate::Completed::is_end), however
    /// the system says so; a pipe that the other side disconnected (233) is a failure, for unread bytes
    /// were lost. A message of a pipe that is
    /// larger than the room is [`Truncated`](crate::CompletionKind::Truncated); read again for the
    /// rest. A message of no bytes is `Ok(0)` and no end.
    ///
    /// A pipe in [non-waiting mode](https://learn.microsoft.com/en-us/windows/win32/ipc/named-pipe-type-read-and-wait-modes)
    /// (`PIPE_NOWAIT`; Cygwin makes such) says `ERROR_NO_DATA` (232) of a read that finds nothing: of the kind
    /// [`BrokenPipe`](crate::CompletionKind::BrokenPipe), although the other end is alive. The status does not
    /// tell the two apart: set waiting mode first (`SetNamedPipeHandleState`, in `iocp-sys`).
    ///
    /// On a file expect [`Pending`](Submitted::Pending) also for what is in the system's cache, and for
    /// writes (fact FILE01). A pipe whose own handle is closed meanwhile says `ERROR_BROKEN_PIPE` (109, fact
    /// PIPE41), which is read here as the end.
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused), and [`Error::OffsetTooLarge`]. As results
    /// `ERROR_ACCESS_DENIED` (5: not opened for reading), `ERROR_LOCK_VIOLATION` (33) …
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("iocp-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("read");
    /// # std::fs::write(&path, "0123456789")?;
    /// use iocp::{open_overlapped, CompletionPort, Packets};
    /// use std::fs::OpenOptions;
    ///
    /// let port = CompletionPort::new()?;
    /// let file = open_overlapped(OpenOptions::new().read(true), &path, 0)?;
    /// let file = port.associate_handle(file, 0)?;
    /// let mut packets = Packets::with_capacity(8);
    ///
    /// let operation = port.operation(Vec::with_capacity(4), 1)?;
    /// let read = port.finish(file.read_at(operation, 8), &mut packets, None)?;
    /// assert_eq!((read.result()?, &read.buffer()[..]), (2, &b"89"[..]));
    ///
    /// // At the end of the file: no error, and no bytes.
    /// let read = port.finish(file.read_at(read.into_operation(), 10), &mut packets, None)?;
    /// assert_eq!((read.result()?, read.is_end()), (0, true));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "ReadFile")]
    #[doc(alias = "NtReadFile")]
    pub fn read_at<B: IoBufMut>(&self, operation: Operation<B>, offset: u64) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let (offset, room) = (file_offset(offset)?, room_of(buffer)?);
            Ok(Prepared::filling((room, offset), set_filled::<B>, room.len))
        };
        let issue = |(room, offset): (WSABUF, _), handle, block| {
            // SAFETY:
            // * Block and buffer lie in the slot and on the heap, where nobody touches them before `submit`
            //   knows that the system is done with them.
            unsafe { os::read(handle, room.buf, room.len, offset, block) }
        };
        // SAFETY:
        // * `issue` makes one NtReadFile, into the room that `prepare` got from the buffer.
        // * `set_filled` is that of `B`, and a read fills its room from the start.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// [`NtWriteFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntwritefile),
    /// as [`WriteFile`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-writefile)
    /// calls it: writes the contents of the operation's buffer at `offset` in the file, at most `i64::MAX`; at
    /// its end: [`append`](Self::append). A pipe or device has no offset: give 0.
    ///
    /// The result is how many bytes were written. Of a file all, if it succeeds: Microsoft knows a short write of
    /// pipes that do not wait only; that no driver does it is *open*, so look at the result, and write the rest by a
    /// [`Slice`](crate::Slice). One that was cancelled may have written an unknown part. A write that extends the file, or that goes to a compressed or encrypted one, is done within the
    /// call, which then takes as long as the disk does
    /// ([Microsoft](https://learn.microsoft.com/en-us/troubleshoot/windows/win32/asynchronous-disk-io-synchronous)):
    /// set the length before (`File::set_len`).
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused), and [`Error::OffsetTooLarge`]. As results
    /// `ERROR_ACCESS_DENIED` (5: not opened for writing), `ERROR_DISK_FULL` (112), `ERROR_NO_DATA` (232:
    /// the other end of the pipe is gone) …
    #[doc(alias = "WriteFile")]
    #[doc(alias = "NtWriteFile")]
    pub fn write_at<B: IoBuf>(&self, operation: Operation<B>, offset: u64) -> Submitted<B> {
        self.start_write(operation, file_offset(offset))
    }

    /// [`NtWriteFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntwritefile)
    /// at the end of the file, wherever that is when the system comes to it
    /// (`FILE_WRITE_TO_END_OF_FILE`); on a pipe or device as [`write_at`](Self::write_at).
    ///
    /// # Errors
    ///
    /// As [`write_at`](Self::write_at), but for the offset.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = std::env::temp_dir().join(format!("iocp-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&folder)?;
    /// # let path = folder.join("append");
    /// use iocp::{open_overlapped, CompletionPort, Packets};
    /// use std::fs::OpenOptions;
    ///
    /// let port = CompletionPort::new()?;
    /// let mut options = OpenOptions::new();
    /// let file = open_overlapped(options.write(true).create(true).truncate(true), &path, 0)?;
    /// let file = port.associate_handle(file, 0)?;
    /// let mut packets = Packets::with_capacity(8);
    ///
    /// let write = file.write_at(port.operation("one\n", 1)?, 0);
    /// port.finish(write, &mut packets, None)?.result()?;
    /// let write = file.append(port.operation("two\n", 1)?);
    /// port.finish(write, &mut packets, None)?.result()?;
    /// assert_eq!(std::fs::read_to_string(&path)?, "one\ntwo\n");
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "NtWriteFile")]
    #[doc(alias = "FILE_WRITE_TO_END_OF_FILE")]
    pub fn append<B: IoBuf>(&self, operation: Operation<B>) -> Submitted<B> {
        self.start_write(operation, Ok(os::APPEND))
    }

    fn start_write<B: IoBuf>(
        &self,
        operation: Operation<B>,
        at: Result<i64, Error>,
    ) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let at = at?;
            Ok(Prepared::filling_nothing((contents_of(buffer)?, at)))
        };
        let issue = |(contents, at): (WSABUF, _), handle, block| {
            // SAFETY:
            // * Block and buffer lie in the slot and on the heap, as for `read_at`.
            unsafe { os::write(handle, contents.buf, contents.len, at, block) }
        };
        // SAFETY:
        // * `issue` makes one NtWriteFile, which only reads the contents that `prepare` got.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}

/// An offset as the system takes it: negative ones have other meanings, such as the end of the file.
pub(super) fn file_offset(offset: u64) -> Result<i64, Error> {
    i64::try_from(offset).map_err(|_| Error::OffsetTooLarge)
}
