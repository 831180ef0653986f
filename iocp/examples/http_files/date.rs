//! The `Date` header: the time as HTTP writes it, which `std` cannot.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A time in seconds since 1970, shown as `Sun, 06 Nov 1994 08:49:37 GMT`.
pub(crate) struct Date(u64);

impl Date {
    pub(crate) fn now() -> Self {
        Self(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0 / 86_400, self.0 % 86_400);
        let (mut year, mut day) = (1970, days);
        while day >= length_of(year) {
            day -= length_of(year);
            year += 1;
        }
        let february = length_of(year) - 337;
        let mut month = 0;
        for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
            if day < length {
                break;
            }
            day -= length;
            month += 1;
        }
        // The first of January 1970 was a Thursday.
        let weekday = DAYS.iter().zip(0..).find(|(_, at)| *at == days % 7);
        write!(
            out,
            "{}, {:02} {} {year} {:02}:{:02}:{:02} GMT",
            weekday.map_or("Thu", |(name, _)| name),
            day + 1,
            MONTHS[month],
            second / 3600,
            second / 60 % 60,
            second % 60
        )
    }
}

/// The days of a year.
fn length_of(year: u64) -> u64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    365 + u64::from(leap)
}
