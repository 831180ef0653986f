//! What can be asked of a file and set.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/minwinbase/ne-minwinbase-file_info_by_handle_class>

/// What a file information call reads or sets; an enum in C.
pub type FILE_INFO_BY_HANDLE_CLASS = i32;
/// Get, set: times and attributes, a [`FILE_BASIC_INFO`](crate::FILE_BASIC_INFO).
pub const FileBasicInfo: FILE_INFO_BY_HANDLE_CLASS = 0;
/// Get: sizes, links, kind, a [`FILE_STANDARD_INFO`](crate::FILE_STANDARD_INFO).
pub const FileStandardInfo: FILE_INFO_BY_HANDLE_CLASS = 1;
/// Get: the path without its volume, a [`FILE_NAME_INFO`](crate::FILE_NAME_INFO).
pub const FileNameInfo: FILE_INFO_BY_HANDLE_CLASS = 2;
/// Set: a new name, a [`FILE_RENAME_INFO`](crate::FILE_RENAME_INFO).
pub const FileRenameInfo: FILE_INFO_BY_HANDLE_CLASS = 3;
/// Set: delete when the last handle is closed, a
/// [`FILE_DISPOSITION_INFO`](crate::FILE_DISPOSITION_INFO).
pub const FileDispositionInfo: FILE_INFO_BY_HANDLE_CLASS = 4;
/// Set: room on the disk, a [`FILE_ALLOCATION_INFO`](crate::FILE_ALLOCATION_INFO).
pub const FileAllocationInfo: FILE_INFO_BY_HANDLE_CLASS = 5;
/// Set: where the file ends, a [`FILE_END_OF_FILE_INFO`](crate::FILE_END_OF_FILE_INFO).
pub const FileEndOfFileInfo: FILE_INFO_BY_HANDLE_CLASS = 6;
/// Get: attributes and reparse tag, a [`FILE_ATTRIBUTE_TAG_INFO`](crate::FILE_ATTRIBUTE_TAG_INFO).
pub const FileAttributeTagInfo: FILE_INFO_BY_HANDLE_CLASS = 9;
/// Set: priority of later operations, a
/// [`FILE_IO_PRIORITY_HINT_INFO`](crate::FILE_IO_PRIORITY_HINT_INFO).
pub const FileIoPriorityHintInfo: FILE_INFO_BY_HANDLE_CLASS = 12;
/// Get: which file it is, a [`FILE_ID_INFO`](crate::FILE_ID_INFO). Windows 8 and later.
pub const FileIdInfo: FILE_INFO_BY_HANDLE_CLASS = 18;

/// How an I/O ring writes; an enum in C.
pub type FILE_WRITE_FLAGS = i32;
/// Into the cache.
pub const FILE_WRITE_FLAGS_NONE: FILE_WRITE_FLAGS = 0;
/// Complete when the disk has it.
pub const FILE_WRITE_FLAGS_WRITE_THROUGH: FILE_WRITE_FLAGS = 1;

/// What an I/O ring writes to the disk; an enum in C.
pub type FILE_FLUSH_MODE = i32;
/// Data and metadata, and the disk writes its cache.
pub const FILE_FLUSH_DEFAULT: FILE_FLUSH_MODE = 0;
/// Data only, to the disk.
pub const FILE_FLUSH_DATA: FILE_FLUSH_MODE = 1;
/// Data, and the metadata that finds it; the disk writes its cache.
pub const FILE_FLUSH_MIN_METADATA: FILE_FLUSH_MODE = 2;
/// Data and metadata, to the disk.
pub const FILE_FLUSH_NO_SYNC: FILE_FLUSH_MODE = 3;
