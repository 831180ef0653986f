//! Locks of ranges of a file.

use std::ops::Range;

use crate::{
    associated::AssociatedHandle,
    base::error::Error,
    operation::{Operation, Prepared, Submitted},
    os::{self, AsHandle},
};

/// What a [lock](AssociatedHandle::lock) keeps others from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockMode {
    /// Everybody may read, nobody write, this handle included.
    Shared,
    /// Only this handle reads and writes.
    Exclusive,
}

impl<H: AsHandle + 'static> AssociatedHandle<H> {
    /// [`NtLockFile`](https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntlockfile),
    /// as [`LockFileEx`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-lockfileex) calls
    /// it: locks the bytes of `range`, waiting until nobody else has them locked. Bytes behind the end of the
    /// file can be locked; `0..u64::MAX` is the whole file, and an empty range locks nothing.
    ///
    /// A result of `Ok` is a lock that this handle has until it is [unlocked](Self::unlock), once for each time
    /// that it was locked, or until all handles of this file object are closed ("depending upon available system
    /// resources", Microsoft). What is locked is the range and not the handle's only access: others' reads and
    /// writes of it fail with `ERROR_LOCK_VIOLATION` (33,
    /// [`Locked`](crate::CompletionKind::Locked)) instead of waiting.
    ///
    /// A wait that is given up may have been granted at the same moment. So cancel it
    /// ([`InFlight::cancel`](crate::InFlight::cancel)) and look at its result: `Ok` is to be unlocked.
    /// Dropping the ticket throws that answer away, and the lock may stay until the handle is closed.
    ///
    /// Wine 8 and 10 have no overlapped locks: the result is a failure there.
    ///
    /// # Errors
    ///
    /// Those of [every submit](Submitted::Refused). As results `ERROR_INVALID_LOCK_RANGE` (307), or
    /// `ERROR_ACCESS_DENIED` (5: opened neither for reading nor for writing) …
    ///
    /// # Examples
    ///
    /// ```no_run
    /// # #[cfg(windows)]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use iocp::{AssociatedHandle, CompletionPort, LockMode, Packets};
    /// use std::fs::File;
    ///
    /// /// Waits for the first 100 bytes, then has them alone.
    /// fn exclusively(
    ///     port: &CompletionPort,
    ///     file: &AssociatedHandle<File>,
    /// ) -> Result<(), Box<dyn std::error::Error>> {
    ///     let lock = file.lock(port.operation((), 1)?, 0..100, LockMode::Exclusive);
    ///     // `try_lock` fails where this waits: `CompletionKind::Locked`.
    ///     port.finish(lock, &mut Packets::with_capacity(8), None)?.result()?;
    ///     println!("nobody else reads or writes them");
    ///     file.unlock(0..100)?;
    ///     Ok(())
    /// }
    /// # Ok(())
    /// # }
    /// # #[cfg(not(windows))]
    /// # fn main() {}
    /// ```
    #[doc(alias = "LockFileEx")]
    #[doc(alias = "NtLockFile")]
    pub fn lock(
        &self,
        operation: Operation<()>,
        range: Range<u64>,
        mode: LockMode,
    ) -> Submitted<()> {
        self.start_lock(operation, range, mode, true)
    }

    /// As [`lock`](Self::lock), without waiting (`LOCKFILE_FAIL_IMMEDIATELY`): where somebody else has a part of
    /// the range locked the result is `ERROR_LOCK_VIOLATION` (33, of the kind
    /// [`Locked`](crate::CompletionKind::Locked)).
    ///
    /// # Errors
    ///
    /// As [`lock`](Self::lock).
    #[doc(alias = "LockFileEx")]
    #[doc(alias = "LOCKFILE_FAIL_IMMEDIATELY")]
    pub fn try_lock(
        &self,
        operation: Operation<()>,
        range: Range<u64>,
        mode: LockMode,
    ) -> Submitted<()> {
        self.start_lock(operation, range, mode, false)
    }

    /// [`UnlockFile`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-unlockfile): gives a
    /// lock back, of the very range that was locked. No packet follows.
    ///
    /// # Errors
    ///
    /// [`Error::Os`] ← `ERROR_NOT_LOCKED` (158); [`Error::HandleClosed`].
    #[doc(alias = "UnlockFile")]
    #[doc(alias = "UnlockFileEx")]
    pub fn unlock(&self, range: Range<u64>) -> Result<(), Error> {
        let (start, len) = start_and_len(&range);
        let handle = self.target()?.handle;
        os::unlock_range(handle, start, len).map_err(|code| Error::os("UnlockFile", code))
    }

    fn start_lock(
        &self,
        operation: Operation<()>,
        range: Range<u64>,
        mode: LockMode,
        waits: bool,
    ) -> Submitted<()> {
        let (start, len) = start_and_len(&range);
        let issue = |(), handle, block| {
            // SAFETY:
            // * The block lies in the slot until `submit` knows that the system is done with it.
            unsafe { os::lock_range(handle, start, len, waits, mode == LockMode::Exclusive, block) }
        };
        let prepare = |(): &mut ()| Ok(Prepared::filling_nothing(()));
        // SAFETY:
        // * `issue` makes one NtLockFile, which uses no memory but the status block, and fills nothing.
        unsafe { operation.submit(self.target(), false, prepare, issue) }
    }
}

fn start_and_len(range: &Range<u64>) -> (u64, u64) {
    (range.start, range.end.saturating_sub(range.start))
}
