//! `afunix.h`: addresses of Unix domain sockets, and who is at the other end.
//!
//! <https://devblogs.microsoft.com/commandline/af_unix-comes-to-windows/>

use crate::ws2def::ADDRESS_FAMILY;

/// Unix domain socket address: a path, UTF-8, closed by a zero byte.
///
/// Streams only.
///
/// # Layout
/// 110 bytes, align 2 (64- and 32-bit).
///
/// # Source
/// Windows 10 1803. Header: `afunix.h`.
/// <https://devblogs.microsoft.com/commandline/af_unix-comes-to-windows/>
#[repr(C)]
#[derive(Debug)]
pub struct SOCKADDR_UN {
    /// [`AF_UNIX`](crate::AF_UNIX).
    pub sun_family: ADDRESS_FAMILY,
    /// Path of the socket, at most 107 bytes and a zero.
    pub sun_path: [i8; 108],
}
layout!(SOCKADDR_UN: size 110 | 110, align 2 | 2; sun_family: 0 | 0, sun_path: 2 | 2);
plain!(SOCKADDR_UN);

/// Control code, out: `u32`, the id of the process at the other end of a connected socket.
///
/// Only the header names it; its first Windows is open.
pub const SIO_AF_UNIX_GETPEERPID: u32 = 0x5800_0100;
