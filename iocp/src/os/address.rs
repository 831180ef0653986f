//! Socket addresses as the system wants them: the bytes of `SOCKADDR_IN` and `SOCKADDR_IN6`.

use std::{
    mem::size_of,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
};

use iocp_sys::{AF_INET, AF_INET6, SOCKADDR_IN, SOCKADDR_IN6};
use static_assertions::const_assert_eq;

/// Bytes of the larger of the two.
pub(crate) const LONGEST: usize = 28;

const_assert_eq!(size_of::<SOCKADDR_IN>(), 16);
const_assert_eq!(size_of::<SOCKADDR_IN6>(), LONGEST);

/// The address family of an address.
pub(crate) fn family(address: &SocketAddr) -> u16 {
    match address {
        SocketAddr::V4(_) => AF_INET,
        SocketAddr::V6(_) => AF_INET6,
    }
}

/// The system's form of an address, and how many bytes of it count.
pub(crate) fn encode(address: &SocketAddr) -> ([u8; LONGEST], usize) {
    let mut raw = [0; LONGEST];
    raw[0..2].copy_from_slice(&family(address).to_le_bytes());
    raw[2..4].copy_from_slice(&address.port().to_be_bytes());
    match address {
        SocketAddr::V4(v4) => {
            raw[4..8].copy_from_slice(&v4.ip().octets());
            (raw, 16)
        }
        SocketAddr::V6(v6) => {
            raw[4..8].copy_from_slice(&v6.flowinfo().to_be_bytes());
            raw[8..24].copy_from_slice(&v6.ip().octets());
            raw[24..28].copy_from_slice(&v6.scope_id().to_le_bytes());
            (raw, LONGEST)
        }
    }
}

/// Reads the system's form; `None` for another family or too few bytes.
pub(crate) fn decode(raw: &[u8]) -> Option<SocketAddr> {
    let family = u16::from_le_bytes(part(raw, 0)?);
    let port = u16::from_be_bytes(part(raw, 2)?);
    if family == AF_INET {
        let ip = Ipv4Addr::from(part::<4>(raw, 4)?);
        return Some(SocketAddr::V4(SocketAddrV4::new(ip, port)));
    }
    if family != AF_INET6 {
        return None;
    }
    let flow = u32::from_be_bytes(part(raw, 4)?);
    let ip = Ipv6Addr::from(part::<16>(raw, 8)?);
    let scope = u32::from_le_bytes(part(raw, 24)?);
    Some(SocketAddr::V6(SocketAddrV6::new(ip, port, flow, scope)))
}

fn part<const N: usize>(raw: &[u8], at: usize) -> Option<[u8; N]> {
    raw.get(at..at + N)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_way_to_the_system_and_back() {
        for text in ["127.0.0.1:1", "255.254.253.252:65535", "[::1]:80", "[fe80::1%7]:443"] {
            let address: SocketAddr = text.parse().unwrap();
            let (raw, len) = encode(&address);
            assert_eq!(decode(&raw[..len]), Some(address), "{text}");
            assert_eq!(decode(&raw[..7]), None, "too short");
        }
        assert_eq!(decode(&[1; LONGEST]), None, "another family");
    }
}
