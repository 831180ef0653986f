//! Files: what can be asked of one, the device below it, its locks.

use std::mem::{align_of, offset_of, size_of};

use iocp_tests::check_constants;

/// Behaviour 33: classes of file information and kinds of devices, literally.
#[test]
fn classes_and_devices_are_those_of_the_sdk() {
    check_constants! {
        FILE_DEVICE_CD_ROM = 2,
        FILE_DEVICE_CD_ROM_FILE_SYSTEM = 3,
        FILE_DEVICE_CONSOLE = 0x50,
        FILE_DEVICE_DFS = 6,
        FILE_DEVICE_DISK = 7,
        FILE_DEVICE_DISK_FILE_SYSTEM = 8,
        FILE_DEVICE_DVD = 0x33,
        FILE_DEVICE_FILE_SYSTEM = 9,
        FILE_DEVICE_KEYBOARD = 0xB,
        FILE_DEVICE_MAILSLOT = 0xC,
        FILE_DEVICE_MODEM = 0x2B,
        FILE_DEVICE_MULTI_UNC_PROVIDER = 0x10,
        FILE_DEVICE_NAMED_PIPE = 0x11,
        FILE_DEVICE_NETWORK = 0x12,
        FILE_DEVICE_NETWORK_FILE_SYSTEM = 0x14,
        FILE_DEVICE_NETWORK_REDIRECTOR = 0x28,
        FILE_DEVICE_NULL = 0x15,
        FILE_DEVICE_PARALLEL_PORT = 0x16,
        FILE_DEVICE_PRINTER = 0x18,
        FILE_DEVICE_SERIAL_PORT = 0x1B,
        FILE_DEVICE_TAPE = 0x1F,
        FILE_DEVICE_UNKNOWN = 0x22,
        FILE_DEVICE_VIRTUAL_DISK = 0x24,
        FILE_READ_ONLY_DEVICE = 2,
        FILE_REMOTE_DEVICE = 0x10,
        FILE_REMOVABLE_MEDIA = 1,
        FILE_TYPE_REMOTE = 0x8000,
        FileAllocationInfo = 5,
        FileAttributeTagInfo = 9,
        FileBasicInfo = 0,
        FileDispositionInfo = 4,
        FileEndOfFileInfo = 6,
        FileFsSizeInformation = 3,
        FileFsDeviceInformation = 4,
        FileIdInfo = 18,
        FileIoPriorityHintInfo = 12,
        FileNameInfo = 2,
        FileRenameInfo = 3,
        FileStandardInfo = 1,
        IoPriorityHintLow = 1,
        IoPriorityHintNormal = 2,
        IoPriorityHintVeryLow = 0,
    }
}

/// Behaviour 33: rights, attributes, options of `NtCreateFile`, forms of paths, literally.
#[test]
fn rights_attributes_and_options_are_those_of_the_sdk() {
    check_constants! {
        ACCESS_SYSTEM_SECURITY = 0x0100_0000,
        DELETE = 0x1_0000,
        DUPLICATE_CLOSE_SOURCE = 1,
        FILE_ALL_ACCESS = 0x001F_01FF,
        FILE_ATTRIBUTE_ARCHIVE = 32,
        FILE_ATTRIBUTE_COMPRESSED = 2048,
        FILE_ATTRIBUTE_DEVICE = 64,
        FILE_ATTRIBUTE_DIRECTORY = 16,
        FILE_ATTRIBUTE_EA = 0x4_0000,
        FILE_ATTRIBUTE_ENCRYPTED = 0x4000,
        FILE_ATTRIBUTE_HIDDEN = 2,
        FILE_ATTRIBUTE_INTEGRITY_STREAM = 0x8000,
        FILE_ATTRIBUTE_NOT_CONTENT_INDEXED = 0x2000,
        FILE_ATTRIBUTE_NO_SCRUB_DATA = 0x2_0000,
        FILE_ATTRIBUTE_OFFLINE = 0x1000,
        FILE_ATTRIBUTE_PINNED = 0x8_0000,
        FILE_ATTRIBUTE_READONLY = 1,
        FILE_ATTRIBUTE_RECALL_ON_DATA_ACCESS = 0x0040_0000,
        FILE_ATTRIBUTE_RECALL_ON_OPEN = 0x4_0000,
        FILE_ATTRIBUTE_REPARSE_POINT = 1024,
        FILE_ATTRIBUTE_SPARSE_FILE = 512,
        FILE_ATTRIBUTE_SYSTEM = 4,
        FILE_ATTRIBUTE_TEMPORARY = 256,
        FILE_ATTRIBUTE_UNPINNED = 0x0010_0000,
        FILE_ATTRIBUTE_VIRTUAL = 0x1_0000,
        FILE_COMPLETE_IF_OPLOCKED = 256,
        FILE_CREATED = 2,
        FILE_DELETE_CHILD = 64,
        FILE_DELETE_ON_CLOSE = 0x1000,
        FILE_DOES_NOT_EXIST = 5,
        FILE_EXECUTE = 32,
        FILE_EXISTS = 4,
        FILE_FLAG_OPEN_NO_RECALL = 0x0010_0000,
        FILE_FLAG_POSIX_SEMANTICS = 0x0100_0000,
        FILE_FLAG_SESSION_AWARE = 0x0080_0000,
        FILE_GENERIC_EXECUTE = 0x0012_00A0,
        FILE_NAME_NORMALIZED = 0,
        FILE_NAME_OPENED = 8,
        FILE_NO_COMPRESSION = 0x8000,
        FILE_NO_EA_KNOWLEDGE = 512,
        FILE_OPENED = 1,
        FILE_OPEN_BY_FILE_ID = 0x2000,
        FILE_OPEN_FOR_BACKUP_INTENT = 0x4000,
        FILE_OPEN_FOR_FREE_SPACE_QUERY = 0x0080_0000,
        FILE_OPEN_NO_RECALL = 0x0040_0000,
        FILE_OPEN_REMOTE_INSTANCE = 1024,
        FILE_OPEN_REPARSE_POINT = 0x0020_0000,
        FILE_OPEN_REQUIRING_OPLOCK = 0x1_0000,
        FILE_OVERWRITTEN = 3,
        FILE_RANDOM_ACCESS = 2048,
        FILE_READ_DATA = 1,
        FILE_READ_EA = 8,
        FILE_RESERVE_OPFILTER = 0x0010_0000,
        FILE_SUPERSEDED = 0,
        FILE_TRAVERSE = 32,
        FILE_TYPE_UNKNOWN = 0,
        FILE_WRITE_EA = 16,
        FLUSH_FLAGS_FILE_DATA_ONLY = 1,
        FLUSH_FLAGS_FILE_DATA_SYNC_ONLY = 4,
        FLUSH_FLAGS_NO_SYNC = 2,
        FileDirectoryInformation = 1,
        FileIdFullDirectoryInformation = 38,
        FileNamesInformation = 12,
        GENERIC_ALL = 0x1000_0000,
        GENERIC_EXECUTE = 0x2000_0000,
        MEM_COMMIT = 0x1000,
        MEM_DECOMMIT = 0x4000,
        MEM_RELEASE = 0x8000,
        MEM_RESERVE = 0x2000,
        OBJ_CASE_INSENSITIVE = 64,
        OBJ_INHERIT = 2,
        PAGE_NOACCESS = 1,
        PAGE_READWRITE = 4,
        PROCESS_DUP_HANDLE = 64,
        PROCESS_QUERY_INFORMATION = 1024,
        PROCESS_QUERY_LIMITED_INFORMATION = 0x1000,
        PROCESS_TERMINATE = 1,
        READ_CONTROL = 0x2_0000,
        SECURITY_DESCRIPTOR_REVISION = 1,
        SL_RESTART_SCAN = 1,
        SL_RETURN_ON_DISK_ENTRIES_ONLY = 8,
        SL_RETURN_SINGLE_ENTRY = 2,
        VOLUME_NAME_DOS = 0,
        VOLUME_NAME_GUID = 1,
        VOLUME_NAME_NONE = 4,
        VOLUME_NAME_NT = 2,
        WAIT_ABANDONED = 128,
        WRITE_DAC = 0x4_0000,
        WRITE_OWNER = 0x8_0000,
    }
}

/// Behaviour 33: what these classes carry lies in memory as the SDK's does.
#[test]
#[rustfmt::skip]
fn file_information_lies_in_memory_as_in_the_sdk() {
    check_layouts! {
        FILE_BASIC_INFO: 40 | 40, 8 | 8;
            CreationTime: 0 | 0, LastAccessTime: 8 | 8, LastWriteTime: 16 | 16, ChangeTime: 24 | 24,
            FileAttributes: 32 | 32;
        FILE_STANDARD_INFO: 24 | 24, 8 | 8;
            AllocationSize: 0 | 0, EndOfFile: 8 | 8, NumberOfLinks: 16 | 16, DeletePending: 20 | 20,
            Directory: 21 | 21;
        FILE_NAME_INFO: 8 | 8, 4 | 4;
            FileNameLength: 0 | 0, FileName: 4 | 4;
        FILE_RENAME_INFO: 16 | 24, 4 | 8;
            Anonymous: 0 | 0, RootDirectory: 4 | 8, FileNameLength: 8 | 16, FileName: 12 | 20;
        FILE_DISPOSITION_INFO: 1 | 1, 1 | 1;
            DeleteFile: 0 | 0;
        FILE_ALLOCATION_INFO: 8 | 8, 8 | 8;
            AllocationSize: 0 | 0;
        FILE_END_OF_FILE_INFO: 8 | 8, 8 | 8;
            EndOfFile: 0 | 0;
        FILE_ATTRIBUTE_TAG_INFO: 8 | 8, 4 | 4;
            FileAttributes: 0 | 0, ReparseTag: 4 | 4;
        FILE_IO_PRIORITY_HINT_INFO: 4 | 4, 4 | 4;
            PriorityHint: 0 | 0;
        FILE_ID_INFO: 24 | 24, 8 | 8;
            VolumeSerialNumber: 0 | 0, FileId: 8 | 8;
        FILE_ID_128: 16 | 16, 1 | 1;
            Identifier: 0 | 0;
        FILE_FS_SIZE_INFORMATION: 24 | 24, 8 | 8;
            TotalAllocationUnits: 0 | 0, AvailableAllocationUnits: 8 | 8,
            SectorsPerAllocationUnit: 16 | 16, BytesPerSector: 20 | 20;
        FILE_FS_DEVICE_INFORMATION: 8 | 8, 4 | 4;
            DeviceType: 0 | 0, Characteristics: 4 | 4;
        FILE_MODE_INFORMATION: 4 | 4, 4 | 4;
            Mode: 0 | 0;
        BY_HANDLE_FILE_INFORMATION: 52 | 52, 4 | 4;
            dwFileAttributes: 0 | 0, ftCreationTime: 4 | 4, ftLastAccessTime: 12 | 12,
            ftLastWriteTime: 20 | 20, dwVolumeSerialNumber: 28 | 28, nFileSizeHigh: 32 | 32,
            nFileSizeLow: 36 | 36, nNumberOfLinks: 40 | 40, nFileIndexHigh: 44 | 44,
            nFileIndexLow: 48 | 48;
        FILE_DIRECTORY_INFORMATION: 72 | 72, 8 | 8;
            NextEntryOffset: 0 | 0, FileIndex: 4 | 4, CreationTime: 8 | 8,
            LastAccessTime: 16 | 16, LastWriteTime: 24 | 24, ChangeTime: 32 | 32,
            EndOfFile: 40 | 40, AllocationSize: 48 | 48, FileAttributes: 56 | 56,
            FileNameLength: 60 | 60, FileName: 64 | 64;
        FILE_NAMES_INFORMATION: 16 | 16, 4 | 4;
            NextEntryOffset: 0 | 0, FileIndex: 4 | 4, FileNameLength: 8 | 8, FileName: 12 | 12;
        FILE_ID_FULL_DIR_INFORMATION: 88 | 88, 8 | 8;
            NextEntryOffset: 0 | 0, FileIndex: 4 | 4, CreationTime: 8 | 8,
            LastAccessTime: 16 | 16, LastWriteTime: 24 | 24, ChangeTime: 32 | 32,
            EndOfFile: 40 | 40, AllocationSize: 48 | 48, FileAttributes: 56 | 56,
            FileNameLength: 60 | 60, EaSize: 64 | 64, FileId: 72 | 72, FileName: 80 | 80;
    }
}
