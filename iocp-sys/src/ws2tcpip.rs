//! `ws2tcpip.h`: the length of a socket address.

/// Length of a socket address in bytes; signed on Windows.
pub type socklen_t = i32;
