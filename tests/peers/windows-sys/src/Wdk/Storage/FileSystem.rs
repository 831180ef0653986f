pub use iocp_sys::{NtCancelIoFileEx, NtCreateFile, FILE_OPEN};
