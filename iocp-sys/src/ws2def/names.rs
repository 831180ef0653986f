//! Addresses of names, as the functions that look them up take and give them.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-addrinfoexw>

use core::ffi::c_void;

use super::SOCKADDR;
use crate::guiddef::GUID;
use crate::winnt::{PSTR, PWSTR};

/// For `bind`: without a name, the address of all interfaces.
pub const AI_PASSIVE: u32 = 0x0000_0001;
/// The first address tells the full name.
pub const AI_CANONNAME: u32 = 0x0000_0002;
/// The name is an address in digits: nothing is looked up.
pub const AI_NUMERICHOST: u32 = 0x0000_0004;
/// The service is a number. Windows Vista and later.
pub const AI_NUMERICSERV: u32 = 0x0000_0008;
/// With [`AI_V4MAPPED`]: IPv6 and IPv4.
pub const AI_ALL: u32 = 0x0000_0100;
/// Only families of which this machine has an address.
pub const AI_ADDRCONFIG: u32 = 0x0000_0400;
/// IPv4 addresses as IPv6 ones.
pub const AI_V4MAPPED: u32 = 0x0000_0800;

/// An address of a name, and what it is for; the next one follows.
///
/// # Layout
/// 48 bytes, align 8 (64-bit); 32 bytes, align 4 (32-bit).
///
/// # Source
/// Windows XP. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-addrinfoa>
#[repr(C)]
#[derive(Debug)]
pub struct ADDRINFOA {
    /// `AI_…` bits, in hints only.
    pub ai_flags: i32,
    /// `AF_…`; hints: [`AF_UNSPEC`](super::AF_UNSPEC) for any.
    pub ai_family: i32,
    /// `SOCK_…`; hints: 0 for any.
    pub ai_socktype: i32,
    /// `IPPROTO_…`; hints: 0 for any.
    pub ai_protocol: i32,
    /// Size of the address, bytes; hints: 0.
    pub ai_addrlen: usize,
    /// The full name, or null.
    pub ai_canonname: PSTR,
    /// The address; hints: null.
    pub ai_addr: *mut SOCKADDR,
    /// The next one, or null; hints: null.
    pub ai_next: *mut ADDRINFOA,
}
layout!(ADDRINFOA: size 32 | 48, align 4 | 8;
    ai_flags: 0 | 0, ai_family: 4 | 4, ai_socktype: 8 | 8, ai_protocol: 12 | 12,
    ai_addrlen: 16 | 16, ai_canonname: 20 | 24, ai_addr: 24 | 32, ai_next: 28 | 40);
plain!(ADDRINFOA);

/// An address of a name, with the provider that told it; the next one follows.
///
/// Results are freed with [`FreeAddrInfoExW`](crate::FreeAddrInfoExW).
///
/// # Layout
/// 72 bytes, align 8 (64-bit); 44 bytes, align 4 (32-bit).
///
/// # Source
/// Windows Vista. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-addrinfoexw>
#[repr(C)]
#[derive(Debug)]
pub struct ADDRINFOEXW {
    /// `AI_…` bits, in hints only.
    pub ai_flags: i32,
    /// `AF_…`; hints: [`AF_UNSPEC`](super::AF_UNSPEC) for any.
    pub ai_family: i32,
    /// `SOCK_…`; hints: 0 for any.
    pub ai_socktype: i32,
    /// `IPPROTO_…`; hints: 0 for any.
    pub ai_protocol: i32,
    /// Size of the address, bytes; hints: 0.
    pub ai_addrlen: usize,
    /// The full name, or null.
    pub ai_canonname: PWSTR,
    /// The address; hints: null.
    pub ai_addr: *mut SOCKADDR,
    /// What the provider adds, or null.
    pub ai_blob: *mut c_void,
    /// Size of that, bytes.
    pub ai_bloblen: usize,
    /// The provider, or null.
    pub ai_provider: *mut GUID,
    /// The next one, or null; hints: null.
    pub ai_next: *mut ADDRINFOEXW,
}
layout!(ADDRINFOEXW: size 44 | 72, align 4 | 8;
    ai_flags: 0 | 0, ai_family: 4 | 4, ai_socktype: 8 | 8, ai_protocol: 12 | 12,
    ai_addrlen: 16 | 16, ai_canonname: 20 | 24, ai_addr: 24 | 32, ai_blob: 28 | 40,
    ai_bloblen: 32 | 48, ai_provider: 36 | 56, ai_next: 40 | 64);
plain!(ADDRINFOEXW);
