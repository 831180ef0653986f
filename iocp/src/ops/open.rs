//! Opening files for a port.

use std::{
    fs::{File, OpenOptions},
    io,
    os::windows::fs::OpenOptionsExt,
    path::Path,
};

use iocp_sys::FILE_FLAG_OVERLAPPED;

/// [`CreateFileW`](https://learn.microsoft.com/en-us/windows/win32/api/fileapi/nf-fileapi-createfilew), by std's
/// options: opens a file for overlapped use, to be [associated](crate::CompletionPort::associate_handle) then.
///
/// `flags`: further `FILE_FLAG_…` (`FILE_FLAG_SEQUENTIAL_SCAN`, `FILE_FLAG_NO_BUFFERING` …), or 0. They take the place
/// of [`custom_flags`](OpenOptionsExt::custom_flags), of which std has one set. Other options are as std has
/// them: sharing of all kinds, and with `append(true)` each write goes to the end, whatever its offset (fact
/// FILE09).
///
/// A path from elsewhere may be a pipe's, and its server hostile: std's `security_qos_flags(SECURITY_IDENTIFICATION)`
/// says what that may do.
///
/// The file has no position: std's blocking reads and writes of it end the process or begin at 0. What neither
/// reads nor writes is std's own: `metadata`, `set_len` and `sync_all` of
/// [`get_ref`](crate::AssociatedHandle::get_ref) block, and no packet follows. An operation in
/// flight keeps the file open as its handle did: until its packet is due, a file that was deleted still has its
/// name.
///
/// # Errors
///
/// As `OpenOptions::open`.
///
/// # Examples
///
/// ```
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{open_overlapped, CompletionPort, Error};
/// use std::fs::{File, OpenOptions};
///
/// let port = CompletionPort::new()?;
/// # let path = std::env::current_exe()?;
/// let file = open_overlapped(OpenOptions::new().read(true), &path, 0)?;
/// let file = port.associate_handle(file, 0)?;
/// # drop(file);
///
/// // A file that std opened is not overlapped, and comes back.
/// let refused = port.associate_handle(File::open(&path)?, 0).unwrap_err();
/// assert_eq!(refused.error, Error::NotAssociable);
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[doc(alias = "CreateFileW")]
#[doc(alias = "FILE_FLAG_OVERLAPPED")]
pub fn open_overlapped(
    options: &mut OpenOptions,
    path: impl AsRef<Path>,
    flags: u32,
) -> io::Result<File> {
    options.custom_flags(FILE_FLAG_OVERLAPPED | flags).open(path)
}
