//! Socket addresses, as accepts and receives write them.
#![no_main]

#[path = "../../../iocp/src/os/address.rs"]
#[allow(dead_code)] // reason: a part of a library
mod address;

use address::{decode, encode, LONGEST};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(address) = decode(bytes) else {
        let is_known = matches!(bytes.first_chunk(), Some([2 | 23, 0]));
        let len = if bytes.first() == Some(&2) { 8 } else { LONGEST };
        assert!(!is_known || bytes.len() < len, "an address is refused");
        return;
    };
    let (raw, len) = encode(&address);
    assert_eq!(decode(&raw[..len]), Some(address));
    // What is behind an address does not count.
    assert_eq!(decode(&bytes[..bytes.len().min(len)]), Some(address));
});
