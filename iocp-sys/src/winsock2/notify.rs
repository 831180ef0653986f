//! Socket state notifications: readiness of sockets as packets on a completion port.
//!
//! Windows 10 build 20348, Server 2022, Windows 11. Nothing is transferred: the packet says that a
//! socket is ready. Its key is that of the registration, its byte count holds the events
//! ([`SocketNotificationRetrieveEvents`]), and its `lpOverlapped` is reserved and must not be followed. Events that
//! come while a packet is queued are added to it.
//!
//! A socket has one registration, with one port; only sockets of Microsoft's own providers. Before
//! closing it, remove the registration and wait for [`SOCK_NOTIFY_EVENT_REMOVE`].
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/winsock-socket-state-notifications>

use core::ffi::c_void;

use crate::minwinbase::OVERLAPPED_ENTRY;
use crate::winnt::HANDLE;

use super::SOCKET;

/// Filter: no event. Makes sense only with a removal.
pub const SOCK_NOTIFY_REGISTER_EVENT_NONE: u32 = 0x00;
/// Filter: data, a connection or the end of the stream can be read.
pub const SOCK_NOTIFY_REGISTER_EVENT_IN: u32 = 0x01;
/// Filter: the socket can be written.
pub const SOCK_NOTIFY_REGISTER_EVENT_OUT: u32 = 0x02;
/// Filter: the peer has closed its side.
pub const SOCK_NOTIFY_REGISTER_EVENT_HANGUP: u32 = 0x04;
/// Filter: all of the above.
pub const SOCK_NOTIFY_REGISTER_EVENTS_ALL: u32 = SOCK_NOTIFY_REGISTER_EVENT_IN
    | SOCK_NOTIFY_REGISTER_EVENT_OUT
    | SOCK_NOTIFY_REGISTER_EVENT_HANGUP;

/// Event: readable.
pub const SOCK_NOTIFY_EVENT_IN: u32 = SOCK_NOTIFY_REGISTER_EVENT_IN;
/// Event: writable.
pub const SOCK_NOTIFY_EVENT_OUT: u32 = SOCK_NOTIFY_REGISTER_EVENT_OUT;
/// Event: the peer has closed its side.
pub const SOCK_NOTIFY_EVENT_HANGUP: u32 = SOCK_NOTIFY_REGISTER_EVENT_HANGUP;
/// Event: an error; always reported.
pub const SOCK_NOTIFY_EVENT_ERR: u32 = 0x40;
/// Event: the registration is gone, this is its last packet; always reported.
pub const SOCK_NOTIFY_EVENT_REMOVE: u32 = 0x80;
/// Every event that a packet can hold. Not a filter: an error and a removal cannot be asked for.
pub const SOCK_NOTIFY_EVENTS_ALL: u32 =
    SOCK_NOTIFY_REGISTER_EVENTS_ALL | SOCK_NOTIFY_EVENT_ERR | SOCK_NOTIFY_EVENT_REMOVE;

/// Operation: none; for a call that only dequeues.
pub const SOCK_NOTIFY_OP_NONE: u32 = 0x00;
/// Operation: register, or enable again, with new filter and trigger.
pub const SOCK_NOTIFY_OP_ENABLE: u32 = 0x01;
/// Operation: keep the registration, but report nothing new; what is queued still comes.
pub const SOCK_NOTIFY_OP_DISABLE: u32 = 0x02;
/// Operation: remove; the last packet has [`SOCK_NOTIFY_EVENT_REMOVE`].
pub const SOCK_NOTIFY_OP_REMOVE: u32 = 0x04;

/// Trigger: report once, then disable (not remove).
pub const SOCK_NOTIFY_TRIGGER_ONESHOT: u32 = 0x01;
/// Trigger: report again and again, until disabled or removed.
pub const SOCK_NOTIFY_TRIGGER_PERSISTENT: u32 = 0x02;
/// Trigger: report as long as the condition holds.
pub const SOCK_NOTIFY_TRIGGER_LEVEL: u32 = 0x04;
/// Trigger: report when the condition arises while enabled: read until nothing is left first.
pub const SOCK_NOTIFY_TRIGGER_EDGE: u32 = 0x08;
/// Mask: every bit that `triggerFlags` may have. Not a trigger: it contradicts itself.
pub const SOCK_NOTIFY_TRIGGER_ALL: u32 = SOCK_NOTIFY_TRIGGER_ONESHOT
    | SOCK_NOTIFY_TRIGGER_PERSISTENT
    | SOCK_NOTIFY_TRIGGER_LEVEL
    | SOCK_NOTIFY_TRIGGER_EDGE;

/// One change to the registrations of a completion port; at most one operation each.
///
/// What a packet says of the socket: [`SocketNotificationRetrieveEvents`]. The fields are narrower than the constants,
/// all of which are `u32` and fit: `SOCK_NOTIFY_OP_ENABLE as u8`.
///
/// Resolve [`ProcessSocketNotifications`] at run time.
///
/// # Layout
/// 24 bytes, align 8 (64-bit); 16 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 10 build 20348, Server 2022, Windows 11. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-sock_notify_registration>
#[repr(C)]
#[derive(Debug)]
pub struct SOCK_NOTIFY_REGISTRATION {
    /// The socket.
    pub socket: SOCKET,
    /// Key of its packets; the only thing that tells which socket a packet is about. Taken when the
    /// registration is made: to change it, remove and register again.
    pub completionKey: *mut c_void,
    /// `SOCK_NOTIFY_REGISTER_EVENT_*` bits, or [`SOCK_NOTIFY_REGISTER_EVENTS_ALL`]; other bits fail.
    pub eventFilter: u16,
    /// One of `SOCK_NOTIFY_OP_*`.
    pub operation: u8,
    /// One of ONESHOT and PERSISTENT with one of LEVEL and EDGE.
    pub triggerFlags: u8,
    /// Out: 0 or the Win32 code of this change.
    pub registrationResult: u32,
}
layout!(SOCK_NOTIFY_REGISTRATION: size 16 | 24, align 4 | 8;
    socket: 0 | 0, completionKey: 4 | 8, eventFilter: 8 | 16, operation: 10 | 18,
    triggerFlags: 11 | 19, registrationResult: 12 | 20);
plain!(SOCK_NOTIFY_REGISTRATION);

link_late! {
    "ws2_32.dll";

    /// Changes registrations and, in the same call, dequeues packets.
    ///
    /// Windows 10 build 20348, Server 2022, Windows 11: **resolve at run time**
    /// ([`PFN_ProcessSocketNotifications`]); a direct call keeps the program from starting on older
    /// Windows. With `completionCount` 0 it only registers, and `timeoutMs` must be 0. It dequeues
    /// what `GetQueuedCompletionStatusEx` would, other packets too. `timeoutMs`: 0 = do not wait,
    /// `INFINITE` = no limit.
    ///
    /// A notification's packet has the registration's `completionKey`, and its events as byte count:
    /// [`SocketNotificationRetrieveEvents`]. Its `lpOverlapped` fields "are reserved and must not be used as pointers",
    /// says Microsoft's page, and not which value they have: so tell notifications from operations by the key alone.
    ///
    /// Before a registered socket is closed, remove its registration and wait for [`SOCK_NOTIFY_EVENT_REMOVE`], says
    /// the page: no notification follows that. Whether a close without it owes one more packet is *open*, and so is
    /// whether a socket that `CreateIoCompletionPort` has associated can be registered too.
    ///
    /// # Errors
    /// Returns the code itself: `ERROR_SUCCESS` (0), `WAIT_TIMEOUT` (258, no packet in time), else
    /// a `WSAE…` code and nothing was changed. After the first two, whether each change was
    /// accepted is in its `registrationResult`.
    ///
    /// # Safety
    /// * `completionPort` is an open port.
    /// * `registrationInfos` has `registrationCount` entries, `completionPortEntries` room for
    ///   `completionCount`; they do not overlap; each is null if its count is 0.
    /// * `receivedEntryCount` may be written to; null if `completionCount` is 0.
    ///
    /// # Source
    /// Windows 10 build 20348, Server 2022, Windows 11. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-processsocketnotifications>
    pub fn ProcessSocketNotifications(
        completionPort: HANDLE,
        registrationCount: u32,
        registrationInfos: *mut SOCK_NOTIFY_REGISTRATION,
        timeoutMs: u32,
        completionCount: u32,
        completionPortEntries: *mut OVERLAPPED_ENTRY,
        receivedEntryCount: *mut u32,
    ) -> u32 as PFN_ProcessSocketNotifications;
}

/// Events of a notification packet, `SOCK_NOTIFY_EVENT_*` bits: its byte count.
///
/// # Source
/// Windows 10 build 20348, Server 2022, Windows 11. Inline in C. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-socketnotificationretrieveevents>
#[must_use]
#[inline]
pub const fn SocketNotificationRetrieveEvents(notification: &OVERLAPPED_ENTRY) -> u32 {
    notification.dwNumberOfBytesTransferred
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_of_a_notification_are_its_byte_count() {
        let entry = OVERLAPPED_ENTRY {
            dwNumberOfBytesTransferred: SOCK_NOTIFY_EVENT_IN | SOCK_NOTIFY_EVENT_HANGUP,
            ..OVERLAPPED_ENTRY::default()
        };
        assert_eq!(SocketNotificationRetrieveEvents(&entry), 0x5);
    }
}
