pub use iocp_sys::{GetModuleHandleW, GetProcAddress};
