//! `guiddef.h`: globally unique identifiers.

/// 128-bit identifier, e.g. of a Winsock extension function.
///
/// The first three fields are integers in native byte order, the last is bytes as written.
///
/// # Layout
/// 16 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Any Windows. Header: `guiddef.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/guiddef/ns-guiddef-guid>
#[repr(C)]
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct GUID {
    /// First 8 hexadecimal digits.
    pub Data1: u32,
    /// First group of 4 digits.
    pub Data2: u16,
    /// Second group of 4 digits.
    pub Data3: u16,
    /// Third group of 4 digits and the last 12.
    pub Data4: [u8; 8],
}
layout!(GUID: size 16 | 16, align 4 | 4; Data1: 0 | 0, Data2: 4 | 4, Data3: 6 | 6, Data4: 8 | 8);
plain!(GUID);

impl GUID {
    /// Makes an identifier from its written form, read as one number.
    ///
    /// ```
    /// // {25a207b9-ddf3-4660-8ee9-76e58c74063e}
    /// let guid = iocp_sys::GUID::from_u128(0x25a207b9_ddf3_4660_8ee9_76e58c74063e);
    /// assert_eq!(guid.Data1, 0x25a207b9);
    /// assert_eq!(guid.Data4[7], 0x3e);
    /// ```
    #[must_use]
    #[inline]
    pub const fn from_u128(uuid: u128) -> Self {
        let [a, b, c, d, e, f, g, h, data4 @ ..] = uuid.to_be_bytes();
        Self {
            Data1: u32::from_be_bytes([a, b, c, d]),
            Data2: u16::from_be_bytes([e, f]),
            Data3: u16::from_be_bytes([g, h]),
            Data4: data4,
        }
    }
}
