//! What holds of the records of any bytes. The production file, as it is.

#[path = "../../../iocp/src/base/changes.rs"]
#[allow(dead_code, missing_docs)]
// reason: a part of a library, whose documentation links to the rest
mod changes;

use changes::{ChangeName, Changes};

/// `header`: bytes of a record before its name.
pub(crate) fn check(bytes: &[u8], extended: bool, header: usize) {
    let mut changes = Changes::new(bytes, extended);
    let (mut left, mut seen) = (bytes.len(), 0);
    for change in changes.by_ref() {
        let units = change.name.units().count();
        let size = header + 2 * units;
        assert!(size <= left, "a byte is two records', or outside");
        left -= size;
        seen += 1;
        assert_eq!(change.details.is_some(), extended);
        text(change.name, units);
    }
    assert!(changes.next().is_none());
    assert_eq!(
        bytes.is_empty(),
        seen == 0 && !changes.is_malformed(),
        "nothing is left out in silence"
    );
    // The same again, and as it is shown.
    assert_eq!(Changes::new(bytes, extended).count(), seen);
    assert!(!format!("{:?}", Changes::new(bytes, extended)).is_empty());
}

fn text(name: ChangeName<'_>, units: usize) {
    let lossy = name.to_string_lossy();
    assert!(lossy.chars().count() <= units);
    let is_unicode = char::decode_utf16(name.units()).all(|unit| unit.is_ok());
    assert_eq!(name == lossy.as_str(), is_unicode);
}
