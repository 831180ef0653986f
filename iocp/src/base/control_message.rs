//! Control messages: what a datagram's way tells of it. Read from bytes, and built of them.
//!
//! Nothing in them is believed: an item whose length does not fit the bytes ends the list.

use std::{
    fmt,
    mem::size_of,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use iocp_sys as sys;

/// Control messages, in order. Made by [`Message::control`](crate::Message::control).
#[derive(Clone)]
pub struct ControlMessages<'a> {
    left: &'a [u8],
}

/// One control message, received or to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ControlMessage<'a> {
    /// `IP_PKTINFO`, `IPV6_PKTINFO`: received, where the datagram was sent to; sent, where it is to come from.
    PacketInfo(PacketInfo),
    /// `IP_TTL`, `IP_HOPLIMIT`, `IPV6_HOPLIMIT`: how many hops it has left, or is given; 0 to 255.
    HopLimit(u32),
    /// `IP_ECN`, `IPV6_ECN`: its congestion bits, 0 to 3.
    Ecn(u32),
    /// Any other, as it is.
    Other {
        /// `IPPROTO_…`.
        level: i32,
        /// The kind, within the level.
        kind: i32,
        /// Its data.
        data: &'a [u8],
    },
}

/// A local address and its interface ([`IN_PKTINFO`](https://learn.microsoft.com/en-us/windows/win32/api/ws2ipdef/ns-ws2ipdef-in_pktinfo)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PacketInfo {
    /// The address.
    pub address: IpAddr,
    /// The interface's index; 0: any.
    pub interface: u32,
}

const HEADER: usize = size_of::<sys::CMSGHDR>();
/// Bytes from the start of an item to its data.
const DATA: usize = sys::WSA_CMSGDATA_ALIGN(HEADER);
const WORD: usize = size_of::<usize>();

impl<'a> ControlMessages<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { left: bytes }
    }

    fn item(&self) -> Option<(ControlMessage<'a>, &'a [u8])> {
        let bytes = self.left;
        let length = usize::from_ne_bytes(bytes.get(..WORD)?.try_into().ok()?);
        let data = bytes.get(DATA..length)?;
        // Rounded up it may be longer than what is there, and than a number holds.
        let next = length.checked_add(WORD).map(|_| sys::WSA_CMSGHDR_ALIGN(length))?;
        let message = ControlMessage::of(i32_at(bytes, WORD)?, i32_at(bytes, WORD + 4)?, data);
        Some((message, bytes.get(next..).unwrap_or_default()))
    }
}

impl<'a> Iterator for ControlMessages<'a> {
    type Item = ControlMessage<'a>;

    fn next(&mut self) -> Option<ControlMessage<'a>> {
        let (message, left) =
            self.item().map_or((None, &[][..]), |(item, left)| (Some(item), left));
        self.left = left;
        message
    }
}

impl std::iter::FusedIterator for ControlMessages<'_> {}

impl fmt::Debug for ControlMessages<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a> ControlMessage<'a> {
    fn of(level: i32, kind: i32, data: &'a [u8]) -> Self {
        let number = i32_at(data, 0).and_then(|number| u32::try_from(number).ok());
        let typed = match (level, kind) {
            (sys::IPPROTO_IP, sys::IP_PKTINFO) => packet_info::<4>(data).map(Self::PacketInfo),
            (sys::IPPROTO_IPV6, sys::IPV6_PKTINFO) => packet_info::<16>(data).map(Self::PacketInfo),
            (sys::IPPROTO_IP, sys::IP_TTL | sys::IP_HOPLIMIT)
            | (sys::IPPROTO_IPV6, sys::IPV6_HOPLIMIT) => number.map(Self::HopLimit),
            (sys::IPPROTO_IP, sys::IP_ECN) | (sys::IPPROTO_IPV6, sys::IPV6_ECN) => {
                number.map(Self::Ecn)
            }
            _ => None,
        };
        typed.unwrap_or(Self::Other { level, kind, data })
    }

    /// Writes it behind the first `at` bytes; `v6` says of which family the datagram is. How many there are
    /// then; `None` if there is no room.
    pub(crate) fn write(&self, into: &mut [u8], at: usize, v6: bool) -> Option<usize> {
        let level = if v6 { sys::IPPROTO_IPV6 } else { sys::IPPROTO_IP };
        let number = |number: u32| number.to_ne_bytes();
        match *self {
            Self::PacketInfo(PacketInfo { address: IpAddr::V4(address), interface }) => {
                let data = [&address.octets()[..], &number(interface)].concat();
                write(into, at, sys::IPPROTO_IP, sys::IP_PKTINFO, &data)
            }
            Self::PacketInfo(PacketInfo { address: IpAddr::V6(address), interface }) => {
                let data = [&address.octets()[..], &number(interface)].concat();
                write(into, at, sys::IPPROTO_IPV6, sys::IPV6_PKTINFO, &data)
            }
            Self::HopLimit(hops) => {
                let kind = if v6 { sys::IPV6_HOPLIMIT } else { sys::IP_TTL };
                write(into, at, level, kind, &number(hops))
            }
            Self::Ecn(bits) => {
                let kind = if v6 { sys::IPV6_ECN } else { sys::IP_ECN };
                write(into, at, level, kind, &number(bits))
            }
            Self::Other { level, kind, data } => write(into, at, level, kind, data),
        }
    }
}

fn write(into: &mut [u8], at: usize, level: i32, kind: i32, data: &[u8]) -> Option<usize> {
    let item = into.get_mut(at..at.checked_add(sys::WSA_CMSG_SPACE(data.len()))?)?;
    item.fill(0);
    item[..WORD].copy_from_slice(&sys::WSA_CMSG_LEN(data.len()).to_ne_bytes());
    item[WORD..WORD + 4].copy_from_slice(&level.to_ne_bytes());
    item[WORD + 4..WORD + 8].copy_from_slice(&kind.to_ne_bytes());
    item[DATA..DATA + data.len()].copy_from_slice(data);
    Some(at + item.len())
}

fn packet_info<const N: usize>(data: &[u8]) -> Option<PacketInfo> {
    let octets: [u8; N] = data.get(..N)?.try_into().ok()?;
    let interface = u32::from_ne_bytes(data.get(N..N + 4)?.try_into().ok()?);
    let v6 = <[u8; 16]>::try_from(&octets[..]).map(|octets| IpAddr::V6(Ipv6Addr::from(octets)));
    let v4 = <[u8; 4]>::try_from(&octets[..]).map(|octets| IpAddr::V4(Ipv4Addr::from(octets)));
    Some(PacketInfo { address: v6.or(v4).ok()?, interface })
}

fn i32_at(bytes: &[u8], at: usize) -> Option<i32> {
    Some(i32::from_ne_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let v4 = PacketInfo { address: [127, 0, 0, 2].into(), interface: 7 };
        let v6 = PacketInfo { address: Ipv6Addr::LOCALHOST.into(), interface: 0 };
        let all = [
            ControlMessage::PacketInfo(v4),
            ControlMessage::HopLimit(64),
            ControlMessage::Ecn(3),
            ControlMessage::PacketInfo(v6),
            ControlMessage::Other { level: 99, kind: 1, data: b"abc" },
        ];
        for family in [false, true] {
            let (mut bytes, mut at) = ([0xAA; 256], 0);
            for message in &all {
                at = message.write(&mut bytes, at, family).unwrap();
            }
            assert!(ControlMessages::new(&bytes[..at]).eq(all));
            assert_eq!(all[0].write(&mut bytes[..at], at, family), None, "no room");
        }
    }

    #[test]
    fn an_item_that_does_not_fit_ends_the_list() {
        let mut bytes = [0; 64];
        let end = ControlMessage::HopLimit(1).write(&mut bytes, 0, false).unwrap();
        for length in [0, DATA - 1, 65, usize::MAX, usize::MAX - 8] {
            let mut wrong = bytes;
            wrong[end..end + WORD].copy_from_slice(&length.to_ne_bytes());
            assert_eq!(ControlMessages::new(&wrong).count(), 1, "{length}");
        }
        assert_eq!(ControlMessages::new(&bytes[..end - 8]).count(), 0);
        assert_eq!(ControlMessages::new(&[]).count(), 0);
        // Too short for what it says to be: told as it is.
        let mut short = [0; 64];
        let end = write(&mut short, 0, sys::IPPROTO_IP, sys::IP_PKTINFO, &[1, 2]).unwrap();
        assert!(matches!(
            ControlMessages::new(&short[..end]).next(),
            Some(ControlMessage::Other { data: [1, 2], .. })
        ));
    }
}
