//! Files without the system's cache: what has to be aligned is looked at before the call.

use iocp_sys::WSABUF;

use super::{
    buffers::{contents_of, room_of},
    file::file_offset,
};
use crate::{
    associated::AssociatedHandle,
    base::buffer::{set_filled, IoBuf, IoBufMut},
    base::error::{Error, Refused},
    operation::{Operation, Prepared, Submitted},
    os::{self, AsHandle, BorrowedHandle},
};

/// A file that was opened [without buffering](https://learn.microsoft.com/en-us/windows/win32/fileio/file-buffering)
/// (`FILE_FLAG_NO_BUFFERING`): the system reads and writes whole sectors only.
///
/// Associated, it has [`read_sectors_at`](AssociatedHandle::read_sectors_at) and
/// [`write_sectors_at`](AssociatedHandle::write_sectors_at), which say what is not aligned, where the system says
/// `ERROR_INVALID_PARAMETER` (87) alone, and [`read_scatter`](AssociatedHandle::read_scatter). An
/// [`AlignedBuffer`](crate::AlignedBuffer) is as they want it.
///
/// The last part of a file is read as it is: a read of whole sectors ends with the file. It is written filled
/// up to a whole sector, and the length set afterwards (`File::set_len`, by [`get_ref`](Self::get_ref)).
#[derive(Debug)]
pub struct Unbuffered<H> {
    handle: H,
    sector: u32,
}

impl<H: AsHandle> Unbuffered<H> {
    /// [`NtQueryVolumeInformationFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntqueryvolumeinformationfile):
    /// asks how large a sector of the file's volume is. That the file was opened without buffering is not looked at:
    /// one that was not is read as well.
    ///
    /// # Errors
    ///
    /// [`Error::Os`]: it is no file of a volume.
    #[doc(alias = "FILE_FLAG_NO_BUFFERING")]
    #[doc(alias = "NtQueryVolumeInformationFile")]
    pub fn new(handle: H) -> Result<Self, Refused<H>> {
        let sector = match os::sector_size(os::borrow_handle(&handle)) {
            Ok(sector) if sector.is_power_of_two() => sector,
            Ok(_) => {
                let error = Error::Unsupported("sectors whose size is no power of two");
                return Err(Refused { error, value: handle });
            }
            Err(code) => {
                let error = Error::os("NtQueryVolumeInformationFile", code);
                return Err(Refused { error, value: handle });
            }
        };
        Ok(Self { handle, sector })
    }

    /// The bytes of a sector: 512, or 4096 on most disks of today.
    #[must_use]
    pub fn sector(&self) -> u32 {
        self.sector
    }

    /// The file.
    #[must_use]
    pub fn get_ref(&self) -> &H {
        &self.handle
    }

    /// The file back.
    #[must_use]
    pub fn into_inner(self) -> H {
        self.handle
    }

    /// Whether these can be read or written at once.
    fn check(&self, bytes: WSABUF, offset: i64) -> Result<(), Error> {
        let sector = u64::from(self.sector);
        let is_multiple = |number: u64| number % sector == 0;
        match () {
            () if !is_multiple(offset.unsigned_abs()) => Err(Error::Misaligned("the offset")),
            () if !is_multiple(bytes.len.into()) => Err(Error::Misaligned("the length")),
            () if !is_multiple(bytes.buf as u64) => Err(Error::Misaligned("the buffer's address")),
            () => Ok(()),
        }
    }

    /// An offset of a whole sector.
    pub(super) fn sector_offset(&self, offset: u64) -> Result<i64, Error> {
        let offset = file_offset(offset)?;
        self.check(WSABUF { len: 0, buf: std::ptr::null_mut() }, offset)?;
        Ok(offset)
    }
}

impl<H: AsHandle> AsHandle for Unbuffered<H> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}

impl<H: AsHandle + 'static> AssociatedHandle<Unbuffered<H>> {
    /// As [`read_at`](Self::read_at) of a file without buffering: offset, room and its address are looked at
    /// first. Of more than 4 GiB - 1 bytes of room as many whole sectors as fit into that are read.
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{AlignedBuffer, CompletionPort, Packets, Unbuffered};
    /// use iocp_sys::FILE_FLAG_NO_BUFFERING;
    /// use std::fs::File;
    ///
    /// let port = CompletionPort::new()?;
    /// let mut options = File::options();
    /// let file =
    ///     iocp::open_overlapped(options.read(true), "disk.img", FILE_FLAG_NO_BUFFERING)?;
    /// let file = port.associate_handle(Unbuffered::new(file)?, 0)?;
    /// let read = port.operation(AlignedBuffer::new(1 << 20, 4096), 1)?;
    /// let mut packets = Packets::with_capacity(8);
    /// let read = port.finish(file.read_sectors_at(read, 0), &mut packets, None)?;
    /// println!("the first {} bytes", read.result()?);
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// As [`read_at`](Self::read_at), and [`Error::Misaligned`].
    #[doc(alias = "ReadFile")]
    pub fn read_sectors_at<B: IoBufMut>(
        &self,
        operation: Operation<B>,
        offset: u64,
    ) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let (offset, mut room) = (file_offset(offset)?, room_of(buffer)?);
            if room.len == u32::MAX {
                room.len -= room.len % self.get_ref().sector;
            }
            self.get_ref().check(room, offset)?;
            Ok(Prepared::filling((room, offset), set_filled::<B>, room.len))
        };
        let issue = |(room, offset): (WSABUF, _), handle, block| {
            // SAFETY:
            // * Block and buffer lie in the slot and on the heap, as for `read_at`.
            unsafe { os::read(handle, room.buf, room.len, offset, block) }
        };
        // SAFETY:
        // * `issue` makes one NtReadFile, into the room that `prepare` got from the buffer.
        // * `set_filled` is that of `B`, and a read fills its room from the start.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }

    /// As [`write_at`](Self::write_at) to a file without buffering: offset, length and address of the contents are
    /// looked at first.
    ///
    /// # Errors
    ///
    /// As [`write_at`](Self::write_at), and [`Error::Misaligned`].
    #[doc(alias = "WriteFile")]
    pub fn write_sectors_at<B: IoBuf>(&self, operation: Operation<B>, offset: u64) -> Submitted<B> {
        let prepare = |buffer: &mut B| {
            let (offset, contents) = (file_offset(offset)?, contents_of(buffer)?);
            self.get_ref().check(contents, offset)?;
            Ok(Prepared::filling_nothing((contents, offset)))
        };
        let issue = |(contents, offset): (WSABUF, _), handle, block| {
            // SAFETY:
            // * Block and buffer lie in the slot and on the heap, as for `write_at`.
            unsafe { os::write(handle, contents.buf, contents.len, offset, block) }
        };
        // SAFETY:
        // * `issue` makes one NtWriteFile, which only reads the contents that `prepare` got.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}
