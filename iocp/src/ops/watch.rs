//! Watching a directory: what changes in it comes as a list of records.
//!
//! # Safety
//!
//! The buffer is one of this module's own, aligned as the records are, and all of it is initialised.

use std::{fmt, ops::BitOr};

use iocp_sys as sys;

use super::buffers::room_of;
use crate::{
    associated::AssociatedHandle,
    base::{
        buffer::{set_filled, IoBuf, IoBufMut},
        changes::Changes,
        error::{CompletionError, Error, Refused},
        kind::CompletionKind,
        status::NtStatus,
    },
    operation::{Completed, Operation, Prepared, Submitted},
    os::{self, AsHandle, BorrowedHandle},
    port::CompletionPort,
};

/// A directory that is watched. Made by `CompletionPort::watch`, or
/// [`watch_directory`](CompletionPort::watch_directory) from a handle.
///
/// What changes after the first [`changes`](Self::changes) was submitted is told; what was there before is not:
/// so submit first, then read the directory, then take what came. Between two answers the system keeps changes
/// in a buffer of its own, of the size that the first submit had (fact DIR11); filter and scope are the first
/// submit's too (facts DIR04, DIR05), which is why they belong to the watch here. So one operation, submitted again
/// after each answer, misses nothing but what that buffer has no room for, and that is told
/// ([`LookAgain`](Watched::LookAgain)). Two that are submitted in turn need the buffer less.
///
/// It is a hint, not a log: what is written may be told when it reaches the disk, several times, or, on some
/// network drives, never. The watch goes on if the directory itself is renamed, which it is not told; names are
/// told from the directory on, wherever that is. Dropped, its operations are cancelled and the directory is
/// closed; until then nobody can make another one of that name in place of one that was deleted.
///
/// A folder that is moved in or out is told as one change, so list what is in it (shown under Wine 8 and 10; of
/// Windows *open*).
///
/// Wine tells less: with `subtree` nothing of folders that were there before, or were moved in, unless the program has
/// listed them since the first submit, nor of what was made together with its parent; never that the directory is gone;
/// of a folder that was renamed, the old name.
pub struct DirectoryWatch<H: AsHandle + 'static> {
    handle: AssociatedHandle<H>,
    filter: ChangeFilter,
    subtree: bool,
    records: Records,
}

/// Which changes are told: `FILE_NOTIFY_CHANGE_…`, joined by `|`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeFilter(u32);

/// What a record has beside action and name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Records {
    /// Nothing (`ReadDirectoryChangesW`).
    #[default]
    Basic,
    /// [`ChangeDetails`](crate::ChangeDetails) (`ReadDirectoryChangesExW`, Windows 10 1709, looked up at run
    /// time). File systems other than NTFS may refuse them, with 1, 50 or 87: open the directory anew then,
    /// and watch it with basic ones.
    Extended,
}

/// Where a watch's records are written: aligned, of a fixed size.
pub struct ChangeBuffer {
    words: Box<[u64]>,
    /// Bytes.
    filled: usize,
    records: Records,
}

/// What one answer of a watch says.
#[derive(Clone, Debug)]
pub enum Watched<'a> {
    /// These changes.
    Changes(Changes<'a>),
    /// More changed than the system kept (`STATUS_NOTIFY_ENUM_DIR`, or success with no bytes): read the
    /// directory anew. The watch goes on.
    LookAgain,
    /// The directory is deleted, or about to be (`STATUS_DELETE_PENDING`): the watch is over. Drop it, for the
    /// name is taken until then. (Windows may say [`LookAgain`](Self::LookAgain) first.)
    Gone,
    /// The operation was cancelled, by this program or the system, or the handle closed.
    Stopped,
}

impl CompletionPort {
    /// Opens a directory (`CreateFileW` with `FILE_LIST_DIRECTORY` and `FILE_FLAG_BACKUP_SEMANTICS`, shared for
    /// reading, writing and deleting) and makes it one of this port's, with this `key`. `subtree`: also all
    /// directories below it. Nothing is watched before the first [`changes`](DirectoryWatch::changes).
    ///
    /// # Errors
    ///
    /// Those of opening it; of the kind `NotADirectory` if it is a file; those of
    /// [`associate_handle`](Self::associate_handle).
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use iocp::{ChangeBuffer, ChangeFilter, CompletionPort, Packets, Watched};
    ///
    /// let (port, mut packets) = (CompletionPort::new()?, Packets::with_capacity(16));
    /// let filter = ChangeFilter::NAMES | ChangeFilter::LAST_WRITE;
    /// let watch = port.watch("C:\\data", filter, true, 1)?;
    /// let mut operation = port.operation(ChangeBuffer::new(64 << 10), 0)?;
    /// loop {
    ///     let ticket = watch.changes(operation).pending().expect("not refused");
    ///     let completed = port.finish(ticket, &mut packets, None).expect("no other comes");
    ///     match completed.watched()? {
    ///         Watched::Changes(changes) => {
    ///             for change in changes {
    ///                 println!("{:?} {:?}", change.action, change.name);
    ///             }
    ///         }
    ///         Watched::LookAgain => println!("read it anew"),
    ///         Watched::Gone | Watched::Stopped => break,
    ///     }
    ///     operation = completed.into_operation();
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(windows)]
    pub fn watch<P: AsRef<std::path::Path>>(
        &self,
        path: P,
        filter: ChangeFilter,
        subtree: bool,
        key: usize,
    ) -> std::io::Result<DirectoryWatch<std::fs::File>> {
        use std::os::windows::fs::OpenOptionsExt;
        let directory = std::fs::OpenOptions::new()
            .access_mode(sys::FILE_LIST_DIRECTORY)
            .custom_flags(sys::FILE_FLAG_BACKUP_SEMANTICS | sys::FILE_FLAG_OVERLAPPED)
            .open(path)?;
        if !directory.metadata()?.is_dir() {
            // `ERROR_DIRECTORY`, which std calls `NotADirectory`.
            return Err(std::io::Error::from_raw_os_error(267));
        }
        Ok(self.watch_directory(directory, filter, subtree, key)?)
    }

    /// As `watch`, of a directory that is open: for overlapped I/O, with `FILE_LIST_DIRECTORY`, and never
    /// watched by this handle before.
    ///
    /// # Errors
    ///
    /// Those of [`associate_handle`](Self::associate_handle).
    pub fn watch_directory<H: AsHandle + 'static>(
        &self,
        directory: H,
        filter: ChangeFilter,
        subtree: bool,
        key: usize,
    ) -> Result<DirectoryWatch<H>, Refused<H>> {
        let handle = self.associate_handle(directory, key)?;
        Ok(DirectoryWatch { handle, filter, subtree, records: Records::Basic })
    }
}

impl<H: AsHandle + 'static> DirectoryWatch<H> {
    /// Asks for other records, before the first [`changes`](Self::changes): later the system goes on as it
    /// began (fact DIR04, of the filter).
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if the system has no extended ones.
    pub fn set_records(&mut self, records: Records) -> Result<(), Error> {
        if records == Records::Extended && !os::has_extended_changes() {
            return Err(Error::Unsupported("extended records: ReadDirectoryChangesExW is missing"));
        }
        self.records = records;
        Ok(())
    }

    /// [`ReadDirectoryChangesW`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-readdirectorychangesw):
    /// asks for changes since the last answer, or from now on. The answer comes when there are any:
    /// [`Completed::watched`](crate::Completed::watched). It is always a packet's: `Ready` is an error only, since
    /// the system's success means that it was queued (fact DIR02).
    ///
    /// The buffer's size is the system's too from the first submit on. Directories of other machines allow
    /// 64 KiB at most (87 beyond that).
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused). As results 1 (the file system cannot watch), 5 (not opened
    /// with `FILE_LIST_DIRECTORY`), 87 … An error at once is the end of a watch: do not submit again in a loop.
    #[doc(alias = "ReadDirectoryChangesW")]
    #[doc(alias = "ReadDirectoryChangesExW")]
    pub fn changes(&self, operation: Operation<ChangeBuffer>) -> Submitted<ChangeBuffer> {
        let records = self.records;
        let prepare = |buffer: &mut ChangeBuffer| {
            buffer.clear();
            buffer.records = records;
            let room = room_of(buffer)?;
            Ok(Prepared::filling(room, set_filled::<ChangeBuffer>, room.len))
        };
        let extended = records == Records::Extended;
        let issue = |room: sys::WSABUF, handle, block| {
            // SAFETY:
            // * Block and buffer lie in the slot and on the heap, where nobody touches them before `submit`
            //   knows that the system is done with them; the buffer is aligned to 8.
            unsafe { os::read_changes(handle, room, self.subtree, self.filter.0, extended, block) }
        };
        // SAFETY:
        // * `issue` makes one ReadDirectoryChangesW, into the room that `prepare` got from the buffer.
        // * `set_filled` is that of `ChangeBuffer`; the system writes records from the start of the room.
        unsafe { operation.submit(self.handle.target(), false, prepare, issue) }
    }

    /// [`CancelIoEx`](https://learn.microsoft.com/en-us/windows/win32/api/ioapiset/nf-ioapiset-cancelioex): stops
    /// the watch. The answers that are due say [`Watched::Stopped`]; one that was on its way may say changes. Submit no
    /// operation after it, at those changes either: the system would go on watching.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] if the system refuses. Nothing to stop is no error.
    #[doc(alias = "CancelIoEx")]
    pub fn stop(&self) -> Result<(), Error> {
        self.handle.cancel_all()
    }

    /// The handle key: the number it was associated with.
    #[must_use]
    pub fn key(&self) -> usize {
        self.handle.key()
    }
}

impl Completed<ChangeBuffer> {
    /// What the answer says.
    ///
    /// # Errors
    ///
    /// What else ended the watch, such as a network drive that is gone (64).
    pub fn watched(&self) -> Result<Watched<'_>, CompletionError> {
        let error = match self.result() {
            Ok(0) => return Ok(Watched::LookAgain),
            Ok(_) => {
                let buffer = self.buffer();
                let extended = buffer.records == Records::Extended;
                return Ok(Watched::Changes(Changes::new(buffer.contents(), extended)));
            }
            Err(error) => error,
        };
        match (error.status, error.kind) {
            (NtStatus::NOTIFY_ENUM_DIR, _) => Ok(Watched::LookAgain),
            (NtStatus::DELETE_PENDING | NtStatus::FILE_DELETED, _) => Ok(Watched::Gone),
            (
                _,
                CompletionKind::Cancelled
                | CompletionKind::AbortedBySystem
                | CompletionKind::LocalClose,
            ) => Ok(Watched::Stopped),
            _ => Err(error),
        }
    }
}

impl ChangeFilter {
    /// Files and directories made, deleted and renamed.
    pub const NAMES: Self =
        Self(sys::FILE_NOTIFY_CHANGE_FILE_NAME | sys::FILE_NOTIFY_CHANGE_DIR_NAME);
    /// Names of files alone.
    pub const FILE_NAMES: Self = Self(sys::FILE_NOTIFY_CHANGE_FILE_NAME);
    /// Names of directories alone.
    pub const DIRECTORY_NAMES: Self = Self(sys::FILE_NOTIFY_CHANGE_DIR_NAME);
    /// Sizes, when they reach the disk.
    pub const SIZE: Self = Self(sys::FILE_NOTIFY_CHANGE_SIZE);
    /// Times of the last write, when they reach the disk.
    pub const LAST_WRITE: Self = Self(sys::FILE_NOTIFY_CHANGE_LAST_WRITE);
    /// Attributes.
    pub const ATTRIBUTES: Self = Self(sys::FILE_NOTIFY_CHANGE_ATTRIBUTES);
    /// Times of the last reading: whoever reads what is told makes the next change.
    pub const LAST_ACCESS: Self = Self(sys::FILE_NOTIFY_CHANGE_LAST_ACCESS);
    /// Times of making.
    pub const CREATION: Self = Self(sys::FILE_NOTIFY_CHANGE_CREATION);
    /// Security descriptors.
    pub const SECURITY: Self = Self(sys::FILE_NOTIFY_CHANGE_SECURITY);
}

impl BitOr for ChangeFilter {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// The smallest buffer: a record with the longest name of a path's part fits.
const LEAST: usize = 1024;

impl ChangeBuffer {
    /// Of so many bytes, rounded up to 8; at least 1,024, at most 4 GiB - 8. A change takes 12 bytes
    /// ([extended](Records::Extended): 84) and 2 for each UTF-16 unit of its name, rounded up to 4 (8). 64 KiB is the most that network
    /// drives take.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        let bytes = bytes.clamp(LEAST, (u32::MAX - 7) as usize);
        let words = vec![0; bytes.div_ceil(8)].into_boxed_slice();
        Self { words, filled: 0, records: Records::Basic }
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY:
        // * The words lie in one allocation of eight bytes each, all of them initialised, borrowed with `self`;
        //   bytes need no alignment.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr().cast(), self.words.len() * 8) }
    }
}

// SAFETY:
// * The bytes lie on the heap, and change or are freed only when the box is borrowed mutably or dropped.
unsafe impl IoBuf for ChangeBuffer {
    fn contents(&self) -> &[u8] {
        &self.bytes()[..self.filled]
    }

    fn capacity(&self) -> usize {
        self.words.len() * 8
    }
}

// SAFETY:
// * All of its bytes are room, which only the owner of the box can reach; they are always initialised.
unsafe impl IoBufMut for ChangeBuffer {
    fn room(&mut self) -> (*mut u8, usize) {
        (self.words.as_mut_ptr().cast(), self.words.len() * 8)
    }

    unsafe fn set_filled(&mut self, n: usize) {
        self.filled = n;
    }

    fn clear(&mut self) {
        self.filled = 0;
    }
}

impl<H: AsHandle + 'static> AsHandle for DirectoryWatch<H> {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.as_handle()
    }
}

impl fmt::Debug for ChangeFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeFilter({:#x})", self.0)
    }
}

impl fmt::Debug for ChangeBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChangeBuffer({} of {} bytes)", self.filled, self.capacity())
    }
}

impl<H: AsHandle + 'static> fmt::Debug for DirectoryWatch<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DirectoryWatch")
            .field("filter", &self.filter)
            .field("subtree", &self.subtree)
            .field("records", &self.records)
            .finish_non_exhaustive()
    }
}
