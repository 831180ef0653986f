//! The demo's figures: live, and the closing table with its verdict.

use std::time::Duration;

use anyhow::{bail, Result};

use crate::{child::Fields, load::varied::Counts, report::Report};

/// What server and client have said so far.
#[derive(Debug, Default)]
pub(super) struct Table {
    kernel: String,
    pub(super) progress: Option<Fields>,
    pub(super) load: Counts,
    /// How long there was load.
    pub(super) loaded: Duration,
    pub(super) done: Option<Fields>,
    pub(super) interrupted: bool,
    /// Counts of the server's `steady` lines: the first only starts the counting.
    pub(super) steady_lines: u32,
    steady: Option<Fields>,
}

impl Table {
    pub(super) fn new(kernel: String, listening: &Fields) -> Self {
        let own = listening.text("kernel");
        let kernel = if own == "none" { kernel } else { format!("{kernel} (server: {own})") };
        Self { kernel, ..Self::default() }
    }

    /// A `steady` line of the server.
    pub(super) fn steady_seen(&mut self, line: Fields) {
        self.steady_lines += 1;
        if self.steady_lines == 2 {
            self.steady = Some(line);
        }
    }

    /// One line of progress.
    pub(super) fn live(&self, load: &Counts) -> String {
        let of = |fields: Option<&Fields>, key| fields.map_or_else(|| "–".into(), |f| f.text(key));
        format!(
            "{} open (server: {} accepted, peak {}), {} messages, {}, {} errors",
            load.open,
            of(self.progress.as_ref(), "connections"),
            of(self.progress.as_ref(), "peak"),
            load.messages,
            bytes(load.bytes),
            load.errors,
        )
    }

    /// Prints the table and keeps it; an error when something is wrong.
    pub(super) fn show(&self, wanted: u32, report: &mut Report) -> Result<()> {
        let Some(done) = &self.done else {
            bail!("the server's closing line did not come: it did not end in order")
        };
        let load = &self.load;
        let mut row = |name: &str, text: String| report.line(format!("  {name:<28} {text}"));
        let per = |a: Option<u64>, b: Option<u64>| ratio(a.unwrap_or(0), b.unwrap_or(0));
        row("kernel", self.kernel.clone());
        let (all, peak) = (done.text("connections"), done.number("peak").unwrap_or(0));
        row("connections", format!("{all} (peak {peak} at once, as the server saw)"));
        row("", format!("{} over IPv4, {} over IPv6", load.ipv4, load.ipv6));
        row("half-closes, resets", format!("{}, {}", load.half_closes, load.resets));
        row("messages (checked)", load.messages.to_string());
        row("bytes echoed", bytes(done.number("bytes").unwrap_or(0)));
        row("errors (client, server)", format!("{}, {}", load.errors, done.text("errors")));
        row("packets per wait", per(done.number("packets"), done.number("waits")));
        match &self.steady {
            Some(steady) => {
                let text = (steady.text("allocations"), steady.text("messages"));
                row("allocations, steady state", format!("{} in {} messages", text.0, text.1));
            }
            None => row("allocations, steady state", "not measured".into()),
        }
        let ms = u64::try_from(self.loaded.as_millis())?;
        let rate = load.bytes * 1000 / ms.max(1);
        let messages = ratio(load.messages * 1000, ms);
        row("throughput (each way)", format!("{}/s, {messages} messages/s", bytes(rate)));
        let held = (done.text("in_flight"), done.text("leaked"));
        row("at the end", format!("{} in flight, {} leaked", held.0, held.1));
        self.verdict(done, peak, wanted, report)
    }

    fn verdict(&self, done: &Fields, peak: u64, wanted: u32, report: &mut Report) -> Result<()> {
        for key in ["errors", "in_flight", "leaked"] {
            if done.number(key) != Some(0) {
                bail!("the server's closing line says {key}={}", done.text(key));
            }
        }
        if self.interrupted {
            report.line("  interrupted: server and client ended in order");
            return Ok(());
        }
        if self.load.errors > 0 {
            bail!("the clients counted {} errors", self.load.errors);
        }
        if peak < u64::from(wanted) {
            bail!("the server saw {peak} connections at once, not {wanted}");
        }
        report.line("  all data came back unchanged");
        Ok(())
    }
}

/// A quotient with one decimal, in whole numbers.
fn ratio(count: u64, of: u64) -> String {
    match of {
        0 => "–".into(),
        of => format!("{}.{}", count / of, count % of * 10 / of),
    }
}

fn bytes(count: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    for (unit, size) in UNITS {
        if count >= size {
            return format!("{} {unit}", ratio(count, size));
        }
    }
    format!("{count} B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Form;

    #[test]
    fn figures_are_readable() {
        assert_eq!((bytes(999), bytes(1536)), ("999 B".into(), "1.5 KiB".into()));
        assert_eq!((ratio(7, 2), ratio(7, 0)), ("3.5".into(), "–".into()));
    }

    #[test]
    fn a_missing_closing_line_is_a_failure() {
        let table = Table::new("Wine".into(), &Fields::default());
        let mut report = Report::silent("demo", "nothing", Form::Plain);
        assert!(table.show(1, &mut report).is_err());
    }
}
