//! Attributes of files.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/fileio/file-attribute-constants>

use super::FILE_FLAGS_AND_ATTRIBUTES;

/// Cannot be written or deleted; no meaning for a directory.
pub const FILE_ATTRIBUTE_READONLY: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0001;
/// Not shown in listings.
pub const FILE_ATTRIBUTE_HIDDEN: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0002;
/// Used by the system.
pub const FILE_ATTRIBUTE_SYSTEM: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0004;
/// It is a directory.
pub const FILE_ATTRIBUTE_DIRECTORY: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0010;
/// To be backed up or removed.
pub const FILE_ATTRIBUTE_ARCHIVE: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0020;
/// Reserved for the system.
pub const FILE_ATTRIBUTE_DEVICE: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0040;
/// No special attribute; valid only alone.
pub const FILE_ATTRIBUTE_NORMAL: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0080;
/// Kept in the cache rather than written to the disk.
pub const FILE_ATTRIBUTE_TEMPORARY: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0100;
/// It has ranges of zeros that take no room.
pub const FILE_ATTRIBUTE_SPARSE_FILE: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0200;
/// It has a reparse point, e.g. it is a symbolic link.
pub const FILE_ATTRIBUTE_REPARSE_POINT: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0400;
/// It is compressed; in a directory: what is made there. Cannot be set as an attribute. A
/// compressed file is read and written synchronously.
pub const FILE_ATTRIBUTE_COMPRESSED: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_0800;
/// Its data is not there at once.
pub const FILE_ATTRIBUTE_OFFLINE: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_1000;
/// The indexing service leaves it out.
pub const FILE_ATTRIBUTE_NOT_CONTENT_INDEXED: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_2000;
/// It is encrypted; in a directory: what is made there. An encrypted file is read and written
/// synchronously.
pub const FILE_ATTRIBUTE_ENCRYPTED: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_4000;
/// Its data has checksums (ReFS). Windows 8 and later.
pub const FILE_ATTRIBUTE_INTEGRITY_STREAM: FILE_FLAGS_AND_ATTRIBUTES = 0x0000_8000;
/// Reserved for the system.
pub const FILE_ATTRIBUTE_VIRTUAL: FILE_FLAGS_AND_ATTRIBUTES = 0x0001_0000;
/// The background check of checksums leaves it out. Windows 8 and later.
pub const FILE_ATTRIBUTE_NO_SCRUB_DATA: FILE_FLAGS_AND_ATTRIBUTES = 0x0002_0000;
/// It has extended attributes; for the system only. The same bit as
/// [`FILE_ATTRIBUTE_RECALL_ON_OPEN`].
pub const FILE_ATTRIBUTE_EA: FILE_FLAGS_AND_ATTRIBUTES = 0x0004_0000;
/// Opening it fetches it from elsewhere; only in listings of directories.
pub const FILE_ATTRIBUTE_RECALL_ON_OPEN: FILE_FLAGS_AND_ATTRIBUTES = 0x0004_0000;
/// To be kept here even if not used. Windows 10 1709.
pub const FILE_ATTRIBUTE_PINNED: FILE_FLAGS_AND_ATTRIBUTES = 0x0008_0000;
/// Not to be kept here unless used. Windows 10 1709.
pub const FILE_ATTRIBUTE_UNPINNED: FILE_FLAGS_AND_ATTRIBUTES = 0x0010_0000;
/// Reading or writing it fetches it from elsewhere, which takes its time.
pub const FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS: FILE_FLAGS_AND_ATTRIBUTES = 0x0040_0000;
