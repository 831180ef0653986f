//! Read and write at an offset: files, and pipes and devices, which have none.

use crate::{
    associated::AssociatedHandle,
    base::buffer::{set_filled, IoBuf, IoBufMut},
    base::error::Error,
    operation::{Operation, Prepared, StartCall, Submitted},
    os::{self, AsHandle},
};

impl<H: AsHandle + 'static> AssociatedHandle<H> {
    /// `NtReadFile`, as `ReadFile` calls it: reads into the room of the operation's buffer, from
    /// `offset` in the file, at most `i64::MAX`. A pipe or device has no offset: give 0.
    ///
    /// Finished, the buffer holds what was read behind what it held before (a `Vec`), or from its
    /// start (a boxed slice). At or past the end the result is
    /// [`Eof`](crate::CompletionKind::Eof), however the system says so; on a pipe whose other end is
    /// gone it is [`BrokenPipe`](crate::CompletionKind::BrokenPipe). A message of a pipe that is
    /// larger than the room is [`Truncated`](crate::CompletionKind::Truncated); read again for the
    /// rest.
    ///
    /// # Errors
    ///
    /// The operation comes back, and no packet follows, with:
    /// * [`Error::NoRoom`]: the buffer is full.
    /// * [`Error::OffsetTooLarge`]: above `i64::MAX`; the system was not called.
    /// * [`Error::WrongPort`], [`Error::Closed`], [`Error::HandleClosed`].
    /// * [`Error::Os`] ← `ERROR_ACCESS_DENIED` (5: not opened for reading), `ERROR_LOCK_VIOLATION`
    ///   (33), `ERROR_BROKEN_PIPE` (109) …
    ///
    /// # Source
    ///
    /// fileapi.h, Windows XP: [ReadFile](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfile)
    #[doc(alias = "ReadFile")]
    #[doc(alias = "NtReadFile")]
    pub fn read_at<B: IoBufMut>(&self, operation: Operation<B>, offset: u64) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let offset = file_offset(offset)?;
            let (start, room) = buffer.room();
            if room == 0 {
                return Err(Error::NoRoom);
            }
            // One call reads 4 GiB - 1; a short read is a read.
            let room = u32::try_from(room).unwrap_or(u32::MAX);
            Ok(Prepared::filling((start, room, offset), set_filled::<B>, room))
        };
        let issue = |(start, room, offset), handle, block| {
            // SAFETY:
            // * the buffer stays in its slot until `submit` knows that the system is done with it.
            unsafe { os::read(handle, start, room, offset, block) }
        };
        let call = StartCall::named("NtReadFile");
        // SAFETY:
        // * one NtReadFile, into the room of the buffer.
        // * `set_filled` is that of `B`, and a read fills its room from the start.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }

    /// `NtWriteFile`, as `WriteFile` calls it: writes the contents of the operation's buffer at `offset`
    /// in the file, at most `i64::MAX`; at its end: [`append`](Self::append). A pipe or device has no
    /// offset: give 0.
    ///
    /// The result is how many bytes were written. One that was cancelled may have written an unknown
    /// part.
    ///
    /// # Errors
    ///
    /// The operation comes back, and no packet follows, with:
    /// * [`Error::TooLarge`]: more than 4 GiB - 1.
    /// * [`Error::OffsetTooLarge`]: above `i64::MAX`; the system was not called.
    /// * [`Error::WrongPort`], [`Error::Closed`], [`Error::HandleClosed`].
    /// * [`Error::Os`] ← `ERROR_ACCESS_DENIED` (5: not opened for writing), `ERROR_DISK_FULL` (112),
    ///   `ERROR_NO_DATA` (232: the other end of the pipe is gone) …
    ///
    /// # Source
    ///
    /// fileapi.h, Windows XP: [WriteFile](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-writefile)
    #[doc(alias = "WriteFile")]
    #[doc(alias = "NtWriteFile")]
    pub fn write_at<B: IoBuf>(&self, operation: Operation<B>, offset: u64) -> Submitted<B> {
        self.write(operation, file_offset(offset))
    }

    /// `NtWriteFile` at the end of the file, wherever that is when the system comes to it
    /// (`FILE_WRITE_TO_END_OF_FILE`); on a pipe or device as [`write_at`](Self::write_at).
    ///
    /// # Errors
    ///
    /// As [`write_at`](Self::write_at), but for the offset.
    ///
    /// # Source
    ///
    /// ntifs.h, any Windows: [NtWriteFile](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntwritefile)
    #[doc(alias = "NtWriteFile")]
    #[doc(alias = "FILE_WRITE_TO_END_OF_FILE")]
    pub fn append<B: IoBuf>(&self, operation: Operation<B>) -> Submitted<B> {
        self.write(operation, Ok(os::APPEND))
    }

    fn write<B: IoBuf>(&self, operation: Operation<B>, at: Result<i64, Error>) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let (contents, at) = (buffer.contents(), at?);
            let len = u32::try_from(contents.len()).map_err(|_| Error::TooLarge)?;
            Ok(Prepared::reading((contents.as_ptr(), len, at)))
        };
        let issue = |(start, len, at), handle, block| {
            // SAFETY:
            // * the buffer stays in its slot until `submit` knows that the system is done with it.
            unsafe { os::write(handle, start, len, at, block) }
        };
        let call = StartCall::named("NtWriteFile");
        // SAFETY:
        // * one NtWriteFile, from the contents of the buffer, which it only reads.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }
}

/// An offset as the system takes it: negative ones have other meanings, such as the end of the file.
fn file_offset(offset: u64) -> Result<i64, Error> {
    i64::try_from(offset).map_err(|_| Error::OffsetTooLarge)
}
