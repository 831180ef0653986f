//! The time limit of a wait: `Option<Duration>` into the system's milliseconds, and when it is over. (Timers
//! of a port: `core/timers.rs`.)
//!
//! The system takes whole milliseconds in a `u32`, where [`INFINITE`] waits for ever. Rounding down
//! would return early and spin, and a long duration must not become "for ever" by overflow.

use std::time::{Duration, Instant};

/// The system's "wait for ever".
pub(crate) const INFINITE: u32 = u32::MAX;

/// The longest bounded wait of one system call: `INFINITE - 1` milliseconds, 49.7 days.
pub(crate) const LONGEST_MS: u32 = INFINITE - 1;

/// Converts a time limit: `None` is [`INFINITE`], zero polls, anything else is rounded **up** to
/// whole milliseconds and clamped to [`LONGEST_MS`].
#[must_use]
#[inline]
pub(crate) fn to_millis(timeout: Option<Duration>) -> u32 {
    timeout.map_or(INFINITE, rounded_up)
}

fn rounded_up(timeout: Duration) -> u32 {
    let Ok(seconds) = u32::try_from(timeout.as_secs()) else { return LONGEST_MS };
    let sub_millis = timeout.subsec_nanos().div_ceil(1_000_000);
    match seconds.checked_mul(1_000).and_then(|ms| ms.checked_add(sub_millis)) {
        Some(ms) => ms.min(LONGEST_MS),
        None => LONGEST_MS,
    }
}

/// When a wait ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deadline {
    /// At once: the clock is never read.
    Now,
    /// At an instant.
    At(Instant),
    /// Never (no limit, or one beyond what the clock can express).
    Never,
}

impl Deadline {
    /// Starts the clock, if there is anything to measure.
    #[inline]
    pub(crate) fn after(timeout: Option<Duration>) -> Self {
        timeout.map_or(Self::Never, Self::in_time)
    }

    fn in_time(limit: Duration) -> Self {
        if limit.is_zero() {
            return Self::Now;
        }
        Instant::now().checked_add(limit).map_or(Self::Never, Self::At)
    }

    /// The milliseconds left, rounded up; 0 when the deadline has passed.
    #[inline]
    pub(crate) fn remaining_ms(self) -> u32 {
        match self {
            Self::Now => 0,
            Self::At(end) => until(end),
            Self::Never => INFINITE,
        }
    }
}

#[cold]
fn until(end: Instant) -> u32 {
    to_millis(Some(end.saturating_duration_since(Instant::now())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Behaviour 27: the table of the conversion.
    #[test]
    fn a_time_limit_is_rounded_up_and_never_becomes_infinite() {
        let table = [
            (None, INFINITE),
            (Some(Duration::ZERO), 0),
            (Some(Duration::from_nanos(1)), 1),
            (Some(Duration::from_micros(1)), 1),
            (Some(Duration::from_micros(500)), 1),
            (Some(Duration::from_micros(1_001)), 2),
            (Some(Duration::from_millis(20)), 20),
            (Some(Duration::from_millis(u64::from(LONGEST_MS) - 1)), LONGEST_MS - 1),
            (Some(Duration::from_millis(u64::from(LONGEST_MS))), LONGEST_MS),
            (Some(Duration::from_millis(u64::from(u32::MAX))), LONGEST_MS),
            (Some(Duration::from_secs(u64::from(u32::MAX) + 1)), LONGEST_MS),
            (Some(Duration::MAX), LONGEST_MS),
        ];
        for (timeout, expected) in table {
            assert_eq!(to_millis(timeout), expected, "{timeout:?}");
        }
    }

    #[test]
    fn a_deadline_beyond_the_clock_never_comes() {
        assert_eq!(Deadline::after(Some(Duration::MAX)).remaining_ms(), INFINITE);
        assert_eq!(Deadline::after(None).remaining_ms(), INFINITE);
        assert_eq!(Deadline::after(Some(Duration::ZERO)).remaining_ms(), 0);
    }
}
