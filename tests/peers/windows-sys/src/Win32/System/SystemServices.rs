pub use crate::passed::SystemServices::*;
pub use iocp_sys::ERROR_SEVERITY_ERROR;
