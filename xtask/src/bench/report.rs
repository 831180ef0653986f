//! Writes what was found: Markdown to read, JSON to compute with, SVG to look at.

use std::{fmt::Write, fs, path::PathBuf};

use anyhow::{Context, Result};

use super::{
    plot::svg,
    table::{number, Table},
};
use crate::process::{root, target_dir};

/// Where a run is from.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) machine: String,
    pub(super) rust: String,
    pub(super) commit: String,
    pub(super) command: String,
}

/// Writes all three files; returns the folder.
pub(super) fn write(place: &Place, tables: &[Table]) -> Result<PathBuf> {
    let folder = target_dir().join("bench");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("report.md"), markdown(place, tables))?;
    fs::write(folder.join("report.json"), json(place, tables))?;
    fs::write(folder.join("report.svg"), svg(tables))?;
    Ok(folder)
}

/// The page that is kept in the repository, and where the data of its plots are.
const PAGE: &str = "tests/bench/BENCHMARKS.md";
const RESULTS: &str = "tests/bench/results";

/// Puts each table into its place in the page, and its data and plot beside the page. What did not
/// run stays as it is: each part says which run it is from.
pub(super) fn publish(place: &Place, tables: &[Table]) -> Result<()> {
    let page = root().join(PAGE);
    let mut text = fs::read_to_string(&page).with_context(|| PAGE.to_owned())?;
    fs::create_dir_all(root().join(RESULTS))?;
    for table in tables {
        let start = format!("<!-- {} -->", table.name);
        let (before, rest) = text.split_once(&start).with_context(|| format!("{PAGE}: {start}"))?;
        let (_, after) = rest.split_once(END).with_context(|| format!("{PAGE}: {END}"))?;
        let name = table.name;
        let files = format!("![plot](results/{name}.svg) [data](results/{name}.json)\n");
        let part = format!("{}\n{files}\n{}", section(table), from(place));
        text = format!("{before}{start}\n{part}\n{END}{after}");
        let data = root().join(RESULTS).join(table.name);
        fs::write(data.with_extension("json"), json(place, std::slice::from_ref(table)))?;
        fs::write(data.with_extension("svg"), svg(std::slice::from_ref(table)))?;
    }
    Ok(fs::write(page, text)?)
}

/// The end of each part that is filled in.
const END: &str = "<!-- end -->";

fn from(place: &Place) -> String {
    let Place { machine, rust, commit, command } = place;
    format!("Run: `{command}` at {commit}, {rust}; {machine}.\n")
}

/// The report as it is read.
fn markdown(place: &Place, tables: &[Table]) -> String {
    let mut out = from(place) + "\n![plots](report.svg)\n";
    for table in tables {
        out += &format!("\n## {}\n{}", table.name, section(table));
    }
    out
}

/// One table, its goals and its notes.
fn section(table: &Table) -> String {
    let capital = table.title.get(..1).unwrap_or_default().to_uppercase();
    let title = table.title.get(1..).unwrap_or_default();
    let mut out = format!("\n{capital}{title}. Kernel: {}.\n\n", table.kernel);
    out += &format!("| | {} |\n", table.head().join(" | "));
    out += &format!("|---|{}\n", "---:|".repeat(table.head().len()));
    for row in &table.rows {
        out += &format!("| {} | {} |\n", row.name, table.cells(row).join(" | "));
    }
    if !table.goals.is_empty() {
        out += "\n| goal | found | bar | |\n|---|---:|---:|---|\n";
    }
    for goal in &table.goals {
        let (found, bar) = (number(goal.found), number(goal.bar));
        out += &format!("| {} | {found} | {bar} | {} |\n", goal.text, goal.verdict());
    }
    for note in &table.notes {
        out += &format!("\n{note}\n");
    }
    out
}

fn json(place: &Place, tables: &[Table]) -> String {
    let tables: Vec<String> = tables.iter().map(json_table).collect();
    let Place { machine, rust, commit, command } = place;
    format!(
        "{{\"machine\":{},\"rust\":{},\"commit\":{},\"command\":{},\"benches\":[\n{}\n]}}\n",
        text(machine),
        text(rust),
        text(commit),
        text(command),
        tables.join(",\n")
    )
}

fn json_table(table: &Table) -> String {
    let rows = table.rows.iter().map(|row| {
        let values = table.columns.iter().zip(&row.values);
        let values: Vec<_> =
            values.map(|(key, n)| format!("{}:{}", text(key), json_n(*n))).collect();
        format!("{{\"name\":{},\"values\":{{{}}}}}", text(&row.name), values.join(","))
    });
    let goals = table.goals.iter().map(|goal| {
        format!(
            "{{\"goal\":{},\"found\":{},\"bar\":{},\"met\":{},\"binding\":{}}}",
            text(&goal.text),
            json_n(goal.found),
            json_n(goal.bar),
            goal.is_met(),
            goal.binding
        )
    });
    let notes = table.notes.iter().map(|note| text(note));
    format!(
        "{{\"bench\":{},\"title\":{},\"kernel\":{},\"plotted\":{},\"rows\":[{}],\"goals\":[{}],\
         \"notes\":[{}]}}",
        text(table.name),
        text(&table.title),
        text(&table.kernel),
        text(table.columns.get(table.main).copied().unwrap_or_default()),
        rows.collect::<Vec<_>>().join(","),
        goals.collect::<Vec<_>>().join(","),
        notes.collect::<Vec<_>>().join(",")
    )
}

/// JSON has no word for what was not measured but `null`.
fn json_n(value: f64) -> String {
    if value.is_finite() {
        value.to_string()
    } else {
        "null".to_owned()
    }
}

fn text(words: &str) -> String {
    let mut out = String::from("\"");
    for c in words.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c < ' ' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_files_hold_each_row_and_goal() {
        let mut table = Table { name: "echo_calls", columns: vec!["calls"], ..Table::default() };
        table.row("a\"b<", vec![3.5]);
        table.goal("few", 3.5, 3.0);
        let words = String::from("x");
        let place = Place {
            machine: words.clone(),
            rust: words.clone(),
            commit: words.clone(),
            command: words,
        };
        let tables = [table];
        assert!(markdown(&place, &tables).contains("| few | 3.500 | 3 | MISSED |"));
        let json = json(&place, &tables);
        assert!(json.contains(r#""name":"a\"b<","values":{"calls":3.5}"#), "{json}");
        assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok(), "{json}");
        assert!(json.contains(r#""found":3.5,"bar":3,"met":false"#), "{json}");
        assert!(svg(&tables).contains("a\"b&lt;</text>"));
        assert!(!svg(&tables).contains("NaN"));
    }
}
