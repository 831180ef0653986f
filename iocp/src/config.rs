//! The limits of a port, and its counts.

use std::time::Duration;

/// How a [`CompletionPort`](crate::CompletionPort) is made.
#[derive(Clone, Debug)]
pub struct Config {
    /// How many threads may run at once on packets of this port; 0: as many as processors.
    pub concurrency: u32,
    /// The most operations there may be, idle ones included. Address space of 128 bytes each is
    /// reserved at once, memory taken in steps of 64 KiB. 1 to 16,777,216 (65,536 on 32-bit
    /// targets); values beyond are clamped.
    pub max_operations: u32,
    /// The most bytes that all their buffers may have together; `usize::MAX` is no limit.
    pub max_bytes: usize,
    /// After `Full`, one [`Drained`](crate::Packet::Drained) packet is sent when no more than this
    /// many operations are left; clamped below `max_operations`.
    ///
    /// As for `max_operations`, idle ones count: room comes when an operation is dropped or its
    /// buffer taken out, not when it is done. A program that keeps its operations never falls to a
    /// low mark; `u32::MAX` tells it of the first that is freed.
    pub low_water: u32,
    /// How long the last drop of the port waits for what the system still owns; zero does not
    /// wait; more than a minute is taken as a minute.
    pub drain_limit: Duration,
    /// Whether stream sockets are put into skip mode: an operation that finishes at once is
    /// [`Ready`](crate::Submitted::Ready) and sends no packet.
    pub skip_on_success: bool,
}

impl Default for Config {
    /// All processors, 65,536 operations, no limit of bytes, low water at half, 500 ms, skip mode.
    fn default() -> Self {
        Self {
            concurrency: 0,
            max_operations: 65_536,
            max_bytes: usize::MAX,
            low_water: 32_768,
            drain_limit: Duration::from_millis(500),
            skip_on_success: true,
        }
    }
}

/// What [`stats`](crate::CompletionPort::stats) counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Operations there are, idle ones included; at most `max_operations`.
    pub operations: usize,
    /// Bytes of their buffers.
    pub bytes: usize,
    /// Operations the system owns now.
    pub in_flight: usize,
    /// Packets refused since the start: forged, duplicate or late ones for this port's handles.
    pub stale_packets: u64,
    /// Packets passed on as [`Foreign`](crate::Packet::Foreign) since the start.
    pub foreign_packets: u64,
}
