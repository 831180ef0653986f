//! `inaddr.h`: the IPv4 address.

/// IPv4 address as four bytes, in written order: `127.0.0.1` is `s_b1 == 127`.
///
/// Arm `S_un_b` of [`IN_ADDR_0`].
#[repr(C)]
#[derive(Debug)]
pub struct IN_ADDR_0_0 {
    /// First byte as written.
    pub s_b1: u8,
    /// Second byte as written.
    pub s_b2: u8,
    /// Third byte as written.
    pub s_b3: u8,
    /// Fourth byte as written.
    pub s_b4: u8,
}
layout!(IN_ADDR_0_0: size 4 | 4, align 1 | 1; s_b1: 0 | 0, s_b2: 1 | 1, s_b3: 2 | 2, s_b4: 3 | 3);
plain!(IN_ADDR_0_0);

/// IPv4 address as two 16-bit words, each in network byte order.
///
/// Arm `S_un_w` of [`IN_ADDR_0`].
#[repr(C)]
#[derive(Debug)]
pub struct IN_ADDR_0_1 {
    /// First two bytes, network byte order.
    pub s_w1: u16,
    /// Last two bytes, network byte order.
    pub s_w2: u16,
}
layout!(IN_ADDR_0_1: size 4 | 4, align 2 | 2; s_w1: 0 | 0, s_w2: 2 | 2);
plain!(IN_ADDR_0_1);

/// The unnamed union inside [`IN_ADDR`]: one address, three views of the same four bytes.
#[repr(C)]
pub union IN_ADDR_0 {
    /// The address as four bytes.
    pub S_un_b: IN_ADDR_0_0,
    /// The address as two words.
    pub S_un_w: IN_ADDR_0_1,
    /// The address as one `u32` in network byte order; from Rust: `u32::from_ne_bytes(octets)`.
    pub S_addr: u32,
}
layout!(IN_ADDR_0: size 4 | 4, align 4 | 4);
plain!(IN_ADDR_0);

impl core::fmt::Debug for IN_ADDR_0 {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // SAFETY:
        // * every arm covers all four bytes without padding and any bytes are valid for `u8`.
        let octets = unsafe { self.S_un_b };
        f.debug_tuple("IN_ADDR_0").field(&octets).finish()
    }
}

/// IPv4 address, stored in network byte order.
///
/// # Layout
/// 4 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `inaddr.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/inaddr/ns-inaddr-in_addr>
#[repr(C)]
#[derive(Debug)]
pub struct IN_ADDR {
    /// The address, as bytes, words or one `u32`.
    pub S_un: IN_ADDR_0,
}
layout!(IN_ADDR: size 4 | 4, align 4 | 4; S_un: 0 | 0);
plain!(IN_ADDR);
