//! Completion keys: the low three bits tell what sort of packet it is.
//!
//! The class is looked at first. Only the class of associated handles leads to a slot.

use std::sync::atomic::{AtomicUsize, Ordering};

const CLASS_BITS: u32 = 3;
const CLASS_MASK: usize = (1 << CLASS_BITS) - 1;

/// What a key says a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// An operation on an associated handle.
    Handle,
    /// Wakes one waiter.
    Wake,
    /// Tells every waiter that the port is closed.
    Close,
    /// Posted by [`post`](crate::CompletionPort::post).
    User,
    /// A message waits in a mailbox.
    Mail,
    /// A key given out for other code to send packets with.
    External,
    /// Room again after `Full`.
    Drained,
    /// Something is to be reported that a panic held back.
    HeldBack,
    /// Anything else: not made by this crate.
    Foreign,
}

pub(crate) const WAKE: usize = 1;
pub(crate) const CLOSE: usize = 2;
pub(crate) const USER: usize = 3;
pub(crate) const DRAINED: usize = 4;
pub(crate) const MAIL: usize = 5;
const EXTERNAL: usize = 6;
const HANDLE: usize = 7;
/// All classes have their bits: this is one key more.
pub(crate) const HELD_BACK: usize = 1 << CLASS_BITS | WAKE;

/// Sorts a key.
#[inline(always)]
pub(crate) fn class(key: usize) -> Class {
    match (key & CLASS_MASK, key) {
        (HANDLE, _) => Class::Handle,
        (_, WAKE) => Class::Wake,
        (_, CLOSE) => Class::Close,
        (_, USER) => Class::User,
        (_, DRAINED) => Class::Drained,
        (_, MAIL) => Class::Mail,
        (_, HELD_BACK) => Class::HeldBack,
        (EXTERNAL, _) => Class::External,
        _ => Class::Foreign,
    }
}

/// The key for packets of other code that are to be told apart by `number`; `None` beyond
/// `usize::MAX / 8`.
pub(crate) fn external(number: usize) -> Option<usize> {
    (number <= usize::MAX >> CLASS_BITS).then_some(number << CLASS_BITS | EXTERNAL)
}

/// The key for a handle whose operations are not of this crate; `None` beyond `usize::MAX / 8`.
pub(crate) fn foreign(number: usize) -> Option<usize> {
    (number <= usize::MAX >> CLASS_BITS).then_some(number << CLASS_BITS)
}

/// The number in an external key.
pub(crate) fn external_number(key: usize) -> usize {
    key >> CLASS_BITS
}

/// A key for an associated handle: no other handle of this process has it, on no port.
///
/// On 32-bit targets it may wrap around: as a check of packets it is the second one; the generation
/// of the slot is the first.
pub(crate) fn next_handle() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed) << CLASS_BITS | HANDLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_exact_keys_have_a_class() {
        let table = [
            (WAKE, Class::Wake),
            (CLOSE, Class::Close),
            (USER, Class::User),
            (DRAINED, Class::Drained),
            (MAIL, Class::Mail),
            (EXTERNAL, Class::External),
            (HANDLE, Class::Handle),
            (0, Class::Foreign),
            (WAKE | 8, Class::HeldBack),
            (WAKE | 16, Class::Foreign),
            (MAIL | 8, Class::Foreign),
            (usize::MAX, Class::Handle),
        ];
        for (key, expected) in table {
            assert_eq!(class(key), expected, "{key:#x}");
        }
        assert_eq!(class(next_handle()), Class::Handle);
        assert_eq!(external(usize::MAX / 8).map(external_number), Some(usize::MAX / 8));
        assert_eq!(external(usize::MAX / 8 + 1), None);
        for number in [0, 1, usize::MAX / 8] {
            assert_eq!(foreign(number).map(class), Some(Class::Foreign), "{number:#x}");
        }
        assert_eq!(foreign(usize::MAX / 8 + 1), None);
    }
}
