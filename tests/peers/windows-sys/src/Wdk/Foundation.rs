pub use iocp_sys::OBJECT_ATTRIBUTES;
