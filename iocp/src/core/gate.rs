//! What is left of a handle for those who may cancel: its value, and whether it is still ours.
//!
//! A handle value that was closed may already name somebody else's file. So every cancel asks here
//! first, and the owner closes here before it lets the handle go. The lock is held across
//! `CancelIoEx` and nothing else: no code of the user's ever runs under it.
//!
//! An association that is forgotten leaves its gate open for ever. So its source owns the handle or
//! borrows it for ever (`S: 'static`), and the handle stays open too.
//!
//! A driver's cancel routine may be slow. Only cancels of that handle, and its own drop, wait for it:
//! the drop must, because the value is another's as soon as the handle is closed. Closing the port,
//! associating, and looking at results take no gate's lock, or one that no cancel holds.
//!
//! A gate belongs to one association after the other, and its memory stays as long as the port. A late
//! canceller, with an operation of an earlier handle, has the earlier packet key. The key is compared
//! before the lock, so that it does not wait for a cancel of the gate's next handle, and under it,
//! where the gate cannot change. Where keys wrap around (on 32-bit targets) and two are the same by
//! chance, the handle is still one that is open and ours, on which the operation is not in flight.

use std::{
    mem::size_of,
    sync::{
        atomic::{AtomicU32, AtomicU8, AtomicUsize, Ordering},
        Mutex, MutexGuard, PoisonError,
    },
};

use iocp_sys::OVERLAPPED;
use static_assertions::const_assert;

use super::packet_key::PacketKey;
use crate::os::{self, Borrowed, Code, Handle, SocketKind};

/// The handle is open and ours.
const OPEN: u8 = 1;
/// Everything on the handle was cancelled at some time.
const CANCELLED_ALL: u8 = 2;
/// An operation was submitted on the handle at some time.
const USED: u8 = 4;

/// Of the kind of handle: its address family; the largest that Windows has is 36.
const FAMILY: u8 = 63;
/// It is a socket of a byte stream.
const STREAM: u8 = 64;
/// What is done at once sends no packet.
const SKIPS: u8 = 128;

/// One associated handle: its cancel lock, and what a submit needs to know of it.
///
/// All but the flags is written before the gate is opened, and stays until it is opened again.
#[derive(Debug)]
pub(crate) struct Gate {
    lock: Mutex<()>,
    flags: AtomicU8,
    kind: AtomicU8,
    /// The low half of its value.
    handle: AtomicU32,
    /// The key that the system puts into its packets.
    packet_key: PacketKey,
    /// The caller's number. Of a gate that nobody has: what [`Gates`](super::gates::Gates) wants.
    key: AtomicUsize,
}

// The locks of older Rust, and of other hosts, are larger than the 2 bytes that fit beside the flags.
const_assert!(
    size_of::<Gate>() <= 8 + 2 * size_of::<usize>()
        || size_of::<Gate>() <= 8 + 2 * size_of::<usize>() + size_of::<Mutex<()>>()
            && size_of::<Mutex<()>>() > 2
);

/// The low half of a handle's value. "Only the lower 32 bits are significant"; the others repeat the
/// sign ([Microsoft](https://learn.microsoft.com/en-us/windows/win32/winprog64/interprocess-communication)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Narrow(u32);

/// A handle as it is associated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entrant {
    pub(crate) handle: Narrow,
    pub(crate) packet_key: usize,
    pub(crate) key: usize,
    /// Of a socket.
    pub(crate) kind: Option<SocketKind>,
    pub(crate) skips: bool,
}

/// What a cancel request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancel {
    /// The system was asked; the packet still follows.
    Requested,
    /// Nothing to cancel: done, or the handle is closed (no system call then).
    AlreadyDone,
    /// The system refused for another reason.
    Failed(Code),
}

impl Gate {
    /// Closed.
    pub(super) fn new() -> Self {
        Self {
            lock: Mutex::new(()),
            flags: AtomicU8::new(0),
            kind: AtomicU8::new(0),
            handle: AtomicU32::new(0),
            packet_key: PacketKey::default(),
            key: AtomicUsize::new(0),
        }
    }

    /// Opens it for a handle, by its only owner.
    pub(crate) fn open(&self, entrant: &Entrant) {
        let mut kind = if entrant.skips { SKIPS } else { 0 };
        if let Some(socket) = entrant.kind {
            kind |= u8::try_from(socket.family).map_or(0, |family| family & FAMILY);
            kind |= if socket.stream { STREAM } else { 0 };
        }
        // No cancel holds it: the handle before this one was closed under it.
        let _lock = self.lock();
        self.handle.store(entrant.handle.0, Ordering::Relaxed);
        self.packet_key.open(entrant.packet_key);
        self.key.store(entrant.key, Ordering::Relaxed);
        self.kind.store(kind, Ordering::Relaxed);
        // Release, after the key: who sees these flags without the lock sees whose they are.
        self.flags.store(OPEN, Ordering::Release);
    }

    /// Cancels one operation of the association with this packet key, while the handle is open.
    pub(crate) fn cancel(&self, packet_key: usize, overlapped: *mut OVERLAPPED) -> Cancel {
        if !self.is_of(packet_key) {
            return Cancel::AlreadyDone;
        }
        let lock = self.lock();
        if !self.is_of(packet_key) {
            return Cancel::AlreadyDone;
        }
        // SAFETY:
        // * The gate was open just now, under this gate's lock.
        ask(unsafe { self.handle(&lock) }, overlapped)
    }

    /// Cancels all operations on the handle, by its owner.
    pub(crate) fn cancel_all(&self) -> Cancel {
        self.flags.fetch_or(CANCELLED_ALL, Ordering::Relaxed);
        self.cancel(self.packet_key(), std::ptr::null_mut())
    }

    /// Whether this program may have cancelled what ended as cancelled, of the association with this
    /// packet key. One that is over was cancelled at its end.
    ///
    /// Without the lock, which a slow cancel may hold. The flags come first: if they are those of a
    /// later association, its key is seen after them.
    pub(crate) fn was_cancelled(&self, packet_key: usize) -> bool {
        let flags = self.flags.load(Ordering::Acquire);
        flags & CANCELLED_ALL != 0 || self.packet_key() != packet_key
    }

    /// An operation is to be submitted on the handle.
    pub(super) fn set_used(&self) {
        if !self.has(USED) {
            self.flags.fetch_or(USED, Ordering::Relaxed);
        }
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
    /// A handle on which nothing was ever submitted has nothing to cancel: no system call. Submits
    /// borrow what owns the handle, and this is called when that ends, so all of them are seen.
    ///
    /// Waits for a cancel of this handle that is inside the system. Those that come meanwhile find the
    /// gate closed and do not wait.
    pub(crate) fn close(&self) {
        // Held to the end of the function.
        let lock = self.lock();
        let before = self.flags.fetch_or(CANCELLED_ALL, Ordering::Relaxed);
        if before & OPEN != 0 {
            self.flags.fetch_and(!OPEN, Ordering::Relaxed);
            if before & USED != 0 {
                // An answer changes nothing: closing follows in any case.
                // SAFETY:
                // * The gate was open, under this gate's lock, when this function took it.
                let _ = ask(unsafe { self.handle(&lock) }, std::ptr::null_mut());
            }
        }
    }

    /// The handle, for as long as the lock is held.
    ///
    /// # Safety
    ///
    /// `_lock` is that of this gate, and the gate was open under it.
    unsafe fn handle<'a>(&self, _lock: &'a MutexGuard<'_, ()>) -> Borrowed<'a> {
        let handle = Narrow(self.handle.load(Ordering::Relaxed)).widen();
        // SAFETY:
        // * The owner of an open gate's handle keeps that open until it has closed the gate, for which it
        //   takes the lock.
        unsafe { Borrowed::new(handle) }
    }

    pub(crate) fn packet_key(&self) -> usize {
        self.packet_key.get()
    }

    #[inline(always)]
    pub(crate) fn key(&self) -> usize {
        self.key.load(Ordering::Relaxed)
    }

    /// The handle, as it was associated.
    ///
    /// # Safety
    ///
    /// The caller has the gate: nobody opens it meanwhile.
    #[inline(always)]
    pub(super) unsafe fn handle_of_own(&self) -> Handle {
        // SAFETY:
        // * valid and aligned; written only when the gate is opened.
        Narrow(unsafe { self.handle.as_ptr().read() }).widen()
    }

    /// Whether what is done at once sends no packet.
    ///
    /// # Safety
    ///
    /// As [`handle_of_own`](Self::handle_of_own).
    #[inline(always)]
    pub(super) unsafe fn skips(&self) -> bool {
        // SAFETY:
        // * valid and aligned; written only when the gate is opened.
        unsafe { self.kind.as_ptr().read() & SKIPS != 0 }
    }

    pub(crate) fn kind(&self) -> SocketKind {
        let kind = self.kind.load(Ordering::Relaxed);
        SocketKind { stream: kind & STREAM != 0, ifs: true, family: i32::from(kind & FAMILY) }
    }

    /// Sets the caller's number, or that of a gate that nobody has.
    pub(crate) fn set_key(&self, key: usize) {
        self.key.store(key, Ordering::Relaxed);
    }

    /// Whether it is open for the association with this packet key.
    fn is_of(&self, packet_key: usize) -> bool {
        self.has(OPEN) && self.packet_key() == packet_key
    }

    #[inline(always)]
    fn has(&self, flag: u8) -> bool {
        self.flags.load(Ordering::Relaxed) & flag != 0
    }

    /// No panic can happen under the lock, so poison says nothing.
    fn lock(&self) -> MutexGuard<'_, ()> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ask(handle: Borrowed<'_>, overlapped: *mut OVERLAPPED) -> Cancel {
    match os::cancel(handle, overlapped) {
        Ok(()) => Cancel::Requested,
        Err(Code::NOT_FOUND) => Cancel::AlreadyDone,
        Err(code) => Cancel::Failed(code),
    }
}

impl Narrow {
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
    use super::*;

    #[test]
    fn a_gate_keeps_the_kind_of_its_socket() {
        let handle = Narrow(4);
        for (stream, family, skips) in [(true, 2, true), (true, 23, false), (false, 23, false)] {
            let kind = Some(SocketKind { stream, ifs: true, family });
            let gate = Gate::new();
            gate.open(&Entrant { handle, packet_key: 15, key: 7, kind, skips });
            let SocketKind { stream: is_stream, family: has, .. } = gate.kind();
            assert_eq!((is_stream, has), (stream, family));
            // SAFETY:
            // * nobody opens it meanwhile.
            assert_eq!(unsafe { gate.skips() }, skips);
        }
    }

    #[test]
    fn a_handle_is_its_low_half_with_the_sign_of_that() {
        let half = |value| Narrow::of(Handle(value));
        for value in [0, 4, 0x7FFF_FFFC, usize::MAX, usize::MAX - 1] {
            assert_eq!(half(value).map(Narrow::widen), Some(Handle(value)), "{value:#x}");
        }
        #[cfg(target_pointer_width = "64")]
        for value in [0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0004, usize::MAX << 32] {
            assert_eq!(half(value), None, "{value:#x}");
        }
    }
}
