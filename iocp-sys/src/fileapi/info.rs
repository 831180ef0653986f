//! What a file is called, how large it is, and how much room there is.

use core::ffi::c_void;

use crate::minwinbase::FILE_INFO_BY_HANDLE_CLASS;
use crate::minwindef::{BOOL, FILETIME};
use crate::winbase::GETFINALPATHNAMEBYHANDLE_FLAGS;
use crate::winnt::{HANDLE, PCWSTR, PWSTR};

/// What [`GetFileInformationByHandle`] tells of a file.
///
/// Volume and index together name a file of this machine while it is open; on ReFS 64 bits are not
/// enough: [`FILE_ID_INFO`](crate::FILE_ID_INFO).
///
/// # Layout
/// 52 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `fileapi.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/ns-fileapi-by_handle_file_information>
#[repr(C)]
#[derive(Debug)]
pub struct BY_HANDLE_FILE_INFORMATION {
    /// `FILE_ATTRIBUTE_…` bits.
    pub dwFileAttributes: u32,
    /// When it was created; 0 if the file system does not keep it.
    pub ftCreationTime: FILETIME,
    /// When it was last read or written; 0 as above.
    pub ftLastAccessTime: FILETIME,
    /// When it was last written; 0 as above.
    pub ftLastWriteTime: FILETIME,
    /// The volume.
    pub dwVolumeSerialNumber: u32,
    /// High half of its length in bytes.
    pub nFileSizeHigh: u32,
    /// Low half of its length in bytes.
    pub nFileSizeLow: u32,
    /// Number of its hard links; 1 on FAT.
    pub nNumberOfLinks: u32,
    /// High half of its number on the volume.
    pub nFileIndexHigh: u32,
    /// Low half of its number on the volume.
    pub nFileIndexLow: u32,
}
layout!(BY_HANDLE_FILE_INFORMATION: size 52 | 52, align 4 | 4;
    dwFileAttributes: 0 | 0, ftCreationTime: 4 | 4, ftLastAccessTime: 12 | 12,
    ftLastWriteTime: 20 | 20, dwVolumeSerialNumber: 28 | 28, nFileSizeHigh: 32 | 32,
    nFileSizeLow: 36 | 36, nNumberOfLinks: 40 | 40, nFileIndexHigh: 44 | 44,
    nFileIndexLow: 48 | 48);
plain!(BY_HANDLE_FILE_INFORMATION);

link! { "kernel32.dll";
    /// Tells how much room a disk has, in clusters.
    ///
    /// A null `lpRootPathName` means the disk of the current directory. `*lpSectorsPerCluster` ×
    /// `*lpBytesPerSector` = bytes of a cluster. `*lpNumberOfFreeClusters` and
    /// `*lpTotalNumberOfClusters`: with quotas, of what the user may take. Larger counts than fit
    /// are cut off: prefer [`GetDiskFreeSpaceExW`]. Non-zero = told.
    ///
    /// # Errors
    /// `ERROR_PATH_NOT_FOUND`, `ERROR_INVALID_NAME`, `ERROR_NOT_READY` (21, no medium).
    ///
    /// # Safety
    /// * `lpRootPathName` is null or NUL-terminated UTF-16 that ends with a backslash; the four
    ///   results are null or may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-getdiskfreespacew>
    pub fn GetDiskFreeSpaceW(
        lpRootPathName: PCWSTR,
        lpSectorsPerCluster: *mut u32,
        lpBytesPerSector: *mut u32,
        lpNumberOfFreeClusters: *mut u32,
        lpTotalNumberOfClusters: *mut u32,
    ) -> BOOL;

    /// Tells how much room a disk has, in bytes.
    ///
    /// A null `lpDirectoryName` means the disk of the current directory.
    /// `*lpFreeBytesAvailableToCaller` is what this user may take and `*lpTotalNumberOfBytes` what
    /// it has in all, with quotas; `*lpTotalNumberOfFreeBytes` is of all users. Non-zero = told.
    ///
    /// # Errors
    /// `ERROR_PATH_NOT_FOUND`, `ERROR_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `lpDirectoryName` is null or NUL-terminated UTF-16; the three results are null or may be
    ///   written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-getdiskfreespaceexw>
    pub fn GetDiskFreeSpaceExW(
        lpDirectoryName: PCWSTR,
        lpFreeBytesAvailableToCaller: *mut u64,
        lpTotalNumberOfBytes: *mut u64,
        lpTotalNumberOfFreeBytes: *mut u64,
    ) -> BOOL;

    /// Tells attributes, times, length, links and number of a file.
    ///
    /// Synchronous; queues no packet. Non-zero = told.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_FUNCTION` (not a file on a disk).
    ///
    /// # Safety
    /// * `hFile` is open; `lpFileInformation` may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-getfileinformationbyhandle>
    pub fn GetFileInformationByHandle(
        hFile: HANDLE,
        lpFileInformation: *mut BY_HANDLE_FILE_INFORMATION,
    ) -> BOOL;

    /// Tells where the volume of a path is mounted.
    ///
    /// `cchBufferLength` in UTF-16 units, with the NUL; as long as the path is enough. Non-zero =
    /// told.
    ///
    /// # Errors
    /// `ERROR_FILENAME_EXCED_RANGE` (206, the buffer is too small), `ERROR_INVALID_NAME`,
    /// `ERROR_PATH_NOT_FOUND`.
    ///
    /// # Safety
    /// * `lpszFileName` is NUL-terminated UTF-16; `lpszVolumePathName` may be written for
    ///   `cchBufferLength` units.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-getvolumepathnamew>
    pub fn GetVolumePathNameW(
        lpszFileName: PCWSTR,
        lpszVolumePathName: PWSTR,
        cchBufferLength: u32,
    ) -> BOOL;

    /// Tells the path of an open file, with its links resolved.
    ///
    /// `cchFilePath` in UTF-16 units, with the NUL; 0 asks for the length. The path begins with
    /// `\\?\`. `dwFlags`: one `FILE_NAME_…` and one `VOLUME_NAME_…`; 0 = normalized, with a drive
    /// letter.
    ///
    /// # Returns
    /// Length of the path in UTF-16 units: without the NUL if it fitted, with it if `cchFilePath`
    /// was too small; 0 on failure.
    ///
    /// # Errors
    /// `ERROR_PATH_NOT_FOUND` (no drive letter), `ERROR_INVALID_HANDLE`, `ERROR_INVALID_FUNCTION`
    /// (not a file on a disk), `ERROR_NOT_ENOUGH_MEMORY`.
    ///
    /// # Safety
    /// * `hFile` is open; `lpszFilePath` may be written for `cchFilePath` units.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-getfinalpathnamebyhandlew>
    pub fn GetFinalPathNameByHandleW(
        hFile: HANDLE,
        lpszFilePath: PWSTR,
        cchFilePath: u32,
        dwFlags: GETFINALPATHNAMEBYHANDLE_FLAGS,
    ) -> u32;

    /// Sets information of a file, e.g. its length, its name, or that it goes.
    ///
    /// `FileInformationClass` says which structure it is. `dwBufferSize` in bytes, with the name of
    /// a class that has one. Synchronous; queues no packet. Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_INVALID_PARAMETER` (class unknown, or only for reading), `ERROR_BAD_LENGTH` (smaller
    /// than the structure), `ERROR_ACCESS_DENIED` (the handle lacks the right for the class),
    /// `ERROR_ALREADY_EXISTS` (a renaming), `ERROR_DISK_FULL`.
    ///
    /// # Safety
    /// * `hFile` is open; `lpFileInformation` may be read for `dwBufferSize` bytes and fits its
    ///   class.
    ///
    /// # Source
    /// Windows Vista. DLL: `kernel32.dll`. Header: `fileapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-setfileinformationbyhandle>
    pub fn SetFileInformationByHandle(
        hFile: HANDLE,
        FileInformationClass: FILE_INFO_BY_HANDLE_CLASS,
        lpFileInformation: *const c_void,
        dwBufferSize: u32,
    ) -> BOOL;
}
