//! Draws what was found: the main column of each table as bars, or all its columns.

use super::table::{is_ours, number, Table};

/// Pixels.
const WIDTH: f64 = 760.0;
const LABEL: f64 = 130.0;
const BAR: f64 = 18.0;
/// Room for what is written behind a bar.
const VALUE: f64 = 130.0;

/// One bar chart per bench, one below the other. Bars, not lines: servers are not a scale.
pub(super) fn svg(tables: &[Table]) -> String {
    let mut body = String::new();
    let mut y = 10.0;
    for table in tables.iter().filter(|table| !table.rows.is_empty()) {
        body += &format!(
            "<text x=\"10\" y=\"{}\" fill=\"#555\">{}; {}</text>\n",
            y + 20.0,
            escape(&table.title),
            escape(&table.kernel)
        );
        y += 24.0;
        let all: Vec<_> = table.plots.iter().copied().enumerate().collect();
        let main = [(table.main, table.mark)];
        for &(column, mark) in if all.is_empty() { &main[..] } else { &all[..] } {
            let name = table.columns.get(column).copied().unwrap_or_default();
            body += &format!(
                "<text x=\"10\" y=\"{}\" font-weight=\"bold\">{}: {}</text>\n",
                y + 14.0,
                table.name,
                escape(name)
            );
            y += 22.0;
            body += &bars(table, column, mark, y);
            y += BAR * table.rows.len() as f64 + 16.0;
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n{body}</svg>\n",
        y + 10.0
    )
}

/// One column: a bar per row, with its value, how many times raw's that is, and where the goal lies.
fn bars(table: &Table, column: usize, mark: Option<f64>, top: f64) -> String {
    let of = |values: &[f64]| values.get(column).copied().filter(|n| n.is_finite());
    let values: Vec<_> = table.rows.iter().map(|row| of(&row.values)).collect();
    let most = values.iter().flatten().copied().chain(mark).fold(0.0, f64::max);
    let length = |value: f64| if most > 0.0 { value / most * (WIDTH - LABEL - VALUE) } else { 0.0 };
    let raw = table.ours.and(table.columns.get(column));
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
    if let Some(mark) = mark {
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
    fn a_plot_says_what_was_not_measured_and_where_the_goal_is() {
        let mut table = Table { columns: vec!["n"], mark: Some(4.0), ..Table::default() };
        table.row("iocp", vec![2.0]);
        table.row("mio", vec![f64::NAN]);
        let svg = svg(&[table]);
        assert!(svg.contains(">not measured<") && svg.contains(">goal 4<"), "{svg}");
        assert!(!svg.contains("NaN"), "{svg}");
    }

    #[test]
    fn all_columns_are_plotted_where_each_has_a_place() {
        let columns = vec!["64 B", "1 MiB"];
        let mut table =
            Table { columns, plots: vec![Some(3.0), None], mark: Some(9.0), ..Table::default() };
        table.row("iocp", vec![2.5, 36.0]);
        let svg = svg(&[table]);
        for words in [": 64 B<", ": 1 MiB<", ">goal 3<", ">2.500<", ">36<"] {
            assert!(svg.contains(words), "{words}: {svg}");
        }
        assert!(!svg.contains(">goal 9<"), "{svg}");
    }
}
