//! What `NtCreateFile` is asked to do, and what it did.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winternl/nf-winternl-ntcreatefile>

/// What `NtCreateFile` does if the file exists or not; a name of the Windows metadata.
pub type NTCREATEFILE_CREATE_DISPOSITION = u32;
/// Replace it, or create it.
pub const FILE_SUPERSEDE: NTCREATEFILE_CREATE_DISPOSITION = 0;
/// Open; fail if it does not exist.
pub const FILE_OPEN: NTCREATEFILE_CREATE_DISPOSITION = 1;
/// Create; fail if it exists.
pub const FILE_CREATE: NTCREATEFILE_CREATE_DISPOSITION = 2;
/// Open, or create it.
pub const FILE_OPEN_IF: NTCREATEFILE_CREATE_DISPOSITION = 3;
/// Open and truncate; fail if it does not exist.
pub const FILE_OVERWRITE: NTCREATEFILE_CREATE_DISPOSITION = 4;
/// Open and truncate, or create it.
pub const FILE_OVERWRITE_IF: NTCREATEFILE_CREATE_DISPOSITION = 5;

/// `Information` of the status block: an older file was replaced.
pub const FILE_SUPERSEDED: u32 = 0;
/// `Information` of the status block: it existed and was opened.
pub const FILE_OPENED: u32 = 1;
/// `Information` of the status block: it was created.
pub const FILE_CREATED: u32 = 2;
/// `Information` of the status block: it existed and was emptied.
pub const FILE_OVERWRITTEN: u32 = 3;
/// `Information` of the status block after a failure: it exists.
pub const FILE_EXISTS: u32 = 4;
/// `Information` of the status block after a failure: it does not exist.
pub const FILE_DOES_NOT_EXIST: u32 = 5;

/// Options of `NtCreateFile`; a name of the Windows metadata.
pub type NTCREATEFILE_CREATE_OPTIONS = u32;
/// The file must be a directory.
pub const FILE_DIRECTORY_FILE: NTCREATEFILE_CREATE_OPTIONS = 0x0001;
/// A write completes when the disk has it.
pub const FILE_WRITE_THROUGH: NTCREATEFILE_CREATE_OPTIONS = 0x0002;
/// Hint to the cache: access from start to end.
pub const FILE_SEQUENTIAL_ONLY: NTCREATEFILE_CREATE_OPTIONS = 0x0004;
/// Bypass the cache; offsets, sizes and addresses must be multiples of the sector size.
pub const FILE_NO_INTERMEDIATE_BUFFERING: NTCREATEFILE_CREATE_OPTIONS = 0x0008;
/// *Not* overlapped: the handle has a position, and an alert ends a wait for it.
///
/// A handle with this or the next bit cannot be tied to a port. Also what
/// [`FileModeInformation`](crate::FileModeInformation) reports; needs `SYNCHRONIZE`.
pub const FILE_SYNCHRONOUS_IO_ALERT: NTCREATEFILE_CREATE_OPTIONS = 0x0010;
/// *Not* overlapped: the handle has a position. What `CreateFileW` makes without
/// [`FILE_FLAG_OVERLAPPED`](crate::FILE_FLAG_OVERLAPPED).
pub const FILE_SYNCHRONOUS_IO_NONALERT: NTCREATEFILE_CREATE_OPTIONS = 0x0020;
/// The file must not be a directory.
pub const FILE_NON_DIRECTORY_FILE: NTCREATEFILE_CREATE_OPTIONS = 0x0040;
/// Fail if the file is locked by an oplock that would have to be broken first.
pub const FILE_COMPLETE_IF_OPLOCKED: NTCREATEFILE_CREATE_OPTIONS = 0x0100;
/// Fail if using the file needs knowledge of its extended attributes.
pub const FILE_NO_EA_KNOWLEDGE: NTCREATEFILE_CREATE_OPTIONS = 0x0200;
/// Reserved; opened on another machine.
pub const FILE_OPEN_REMOTE_INSTANCE: u32 = 0x0400;
/// Hint to the cache: access in no order.
pub const FILE_RANDOM_ACCESS: NTCREATEFILE_CREATE_OPTIONS = 0x0800;
/// Delete the file when the last handle is closed; needs `DELETE`.
pub const FILE_DELETE_ON_CLOSE: NTCREATEFILE_CREATE_OPTIONS = 0x1000;
/// The name is the number of a file, 8 or 16 bytes.
pub const FILE_OPEN_BY_FILE_ID: NTCREATEFILE_CREATE_OPTIONS = 0x2000;
/// Backup: the privileges for it count, and a directory may be opened.
pub const FILE_OPEN_FOR_BACKUP_INTENT: NTCREATEFILE_CREATE_OPTIONS = 0x4000;
/// What is written is not compressed.
pub const FILE_NO_COMPRESSION: NTCREATEFILE_CREATE_OPTIONS = 0x8000;
/// Request an oplock in the same step, or fail. Windows 7.
pub const FILE_OPEN_REQUIRING_OPLOCK: NTCREATEFILE_CREATE_OPTIONS = 0x0001_0000;
/// Reserve the right to an oplock.
pub const FILE_RESERVE_OPFILTER: NTCREATEFILE_CREATE_OPTIONS = 0x0010_0000;
/// Open a link itself, not its target.
pub const FILE_OPEN_REPARSE_POINT: NTCREATEFILE_CREATE_OPTIONS = 0x0020_0000;
/// Do not fetch the data from where it is kept.
pub const FILE_OPEN_NO_RECALL: u32 = 0x0040_0000;
/// To ask for the free space of the volume only.
pub const FILE_OPEN_FOR_FREE_SPACE_QUERY: NTCREATEFILE_CREATE_OPTIONS = 0x0080_0000;
