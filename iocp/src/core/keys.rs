//! Completion keys: the low three bits tell the class of a packet, the rest is the class's own. Each handle
//! has one of its own, also where the value of a closed handle is used again.
//!
//! | class | the rest | packet |
//! | --- | --- | --- |
//! | 0 | the caller's number | of a handle whose operations are other code's: foreign |
//! | 1 | which of the port's own | wake, close, user, drained, mail, awaited, held back, timer |
//! | 2 | number and generation of an entry | of a wait for an object, or a job: see below |
//! | 3, 5, 7 | a count, never given out twice | of an operation: on a byte stream's socket, another socket, a handle |
//! | 4 | | free: foreign |
//! | 6 | the caller's number | of other code that was given the key: external |
//!
//! So other code that posts to the port takes keys of class 0 or 4, or one that it was given (6). What it posts
//! with the exact key of one of the port's own packets is taken for that; with class 3, 5 or 7 it is refused.
//!
//! The class is looked at first. Only 3, 5 and 7 lead to a slot by the packet's pointer. The port's own
//! packets have exact keys: any other number of class 1 is foreign, so a new one takes the next number.
//!
//! Packets of jobs and of waits for objects carry no `OVERLAPPED` of ours. They have keys of class 2,
//! `(generation << INDEX_BITS | index) << CLASS_BITS | 2`: the index leads to an entry of a small table
//! (`slotless.rs`), which counts only if its generation is that of the key, so a late packet is refused. A
//! key of 64 bits has room for 24 bits of index and 37 of generation, one of 32 bits for 12 and 17.

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
    /// Wakes the call that waits for one operation.
    Awaited,
    /// An earlier deadline was set than waiters know.
    Timer,
    /// Of a wait for an object, or a job.
    Slotless,
    /// Anything else: not made by this crate.
    Foreign,
}

/// What is associated, as far as the ends of its operations differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandleKind {
    /// A socket of a byte stream.
    Stream,
    /// Any other socket.
    Socket,
    /// A file, pipe or device.
    Other,
}

const OWN: usize = 1;
const EXTERNAL: usize = 6;
const SLOTLESS: usize = 2;
const STREAM: usize = 3;
const SOCKET: usize = 5;
const HANDLE: usize = 7;

pub(crate) const WAKE: usize = own(0);
pub(crate) const CLOSE: usize = own(1);
pub(crate) const USER: usize = own(2);
pub(crate) const DRAINED: usize = own(3);
pub(crate) const MAIL: usize = own(4);
pub(crate) const AWAITED: usize = own(5);
pub(crate) const HELD_BACK: usize = own(6);
pub(crate) const TIMER: usize = own(7);

/// The key of one sort of the port's own packets.
const fn own(number: usize) -> usize {
    number << CLASS_BITS | OWN
}

/// Names an entry of the table of those that send packets without a slot, and one use of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SlotlessKey(pub(crate) usize);

const INDEX_BITS: u32 = if usize::BITS == 64 { 24 } else { 12 };
/// So many entries at once.
pub(crate) const MOST_SLOTLESS: usize = 1 << INDEX_BITS;
/// The last generation that an entry can have.
pub(crate) const LAST_GENERATION: usize = usize::MAX >> CLASS_BITS >> INDEX_BITS;

/// The key of the entry of that number, at most [`MOST_SLOTLESS`] - 1, in its generation.
pub(crate) const fn slotless(index: u32, generation: usize) -> SlotlessKey {
    SlotlessKey((generation << INDEX_BITS | index as usize) << CLASS_BITS | SLOTLESS)
}

/// Number and generation in a key.
#[allow(clippy::cast_possible_truncation)] // less than `MOST_SLOTLESS`
pub(crate) const fn slotless_parts(key: usize) -> (u32, usize) {
    let rest = key >> CLASS_BITS;
    ((rest & (MOST_SLOTLESS - 1)) as u32, rest >> INDEX_BITS)
}

/// Sorts a key.
#[inline(always)]
pub(crate) fn class(key: usize) -> Class {
    match (key & CLASS_MASK, key) {
        (STREAM | SOCKET | HANDLE, _) => Class::Handle,
        (_, WAKE) => Class::Wake,
        (_, CLOSE) => Class::Close,
        (_, USER) => Class::User,
        (_, DRAINED) => Class::Drained,
        (_, MAIL) => Class::Mail,
        (_, HELD_BACK) => Class::HeldBack,
        (_, AWAITED) => Class::Awaited,
        (_, TIMER) => Class::Timer,
        (EXTERNAL, _) => Class::External,
        (SLOTLESS, _) => Class::Slotless,
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
pub(crate) fn next_packet_key(kind: HandleKind) -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(1);
    let class = match kind {
        HandleKind::Stream => STREAM,
        HandleKind::Socket => SOCKET,
        HandleKind::Other => HANDLE,
    };
    NEXT.fetch_add(1, Ordering::Relaxed) << CLASS_BITS | class
}

/// What the handle is that was given this key: so long as a slot has the key, it tells.
pub(crate) fn handle_kind(key: usize) -> HandleKind {
    match key & CLASS_MASK {
        STREAM => HandleKind::Stream,
        SOCKET => HandleKind::Socket,
        _ => HandleKind::Other,
    }
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
            (AWAITED, Class::Awaited),
            (TIMER, Class::Timer),
            (EXTERNAL, Class::External),
            (HANDLE, Class::Handle),
            (0, Class::Foreign),
            (own(8), Class::Foreign),
            (own(usize::MAX >> CLASS_BITS), Class::Foreign),
            (2, Class::Slotless),
            (4, Class::Foreign),
            (HELD_BACK, Class::HeldBack),
            (AWAITED + 3, Class::Foreign),
            (usize::MAX, Class::Handle),
        ];
        for (key, expected) in table {
            assert_eq!(class(key), expected, "{key:#x}");
        }
        for kind in [HandleKind::Stream, HandleKind::Socket, HandleKind::Other] {
            let key = next_packet_key(kind);
            assert_eq!((class(key), handle_kind(key)), (Class::Handle, kind));
        }
        let last = u32::try_from(MOST_SLOTLESS - 1).unwrap();
        for (index, generation) in [(0, 0), (7, 3), (last, LAST_GENERATION)] {
            let SlotlessKey(key) = slotless(index, generation);
            assert_eq!((class(key), slotless_parts(key)), (Class::Slotless, (index, generation)));
        }
        assert_eq!(external(usize::MAX / 8).map(external_number), Some(usize::MAX / 8));
        assert_eq!(external(usize::MAX / 8 + 1), None);
        for number in [0, 1, usize::MAX / 8] {
            assert_eq!(foreign(number).map(class), Some(Class::Foreign), "{number:#x}");
        }
        assert_eq!(foreign(usize::MAX / 8 + 1), None);
    }
}
