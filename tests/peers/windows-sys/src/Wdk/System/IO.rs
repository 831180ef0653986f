pub use iocp_sys::NtDeviceIoControlFile;
