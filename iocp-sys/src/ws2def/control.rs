//! Control data of messages, and the `WSA_CMSG_*` macros that walk it.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>

use core::mem::{align_of, size_of};

use super::WSAMSG;

/// Header of one item of control data; its data follows at [`WSA_CMSG_DATA`].
///
/// # Layout
/// 16 bytes, align 8 (64-bit); 12 bytes, align 4 (32-bit).
///
/// # Source
/// Windows XP. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>
#[repr(C)]
#[derive(Debug)]
pub struct CMSGHDR {
    /// Bytes from the start of the header to the end of the data, without final padding.
    pub cmsg_len: usize,
    /// Protocol that made the item, e.g. `IPPROTO_IP`.
    pub cmsg_level: i32,
    /// Kind of item within the level, e.g. `IP_PKTINFO`.
    pub cmsg_type: i32,
}
layout!(CMSGHDR: size 12 | 16, align 4 | 8; cmsg_len: 0 | 0, cmsg_level: 4 | 8, cmsg_type: 8 | 12);
plain!(CMSGHDR);

/// [`CMSGHDR`] under the name of its typedef in the SDK.
pub type WSACMSGHDR = CMSGHDR;

/// Rounds a length up to the alignment of a control header, in bytes.
///
/// # Source
/// Windows XP. A macro in C. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>
#[must_use]
#[inline]
pub const fn WSA_CMSGHDR_ALIGN(length: usize) -> usize {
    (length + (align_of::<CMSGHDR>() - 1)) & !(align_of::<CMSGHDR>() - 1)
}

/// Rounds a length up to the alignment of control data: the size of a pointer, in bytes.
///
/// # Source
/// Windows XP. A macro in C. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>
#[must_use]
#[inline]
pub const fn WSA_CMSGDATA_ALIGN(length: usize) -> usize {
    (length + (size_of::<usize>() - 1)) & !(size_of::<usize>() - 1)
}

/// First control item of a message, or null if the control buffer is too small for one.
///
/// # Safety
/// * `msg` must point to a readable [`WSAMSG`].
///
/// # Source
/// Windows XP. A macro in C. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>
#[must_use]
#[inline]
pub unsafe fn WSA_CMSG_FIRSTHDR(msg: *const WSAMSG) -> *mut CMSGHDR {
    // SAFETY:
    // * the caller promises that `msg` can be read.
    let control = unsafe { (*msg).Control };
    if control.len as usize >= size_of::<CMSGHDR>() {
        control.buf.cast()
    } else {
        core::ptr::null_mut()
    }
}

/// Control item after `cmsg`, or null at the end; the first one if `cmsg` is null.
///
/// Like the macro it trusts `cmsg_len`: a length of 0 in a forged buffer repeats the same item.
///
/// # Safety
/// * `msg` must point to a readable [`WSAMSG`]; `cmsg` must be null or point to a readable item
///   inside the control buffer of `msg`.
///
/// # Source
/// Windows XP. A macro in C. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>
#[must_use]
#[inline]
pub unsafe fn WSA_CMSG_NXTHDR(msg: *const WSAMSG, cmsg: *const CMSGHDR) -> *mut CMSGHDR {
    if cmsg.is_null() {
        // SAFETY:
        // * the caller's promise about `msg` is that of the callee.
        return unsafe { WSA_CMSG_FIRSTHDR(msg) };
    }
    // SAFETY:
    // * the caller promises that `msg` can be read.
    let control = unsafe { (*msg).Control };
    // SAFETY:
    // * the caller promises that `cmsg` can be read.
    let length = unsafe { (*cmsg).cmsg_len };
    // Compared as distances, so that a huge `cmsg_len` cannot wrap around.
    let start = cmsg as usize - control.buf as usize;
    let Some(next) = length
        .checked_add(align_of::<CMSGHDR>() - 1)
        .and_then(|_| WSA_CMSGHDR_ALIGN(length).checked_add(start))
    else {
        return core::ptr::null_mut();
    };
    match next.checked_add(size_of::<CMSGHDR>()) {
        Some(end) if end <= control.len as usize => control.buf.wrapping_add(next).cast(),
        _ => core::ptr::null_mut(),
    }
}

/// Address of the data of a control item; computes only, reads nothing.
///
/// # Source
/// Windows XP. A macro in C. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>
#[must_use]
#[inline]
pub const fn WSA_CMSG_DATA(cmsg: *const CMSGHDR) -> *mut u8 {
    let header = WSA_CMSGDATA_ALIGN(size_of::<CMSGHDR>());
    cmsg.cast::<u8>().cast_mut().wrapping_add(header)
}

/// Bytes of buffer that an item with `length` bytes of data takes, padding included.
///
/// # Source
/// Windows XP. A macro in C. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>
#[must_use]
#[inline]
pub const fn WSA_CMSG_SPACE(length: usize) -> usize {
    WSA_CMSGDATA_ALIGN(size_of::<CMSGHDR>() + WSA_CMSGHDR_ALIGN(length))
}

/// Value of `cmsg_len` for an item with `length` bytes of data.
///
/// # Source
/// Windows XP. A macro in C. Header: `ws2def.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/ws2def/ns-ws2def-wsacmsghdr>
#[must_use]
#[inline]
pub const fn WSA_CMSG_LEN(length: usize) -> usize {
    WSA_CMSGDATA_ALIGN(size_of::<CMSGHDR>()) + length
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ws2def::WSABUF;

    /// Control buffer of two items with 8 bytes of data each, aligned as a header must be.
    fn two_items() -> ([usize; 16], u32) {
        let mut words = [0_usize; 16];
        let step = WSA_CMSG_SPACE(8);
        for item in 0..2 {
            let header = CMSGHDR { cmsg_len: WSA_CMSG_LEN(8), cmsg_level: 0, cmsg_type: item };
            let at = if item == 0 { 0 } else { step };
            let place = words.as_mut_ptr().cast::<u8>().wrapping_add(at).cast::<CMSGHDR>();
            // SAFETY:
            // * `step` is a multiple of the alignment of `words`, and two items fit into it.
            unsafe { place.write(header) };
        }
        (words, u32::try_from(2 * step).unwrap_or(0))
    }

    fn message(words: &mut [usize; 16], len: u32) -> WSAMSG {
        let Control = WSABUF { len, buf: words.as_mut_ptr().cast() };
        WSAMSG { Control, ..WSAMSG::default() }
    }

    /// Types of the items, as walking finds them; at most four.
    fn walk(msg: &WSAMSG) -> ([i32; 4], usize) {
        let (mut types, mut count) = ([0; 4], 0);
        // SAFETY:
        // * `msg` is a reference.
        let mut item = unsafe { WSA_CMSG_FIRSTHDR(msg) };
        while !item.is_null() && count < types.len() {
            // SAFETY:
            // * a non-null item has a whole header inside the control buffer.
            types[count] = unsafe { (*item).cmsg_type };
            count += 1;
            // SAFETY:
            // * as above, and `msg` is a reference.
            item = unsafe { WSA_CMSG_NXTHDR(msg, item) };
        }
        (types, count)
    }

    #[test]
    fn walking_finds_every_item_and_ends() {
        let (mut words, len) = two_items();
        assert_eq!(walk(&message(&mut words, len)), ([0, 1, 0, 0], 2));
    }

    #[test]
    fn buffer_shorter_than_a_header_has_no_item() {
        let (mut words, _) = two_items();
        assert_eq!(walk(&message(&mut words, 11)).1, 0);
        assert_eq!(walk(&WSAMSG::default()).1, 0);
    }

    #[test]
    fn huge_length_ends_the_walk_instead_of_wrapping_around() {
        for length in [usize::MAX, usize::MAX - 7, usize::MAX / 2, 4096] {
            let (mut words, len) = two_items();
            words[0] = length;
            assert_eq!(walk(&message(&mut words, len)).1, 1, "cmsg_len {length}");
        }
    }

    #[test]
    fn lengths_are_rounded_up_as_the_macros_of_c_do() {
        let natural = align_of::<usize>();
        assert_eq!(WSA_CMSGHDR_ALIGN(0), 0);
        assert_eq!(WSA_CMSGHDR_ALIGN(1), natural);
        assert_eq!(WSA_CMSGHDR_ALIGN(natural), natural);
        assert_eq!(WSA_CMSGDATA_ALIGN(natural + 1), 2 * natural);
        assert_eq!(WSA_CMSG_LEN(1), size_of::<CMSGHDR>() + 1);
        assert_eq!(WSA_CMSG_SPACE(1), size_of::<CMSGHDR>() + natural);
    }

    #[test]
    fn data_lies_within_the_space_of_its_item() {
        for length in 0..64 {
            assert!(WSA_CMSG_LEN(length) <= WSA_CMSG_SPACE(length));
            assert_eq!(WSA_CMSG_SPACE(length) % size_of::<usize>(), 0);
        }
        let (words, _) = two_items();
        let header = words.as_ptr().cast::<CMSGHDR>();
        assert_eq!(WSA_CMSG_DATA(header) as usize - header as usize, WSA_CMSG_LEN(0));
    }
}
