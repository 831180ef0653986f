//! `winbase.h`: flags of files and pipes, results of waits, and calls without a header of their
//! own.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-createfilew>
//! <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-createnamedpipew>
//! <https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-waitforsingleobject>

mod calls;
mod comm;
mod comm_calls;
mod file_info;
mod pipe_peers;

pub use calls::*;
pub use comm::*;
pub use comm_calls::*;
pub use file_info::*;
pub use pipe_peers::*;

use crate::minwinbase::OVERLAPPED;
use crate::ntstatus::STATUS_PENDING;
use crate::winnt::FILE_FLAGS_AND_ATTRIBUTES;

/// Result of a wait; a name of the Windows metadata.
pub type WAIT_EVENT = u32;
/// The wait failed: see `GetLastError`.
pub const WAIT_FAILED: WAIT_EVENT = 0xFFFF_FFFF;
/// The first object is signalled; `WAIT_OBJECT_0 + i` the one of index `i`.
pub const WAIT_OBJECT_0: WAIT_EVENT = 0;
/// The mutex was acquired, but the thread that owned it died.
pub const WAIT_ABANDONED_0: WAIT_EVENT = 0x80;
/// The same under the name that goes with a single object.
pub const WAIT_ABANDONED: WAIT_EVENT = 0x80;
/// An APC ended the alertable wait.
pub const WAIT_IO_COMPLETION: WAIT_EVENT = 0xC0;

/// Timeout in milliseconds that never ends.
pub const INFINITE: u32 = 0xFFFF_FFFF;

/// Flags of a handle; a name of the Windows metadata.
pub type HANDLE_FLAGS = u32;
/// Child processes made with inheritance get a copy of the handle.
pub const HANDLE_FLAG_INHERIT: HANDLE_FLAGS = 1;

/// A write completes when the disk has it; on a pipe to another machine, when its buffer has it.
pub const FILE_FLAG_WRITE_THROUGH: FILE_FLAGS_AND_ATTRIBUTES = 0x8000_0000;
/// Operations may be in flight after the call returns; a completion port needs it.
pub const FILE_FLAG_OVERLAPPED: FILE_FLAGS_AND_ATTRIBUTES = 0x4000_0000;
/// Bypass the cache; offsets, sizes and addresses must be multiples of the sector size.
pub const FILE_FLAG_NO_BUFFERING: FILE_FLAGS_AND_ATTRIBUTES = 0x2000_0000;
/// Hint to the cache: access in random order.
pub const FILE_FLAG_RANDOM_ACCESS: FILE_FLAGS_AND_ATTRIBUTES = 0x1000_0000;
/// Hint to the cache: access from start to end.
pub const FILE_FLAG_SEQUENTIAL_SCAN: FILE_FLAGS_AND_ATTRIBUTES = 0x0800_0000;
/// Delete the file when its last handle is closed.
pub const FILE_FLAG_DELETE_ON_CLOSE: FILE_FLAGS_AND_ATTRIBUTES = 0x0400_0000;
/// Needed to open a directory.
pub const FILE_FLAG_BACKUP_SEMANTICS: FILE_FLAGS_AND_ATTRIBUTES = 0x0200_0000;
/// Names differ in case where the file system allows it.
pub const FILE_FLAG_POSIX_SEMANTICS: FILE_FLAGS_AND_ATTRIBUTES = 0x0100_0000;
/// The handle is for one session; for a device that tells sessions apart.
pub const FILE_FLAG_SESSION_AWARE: FILE_FLAGS_AND_ATTRIBUTES = 0x0080_0000;
/// Do not fetch the data from where it is kept.
pub const FILE_FLAG_OPEN_NO_RECALL: FILE_FLAGS_AND_ATTRIBUTES = 0x0010_0000;
/// Open a link itself, not its target.
pub const FILE_FLAG_OPEN_REPARSE_POINT: FILE_FLAGS_AND_ATTRIBUTES = 0x0020_0000;
/// Fail if another instance of the pipe exists: nobody else owns the name.
pub const FILE_FLAG_FIRST_PIPE_INSTANCE: FILE_FLAGS_AND_ATTRIBUTES = 0x0008_0000;

/// Do not queue a packet when the call completes at once with success: the result of the call
/// counts.
///
/// Typed `u32` as in windows-sys, but the call takes a `u8`. It cannot be cleared again. Not for
/// sockets without [`XP1_IFS_HANDLES`](crate::XP1_IFS_HANDLES), nor for UDP before Windows 8: a
/// packet may come all the same.
pub const FILE_SKIP_COMPLETION_PORT_ON_SUCCESS: u32 = 1;
/// Do not set the event of the *file object* at completion; `OVERLAPPED::hEvent` is still set.
pub const FILE_SKIP_SET_EVENT_ON_HANDLE: u32 = 2;

/// Mode of a named pipe; a name of the Windows metadata.
pub type NAMED_PIPE_MODE = u32;
/// Data flows from client to server: the client opens it with `GENERIC_WRITE`.
pub const PIPE_ACCESS_INBOUND: FILE_FLAGS_AND_ATTRIBUTES = 1;
/// Data flows from server to client: the client opens it with `GENERIC_READ`.
pub const PIPE_ACCESS_OUTBOUND: FILE_FLAGS_AND_ATTRIBUTES = 2;
/// Data flows both ways.
pub const PIPE_ACCESS_DUPLEX: FILE_FLAGS_AND_ATTRIBUTES = 3;
/// This handle is the client's end.
pub const PIPE_CLIENT_END: NAMED_PIPE_MODE = 0;
/// This handle is the server's end.
pub const PIPE_SERVER_END: NAMED_PIPE_MODE = 1;
/// Calls wait for data (the default).
pub const PIPE_WAIT: NAMED_PIPE_MODE = 0;
/// Calls return at once; for LAN Manager 2.0 only, not for overlapped I/O.
pub const PIPE_NOWAIT: NAMED_PIPE_MODE = 1;
/// Read as a stream of bytes.
pub const PIPE_READMODE_BYTE: NAMED_PIPE_MODE = 0;
/// Read message by message; needs a pipe of type [`PIPE_TYPE_MESSAGE`].
pub const PIPE_READMODE_MESSAGE: NAMED_PIPE_MODE = 2;
/// Writes are a stream of bytes.
pub const PIPE_TYPE_BYTE: NAMED_PIPE_MODE = 0;
/// Each write is a message; every instance of the pipe has the same type.
pub const PIPE_TYPE_MESSAGE: NAMED_PIPE_MODE = 4;
/// Clients on other machines may connect (subject to the security descriptor).
pub const PIPE_ACCEPT_REMOTE_CLIENTS: NAMED_PIPE_MODE = 0;
/// Clients on other machines are refused. Windows Vista and later.
pub const PIPE_REJECT_REMOTE_CLIENTS: NAMED_PIPE_MODE = 8;
/// As many instances as resources allow.
pub const PIPE_UNLIMITED_INSTANCES: u32 = 255;
/// `WaitNamedPipeW`: wait without limit.
pub const NMPWAIT_WAIT_FOREVER: u32 = 0xFFFF_FFFF;
/// `CallNamedPipe`: do not wait. `WaitNamedPipeW` takes it for one millisecond.
pub const NMPWAIT_NOWAIT: u32 = 1;
/// `WaitNamedPipeW`: wait as long as the server said in `CreateNamedPipeW`.
pub const NMPWAIT_USE_DEFAULT_WAIT: u32 = 0;

/// The other `SECURITY_…` flags of `CreateFileW` count.
pub const SECURITY_SQOS_PRESENT: FILE_FLAGS_AND_ATTRIBUTES = 0x0010_0000;
/// A pipe's server may learn who the client is, but not act in its name.
pub const SECURITY_IDENTIFICATION: FILE_FLAGS_AND_ATTRIBUTES = 0x0001_0000;
/// A pipe's server may not even learn who the client is.
pub const SECURITY_ANONYMOUS: FILE_FLAGS_AND_ATTRIBUTES = 0;
/// A pipe's server may act in the client's name on its own machine. The default without
/// [`SECURITY_SQOS_PRESENT`].
pub const SECURITY_IMPERSONATION: FILE_FLAGS_AND_ATTRIBUTES = 0x0002_0000;
/// A pipe's server may act in the client's name on other machines too.
pub const SECURITY_DELEGATION: FILE_FLAGS_AND_ATTRIBUTES = 0x0003_0000;
/// Changes of the client's rights count after the pipe was opened.
pub const SECURITY_CONTEXT_TRACKING: FILE_FLAGS_AND_ATTRIBUTES = 0x0004_0000;
/// A pipe's server sees the client's enabled rights only.
pub const SECURITY_EFFECTIVE_ONLY: FILE_FLAGS_AND_ATTRIBUTES = 0x0008_0000;

/// Form of the path that `GetFinalPathNameByHandleW` tells; a name of the Windows metadata.
///
/// One `VOLUME_NAME_…` with one `FILE_NAME_…`.
pub type GETFINALPATHNAMEBYHANDLE_FLAGS = u32;
/// Names as the file system keeps them (the default).
pub const FILE_NAME_NORMALIZED: GETFINALPATHNAMEBYHANDLE_FLAGS = 0;
/// Names as they were when the file was opened, short ones too.
pub const FILE_NAME_OPENED: GETFINALPATHNAMEBYHANDLE_FLAGS = 8;
/// The volume as a drive letter (the default).
pub const VOLUME_NAME_DOS: GETFINALPATHNAMEBYHANDLE_FLAGS = 0;
/// The volume as a GUID.
pub const VOLUME_NAME_GUID: GETFINALPATHNAMEBYHANDLE_FLAGS = 1;
/// The volume as the object manager names its device.
pub const VOLUME_NAME_NT: GETFINALPATHNAMEBYHANDLE_FLAGS = 2;
/// No volume.
pub const VOLUME_NAME_NONE: GETFINALPATHNAMEBYHANDLE_FLAGS = 4;

/// Kind of a file; a name of the Windows metadata.
pub type FILE_TYPE = u32;
/// Unknown, or the call failed: see `GetLastError`.
pub const FILE_TYPE_UNKNOWN: FILE_TYPE = 0;
/// File on a disk.
pub const FILE_TYPE_DISK: FILE_TYPE = 1;
/// Character device, e.g. a console.
pub const FILE_TYPE_CHAR: FILE_TYPE = 2;
/// Pipe or socket.
pub const FILE_TYPE_PIPE: FILE_TYPE = 3;
/// Never returned by today's systems.
pub const FILE_TYPE_REMOTE: FILE_TYPE = 0x8000;

/// Whether an operation is complete.
///
/// True says nothing about the packet: it may not be dequeued yet, so the memory is not free yet.
/// The caller must pass a *copy* of an `OVERLAPPED` that may still be in flight: the kernel writes
/// to it.
///
/// # Source
/// Any Windows. A macro in C. Header: `winbase.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-hasoverlappediocompleted>
#[must_use]
// reason: the kernel writes 32 bits of status, what is above them does not count; the constant is
// positive, and `try_from` is not const.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
#[inline]
pub const fn HasOverlappedIoCompleted(lpOverlapped: &OVERLAPPED) -> bool {
    lpOverlapped.Internal as u32 != STATUS_PENDING as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_complete_when_the_low_half_of_its_status_is_not_pending() {
        let with = |status| OVERLAPPED { Internal: status, ..OVERLAPPED::default() };
        assert!(!HasOverlappedIoCompleted(&with(0x103)));
        assert!(HasOverlappedIoCompleted(&with(0)));
        assert!(HasOverlappedIoCompleted(&with(0xC000_0120)));
        #[cfg(target_pointer_width = "64")]
        assert!(!HasOverlappedIoCompleted(&with(0x5555_5555_0000_0103)));
    }
}
