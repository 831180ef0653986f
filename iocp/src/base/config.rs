//! The limits of a port, and its counts.

use std::time::Duration;

/// How a [`CompletionPort`](crate::CompletionPort) is made: the defaults, and what was set of them.
///
/// ```
/// let config = iocp::Config::default().max_operations(1_000).skip_on_success(false);
/// assert_eq!(config.max_operations, 1_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Config {
    /// How many threads may run at once on packets of this port; 0, the default: as many as processors.
    pub concurrency: u32,
    /// The most operations there may be, idle ones included. Address space of 128 bytes each is
    /// reserved at once, memory is committed in chunks of 64 KiB. 1 to 16,777,216 (65,536 on 32-bit
    /// targets); values beyond are clamped. The default is 65,536.
    pub max_operations: u32,
    /// The most bytes that all their buffers may have together; `usize::MAX`, the default, is no limit.
    pub max_bytes: usize,
    /// After `Full`, one [`Drained`](crate::Packet::Drained) packet is sent when no more than this
    /// many operations are left; clamped below `max_operations`.
    ///
    /// As for `max_operations`, idle ones count: room comes when an operation is dropped or its
    /// buffer taken out, not when it is done. A program that keeps its operations never falls to a
    /// low mark; with `u32::MAX` the packet comes for the first that is freed. The default is 32,768.
    pub low_water: u32,
    /// How long the last drop of the port waits for what the system still owns; zero does not
    /// wait; more than a minute is taken as a minute. The default is 500 ms.
    pub drain_limit: Duration,
    /// Whether sockets of byte streams are put into skip mode: an operation that finishes at once is
    /// [`Ready`](crate::Submitted::Ready) and sends no packet. The default is `true`.
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

impl Config {
    /// Sets [`concurrency`](Self::concurrency).
    #[must_use]
    pub fn concurrency(self, concurrency: u32) -> Self {
        Self { concurrency, ..self }
    }

    /// Sets [`max_operations`](Self::max_operations).
    #[must_use]
    pub fn max_operations(self, max_operations: u32) -> Self {
        Self { max_operations, ..self }
    }

    /// Sets [`max_bytes`](Self::max_bytes).
    #[must_use]
    pub fn max_bytes(self, max_bytes: usize) -> Self {
        Self { max_bytes, ..self }
    }

    /// Sets [`low_water`](Self::low_water).
    #[must_use]
    pub fn low_water(self, low_water: u32) -> Self {
        Self { low_water, ..self }
    }

    /// Sets [`drain_limit`](Self::drain_limit).
    #[must_use]
    pub fn drain_limit(self, drain_limit: Duration) -> Self {
        Self { drain_limit, ..self }
    }

    /// Sets [`skip_on_success`](Self::skip_on_success).
    #[must_use]
    pub fn skip_on_success(self, skip_on_success: bool) -> Self {
        Self { skip_on_success, ..self }
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
    /// Operations the system owns now: a cancelled one too, until a wait takes its packet.
    pub in_flight: usize,
    /// Packets refused since the start: forged, duplicate or late ones for this port's handles.
    pub stale_packets: u64,
    /// Packets passed on as [`Foreign`](crate::Packet::Foreign) since the start.
    pub foreign_packets: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_their_pages() {
        let expected = Config {
            concurrency: 0,
            max_operations: 65_536,
            max_bytes: usize::MAX,
            low_water: 32_768,
            drain_limit: Duration::from_millis(500),
            skip_on_success: true,
        };
        assert_eq!(Config::default(), expected);
    }

    #[test]
    fn each_method_sets_its_value_and_no_other() {
        let second = Duration::from_secs(1);
        let set = Config::default().concurrency(1).max_operations(2).max_bytes(3);
        let set = set.low_water(4).drain_limit(second).skip_on_success(false);
        let expected = Config {
            concurrency: 1,
            max_operations: 2,
            max_bytes: 3,
            low_water: 4,
            drain_limit: second,
            skip_on_success: false,
        };
        assert_eq!(set, expected);
    }
}
