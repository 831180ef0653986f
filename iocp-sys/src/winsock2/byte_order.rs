//! Ports and IPv4 addresses between the byte orders of this machine and of the network.

link! {
    "ws2_32.dll";

    /// Returns an IPv4 address of host byte order in network byte order.
    ///
    /// `hostlong`: any number. As `u32::to_be`, which is no call.
    ///
    /// # Errors
    /// None.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-htonl>
    pub fn htonl(hostlong: u32) -> u32;

    /// Returns a port of host byte order in network byte order.
    ///
    /// `hostshort`: any number. As `u16::to_be`, which is no call.
    ///
    /// # Errors
    /// None.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-htons>
    pub fn htons(hostshort: u16) -> u16;

    /// Returns an IPv4 address of network byte order in host byte order.
    ///
    /// `netlong`: any number. As `u32::from_be`, which is no call.
    ///
    /// # Errors
    /// None.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-ntohl>
    pub fn ntohl(netlong: u32) -> u32;

    /// Returns a port of network byte order in host byte order.
    ///
    /// `netshort`: any number. As `u16::from_be`, which is no call.
    ///
    /// # Errors
    /// None.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-ntohs>
    pub fn ntohs(netshort: u16) -> u16;
}
