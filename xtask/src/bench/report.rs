//! Writes what was found: Markdown to read, JSON to compute with, SVG to look at.

use std::{fmt::Write, fs, path::PathBuf};

use anyhow::{Context, Result};

use super::table::{is_ours, number, Table};
use crate::process::{root, target_dir};

/// Pixels.
const WIDTH: f64 = 760.0;
const LABEL: f64 = 130.0;
const BAR: f64 = 18.0;
/// Room for what is written behind a bar.
const VALUE: f64 = 130.0;

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

/// One bar chart per bench, one below the other. Bars, not lines: servers are not a scale.
fn svg(tables: &[Table]) -> String {
    let mut body = String::new();
    let mut y = 10.0;
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        let column = table.columns.get(table.main).copied().unwrap_or_default();
        body += &format!(
            "<text x=\"10\" y=\"{}\" font-weight=\"bold\">{}: {}</text>\n\
             <text x=\"10\" y=\"{}\" fill=\"#555\">{}; {}</text>\n",
            y + 20.0,
            table.name,
            escape(column),
            y + 36.0,
            escape(&table.title),
            escape(&table.kernel)
        );
        y += 44.0;
        body += &bars(table, y);
        y += BAR * table.rows.len() as f64 + 16.0;
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{body}</svg>\n",
        y + 10.0
    )
}

/// The main column of one table: a bar per row, with its value, how many times raw's that is, and
/// where the goal lies.
fn bars(table: &Table, top: f64) -> String {
    let of = |values: &[f64]| values.get(table.main).copied().filter(|n| n.is_finite());
    let values: Vec<_> = table.rows.iter().map(|row| of(&row.values)).collect();
    let most = values.iter().flatten().copied().chain(table.mark).fold(0.0, f64::max);
    let length = |value: f64| if most > 0.0 { value / most * (WIDTH - LABEL - VALUE) } else { 0.0 };
    let raw = table.ours.and(table.columns.get(table.main));
    let raw = raw.map_or(f64::NAN, |column| table.value("raw", column));
    let mut body = String::new();
    for (index, (row, value)) in table.rows.iter().zip(&values).enumerate() {
        let y = top + BAR * index as f64;
        let colour = match row.name.as_str() {
            name if name.starts_with("raw") => "#777",
            name if is_ours(name) => "#1b6ac9",
            _ => "#c9a227",
        };
        let words = match value {
            None => "not measured".to_owned(),
            Some(value) if raw > 0.0 => {
                format!("{} (raw × {})", number(*value), number(value / raw))
            }
            Some(value) => number(*value),
        };
        let length = length(value.unwrap_or(0.0));
        body += &format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{LABEL}\" y=\"{y}\" width=\"{length:.1}\" height=\"{}\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{}\">{words}</text>\n",
            LABEL - 6.0,
            y + BAR - 5.0,
            escape(&row.name),
            BAR - 3.0,
            LABEL + length + 5.0,
            y + BAR - 5.0
        );
    }
    if let Some(mark) = table.mark {
        let (x, bottom) = (LABEL + length(mark), top + BAR * table.rows.len() as f64);
        body += &format!(
            "<line x1=\"{x:.1}\" y1=\"{}\" x2=\"{x:.1}\" y2=\"{bottom}\" stroke=\"#c0392b\" \
             stroke-dasharray=\"4 3\"/><text x=\"{:.1}\" y=\"{}\" fill=\"#c0392b\" \
             font-size=\"10\">goal {}</text>\n",
            top - 2.0,
            x + 3.0,
            bottom + 8.0,
            number(mark)
        );
    }
    body
}

fn escape(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;")
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

    #[test]
    fn a_plot_says_what_was_not_measured_and_where_the_goal_is() {
        let mut table = Table { columns: vec!["n"], mark: Some(4.0), ..Table::default() };
        table.row("iocp", vec![2.0]);
        table.row("mio", vec![f64::NAN]);
        let svg = svg(&[table]);
        assert!(svg.contains(">not measured<") && svg.contains(">goal 4<"), "{svg}");
        assert!(!svg.contains("NaN"), "{svg}");
    }
}
