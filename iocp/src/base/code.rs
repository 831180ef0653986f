//! The error codes of the operating system.

/// An error code of the operating system, as `GetLastError` or `WSAGetLastError` gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Code(pub(crate) u32);

impl Code {
    pub(crate) const NOT_ENOUGH_MEMORY: Self = Self(8);
    pub(crate) const INVALID_HANDLE: Self = Self(6);
    pub(crate) const GEN_FAILURE: Self = Self(31);
    pub(crate) const INVALID_PARAMETER: Self = Self(87);
    pub(crate) const WAIT_IO_COMPLETION: Self = Self(192);
    pub(crate) const WAIT_TIMEOUT: Self = Self(258);
    pub(crate) const ABANDONED_WAIT: Self = Self(735);
    pub(crate) const IO_PENDING: Self = Self(997);
    pub(crate) const NOT_FOUND: Self = Self(1168);
    pub(crate) const NOT_A_SOCKET: Self = Self(10_038);
    pub(crate) const MESSAGE_SIZE: Self = Self(10_040);

    /// As `std` shows it, the code kept.
    pub(crate) fn into_io(self) -> std::io::Error {
        std::io::Error::from_raw_os_error(i32::from_ne_bytes(self.0.to_ne_bytes()))
    }
}
