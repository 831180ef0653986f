//! `ws2tcpip.h`: the length of a socket address.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/ws2tcpip/nf-ws2tcpip-getnameinfo>

/// Length of a socket address in bytes; signed on Windows.
pub type socklen_t = i32;
