//! What is decoded from bytes and numbers of others: any of them is taken, none breaks anything.
//!
//! A bounded random run, on every host and under Miri too; `tests/fuzz` has fuzzers of those that take bytes.
//! `PROPTEST_CASES` says how many inputs each test tries.

use std::{net::SocketAddr, time::Duration};

use proptest::prelude::*;

use crate::{
    base::changes::Changes,
    base::control_message::{ControlMessage, ControlMessages},
    base::timeout::{to_millis, INFINITE, LONGEST_MS},
    core::keys::{class, external, external_number, next_packet_key, Class, HandleKind},
    os::address::{decode, encode, LONGEST},
    CompletionError, CompletionKind, NtStatus,
};

fn cases() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if cfg!(miri) {
        config.cases = 20;
    }
    config
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_bytes_are_an_address_or_none(
        mut raw in prop::collection::vec(any::<u8>(), 0..64),
        family in prop_oneof![Just(2_u16), Just(23), any::<u16>()],
    ) {
        if let Some(place) = raw.get_mut(..2) {
            place.copy_from_slice(&family.to_le_bytes());
        }
        let address = decode(&raw);
        let long_enough = match family {
            2 => raw.len() >= 8,
            23 => raw.len() >= LONGEST,
            _ => false,
        };
        prop_assert_eq!(address.is_some(), long_enough);
        if let Some(address) = address {
            let (again, len) = encode(&address);
            prop_assert_eq!(decode(&again[..len]), Some(address), "what was read can be written");
        }
    }

    #[test]
    fn any_bytes_are_records_of_changes_as_far_as_they_fit(
        raw in prop::collection::vec(any::<u8>(), 0..400),
        small in prop::collection::vec(0..24_u8, 0..400),
        extended: bool,
    ) {
        // Mostly small numbers, so that offsets and lengths fit now and then.
        let mut mixed = small;
        for (at, byte) in raw.iter().enumerate().filter(|(at, _)| at % 37 == 0) {
            if let Some(place) = mixed.get_mut(at) {
                *place = *byte;
            }
        }
        // The upper halves of the three numbers of a record.
        for word in mixed.chunks_exact_mut(4) {
            word[1..].fill(0);
        }
        for bytes in [&raw, &mixed] {
            let header = if extended { 84 } else { 12 };
            let mut changes = Changes::new(bytes, extended);
            let seen: Vec<_> = changes.by_ref().collect();
            prop_assert!(seen.len() * header <= bytes.len());
            let names: usize = seen.iter().map(|change| change.name.units().count() * 2).sum();
            prop_assert!(seen.len() * header + names <= bytes.len(), "no byte is two records'");
            prop_assert!(seen.iter().all(|change| change.details.is_some() == extended));
            prop_assert!(changes.next().is_none());
            if bytes.len() >= 84 && seen.is_empty() {
                prop_assert!(changes.is_malformed());
            }
        }
    }

    #[test]
    fn any_bytes_are_control_messages_as_far_as_they_fit(
        raw in prop::collection::vec(any::<u8>(), 0..256),
        lengths in prop::collection::vec(0..64_u8, 0..32),
    ) {
        // Headers that fit now and then: small lengths, and levels and kinds that are known.
        let mut mixed = raw.clone();
        let step = 24;
        for (at, length) in lengths.iter().enumerate() {
            if let Some(header) = mixed.get_mut(at * step..at * step + 16) {
                header.fill(0);
                header[0] = *length;
                header[8] = [0, 41][at % 2];
                header[12] = [4, 19, 21, 50][at % 4];
            }
        }
        for bytes in [&raw, &mixed] {
            let mut data = 0;
            for message in ControlMessages::new(bytes) {
                data += match message {
                    ControlMessage::Other { data, .. } => data.len(),
                    _ => 4,
                };
            }
            prop_assert!(data <= bytes.len(), "no byte is two messages'");
        }
    }

    #[test]
    fn any_address_survives_the_way_to_the_system_and_back(address in any::<SocketAddr>()) {
        let (raw, len) = encode(&address);
        prop_assert!(len <= LONGEST);
        prop_assert_eq!(decode(&raw[..len]), Some(address));
    }

    #[test]
    fn any_key_has_one_class_and_keys_that_are_given_out_have_theirs(key: usize, number: usize) {
        // Only these may look a slot up, or be told as a number of somebody's.
        prop_assert_eq!(class(key) == Class::Handle, matches!(key & 7, 3 | 5 | 7));
        prop_assert_eq!(class(key) == Class::External, key & 7 == 6);
        match external(number) {
            Some(key) => {
                prop_assert_eq!(class(key), Class::External);
                prop_assert_eq!(external_number(key), number);
            }
            None => prop_assert!(number > usize::MAX / 8),
        }
        prop_assert_eq!(class(next_packet_key(HandleKind::Other)), Class::Handle);
    }

    #[test]
    fn any_status_is_a_success_or_a_kind_of_failure_with_a_code(internal: usize, known in 0..40_u32) {
        for bits in [internal as u32, 0xC000_0000 | known, 0x8000_0000 | known, 0xC000_0200 | known] {
            let status = NtStatus(bits);
            prop_assert!(!status.is_success() || bits < 0x8000_0000, "{status:?}");
            prop_assert!(bits < 0xC000_0000 || !status.carries_bytes(), "errors bring nothing");
            for of_socket in [false, true] {
                let error = CompletionError { status, bytes: 0, kind: status.kind(), of_socket };
                // 317 says that the system has none.
                prop_assert!(error.raw_os_error().is_some());
            }
            prop_assert!(status.win32().is_some() || status.kind() == CompletionKind::Other);
        }
        prop_assert_eq!(NtStatus::from_internal(internal).0, internal as u32, "the low half only");
    }

    #[test]
    fn any_time_limit_is_rounded_up_and_never_becomes_another(seconds: u64, nanos in 0..1_000_000_000_u32) {
        for seconds in [seconds, seconds % 5_000_000, seconds % 100] {
            let limit = Duration::new(seconds, nanos);
            let ms = to_millis(Some(limit));
            prop_assert!(ms < INFINITE, "only no limit is for ever");
            let exact = limit.as_nanos().div_ceil(1_000_000);
            prop_assert_eq!(u128::from(ms), exact.min(u128::from(LONGEST_MS)));
        }
    }
}
