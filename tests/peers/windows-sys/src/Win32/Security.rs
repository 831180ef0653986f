pub use iocp_sys::SECURITY_ATTRIBUTES;
