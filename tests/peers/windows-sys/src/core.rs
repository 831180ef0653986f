pub use crate::differs::GUID;
pub use iocp_sys::BOOL;
