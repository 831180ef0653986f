//! The demo's figures: live, and the closing table with its verdict.

use anyhow::{bail, Result};

use crate::{
    child::{Child, Fields},
    report::Report,
};

/// What server and client have said so far.
#[derive(Debug)]
pub(super) struct Table {
    kernel: String,
    pub(super) progress: Option<Fields>,
    pub(super) load: Option<Fields>,
    pub(super) done: Option<Fields>,
    pub(super) interrupted: bool,
    /// Counts of the server's `steady` lines: the first only starts the counting.
    steady_lines: u32,
    steady: Option<Fields>,
}

impl Table {
    pub(super) fn new(kernel: String, listening: &Fields) -> Self {
        let own = listening.text("kernel");
        let kernel = if own == "none" { kernel } else { format!("{kernel} (server: {own})") };
        Self {
            kernel,
            progress: None,
            load: None,
            done: None,
            interrupted: false,
            steady_lines: 0,
            steady: None,
        }
    }

    /// A `steady` line of the server: the client waits for it.
    pub(super) fn steady_seen(&mut self, line: &Fields, load: &mut Child) {
        self.steady_lines += 1;
        if self.steady_lines == 2 {
            self.steady = Some(line.clone());
        }
        load.say("go");
    }

    /// One line of progress.
    pub(super) fn live(&self, load: &Fields) -> String {
        let of = |fields: Option<&Fields>, key| fields.map_or_else(|| "–".into(), |f| f.text(key));
        format!(
            "{} open (server: {} accepted, peak {}), {} messages, {}, {} errors",
            load.text("open"),
            of(self.progress.as_ref(), "connections"),
            of(self.progress.as_ref(), "peak"),
            load.text("messages"),
            bytes(load.number("bytes").unwrap_or(0)),
            load.text("errors"),
        )
    }

    /// Prints the table and keeps it; an error when something is wrong.
    pub(super) fn show(&self, wanted: u32, report: &mut Report) -> Result<()> {
        let Some(done) = &self.done else {
            bail!("the server's closing line did not come: it did not end in order")
        };
        let none = Fields::default();
        let load = self.load.as_ref().unwrap_or(&none);
        let mut row = |name: &str, text: String| report.line(format!("  {name:<28} {text}"));
        let per = |a: Option<u64>, b: Option<u64>| ratio(a.unwrap_or(0), b.unwrap_or(0));
        row("kernel", self.kernel.clone());
        let (all, peak) = (done.text("connections"), done.number("peak").unwrap_or(0));
        row("connections", format!("{all} (peak {peak} at once, as the server saw)"));
        let families = format!("{} over IPv4, {} over IPv6", load.text("ipv4"), load.text("ipv6"));
        row("", families);
        let ends = (load.text("half_closes"), load.text("resets"));
        row("half-closes, resets", format!("{}, {}", ends.0, ends.1));
        row("messages (checked)", load.text("messages"));
        row("bytes echoed", bytes(done.number("bytes").unwrap_or(0)));
        row("errors (client, server)", format!("{}, {}", load.text("errors"), done.text("errors")));
        row("packets per wait", per(done.number("packets"), done.number("waits")));
        match &self.steady {
            Some(steady) => {
                let text = (steady.text("allocations"), steady.text("messages"));
                row("allocations, steady state", format!("{} in {} messages", text.0, text.1));
            }
            None => row("allocations, steady state", "not measured".into()),
        }
        let rate = load.number("bytes").unwrap_or(0) * 1000 / load.number("ms").unwrap_or(1).max(1);
        let messages = per(load.number("messages").map(|n| n * 1000), load.number("ms"));
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
        let Some(load) = &self.load else { bail!("the client ended without its closing line") };
        if load.number("errors") != Some(0) {
            bail!("the client counted {} errors", load.text("errors"));
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
