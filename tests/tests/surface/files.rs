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
        FILE_FS_DEVICE_INFORMATION: 8 | 8, 4 | 4;
            DeviceType: 0 | 0, Characteristics: 4 | 4;
        FILE_MODE_INFORMATION: 4 | 4, 4 | 4;
            Mode: 0 | 0;
    }
}
