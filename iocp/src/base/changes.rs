//! The records of changes in a directory, read from bytes: of a file system, perhaps of another machine.
//!
//! Nothing in them is believed: a record whose lengths do not fit the bytes, or each other, ends the list.

use std::fmt;

/// Records of changes, oldest first. Made by [`Completed::watched`](crate::Completed::watched).
///
/// Ends with the last record, or with one that is [malformed](Self::is_malformed), as some servers and
/// filters have sent: changes are lost then, so look again. (`for change in &mut changes` leaves it to be asked.)
#[derive(Clone)]
pub struct Changes<'a> {
    left: &'a [u8],
    extended: bool,
    malformed: bool,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change<'a> {
    /// What has happened.
    pub action: ChangeAction,
    /// The name, from the directory that is watched on, with backslashes. Perhaps the short name, if the file was
    /// changed by that.
    pub name: ChangeName<'a>,
    /// More of the file, in [extended](crate::Records::Extended) records.
    pub details: Option<ChangeDetails>,
}

/// What has happened to a name: `FILE_ACTION_…`.
///
/// # Examples
///
/// ```no_run
/// # #[cfg(windows)]
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use iocp::{Change, ChangeAction};
///
/// fn tell(change: &Change<'_>) {
///     let what = match change.action {
///         ChangeAction::Added | ChangeAction::RenamedTo => "there",
///         ChangeAction::Removed | ChangeAction::RenamedFrom => "gone",
///         _ => "changed",
///     };
///     println!("{what}: {:?}", change.name);
/// }
/// # Ok(())
/// # }
/// # #[cfg(not(windows))]
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ChangeAction {
    /// It was made, or moved here: a folder with all that is in it, which [is not told](crate::DirectoryWatch).
    Added,
    /// It was deleted, or moved away, a folder with all that was in it.
    Removed,
    /// Its data, size, attributes or times have changed; of a directory, also its entries.
    Modified,
    /// It was this name's until a renaming. The other half may be missing, in another answer, or not the next.
    RenamedFrom,
    /// It is this name's since a renaming.
    RenamedTo,
    /// Any other number, as it came.
    Other(u32),
}

/// A name as the file system has it: UTF-16 code units, of which any are allowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeName<'a>(&'a [u8]);

/// What [extended](crate::Records::Extended) records say of a file
/// ([`FILE_NOTIFY_EXTENDED_INFORMATION`](https://learn.microsoft.com/en-us/windows/win32/api/winnt/ns-winnt-file_notify_extended_information)).
/// Times: units of 100 ns since 1601-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ChangeDetails {
    /// When it was made.
    pub created: i64,
    /// When its data was last written.
    pub modified: i64,
    /// When its data or attributes last changed.
    pub changed: i64,
    /// When it was last read.
    pub accessed: i64,
    /// Bytes taken on the disk.
    pub allocated: i64,
    /// Its length, bytes.
    pub size: i64,
    /// `FILE_ATTRIBUTE_…` bits.
    pub attributes: u32,
    /// The kind of link if it is one, else the bytes of its extended attributes.
    pub tag_or_ea_size: u32,
    /// Its id on the volume, by which two halves of a renaming are known.
    pub file_id: i64,
    /// That of its directory.
    pub parent_id: i64,
}

/// Bytes before the name.
const HEADER: usize = 12;
const EXTENDED_HEADER: usize = 84;

impl<'a> Changes<'a> {
    /// Of the bytes that the system has written.
    pub(crate) fn new(bytes: &'a [u8], extended: bool) -> Self {
        Self { left: bytes, extended, malformed: false }
    }

    /// Whether the list ended at a record that is none: there is no telling what else has changed.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        self.malformed
    }

    /// The next record, and what is behind it. `None` if it is malformed.
    fn record(&self) -> Option<(Change<'a>, &'a [u8])> {
        let bytes = self.left;
        let header = if self.extended { EXTENDED_HEADER } else { HEADER };
        let next = usize::try_from(u32_at(bytes, 0)?).ok()?;
        let length = usize::try_from(u32_at(bytes, header - 4)?).ok()?;
        let end = header.checked_add(length)?;
        let name = bytes.get(header..end).filter(|name| name.len() % 2 == 0)?;
        let left = match next {
            0 => &[],
            // Behind this record, and within the bytes.
            next if next >= end => bytes.get(next..)?,
            _ => return None,
        };
        let details = if self.extended { Some(details(bytes)?) } else { None };
        let action = ChangeAction::of(u32_at(bytes, 4)?);
        Some((Change { action, name: ChangeName(name), details }, left))
    }
}

impl<'a> Iterator for Changes<'a> {
    type Item = Change<'a>;

    fn next(&mut self) -> Option<Change<'a>> {
        if self.left.is_empty() {
            return None;
        }
        let record = self.record();
        self.malformed |= record.is_none();
        let (change, left) = record.unwrap_or((NONE, &[]));
        self.left = left;
        (!self.malformed).then_some(change)
    }
}

impl std::iter::FusedIterator for Changes<'_> {}

/// In place of a malformed one.
const NONE: Change<'static> =
    Change { action: ChangeAction::Other(0), name: ChangeName(&[]), details: None };

impl ChangeAction {
    fn of(action: u32) -> Self {
        match action {
            iocp_sys::FILE_ACTION_ADDED => Self::Added,
            iocp_sys::FILE_ACTION_REMOVED => Self::Removed,
            iocp_sys::FILE_ACTION_MODIFIED => Self::Modified,
            iocp_sys::FILE_ACTION_RENAMED_OLD_NAME => Self::RenamedFrom,
            iocp_sys::FILE_ACTION_RENAMED_NEW_NAME => Self::RenamedTo,
            other => Self::Other(other),
        }
    }
}

impl<'a> ChangeName<'a> {
    /// The code units.
    pub fn units(self) -> impl Iterator<Item = u16> + 'a {
        self.0.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
    }

    /// The name as std has it, also where it is not Unicode.
    #[cfg(windows)]
    #[must_use]
    pub fn to_os_string(self) -> std::ffi::OsString {
        use std::os::windows::ffi::OsStringExt;
        std::ffi::OsString::from_wide(&self.units().collect::<Vec<_>>())
    }

    /// The name as text, in which what is not Unicode is replaced.
    #[must_use]
    pub fn to_string_lossy(self) -> String {
        char::decode_utf16(self.units())
            .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    }
}

impl PartialEq<str> for ChangeName<'_> {
    fn eq(&self, other: &str) -> bool {
        self.units().eq(other.encode_utf16())
    }
}

impl PartialEq<&str> for ChangeName<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl fmt::Debug for ChangeName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string_lossy(), f)
    }
}

impl fmt::Debug for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

fn details(bytes: &[u8]) -> Option<ChangeDetails> {
    Some(ChangeDetails {
        created: i64_at(bytes, 8)?,
        modified: i64_at(bytes, 16)?,
        changed: i64_at(bytes, 24)?,
        accessed: i64_at(bytes, 32)?,
        allocated: i64_at(bytes, 40)?,
        size: i64_at(bytes, 48)?,
        attributes: u32_at(bytes, 56)?,
        tag_or_ea_size: u32_at(bytes, 60)?,
        file_id: i64_at(bytes, 64)?,
        parent_id: i64_at(bytes, 72)?,
    })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn i64_at(bytes: &[u8], at: usize) -> Option<i64> {
    Some(i64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One record; `next` as it is to stand there.
    pub(crate) fn record(next: u32, action: u32, name: &[u16]) -> Vec<u8> {
        let length = u32::try_from(name.len() * 2).unwrap();
        let mut bytes: Vec<u8> =
            [next, action, length].iter().flat_map(|n| n.to_le_bytes()).collect();
        bytes.extend(name.iter().flat_map(|unit| unit.to_le_bytes()));
        bytes
    }

    #[test]
    fn records_are_read_in_order_and_names_that_are_not_unicode_are_kept() {
        let odd = [0xD800, 0x41];
        let mut bytes = record(16, 1, &[0x61, 0x62]);
        bytes.extend(record(20, 4, &odd));
        bytes.extend([0; 4]); // as the system aligns them
        bytes.extend(record(0, 99, &[]));
        bytes.extend([0xFF; 40]); // behind the last one
        let mut changes = Changes::new(&bytes, false);
        let first = changes.next().unwrap();
        assert_eq!((first.action, first.details), (ChangeAction::Added, None));
        assert!(first.name == "ab" && first.name != "a");
        let second = changes.next().unwrap();
        assert_eq!(second.action, ChangeAction::RenamedFrom);
        assert!(second.name.units().eq(odd));
        assert_eq!(second.name.to_string_lossy(), "\u{FFFD}A");
        assert_eq!(changes.next().unwrap().action, ChangeAction::Other(99));
        assert_eq!((changes.next(), changes.is_malformed()), (None, false));
    }

    #[test]
    fn a_malformed_record_ends_the_list_and_says_so() {
        let whole = record(0, 1, &[0x61, 0x62]);
        let mut cut = record(16, 1, &[0x61, 0x62]);
        cut.extend(&whole[..10]);
        let mut odd = whole.clone();
        odd[8] = 3;
        for (bytes, before) in [
            (whole[..15].to_vec(), 0),
            (whole[..14].to_vec(), 0),
            (cut, 1),
            (odd, 0),
            (record(u32::MAX, 1, &[]), 0),
            (record(4, 1, &[0x61]), 0),
            (record(13, 1, &[0x61]), 0),
            (vec![0; 3], 0),
        ] {
            let mut changes = Changes::new(&bytes, false);
            assert_eq!(changes.by_ref().count(), before, "{bytes:?}");
            assert!(changes.is_malformed() && changes.next().is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn extended_records_have_the_details_of_the_file() {
        let mut bytes = vec![0; EXTENDED_HEADER + 2];
        bytes[4] = 3;
        bytes[48] = 200; // its size
        bytes[56] = 32; // an ordinary file
        bytes[64] = 77; // its id
        bytes[80] = 2;
        bytes[84] = b'x';
        let change = Changes::new(&bytes, true).next().unwrap();
        let details = change.details.unwrap();
        assert_eq!(change.action, ChangeAction::Modified);
        assert!(change.name == "x");
        assert_eq!((details.size, details.attributes, details.file_id), (200, 32, 77));
        let mut cut = Changes::new(&bytes[..EXTENDED_HEADER + 1], true);
        assert!(cut.next().is_none() && cut.is_malformed());
    }
}
