//! What a source is registered for: a set.

use std::fmt;
use std::ops::{BitOr, BitOrAssign, Sub};

/// What the caller wants to hear of: readable, writable, both or neither.
///
/// ```
/// # #[cfg(windows)] {
/// use iocp::poll::Interests;
///
/// let mut interests = Interests::READABLE | Interests::WRITABLE;
/// assert!(interests.contains(Interests::WRITABLE));
/// interests.remove(Interests::WRITABLE);
/// assert_eq!(interests, Interests::READABLE);
/// assert!((interests - Interests::READABLE).is_empty());
/// # }
/// ```
#[doc(alias = "Interest")]
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Interests(u8);

impl Interests {
    /// Nothing: errors of a connect are reported all the same.
    #[doc(alias = "empty")]
    pub const NONE: Self = Self(0);
    /// Bytes, an end or an error can be read; a connection can be accepted; a datagram is there.
    pub const READABLE: Self = Self(1);
    /// There is room to write; a connect has come to its end.
    pub const WRITABLE: Self = Self(2);

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// The set in the lowest bits.
    pub(crate) const fn from_bits(bits: u32) -> Self {
        Self((bits & 3) as u8)
    }

    /// Adds what is in `other`.
    pub fn insert(&mut self, other: Self) {
        *self |= other;
    }

    /// Takes out what is in `other`.
    pub fn remove(&mut self, other: Self) {
        *self = *self - other;
    }

    /// Whether all that is in `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it contains [`READABLE`](Self::READABLE).
    #[must_use]
    pub const fn is_readable(self) -> bool {
        self.contains(Self::READABLE)
    }

    /// Whether it contains [`WRITABLE`](Self::WRITABLE).
    #[must_use]
    pub const fn is_writable(self) -> bool {
        self.contains(Self::WRITABLE)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in either set; the same as `|`, in a constant.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without what is in `other`; the same as `-`, in a constant.
    #[must_use]
    pub const fn difference(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Interests {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.union(other)
    }
}

impl BitOrAssign for Interests {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.union(other);
    }
}

impl Sub for Interests {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.difference(other)
    }
}

impl fmt::Display for Interests {
    /// As it is written: `READABLE | WRITABLE`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match (self.is_readable(), self.is_writable()) {
            (true, true) => "READABLE | WRITABLE",
            (true, false) => "READABLE",
            (false, true) => "WRITABLE",
            (false, false) => "NONE",
        })
    }
}

impl fmt::Debug for Interests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
