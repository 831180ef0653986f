//! Writes what was found: Markdown to read, JSON to compute with, SVG to look at.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{bail, Context, Result};
use serde_json::{json, Map, Value};

use super::{
    goals::{self, Findings},
    place::Place,
    plot::svg,
    table::{number, Goal, Table},
};
use crate::process::{root, target_dir};

/// Writes all three files; returns the folder. Of what an earlier part of the run found, the data
/// stays.
pub(super) fn write(place: &Place, tables: &[Table], before: &[Findings]) -> Result<PathBuf> {
    let folder = target_dir().join("bench");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("report.md"), markdown(place, tables))?;
    let kept = before.iter().map(|found| found.json.clone());
    let tables_json: Vec<_> = kept.chain(tables.iter().map(json_table)).collect();
    fs::write(folder.join(DATA), json(place, &tables_json))?;
    fs::write(folder.join("report.svg"), svg(tables))?;
    Ok(folder)
}

const DATA: &str = "report.json";

/// What the last run found, if it was this one: the same command on the same commit and machine.
pub(super) fn read(place: &Place) -> Result<Vec<Findings>> {
    let file = target_dir().join("bench").join(DATA);
    let text = fs::read_to_string(&file).with_context(|| format!("no run to resume: {DATA}"))?;
    let data: Value = serde_json::from_str(&text)?;
    for (key, own) in place.fields() {
        let theirs = data[key].as_str().unwrap_or_default();
        if theirs != own {
            bail!("no run to resume: the {key} of the last one is `{theirs}`, not `{own}`");
        }
    }
    data["benches"].as_array().context("no benches in it")?.iter().map(Findings::read).collect()
}

/// The page that is kept in the repository, and where the data of its plots are.
const PAGE: &str = "tests/bench/BENCHMARKS.md";
const RESULTS: &str = "tests/bench/results";

/// Puts a table into its place in the page, and its data and plot beside the page. What did not
/// run stays as it is: each part says which run it is from.
pub(super) fn publish(place: &Place, table: Option<&Table>) -> Result<()> {
    let Some(table) = table else { return Ok(()) };
    fs::create_dir_all(root().join(RESULTS))?;
    let name = table.name;
    let files = format!("![plot](results/{name}.svg) [data](results/{name}.json)\n");
    fill(name, &format!("{}\n{files}\n{}", section(table), place.line()))?;
    let data = root().join(RESULTS).join(name);
    fs::write(data.with_extension("json"), json(place, &[json_table(table)]))?;
    fs::write(data.with_extension("svg"), svg(std::slice::from_ref(table)))?;
    Ok(())
}

/// Puts the table of all goals into its place.
pub(super) fn publish_goals(place: &Place, found: &[Findings]) -> Result<()> {
    fill("goals", &format!("\n{}\n{}", goals::markdown(found), place.line()))
}

/// Replaces the part of the page that has this name.
fn fill(name: &str, part: &str) -> Result<()> {
    let page = root().join(PAGE);
    let text = fs::read_to_string(&page).with_context(|| PAGE.to_owned())?;
    let start = format!("<!-- {name} -->");
    let (before, rest) = text.split_once(&start).with_context(|| format!("{PAGE}: {start}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("{PAGE}: {END}"))?;
    Ok(fs::write(page, format!("{before}{start}\n{part}\n{END}{after}"))?)
}

/// The end of each part that is filled in.
const END: &str = "<!-- end -->";

/// The report as it is read.
fn markdown(place: &Place, tables: &[Table]) -> String {
    let mut out = place.line() + "\n![plots](report.svg)\n";
    for table in tables {
        out += &part(table);
    }
    out
}

/// One table under its name.
pub(super) fn part(table: &Table) -> String {
    format!("\n## {}\n{}", table.name, section(table))
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

/// The data of a run; what was not measured is `null`.
fn json(place: &Place, benches: &[Value]) -> String {
    let mut all: Map<String, Value> =
        place.fields().map(|(key, value)| (key.to_owned(), value.into())).into_iter().collect();
    all.insert("benches".to_owned(), benches.into());
    format!("{:#}\n", Value::from(all))
}

pub(super) fn json_table(table: &Table) -> Value {
    let rows = table.rows.iter().map(|row| {
        let values = table.columns.iter().map(|name| (*name).to_owned()).zip(row.values.clone());
        json!({ "name": row.name, "values": values.collect::<BTreeMap<_, _>>() })
    });
    let goals = table.goals.iter().map(|goal| {
        let Goal { text, found, bar, binding } = goal;
        json!({ "goal": text, "found": found, "bar": bar, "met": goal.is_met(), "binding": binding })
    });
    json!({
        "bench": table.name,
        "title": table.title,
        "kernel": table.kernel,
        "plotted": table.columns.get(table.main),
        "rows": rows.collect::<Vec<_>>(),
        "goals": goals.collect::<Vec<_>>(),
        "notes": table.notes,
    })
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
        let json = json(&place, &[json_table(&tables[0])]);
        let json: Value = serde_json::from_str(&json).expect("JSON");
        let bench = &json["benches"][0];
        assert_eq!(bench["rows"][0], json!({ "name": "a\"b<", "values": { "calls": 3.5 } }));
        assert_eq!(
            (&bench["goals"][0]["found"], &bench["goals"][0]["met"]),
            (&3.5.into(), &false.into())
        );
        assert!(svg(&tables).contains("a\"b&lt;</text>"));
        assert!(!svg(&tables).contains("NaN"));
    }

    #[test]
    fn the_page_has_a_place_for_each_bench_and_for_the_goals() {
        let page = fs::read_to_string(root().join(PAGE)).expect("it is there");
        let names = super::super::benches::ALL.map(|bench| bench.name);
        for name in names.into_iter().chain(["goals"]) {
            let (_, rest) = page.split_once(&format!("<!-- {name} -->")).expect(name);
            let end = rest.find("<!-- ").expect("something follows");
            assert!(rest[end..].starts_with(END), "{name}");
        }
    }
}
