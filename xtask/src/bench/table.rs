//! What one bench found: rows of numbers, goals met and missed, notes.

use console::style;

/// What one bench found.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// As it is written after `cargo xtask bench`.
    pub(super) name: &'static str,
    pub(super) title: String,
    /// What ran it, for example `Wine 8.0`.
    pub(super) kernel: String,
    pub(super) columns: Vec<&'static str>,
    pub(super) rows: Vec<Row>,
    /// The column that is plotted and compared.
    pub(super) main: usize,
    /// Where the goal lies in the main column, if it is one number.
    pub(super) mark: Option<f64>,
    /// Where all columns are plotted: the goal of each. Empty: only the main one is.
    pub(super) plots: Vec<Option<f64>>,
    /// The row of `iocp` that is compared with every other one.
    pub(super) ours: Option<&'static str>,
    pub(super) goals: Vec<Goal>,
    pub(super) notes: Vec<String>,
    /// Columns in which two runs agree exactly, and those in which they do within [`NEAR`] and [`ROUGH`] percent.
    pub(super) exact: Vec<&'static str>,
    pub(super) near: Vec<&'static str>,
    pub(super) rough: Vec<&'static str>,
}

/// How far two counts of instructions may be apart, in percent.
const NEAR: f64 = 0.2;
/// And two counts of what the system decides in part: in how many pieces a stream arrives. More fails nothing.
const ROUGH: f64 = 5.0;

/// One server, or one size.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) values: Vec<f64>,
}

/// One goal, and whether it is met.
#[derive(Clone, Debug)]
pub(super) struct Goal {
    pub(super) text: String,
    pub(super) found: f64,
    pub(super) bar: f64,
    /// Whether a miss fails the command: counts do, times never.
    pub(super) binding: bool,
}

impl Goal {
    /// A few thousandths are rounding, not a miss.
    pub(super) fn is_met(&self) -> bool {
        self.found <= self.bar + 1e-9
    }

    /// `met`, `MISSED`, or for times what was seen without a judgement that fails anything.
    pub(super) fn verdict(&self) -> &'static str {
        match (self.is_met(), self.binding) {
            (true, _) => "met",
            (false, true) => "MISSED",
            (false, false) => "missed (not binding)",
        }
    }
}

impl Table {
    /// Adds a row.
    pub(super) fn row(&mut self, name: impl Into<String>, values: Vec<f64>) {
        self.rows.push(Row { name: name.into(), values });
    }

    /// Adds a goal on counts: at most `bar`.
    pub(super) fn goal(&mut self, text: impl Into<String>, found: f64, bar: f64) {
        self.add(text, found, bar, true);
    }

    /// Adds a goal on times or build times.
    pub(super) fn wish(&mut self, text: impl Into<String>, found: f64, bar: f64) {
        self.add(text, found, bar, false);
    }

    /// Adds a goal that makes the command fail, or does not.
    pub(super) fn add(&mut self, text: impl Into<String>, found: f64, bar: f64, binding: bool) {
        self.goals.push(Goal { text: text.into(), found, bar, binding });
    }

    /// Compares with the same bench run again: what is ours or raw must agree; how far the peers are
    /// apart (some have threads of their own, which no count can hold still) is only said.
    pub(super) fn compare(&mut self, again: &Self) {
        let apart = |columns: &[&'static str], ours: bool, percent: bool| {
            let mut most = 0.0_f64;
            for row in self.rows.iter().filter(|row| is_held(&row.name) == ours) {
                for column in columns {
                    let (a, b) = (self.value(&row.name, column), again.value(&row.name, column));
                    let apart = if a.is_nan() && b.is_nan() { 0.0 } else { (a - b).abs() };
                    let scale = if percent { 100.0 / a.abs().max(f64::MIN_POSITIVE) } else { 1.0 };
                    let apart = if apart == 0.0 { 0.0 } else { apart * scale };
                    // A row that is missing in one of them is as far apart as can be.
                    most = most.max(if apart.is_nan() { f64::INFINITY } else { apart });
                }
            }
            most
        };
        let all = [&self.exact[..], &self.near[..], &self.rough[..]].concat();
        let rough = apart(&self.rough, true, true);
        let (exact, near) = (apart(&self.exact, true, false), apart(&self.near, true, true));
        let peers = self.rows.iter().any(|row| !is_held(&row.name));
        let theirs = apart(&all, false, true);
        if !self.exact.is_empty() {
            self.goal("two runs, raw and iocp: counts apart", exact, 0.0);
        }
        if !self.near.is_empty() {
            let columns = self.near.join(", ");
            self.goal(format!("two runs, raw and iocp: {columns} apart, %"), near, NEAR);
        }
        if !self.rough.is_empty() {
            self.wish("two runs, raw and iocp: streams in pieces apart, %", rough, ROUGH);
        }
        if peers {
            let text = number(theirs);
            self.notes.push(format!("Two runs: the peers' rows were at most {text} % apart."));
        }
    }

    /// A value by row and column; not a number if it is not there.
    pub(super) fn value(&self, row: &str, column: &str) -> f64 {
        let column = self.columns.iter().position(|name| *name == column);
        let row = self.rows.iter().find(|one| one.name == row);
        column.and_then(|index| row?.values.get(index).copied()).unwrap_or(f64::NAN)
    }

    /// The head of the table as it is printed: the columns, and the two ratios.
    pub(super) fn head(&self) -> Vec<String> {
        let mut head: Vec<String> = self.columns.iter().map(|name| (*name).to_owned()).collect();
        if let Some(ours) = self.ours {
            head.extend(["÷ raw".to_owned(), format!("{ours} ÷ it")]);
        }
        head
    }

    /// A row as it is printed.
    pub(super) fn cells(&self, row: &Row) -> Vec<String> {
        let mut cells: Vec<String> = row.values.iter().map(|value| number(*value)).collect();
        if let Some(ours) = self.ours {
            let own = row.values.get(self.main).copied().unwrap_or(f64::NAN);
            let column = self.columns[self.main];
            cells.push(number(own / self.value("raw", column)));
            cells.push(number(self.value(ours, column) / own));
        }
        cells
    }

    /// Prints it to the terminal.
    pub(super) fn print(&self) {
        println!("\n{} {} ({})", style(self.name).bold(), self.title, self.kernel);
        let mut line = format!("  {:<16}", "");
        for name in self.head() {
            line += &format!(" {name:>14}");
        }
        println!("{}", style(line).dim());
        for row in &self.rows {
            let mut line = format!("  {:<16}", row.name);
            for cell in self.cells(row) {
                line += &format!(" {cell:>14}");
            }
            println!("{line}");
        }
        for goal in &self.goals {
            let verdict = match goal.verdict() {
                "met" => style("met").green(),
                other => style(other).red(),
            };
            println!(
                "  {verdict}: {} ({}, bar {})",
                goal.text,
                number(goal.found),
                number(goal.bar)
            );
        }
        for note in &self.notes {
            println!("  {}", style(note).dim());
        }
    }
}

/// Whether a row is held to agree with itself: hand-written Win32, and what is measured here.
fn is_held(name: &str) -> bool {
    name.starts_with("raw") || is_ours(name)
}

/// Whether a row is of what is measured here.
pub(super) fn is_ours(name: &str) -> bool {
    name.starts_with("iocp") || name.starts_with("poll zero-read")
}

/// As many digits as say something.
pub(super) fn number(value: f64) -> String {
    match value {
        value if value.is_nan() => "–".to_owned(),
        value if (value - value.round()).abs() < 5e-5 && value.abs() < 1e9 => {
            format!("{}", value.round())
        }
        value if value.abs() >= 1000.0 => format!("{value:.0}"),
        value if value.abs() >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_missed_by_any_excess_and_by_what_was_not_measured() {
        let goal = |found| Goal { text: String::new(), found, bar: 2.02, binding: true };
        assert!(goal(2.02).is_met());
        assert!(!goal(2.021).is_met());
        assert!(!goal(f64::NAN).is_met());
        assert_eq!(goal(3.0).verdict(), "MISSED");
    }

    #[test]
    fn two_runs_of_ours_must_agree_and_those_of_peers_need_not() {
        let table = |iocp: f64, insn: f64, smol: f64| {
            let columns = vec!["n", "insn"];
            let (exact, near) = (vec!["n"], vec!["insn"]);
            let mut table = Table { columns, exact, near, ..Table::default() };
            table.row("iocp", vec![iocp, insn]);
            table.row("smol", vec![smol, f64::NAN]);
            table
        };
        let met = |again: &Table| {
            let mut table = table(3.0, 1000.0, 7.0);
            table.compare(again);
            table.goals.iter().map(Goal::is_met).collect::<Vec<_>>()
        };
        assert_eq!(met(&table(3.0, 1001.9, 9.0)), [true, true]);
        assert_eq!(met(&table(3.02, 1000.0, 7.0)), [false, true]);
        assert_eq!(met(&table(3.0, 1002.1, 7.0)), [true, false]);
        assert_eq!(met(&Table::default()), [false, false]);
    }

    #[test]
    fn ratios_are_to_raw_and_of_ours() {
        let mut table = Table { columns: vec!["n"], ours: Some("iocp"), ..Table::default() };
        table.row("raw", vec![2.0]);
        table.row("iocp", vec![3.0]);
        table.row("mio", vec![6.0]);
        assert_eq!(table.cells(&table.rows[2]), ["6", "3", "0.500"]);
    }
}
