//! Read and write at an offset: files, and pipes and devices, which have none.

use crate::{
    associated::AssociatedHandle,
    buffer::{set_filled, IoBuf, IoBufMut},
    operation::{Operation, Prepared, StartCall, Submitted},
    os::{self, AsHandle},
    Error,
};

impl<H: AsHandle> AssociatedHandle<H> {
    /// `ReadFile`: reads into the room of the operation's buffer, from `offset` in the file. A pipe
    /// or device has no offset: give 0.
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
    /// * [`Error::WrongPort`], [`Error::Closed`], [`Error::HandleClosed`].
    /// * [`Error::Os`] ← `ERROR_ACCESS_DENIED` (5: not opened for reading), `ERROR_LOCK_VIOLATION`
    ///   (33), `ERROR_BROKEN_PIPE` (109) …
    ///
    /// # Source
    ///
    /// fileapi.h, Windows XP: [ReadFile](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-readfile)
    #[doc(alias = "ReadFile")]
    pub fn read_at<B: IoBufMut>(&self, operation: Operation<B>, offset: u64) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let (start, room) = buffer.room();
            if room == 0 {
                return Err(Error::NoRoom);
            }
            // One call reads 4 GiB - 1; a short read is a read.
            let room = u32::try_from(room).unwrap_or(u32::MAX);
            Ok(Prepared::filling((start, room), set_filled::<B>, room))
        };
        let issue = |(start, room), handle, block| {
            // SAFETY:
            // * the buffer stays in its slot until `submit` knows that the system is done with it.
            unsafe { os::read(handle, start, room, block) }
        };
        let call = StartCall { offset: Some(offset), ..StartCall::named("ReadFile") };
        // SAFETY:
        // * one ReadFile, into the room of the buffer.
        // * `set_filled` is that of `B`, and a read fills its room from the start.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }

    /// `WriteFile`: writes the contents of the operation's buffer at `offset` in the file;
    /// `u64::MAX` is its end. A pipe or device has no offset: give 0.
    ///
    /// The result is how many bytes were written. One that was cancelled may have written an unknown
    /// part.
    ///
    /// # Errors
    ///
    /// The operation comes back, and no packet follows, with:
    /// * [`Error::TooLarge`]: more than 4 GiB - 1.
    /// * [`Error::WrongPort`], [`Error::Closed`], [`Error::HandleClosed`].
    /// * [`Error::Os`] ← `ERROR_ACCESS_DENIED` (5: not opened for writing), `ERROR_DISK_FULL` (112),
    ///   `ERROR_NO_DATA` (232: the other end of the pipe is gone) …
    ///
    /// # Source
    ///
    /// fileapi.h, Windows XP: [WriteFile](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-writefile)
    #[doc(alias = "WriteFile")]
    pub fn write_at<B: IoBuf>(&self, operation: Operation<B>, offset: u64) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let contents = buffer.contents();
            let len = u32::try_from(contents.len()).map_err(|_| Error::TooLarge)?;
            Ok(Prepared::reading((contents.as_ptr(), len)))
        };
        let issue = |(start, len), handle, block| {
            // SAFETY:
            // * the buffer stays in its slot until `submit` knows that the system is done with it.
            unsafe { os::write(handle, start, len, block) }
        };
        let call = StartCall { offset: Some(offset), ..StartCall::named("WriteFile") };
        // SAFETY:
        // * one WriteFile, from the contents of the buffer, which it only reads.
        unsafe { operation.submit(self.target(), &call, prepare, issue) }
    }
}
