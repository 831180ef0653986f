//! What a source is registered for: a set.

use std::{
    fmt,
    ops::{BitOr, BitOrAssign},
};

/// What the caller wants to hear of: readable, writable, both or neither.
///
/// ```
/// # #[cfg(windows)] {
/// use iocp::poll::Interests;
///
/// let both = Interests::READABLE | Interests::WRITABLE;
/// assert!(both.is_readable() && both.is_writable());
/// # }
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Interests(u8);

impl Interests {
    /// Nothing: errors of a connect are reported all the same.
    pub const NONE: Self = Self(0);
    /// Bytes, an end or an error can be read; a connection can be accepted; a datagram is there.
    pub const READABLE: Self = Self(1);
    /// There is room to write; a connect has come to its end.
    pub const WRITABLE: Self = Self(2);

    pub(super) const fn bits(self) -> u32 {
        self.0 as u32
    }

    /// The set in the lowest bits.
    pub(super) const fn from_bits(bits: u32) -> Self {
        Self((bits & 3) as u8)
    }

    /// Whether it contains [`READABLE`](Self::READABLE).
    #[must_use]
    pub const fn is_readable(self) -> bool {
        self.0 & Self::READABLE.0 != 0
    }

    /// Whether it contains [`WRITABLE`](Self::WRITABLE).
    #[must_use]
    pub const fn is_writable(self) -> bool {
        self.0 & Self::WRITABLE.0 != 0
    }

    /// Both sets together; the same as `|`, in a constant.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without what is in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl BitOr for Interests {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.and(other)
    }
}

impl BitOrAssign for Interests {
    fn bitor_assign(&mut self, other: Self) {
        *self = self.and(other);
    }
}

impl fmt::Debug for Interests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.is_readable(), self.is_writable()) {
            (true, true) => "READABLE | WRITABLE",
            (true, false) => "READABLE",
            (false, true) => "WRITABLE",
            (false, false) => "NONE",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interests_are_a_set() {
        let mut set = Interests::NONE;
        assert!(set.is_empty() && !set.is_readable() && !set.is_writable());
        set |= Interests::READABLE;
        assert_eq!(set, Interests::READABLE);
        set |= Interests::WRITABLE;
        assert_eq!(format!("{set:?}"), "READABLE | WRITABLE");
        assert_eq!(set.without(Interests::READABLE), Interests::WRITABLE);
    }
}
