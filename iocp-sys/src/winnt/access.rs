//! Access rights, share modes, change filters.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/fileio/file-access-rights-constants>

/// Access to a file, pipe or directory; a name of the Windows metadata.
pub type FILE_ACCESS_RIGHTS = u32;
/// Object-independent access rights; a name of the Windows metadata.
pub type GENERIC_ACCESS_RIGHTS = u32;
/// What others may do with a file while it is open; a name of the Windows metadata.
pub type FILE_SHARE_MODE = u32;
/// Attributes and flags for opening a file or pipe; a name of the Windows metadata.
pub type FILE_FLAGS_AND_ATTRIBUTES = u32;
/// Options of [`DuplicateHandle`](crate::handleapi::DuplicateHandle); a metadata name.
pub type DUPLICATE_HANDLE_OPTIONS = u32;
/// Kind of change to a directory entry; a name of the Windows metadata.
pub type FILE_ACTION = u32;
/// Which changes to report; a name of the Windows metadata.
pub type FILE_NOTIFY_CHANGE = u32;
/// Access to a process; a name of the Windows metadata.
pub type PROCESS_ACCESS_RIGHTS = u32;
/// Rights to a thread; a name of the Windows metadata.
pub type THREAD_ACCESS_RIGHTS = u32;

/// Right to delete the object.
pub const DELETE: FILE_ACCESS_RIGHTS = 0x0001_0000;
/// Right to read the security descriptor, but for its audit list.
pub const READ_CONTROL: FILE_ACCESS_RIGHTS = 0x0002_0000;
/// Right to change who may do what.
pub const WRITE_DAC: FILE_ACCESS_RIGHTS = 0x0004_0000;
/// Right to change the owner.
pub const WRITE_OWNER: FILE_ACCESS_RIGHTS = 0x0008_0000;
/// Right to wait on the object.
pub const SYNCHRONIZE: FILE_ACCESS_RIGHTS = 0x0010_0000;
/// Every right that reading needs; the object maps it to its own rights.
pub const GENERIC_READ: GENERIC_ACCESS_RIGHTS = 0x8000_0000;
/// Every right that writing needs; the object maps it to its own rights.
pub const GENERIC_WRITE: GENERIC_ACCESS_RIGHTS = 0x4000_0000;
/// Every right that running a program needs; the object maps it to its own rights.
pub const GENERIC_EXECUTE: GENERIC_ACCESS_RIGHTS = 0x2000_0000;
/// Every right to the object.
pub const GENERIC_ALL: GENERIC_ACCESS_RIGHTS = 0x1000_0000;
/// Right to read and change the audit list; needs the privilege `SeSecurityPrivilege`.
pub const ACCESS_SYSTEM_SECURITY: u32 = 0x0100_0000;
/// First byte of a security descriptor, and parameter of what makes one.
pub const SECURITY_DESCRIPTOR_REVISION: u32 = 1;

/// Right to use the handles of a process with `DuplicateHandle`.
pub const PROCESS_DUP_HANDLE: PROCESS_ACCESS_RIGHTS = 0x0040;
/// Right to ask a process for its exit code, and more. [`SYNCHRONIZE`]: to wait for its end.
pub const PROCESS_QUERY_INFORMATION: PROCESS_ACCESS_RIGHTS = 0x0400;
/// Right to ask a process for its exit code and little else.
pub const PROCESS_QUERY_LIMITED_INFORMATION: PROCESS_ACCESS_RIGHTS = 0x1000;
/// Right to end a process with [`TerminateProcess`](crate::TerminateProcess).
pub const PROCESS_TERMINATE: PROCESS_ACCESS_RIGHTS = 0x0001;
/// Suspend a thread, and let it go on.
pub const THREAD_SUSPEND_RESUME: THREAD_ACCESS_RIGHTS = 0x0002;

/// Close the source handle, whatever the outcome of the duplication.
pub const DUPLICATE_CLOSE_SOURCE: DUPLICATE_HANDLE_OPTIONS = 1;
/// Give the duplicate the same access as the source; the access parameter is ignored.
pub const DUPLICATE_SAME_ACCESS: DUPLICATE_HANDLE_OPTIONS = 2;

/// Rights to a timer; a name of the Windows metadata.
pub type SYNCHRONIZATION_ACCESS_RIGHTS = u32;
/// Right to query a timer.
pub const TIMER_QUERY_STATE: SYNCHRONIZATION_ACCESS_RIGHTS = 0x0001;
/// Right to set and stop a timer.
pub const TIMER_MODIFY_STATE: SYNCHRONIZATION_ACCESS_RIGHTS = 0x0002;
/// Every right to a timer, [`SYNCHRONIZE`] among them: what waiting for it needs.
pub const TIMER_ALL_ACCESS: SYNCHRONIZATION_ACCESS_RIGHTS = 0x001F_0003;

/// Right to query an I/O completion object; a name of the native interface only.
pub const IO_COMPLETION_QUERY_STATE: u32 = 0x0001;
/// Right to post to, receive from and associate with an I/O completion object.
pub const IO_COMPLETION_MODIFY_STATE: u32 = 0x0002;
/// Every right to an I/O completion object.
pub const IO_COMPLETION_ALL_ACCESS: u32 = 0x001F_0003;

/// Right to read data from a file or pipe.
pub const FILE_READ_DATA: FILE_ACCESS_RIGHTS = 1;
/// Right to list a directory and to watch it; the same bit as [`FILE_READ_DATA`].
pub const FILE_LIST_DIRECTORY: FILE_ACCESS_RIGHTS = 1;
/// Right to write data to a file or pipe.
pub const FILE_WRITE_DATA: FILE_ACCESS_RIGHTS = 2;
/// Right to append to a file; without [`FILE_WRITE_DATA`] every write goes to the end.
pub const FILE_APPEND_DATA: FILE_ACCESS_RIGHTS = 4;
/// Right to read extended attributes.
pub const FILE_READ_EA: FILE_ACCESS_RIGHTS = 0x08;
/// Right to write extended attributes.
pub const FILE_WRITE_EA: FILE_ACCESS_RIGHTS = 0x10;
/// Right to run a file as a program.
pub const FILE_EXECUTE: FILE_ACCESS_RIGHTS = 0x20;
/// Right to pass through a directory; the same bit as [`FILE_EXECUTE`].
pub const FILE_TRAVERSE: FILE_ACCESS_RIGHTS = 0x20;
/// Right to delete what is in a directory.
pub const FILE_DELETE_CHILD: FILE_ACCESS_RIGHTS = 0x40;
/// Right to read attributes, e.g. the state of a pipe.
pub const FILE_READ_ATTRIBUTES: FILE_ACCESS_RIGHTS = 0x80;
/// Right to write attributes, e.g. `SetNamedPipeHandleState`.
pub const FILE_WRITE_ATTRIBUTES: FILE_ACCESS_RIGHTS = 0x100;
/// What [`GENERIC_READ`] means for a file.
pub const FILE_GENERIC_READ: FILE_ACCESS_RIGHTS = 0x0012_0089;
/// What [`GENERIC_WRITE`] means for a file.
pub const FILE_GENERIC_WRITE: FILE_ACCESS_RIGHTS = 0x0012_0116;
/// What [`GENERIC_EXECUTE`] means for a file.
pub const FILE_GENERIC_EXECUTE: FILE_ACCESS_RIGHTS = 0x0012_00A0;
/// What [`GENERIC_ALL`] means for a file.
pub const FILE_ALL_ACCESS: FILE_ACCESS_RIGHTS = 0x001F_01FF;

/// Others may open the file for reading.
pub const FILE_SHARE_READ: FILE_SHARE_MODE = 1;
/// Others may open the file for writing.
pub const FILE_SHARE_WRITE: FILE_SHARE_MODE = 2;
/// Others may delete or rename the file; it goes when the last handle does.
pub const FILE_SHARE_DELETE: FILE_SHARE_MODE = 4;

/// Report creations, deletions and renamings of files.
pub const FILE_NOTIFY_CHANGE_FILE_NAME: FILE_NOTIFY_CHANGE = 0x001;
/// Report creations, deletions and renamings of directories.
pub const FILE_NOTIFY_CHANGE_DIR_NAME: FILE_NOTIFY_CHANGE = 0x002;
/// Report changes of attributes.
pub const FILE_NOTIFY_CHANGE_ATTRIBUTES: FILE_NOTIFY_CHANGE = 0x004;
/// Report changes of size, seen when the file is written back to disk.
pub const FILE_NOTIFY_CHANGE_SIZE: FILE_NOTIFY_CHANGE = 0x008;
/// Report changes of the last write time, seen when the file is written back to disk.
pub const FILE_NOTIFY_CHANGE_LAST_WRITE: FILE_NOTIFY_CHANGE = 0x010;
/// Report changes of the last access time.
pub const FILE_NOTIFY_CHANGE_LAST_ACCESS: FILE_NOTIFY_CHANGE = 0x020;
/// Report changes of the creation time.
pub const FILE_NOTIFY_CHANGE_CREATION: FILE_NOTIFY_CHANGE = 0x040;
/// Report changes of the security descriptor.
pub const FILE_NOTIFY_CHANGE_SECURITY: FILE_NOTIFY_CHANGE = 0x100;

/// The entry appeared.
pub const FILE_ACTION_ADDED: FILE_ACTION = 1;
/// The entry went away.
pub const FILE_ACTION_REMOVED: FILE_ACTION = 2;
/// Data or attributes of the entry changed.
pub const FILE_ACTION_MODIFIED: FILE_ACTION = 3;
/// The record holds the old name; the new one follows.
pub const FILE_ACTION_RENAMED_OLD_NAME: FILE_ACTION = 4;
/// The record holds the new name; the old one preceded.
pub const FILE_ACTION_RENAMED_NEW_NAME: FILE_ACTION = 5;
