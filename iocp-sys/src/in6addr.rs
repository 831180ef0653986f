//! `in6addr.h`: the IPv6 address.

/// The unnamed union inside [`IN6_ADDR`]: one address, two views of the same sixteen bytes.
#[repr(C)]
pub union IN6_ADDR_0 {
    /// The address as bytes in network order, as `Ipv6Addr::octets` gives it.
    pub Byte: [u8; 16],
    /// The address as eight words, **each in network byte order**; not `Ipv6Addr::segments`.
    pub Word: [u16; 8],
}
layout!(IN6_ADDR_0: size 16 | 16, align 2 | 2);
plain!(IN6_ADDR_0);

impl core::fmt::Debug for IN6_ADDR_0 {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // SAFETY:
        // * both arms cover all sixteen bytes without padding and any bytes are valid for `u8`.
        let bytes = unsafe { self.Byte };
        f.debug_tuple("IN6_ADDR_0").field(&bytes).finish()
    }
}

/// IPv6 address, stored in network byte order.
///
/// # Layout
/// 16 bytes, align 2 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `in6addr.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/in6addr/ns-in6addr-in6_addr>
#[repr(C)]
#[derive(Debug)]
pub struct IN6_ADDR {
    /// The address, as bytes or words.
    pub u: IN6_ADDR_0,
}
layout!(IN6_ADDR: size 16 | 16, align 2 | 2; u: 0 | 0);
plain!(IN6_ADDR);
