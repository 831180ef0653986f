//! `minwinbase.h`: the structures of overlapped I/O.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-lockfileex>

mod file_info;

pub use file_info::*;

use core::ffi::c_void;
use core::fmt;

use crate::minwindef::BOOL;
use crate::winnt::HANDLE;

/// Who may access a new object, and whether child processes inherit its handle.
///
/// # Layout
/// 24 bytes, align 8 (64-bit); 12 bytes, align 4 (32-bit).
///
/// # Source
/// Any Windows. Header: `minwinbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/wtypesbase/ns-wtypesbase-security_attributes>
#[repr(C)]
#[derive(Debug)]
pub struct SECURITY_ATTRIBUTES {
    /// Size of this structure, bytes.
    pub nLength: u32,
    /// Security descriptor; null = the default of the process.
    pub lpSecurityDescriptor: *mut c_void,
    /// Non-zero: child processes inherit the handle.
    pub bInheritHandle: BOOL,
}
layout!(SECURITY_ATTRIBUTES: size 12 | 24, align 4 | 8;
    nLength: 0 | 0, lpSecurityDescriptor: 4 | 8, bInheritHandle: 8 | 16);
plain!(SECURITY_ATTRIBUTES);

/// The two halves of the file offset inside [`OVERLAPPED`].
#[repr(C)]
#[derive(Debug)]
pub struct OVERLAPPED_0_0 {
    /// Low 32 bits of the file offset, bytes; 0 for sockets and pipes.
    pub Offset: u32,
    /// High 32 bits of the file offset, bytes; 0 for sockets and pipes.
    pub OffsetHigh: u32,
}
layout!(OVERLAPPED_0_0: size 8 | 8, align 4 | 4; Offset: 0 | 0, OffsetHigh: 4 | 4);
plain!(OVERLAPPED_0_0);

/// The unnamed union inside [`OVERLAPPED`].
#[repr(C)]
pub union OVERLAPPED_0 {
    /// The file offset.
    pub Anonymous: OVERLAPPED_0_0,
    /// Reserved.
    pub Pointer: *mut c_void,
}
layout!(OVERLAPPED_0: size 8 | 8, align 4 | 8; Anonymous: 0 | 0, Pointer: 0 | 0);
plain!(OVERLAPPED_0);

impl fmt::Debug for OVERLAPPED_0 {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OVERLAPPED_0").finish_non_exhaustive()
    }
}

/// One operation in flight: where the kernel writes its outcome, and its identity in the packet.
///
/// From the call that starts the operation until its packet is dequeued (or until a call says that
/// there will be none), the kernel writes to this memory at any moment: it must stay allocated,
/// must not move, must not be shared with another operation, and no Rust reference to it may be
/// used. So keep it behind a raw pointer, on the heap. Zero it before each use.
///
/// # Layout
/// 32 bytes, align 8 (64-bit); 20 bytes, align 4 (32-bit).
///
/// # Source
/// Any Windows. Header: `minwinbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/minwinbase/ns-minwinbase-overlapped>
#[repr(C)]
pub struct OVERLAPPED {
    /// Status (an `NTSTATUS`, `STATUS_PENDING` while in flight). Only the low 32 bits count.
    pub Internal: usize,
    /// Bytes transferred, once complete.
    pub InternalHigh: usize,
    /// The file offset; see [`OVERLAPPED_0`].
    pub Anonymous: OVERLAPPED_0,
    /// Event to set at completion, or null. The lowest bit set keeps the packet out of the port.
    pub hEvent: HANDLE,
}
layout!(OVERLAPPED: size 20 | 32, align 4 | 8;
    Internal: 0 | 0, InternalHigh: 4 | 8, Anonymous: 8 | 16, Anonymous.Anonymous.Offset: 8 | 16,
    Anonymous.Anonymous.OffsetHigh: 12 | 20, Anonymous.Pointer: 8 | 16, hEvent: 16 | 24);
plain!(OVERLAPPED);

impl fmt::Debug for OVERLAPPED {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OVERLAPPED")
            .field("Internal", &self.Internal)
            .field("InternalHigh", &self.InternalHigh)
            .field("hEvent", &self.hEvent)
            .finish_non_exhaustive()
    }
}

/// Pointer to an [`OVERLAPPED`].
pub type LPOVERLAPPED = *mut OVERLAPPED;

/// One packet as `GetQueuedCompletionStatusEx` returns it.
///
/// # Layout
/// 32 bytes, align 8 (64-bit); 16 bytes, align 4 (32-bit).
///
/// # Source
/// Windows Vista. Header: `minwinbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/minwinbase/ns-minwinbase-overlapped_entry>
#[repr(C)]
#[derive(Debug)]
pub struct OVERLAPPED_ENTRY {
    /// The key given when the handle was associated, or when the packet was posted.
    pub lpCompletionKey: usize,
    /// The operation that completed. For posted packets: whatever the poster gave, perhaps null. Of a socket's
    /// notification ([`ProcessSocketNotifications`](crate::ProcessSocketNotifications)): not to be followed.
    pub lpOverlapped: *mut OVERLAPPED,
    /// Called reserved by Microsoft; the low 32 bits are the `NTSTATUS`, the rest may be garbage.
    pub Internal: usize,
    /// Bytes transferred. Of a socket's notification its events
    /// ([`SocketNotificationRetrieveEvents`](crate::SocketNotificationRetrieveEvents)), of a job its message.
    pub dwNumberOfBytesTransferred: u32,
}
layout!(OVERLAPPED_ENTRY: size 16 | 32, align 4 | 8;
    lpCompletionKey: 0 | 0, lpOverlapped: 4 | 8, Internal: 8 | 16,
    dwNumberOfBytesTransferred: 12 | 24);
plain!(OVERLAPPED_ENTRY);

/// Pointer to an [`OVERLAPPED_ENTRY`].
pub type LPOVERLAPPED_ENTRY = *mut OVERLAPPED_ENTRY;

/// Options of `LockFileEx`; a name of the Windows metadata.
pub type LOCK_FILE_FLAGS = u32;
/// Fail with `ERROR_LOCK_VIOLATION` instead of waiting for the lock.
pub const LOCKFILE_FAIL_IMMEDIATELY: LOCK_FILE_FLAGS = 1;
/// Take an exclusive lock; without it the lock is shared.
pub const LOCKFILE_EXCLUSIVE_LOCK: LOCK_FILE_FLAGS = 2;

/// Layout of the records that `ReadDirectoryChangesExW` writes; an enum in C.
pub type READ_DIRECTORY_NOTIFY_INFORMATION_CLASS = i32;
/// Records are [`FILE_NOTIFY_INFORMATION`](crate::winnt::FILE_NOTIFY_INFORMATION).
pub const ReadDirectoryNotifyInformation: READ_DIRECTORY_NOTIFY_INFORMATION_CLASS = 1;
/// Records are
/// [`FILE_NOTIFY_EXTENDED_INFORMATION`](crate::winnt::FILE_NOTIFY_EXTENDED_INFORMATION).
pub const ReadDirectoryNotifyExtendedInformation: READ_DIRECTORY_NOTIFY_INFORMATION_CLASS = 2;

/// Runs when an operation completes.
///
/// For `BindIoCompletionCallback` the first value is in fact an `NTSTATUS`: pass it through
/// `RtlNtStatusToDosError`. A handle tied to a completion port cannot have completion routines too.
/// `dwErrorCode`: a Win32 error code, 0 = success. `dwNumberOfBytesTransfered` in bytes, 0 after an
/// error.
///
/// # Source
/// Windows XP. Header: `minwinbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/minwinbase/nc-minwinbase-lpoverlapped_completion_routine>
pub type LPOVERLAPPED_COMPLETION_ROUTINE = Option<
    unsafe extern "system" fn(
        dwErrorCode: u32,
        dwNumberOfBytesTransfered: u32,
        lpOverlapped: *mut OVERLAPPED,
    ),
>;
