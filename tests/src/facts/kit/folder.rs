//! Files and folders that are gone when the fact is done.

use std::{
    fs,
    os::windows::io::OwnedHandle,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use iocp_sys as sys;

use super::pipe::open;

/// A folder of a fact's own.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let next = NEXT.fetch_add(1, Ordering::SeqCst);
        let path = std::env::temp_dir().join(format!("iocp-facts-{}-{next}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The path of what is in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A file in it with these bytes, opened with these rights and flags.
    pub(crate) fn file(&self, bytes: &[u8], access: u32, flags: u32) -> OwnedHandle {
        let path = self.path("file");
        fs::write(&path, bytes).unwrap();
        open(path.to_str().unwrap(), access, flags).unwrap()
    }

    /// The folder itself, overlapped, for watching it.
    pub(crate) fn open(&self) -> OwnedHandle {
        let flags = sys::FILE_FLAG_BACKUP_SEMANTICS | sys::FILE_FLAG_OVERLAPPED;
        open(self.0.to_str().unwrap(), sys::FILE_LIST_DIRECTORY, flags).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is still open stays in the folder of temporary files.
        drop(fs::remove_dir_all(&self.0));
    }
}
