//! Buffers, and messages with control data.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsamsg>

use super::SOCKADDR;

/// One buffer of a scatter/gather list.
///
/// Length comes **first**, the reverse of `iovec` on Unix. The array of `WSABUF`s may go when the
/// call returns, the memory it points to must stay until the operation completes.
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 8 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 2000. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsabuf>
#[repr(C)]
#[derive(Debug)]
pub struct WSABUF {
    /// Length of the buffer in bytes; 0 is allowed.
    pub len: u32,
    /// Start of the buffer; for sends the kernel only reads it.
    pub buf: *mut u8,
}
layout!(WSABUF: size 8 | 16, align 4 | 8; len: 0 | 0, buf: 4 | 8);
plain!(WSABUF);

/// Pointer to [`WSABUF`], as the SDK names it.
pub type LPWSABUF = *mut WSABUF;

/// A datagram with its address and control data, for `WSARecvMsg` and `WSASendMsg`.
///
/// # Layout
/// 56 bytes, align 8 (64-bit); 28 bytes, align 4 (32-bit).
///
/// # Source
/// Windows XP. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsamsg>
#[repr(C)]
#[derive(Debug)]
pub struct WSAMSG {
    /// Remote address; may be null on a connected socket.
    pub name: *mut SOCKADDR,
    /// Size of the address in bytes; in and out on receive.
    pub namelen: i32,
    /// Array of data buffers.
    pub lpBuffers: *mut WSABUF,
    /// Number of data buffers.
    pub dwBufferCount: u32,
    /// Control data: a chain of [`CMSGHDR`](super::CMSGHDR); `len` is out on receive.
    pub Control: WSABUF,
    /// `MSG_*` flags; in and out on receive.
    pub dwFlags: u32,
}
layout!(WSAMSG: size 28 | 56, align 4 | 8;
    name: 0 | 0, namelen: 4 | 8, lpBuffers: 8 | 16, dwBufferCount: 12 | 24, Control: 16 | 32,
    dwFlags: 24 | 48);
plain!(WSAMSG);

/// Pointer to [`WSAMSG`], as the SDK names it.
pub type LPWSAMSG = *mut WSAMSG;

/// Out flag: the datagram was longer than the buffers; the rest is lost.
pub const MSG_TRUNC: u32 = 0x0100;
/// Out flag: the control data was longer than the control buffer; the rest is lost.
pub const MSG_CTRUNC: u32 = 0x0200;
/// Out flag: the datagram came by broadcast.
pub const MSG_BCAST: u32 = 0x0400;
/// Out flag: the datagram came by multicast.
pub const MSG_MCAST: u32 = 0x0800;
