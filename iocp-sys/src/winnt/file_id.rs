//! Which file a handle is of.

/// Number of a file, unique on its volume.
///
/// On NTFS the upper half is 0; it may be used again once the file is deleted.
///
/// # Layout
/// 16 bytes, align 1 (64- and 32-bit).
///
/// # Source
/// Windows 8. Header: `winnt.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-file_id_128>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_ID_128 {
    /// The number, lowest byte first.
    pub Identifier: [u8; 16],
}
layout!(FILE_ID_128: size 16 | 16, align 1 | 1; Identifier: 0 | 0);
plain!(FILE_ID_128);
