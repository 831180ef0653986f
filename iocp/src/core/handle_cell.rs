//! One associated handle: its cancel lock, and what a submit needs to know of it.
//!
//! A handle value that was closed may already name somebody else's file. So every cancel asks the cell
//! whether the handle is open, and the owner closes the cell before it closes the handle. The lock is
//! held across `CancelIoEx` and nothing else: no code of the user's ever runs under it. Completions are told
//! apart by the packet key: `keys.rs`, `arrived.rs`; one value used by two handles in turn has two keys.
//!
//! If an association is forgotten, its cell stays open for ever. So its source owns the handle or
//! borrows it for ever (`S: 'static`), and the handle stays open too.
//!
//! A driver's cancel routine may be slow. Only cancels of that handle, and its own drop, wait for it:
//! the drop must, because the value is another's as soon as the handle is closed. Closing the port,
//! associating, and looking at results take no cell's lock, or one that no cancel holds.
//!
//! A cell belongs to one association after the other, and its memory stays as long as the port. A late
//! canceller finds valid memory, though the cell may have been given to another handle; it has the
//! packet key of the earlier one. The key is compared before the lock, so that it does not wait for a
//! cancel of the cell's next handle, and under it, where the cell cannot change. Where keys wrap around
//! (on 32-bit targets) and two are the same by chance, the handle is still one that is open and ours,
//! on which the operation is not in flight.

use std::{
    mem::size_of,
    sync::atomic::{AtomicU32, AtomicUsize, Ordering},
};

use iocp_sys::OVERLAPPED;
use static_assertions::const_assert_eq;

use super::{
    arena::{Arena, Item},
    handle_word::{HandleWord, Locked},
    packet_key::PacketKey,
};
use crate::os::{self, Borrowed, Code, Handle, SocketKind};

/// Of the kind of handle: its address family; the largest that Windows has is 36.
const FAMILY: u8 = 63;
/// It is a socket of a byte stream.
const STREAM: u8 = 64;
/// What is done at once sends no packet.
const SKIPS: u8 = 128;

/// All handle cells of a port: memory for as many handles as there ever were at a time, given to one
/// after the other, so that accepting and closing connections allocates nothing.
pub(super) type HandleCells = Arena<HandleCell>;

/// What is known of one handle. All but the word and the handle key is written before the cell is opened, and
/// stays until it is opened again.
#[derive(Debug, Default)]
pub(crate) struct HandleCell {
    /// With the kind of the handle, which is none of it.
    word: HandleWord,
    /// A [`Handle32`].
    handle: AtomicU32,
    /// The key that the system puts into its packets.
    packet_key: PacketKey,
    /// The caller's number. While the cell is free: where the next free one lies.
    handle_key: AtomicUsize,
}

const_assert_eq!(size_of::<HandleCell>(), 8 + 2 * size_of::<usize>());

/// The low half of a handle's value. "Only the lower 32 bits are significant"; the others repeat the
/// sign ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/winprog64/interprocess-communication)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle32(u32);

/// The initial values of a cell: a handle as it is associated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InitialValues {
    pub(crate) handle: Handle32,
    pub(crate) packet_key: usize,
    pub(crate) handle_key: usize,
    /// Of a socket.
    pub(crate) kind: Option<SocketKind>,
    pub(crate) skips: bool,
}

/// What became of a request to cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CancelOutcome {
    /// The system was asked. The packet follows, and may still report success.
    Requested,
    /// The operation was done already, or its handle is closed: nothing was cancelled.
    AlreadyDone,
}

impl Item for HandleCell {
    fn next_free(&self) -> &AtomicUsize {
        &self.handle_key
    }

    fn first() -> Option<Self> {
        Some(Self::default())
    }
}

impl HandleCell {
    /// Opens it for a handle, by its only holder.
    pub(crate) fn open(&self, values: &InitialValues) {
        let mut kind = if values.skips { SKIPS } else { 0 };
        if let Some(socket) = values.kind {
            kind |= u8::try_from(socket.family).map_or(0, |family| family & FAMILY);
            kind |= if socket.stream { STREAM } else { 0 };
        }
        // Uncontended: the handle before this one was closed under it.
        let lock = self.word.lock();
        self.handle.store(values.handle.0, Ordering::Relaxed);
        self.packet_key.open(values.packet_key);
        self.handle_key.store(values.handle_key, Ordering::Relaxed);
        self.word.kind.store(kind, Ordering::Relaxed);
        // After the key: see `was_cancelled`.
        lock.open();
    }

    /// Cancels one operation of the association with this packet key, or all: no system call unless the
    /// cell is open for it.
    pub(crate) fn cancel(
        &self,
        packet_key: usize,
        overlapped: *mut OVERLAPPED,
    ) -> Result<CancelOutcome, Code> {
        if !self.serves(packet_key) {
            return Ok(CancelOutcome::AlreadyDone);
        }
        let lock = self.word.lock();
        if !self.serves(packet_key) {
            return Ok(CancelOutcome::AlreadyDone);
        }
        // SAFETY:
        // * this cell's lock, under which it was open just now.
        ask(unsafe { self.handle(&lock) }, overlapped)
    }

    /// Cancels all operations on the handle, by its holder.
    pub(crate) fn cancel_all(&self) -> Result<CancelOutcome, Code> {
        self.word.set_cancelled_all();
        self.cancel(self.packet_key(), std::ptr::null_mut())
    }

    /// Whether this program may have cancelled the operations of the association with this packet key:
    /// all at once, or at the association's end.
    ///
    /// Without the lock, which a slow cancel may hold. The flags are read before the key: if they are
    /// those of a later association, its key is seen.
    pub(crate) fn was_cancelled(&self, packet_key: usize) -> bool {
        self.word.is_cancelled_all() || self.packet_key() != packet_key
    }

    /// One more holds it, the fourth at most; asked by one that does.
    pub(crate) fn add_holder(&self) {
        assert!(self.word.add_holder(), "four hold this handle");
    }

    /// One that holds it is gone. True for the last, which sees what the others did.
    pub(crate) fn remove_holder(&self) -> bool {
        self.word.remove_holder()
    }

    /// The operation of this slot is to be submitted on the handle.
    pub(super) fn remember(&self, slot: u32) {
        self.word.remember(slot);
    }

    /// The port is closed: no submit on the handle succeeds from now on. Takes no lock.
    pub(crate) fn set_port_closed(&self) {
        self.packet_key.set_port_closed();
    }

    pub(crate) fn port_is_closed(&self) -> bool {
        self.packet_key.port_is_closed()
    }

    /// Whether the handle has this packet key, and its port is open.
    #[inline(always)]
    pub(crate) fn is_open_with(&self, packet_key: usize) -> bool {
        self.packet_key.is_open_with(packet_key)
    }

    /// Cancels all operations and marks the handle as no longer ours: before it is closed.
    ///
    /// Where nothing is in flight there is nothing to cancel: no system call. Submits borrow what owns the
    /// handle, and this is called when that ends, so all of them are seen. The port has slots below `end`;
    /// `is_lent` says of one, and of a packet key, whether an operation is.
    ///
    /// Waits for a cancel of this handle that is inside the system. Those that come meanwhile find the
    /// cell closed and do not wait.
    pub(crate) fn close(&self, end: u32, is_lent: impl Fn(u32, usize) -> bool) {
        // Held to the end of the function.
        let lock = self.word.lock();
        if !lock.close() {
            return;
        }
        let key = self.packet_key();
        if self.word.any_remembered(end, |slot| is_lent(slot, key)) {
            // An answer changes nothing: closing follows in any case.
            // SAFETY:
            // * this cell's lock, under which it was open when this function took it.
            let _ = ask(unsafe { self.handle(&lock) }, std::ptr::null_mut());
        }
    }

    /// The handle, for as long as the lock is held.
    ///
    /// # Safety
    ///
    /// `_lock` is that of this cell, and the cell was open under it.
    unsafe fn handle<'a>(&self, _lock: &'a Locked<'_>) -> Borrowed<'a> {
        let handle = Handle32(self.handle.load(Ordering::Relaxed)).widen();
        // SAFETY:
        // * the holder of an open cell keeps the handle open until it has closed the cell, for which it
        //   takes the lock.
        unsafe { Borrowed::new(handle) }
    }

    /// Only the cell's holder opens and closes it.
    pub(super) fn is_open(&self) -> bool {
        self.word.is_open()
    }

    pub(crate) fn packet_key(&self) -> usize {
        self.packet_key.get()
    }

    #[inline(always)]
    pub(crate) fn handle_key(&self) -> usize {
        self.handle_key.load(Ordering::Relaxed)
    }

    /// The handle, as it was associated.
    ///
    /// # Safety
    ///
    /// The caller holds the cell, so that nobody opens it meanwhile.
    #[inline(always)]
    pub(super) unsafe fn handle_of_own(&self) -> Handle {
        // SAFETY:
        // * valid and aligned; only `open` writes it, and nobody opens the cell meanwhile.
        Handle32(unsafe { self.handle.as_ptr().read() }).widen()
    }

    /// Whether what is done at once sends no packet.
    ///
    /// # Safety
    ///
    /// As [`handle_of_own`](Self::handle_of_own).
    #[inline(always)]
    pub(super) unsafe fn skips(&self) -> bool {
        // SAFETY:
        // * valid and aligned; only `open` writes it, and nobody opens the cell meanwhile.
        unsafe { self.word.kind.as_ptr().read() & SKIPS != 0 }
    }

    pub(crate) fn kind(&self) -> SocketKind {
        let kind = self.word.kind.load(Ordering::Relaxed);
        SocketKind { stream: kind & STREAM != 0, ifs: true, family: i32::from(kind & FAMILY) }
    }

    /// Changes the caller's number.
    pub(crate) fn set_handle_key(&self, key: usize) {
        self.handle_key.store(key, Ordering::Relaxed);
    }

    /// Whether it is open for the association with this packet key.
    pub(crate) fn serves(&self, packet_key: usize) -> bool {
        self.word.is_open() && self.packet_key() == packet_key
    }
}

fn ask(handle: Borrowed<'_>, overlapped: *mut OVERLAPPED) -> Result<CancelOutcome, Code> {
    match os::cancel(handle, overlapped) {
        Ok(()) => Ok(CancelOutcome::Requested),
        Err(Code::NOT_FOUND) => Ok(CancelOutcome::AlreadyDone),
        Err(code) => Err(code),
    }
}

impl Handle32 {
    /// `None` for a value that is no handle.
    #[allow(clippy::cast_possible_truncation)] // looked at
    pub(crate) fn of(handle: Handle) -> Option<Self> {
        let narrow = Self(handle.0 as u32);
        (narrow.widen() == handle).then_some(narrow)
    }

    #[inline(always)]
    #[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss)] // meant: the sign is kept
    fn widen(self) -> Handle {
        Handle(self.0 as i32 as isize as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::core::handle_word::LOOKS;

    #[test]
    fn a_handle_cell_keeps_the_kind_of_its_socket() {
        let handle = Handle32(4);
        for (stream, family, skips) in [(true, 2, true), (true, 23, false), (false, 23, false)] {
            let kind = Some(SocketKind { stream, ifs: true, family });
            let cell = HandleCell::default();
            cell.open(&InitialValues { handle, packet_key: 15, handle_key: 7, kind, skips });
            let SocketKind { stream: is_stream, family: has, .. } = cell.kind();
            assert_eq!((is_stream, has), (stream, family));
            // SAFETY:
            // * nobody opens it meanwhile.
            assert_eq!(unsafe { cell.skips() }, skips);
        }
    }

    #[test]
    fn a_handle_is_its_low_half_with_the_sign_of_that() {
        let half = |value| Handle32::of(Handle(value));
        for value in [0, 4, 0x7FFF_FFFC, usize::MAX, usize::MAX - 1] {
            assert_eq!(half(value).map(Handle32::widen), Some(Handle(value)), "{value:#x}");
        }
        #[cfg(target_pointer_width = "64")]
        for value in [0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0004, usize::MAX << 32] {
            assert_eq!(half(value), None, "{value:#x}");
        }
    }

    /// Those that are looked at where there are `end` slots; `None`: they are too many.
    fn looked_at(word: &HandleWord, end: u32) -> Option<Vec<u32>> {
        let slots = RefCell::default();
        let look = |slot| {
            Vec::push(&mut slots.borrow_mut(), slot);
            false
        };
        (!word.any_remembered(end, look)).then(|| slots.take())
    }

    fn remembered(slots: &[u32], end: u32) -> Option<Vec<u32>> {
        let word = HandleWord::default();
        word.lock().open();
        slots.iter().for_each(|&slot| word.remember(slot));
        looked_at(&word, end)
    }

    #[test]
    fn two_slots_are_remembered_with_those_of_their_numbers_and_no_third() {
        assert_eq!(remembered(&[], 1000), Some(vec![]));
        assert_eq!(remembered(&[7, 7], 1000), Some(vec![7]));
        assert_eq!(remembered(&[7, 300, 7], 800), Some(vec![7, 46, 300, 554]));
        assert_eq!(remembered(&[7, 300, 301], 1000), None);
        assert_eq!(remembered(&[2047], 2050), Some(vec![0, 2047]), "of one number");
        for slot in [1, 253, 254, 255, 511, 2046, 2047, 2048, 65_535, 100_000] {
            let first = remembered(&[slot], 130_000).unwrap();
            assert!(first.contains(&slot) && first.len() <= LOOKS as usize, "{slot}");
            let second = remembered(&[slot + 1, slot], 16_000).unwrap();
            assert!(second.contains(&slot) || slot >= 16_000, "{slot}");
        }
    }

    /// A look at all of them would cost more than a call of the system.
    #[test]
    fn where_there_are_many_slots_of_a_number_none_is_looked_at() {
        assert!(remembered(&[9], 1 << 24).is_none());
        assert!(remembered(&[9, 10], 20_000).is_none());
        assert!(remembered(&[9], 20_000).is_some());
    }

    #[test]
    fn as_many_hold_a_handle_as_were_added_and_four_at_most() {
        let word = HandleWord::default();
        word.lock().open();
        word.remember(7);
        for _ in 0..2 {
            assert!((0..3).all(|_| word.add_holder()) && !word.add_holder());
            assert!((0..3).all(|_| !word.remove_holder()) && word.remove_holder());
        }
        assert!(word.is_open() && !word.is_cancelled_all());
        assert_eq!(looked_at(&word, 9), Some(vec![7]));
    }

    #[test]
    fn a_word_that_is_opened_again_remembers_nothing() {
        let word = HandleWord::default();
        let lock = word.lock();
        assert!(!lock.close());
        lock.open();
        word.remember(1);
        word.remember(2);
        word.remember(3);
        assert!(lock.close() && !word.is_open() && word.is_cancelled_all());
        lock.open();
        assert!(word.is_open() && !word.is_cancelled_all());
        assert_eq!(looked_at(&word, 9), Some(vec![]));
        drop(lock);
        assert!(word.lock().close());
    }
}
