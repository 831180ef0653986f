//! Native locks of parts of a file.
//!
//! <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntlockfile>

use core::ffi::c_void;

use crate::winnt::{BOOLEAN, HANDLE};
use crate::winternl::{IO_STATUS_BLOCK, NTSTATUS, PIO_APC_ROUTINE};

link! { "ntdll.dll";
    /// Locks bytes of a file; what `LockFileEx` calls.
    ///
    /// `ByteOffset` and `Length` in bytes, both at least 0; a `Length` of 0 locks nothing and
    /// succeeds. `Key` 0 = none; the same is needed to unlock. `FailImmediately` 0 = wait for the
    /// lock; `ExclusiveLock` 0 = shared. A non-null `ApcContext` arrives as `lpOverlapped` of the
    /// packet; null = *no* packet. `STATUS_PENDING` = in flight, else 0 or more = locked.
    ///
    /// # Errors
    /// `STATUS_PENDING`: in flight, a packet is owed. Success: owed too, unless
    /// `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` applies. `STATUS_LOCK_NOT_GRANTED` (with
    /// `FailImmediately`), `STATUS_INVALID_LOCK_RANGE` and other error statuses returned at once:
    /// none.
    ///
    /// # Safety
    /// * `FileHandle` is open for reading or writing; `Event` is null or an event; `ByteOffset` and
    ///   `Length` may be read.
    /// * the status block stays valid and untouched until the packet is dequeued.
    /// * `ApcRoutine` is `None` if the handle is tied to a port.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntlockfile>
    pub fn NtLockFile(
        FileHandle: HANDLE,
        Event: HANDLE,
        ApcRoutine: PIO_APC_ROUTINE,
        ApcContext: *const c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        ByteOffset: *const i64,
        Length: *const i64,
        Key: u32,
        FailImmediately: BOOLEAN,
        ExclusiveLock: BOOLEAN,
    ) -> NTSTATUS;

    /// Unlocks bytes that [`NtLockFile`] locked: the very same range and `Key`.
    ///
    /// `ByteOffset` and `Length` in bytes. Synchronous; queues no packet. 0 or more = unlocked.
    ///
    /// # Errors
    /// `STATUS_RANGE_NOT_LOCKED`, `STATUS_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `FileHandle` is open; `IoStatusBlock` may be written to and is not that of an operation;
    ///   `ByteOffset` and `Length` may be read.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. Header: `ntifs.h`.
    /// <https://learn.microsoft.com/en-us/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntunlockfile>
    pub fn NtUnlockFile(
        FileHandle: HANDLE,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        ByteOffset: *const i64,
        Length: *const i64,
        Key: u32,
    ) -> NTSTATUS;
}
