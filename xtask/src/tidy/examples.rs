//! What readers of `iocp`'s documentation are owed: each type, function and operation stands in an example that
//! compiles, or has a reason; the lines of examples fit their page; figures are those of the benches.

use std::collections::BTreeSet;

use super::{find, Source};

const NAMES: &str = "tests/api/iocp.txt";
const FIGURES: [&str; 2] = ["iocp/src/guide/which_mode.md", "README.md"];
const BENCHES: &str = "tests/bench/BENCHMARKS.md";

/// What a page shows of a line of code at 1280 px, within a method's indentation.
const WIDTH: usize = 88;

/// Public names without an example of their own, and why.
const REASONS: &[(&str, &str)] = &[
    ("Accept", "made by `accept_operation`, which is in one"),
    ("Accepted", "what `accepted` gives, whose fields are in one"),
    ("AcceptedAs", "sealed: what `associate_accepted` can give"),
    ("AcceptedSocket", "goes from `accepted` to `associate_accepted`, both in one"),
    ("AssociatedJob", "made by `associate_job`, and a `Job` to its users"),
    ("Attached", "sealed: what `submit_with` takes"),
    ("Canceller", "made by `canceller`, in its own example"),
    ("ChangeDetails", "fields of a file's record, read as they are"),
    ("ChangeName", "printed in the example of `ChangeAction`"),
    ("Closing", "made by `close_gracefully`, whose example advances it"),
    ("CompletionError", "in its own example by `result`"),
    ("Connect", "made by `connect_operation`, which is in one"),
    ("ControlMessages", "an iterator; `packet_info` is in one"),
    ("ControlOutput", "sealed: what `Control` gives back"),
    ("DirectoryWatch", "made by `watch`, in its own example"),
    ("ForeignPacket", "in the example of `associate_foreign`, by its methods"),
    ("IoBufs", "sealed: the arrays and tuples of `send_vectored`"),
    ("IoBufsMut", "sealed: the arrays and tuples of `recv_vectored`"),
    ("LastReceive", "made of a ticket by `close_gracefully`"),
    ("LingerStats", "in its own example by `linger_stats`"),
    ("Mailbox", "made by `mailbox`, which is in one"),
    ("OperationId", "in the example of `redeem`, by `park`"),
    ("Pipe", "made by `PipeClientOptions`, in its example"),
    ("PipeEnd", "implemented by ends of pipes; users name those"),
    ("PipePart", "fields of what `read_message` says"),
    ("PipeServer", "made by `PipeServerOptions`, in its example"),
    ("Pooled", "sealed: what a `BufferPool` keeps"),
    ("PooledBuffer", "made by `take` of a `BufferPool`, in its example"),
    ("Received", "in the example of `UdpSocket` by its fields"),
    ("Records", "one choice of `set_records`, the other being the default"),
    ("Sender", "made by `mailbox`, which is in one"),
    ("Stats", "in examples by the fields of `stats`"),
    ("recv_from_vectored", "`recv_from` with the buffers of `recv_vectored`"),
    ("recv_msg_vectored", "`recv_msg` with the buffers of `recv_vectored`"),
    ("send_msg_vectored", "`send_msg` with the buffers of `send_vectored`"),
    ("send_to_vectored", "`send_to` with the buffers of `send_vectored`"),
    ("write_gather", "`read_scatter` the other way"),
    ("write_sectors_at", "`read_sectors_at` the other way"),
];

/// Columns of the guide's figures: the bench, and the column there.
const COLUMNS: [(&str, usize); 5] =
    [("echo_calls", 1), ("echo_calls", 3), ("alloc_per_op", 1), ("echo_insn", 1), ("mem_idle", 3)];

/// Each type, free function and operation of `iocp` is in an example, or in [`REASONS`].
pub(super) fn named(files: &[Source]) -> Vec<String> {
    let shown: BTreeSet<&str> = code(files)
        .flat_map(|(_, _, line)| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .collect();
    let public: Vec<String> = find(files, NAMES).into_iter().flat_map(owed).collect();
    judged(&public.iter().map(String::as_str).collect(), &shown, REASONS)
}

fn judged(
    public: &BTreeSet<&str>,
    shown: &BTreeSet<&str>,
    reasons: &[(&str, &str)],
) -> Vec<String> {
    let has_reason = |name: &str| reasons.iter().any(|(excused, _)| *excused == name);
    let bare = public.iter().filter(|name| !shown.contains(*name) && !has_reason(name));
    let bare = bare.map(|name| {
        format!("iocp: `{name}` is in no example: write one, or a reason into tidy/examples.rs")
    });
    let idle = reasons.iter().filter(|(name, _)| !public.contains(name) || shown.contains(name));
    let idle = idle.map(|(name, _)| {
        format!("xtask/src/tidy/examples.rs: `{name}` needs no reason: take it out of the list")
    });
    bare.chain(idle).collect()
}

/// The names that a list of public names owes an example.
fn owed(list: &Source) -> impl Iterator<Item = String> + '_ {
    list.text.lines().filter_map(|line| {
        let line = line.strip_prefix("#[non_exhaustive] ").unwrap_or(line);
        let item = line.strip_prefix("pub ")?;
        let item = item.strip_prefix("unsafe ").unwrap_or(item);
        let (kind, item) = item.split_once(' ')?;
        let path = plain(item);
        let (of, name) = path.rsplit_once("::")?;
        let is_free = of.rsplit("::").next()?.starts_with(char::is_lowercase);
        let is_owed = match kind {
            "struct" | "enum" | "trait" => true,
            "fn" => is_free || line.contains(" -> iocp::Submitted<"),
            _ => false,
        };
        is_owed.then(|| name.to_owned())
    })
}

/// A path without generics, and nothing behind it.
fn plain(item: &str) -> String {
    let mut depth = 0_i32;
    let is_outside = |c: &char| {
        depth += i32::from(*c == '<') - i32::from(*c == '>');
        depth == 0 && *c != '>'
    };
    let path: String = item.replace("->", "").chars().filter(is_outside).collect();
    path.split(['(', ' ']).next().unwrap_or_default().trim_end_matches(':').to_owned()
}

/// Lines that readers see of the code in `iocp`'s documentation: file, number, text.
fn code(files: &[Source]) -> impl Iterator<Item = (&str, usize, &str)> {
    let pages = files.iter().filter(|file| {
        let is_guide = file.path.starts_with("iocp/src/guide/") && file.path.ends_with(".md");
        let is_source = file.path.starts_with("iocp/src/") && file.path.ends_with(".rs");
        is_guide || is_source || file.path == "iocp/README.md"
    });
    pages.flat_map(|file| {
        let mut inside = false;
        (1..).zip(file.text.lines()).filter_map(move |(number, line)| {
            let text = match file.path.ends_with(".md") {
                true => line,
                false => {
                    let line = line.trim_start();
                    let text = line.strip_prefix("///").or_else(|| line.strip_prefix("//!"))?;
                    text.strip_prefix(' ').unwrap_or(text)
                }
            };
            if text.starts_with("```") {
                // What is no Rust, as `text`, is none.
                inside = !inside && matches!(text, "```" | "```no_run" | "```rust,no_run");
                return None;
            }
            (inside && !text.starts_with("# ")).then_some((file.path.as_str(), number, text))
        })
    })
}

/// No line of an example is cut by its page.
pub(super) fn widths(files: &[Source]) -> Vec<String> {
    let long = code(files).filter(|(_, _, line)| line.chars().count() > WIDTH);
    long.map(|(path, number, _)| {
        format!("{path}:{number}: the page cuts a line of an example behind {WIDTH} characters")
    })
    .collect()
}

/// The figures of the guide and of the README are those of the benches' page.
pub(super) fn figures(files: &[Source]) -> Vec<String> {
    let text = |path| find(files, path).map_or("", |file| file.text.as_str());
    let of_page = |page: &&'static str| differing(page, text(page), text(BENCHES));
    FIGURES.iter().flat_map(of_page).collect()
}

fn differing(page: &str, shown: &str, benches: &str) -> Vec<String> {
    let rows = shown.lines().skip_while(|line| !line.starts_with("| | calls at 1 |")).skip(2);
    let rows: Vec<Vec<&str>> = rows.take_while(|line| line.starts_with('|')).map(cells).collect();
    let mut faults = Vec::new();
    if rows.is_empty() {
        faults.push(format!("{page}: no table of what each mode costs"));
    }
    for row in rows {
        for (at, (bench, column)) in (1..).zip(COLUMNS) {
            let table = benches.split_once(&format!("<!-- {bench} -->")).map_or("", |(_, t)| t);
            let table = table.split("<!-- end -->").next().unwrap_or_default();
            let found = table.lines().map(cells).find(|cells| cells.first() == row.first());
            let found = found.and_then(|cells| cells.get(column).copied());
            if row.get(at).copied() != found {
                let (name, says) = (row[0], row.get(at).unwrap_or(&"nothing"));
                faults.push(format!(
                    "{page}: {bench} of {name}: {says}, and {BENCHES} says {}",
                    found.unwrap_or("nothing")
                ));
            }
        }
    }
    faults
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split('|').map(str::trim).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::sample;

    #[test]
    fn names_are_read_without_generics_and_operations_by_what_they_return() {
        let list = sample(
            NAMES,
            "pub mod iocp\n#[non_exhaustive] pub enum iocp::A\npub iocp::A::B\n\
             pub struct iocp::poll::C<P: x::Y + 'static>\npub trait iocp::poll::D: x::E\n\
             pub fn iocp::f<S: x::T>(S) -> u8\npub fn iocp::A::g(&self) -> u8\n\
             pub fn iocp::A<x::Z>::h<T: x::U<x::V>>(&self, iocp::O<T>) -> iocp::Submitted<T>\n\
             pub unsafe fn iocp::A<B>::i(self) -> iocp::Submitted<B>\nimpl iocp::A\n",
        );
        assert_eq!(owed(&list).collect::<Vec<_>>(), ["A", "C", "D", "f", "h", "i"]);
    }

    #[test]
    fn a_name_without_example_fails_and_so_does_a_reason_that_none_needs() {
        let set = |names: &[&'static str]| -> BTreeSet<&str> { names.iter().copied().collect() };
        let public = set(&["A", "B"]);
        assert_eq!(judged(&public, &set(&["A"]), &[("B", "why")]).len(), 0);
        assert_eq!(judged(&public, &set(&["A"]), &[]).len(), 1);
        assert_eq!(judged(&public, &set(&["A", "B"]), &[("B", "why")]).len(), 1);
        assert_eq!(judged(&public, &set(&["A", "B"]), &[("C", "why")]).len(), 1);
    }

    #[test]
    fn only_visible_rust_counts_and_a_long_line_fails() {
        let long = "x".repeat(WIDTH + 1);
        let source = |line: &str| {
            let text =
                format!("/// a\n/// ```\n/// {line}\n/// ```\n/// {long}\nfn f() {{}} // {long}\n");
            [sample("iocp/src/a.rs", &text)]
        };
        assert_eq!(
            code(&source("let b;")).map(|(_, n, l)| (n, l)).collect::<Vec<_>>(),
            [(3, "let b;")]
        );
        assert_eq!(code(&source("# let b;")).count(), 0);
        assert_eq!(widths(&source("let b;")).len(), 0);
        assert_eq!(widths(&source(&long)).len(), 1);
        assert_eq!(widths(&source(&format!("# {long}"))).len(), 0);
        let text = sample("iocp/src/guide/a.md", &format!("```text\n{long}\n```\n"));
        assert_eq!(widths(&[text]).len(), 0);
    }

    #[test]
    fn a_figure_that_no_bench_says_fails() {
        let bench = |name: &str, row: &str| format!("<!-- {name} -->\n\n{row}\n\n<!-- end -->\n");
        let benches = bench("echo_calls", "| iocp | 3 | 1 | 2 |")
            + &bench("alloc_per_op", "| iocp | 0 |")
            + &bench("echo_insn", "| iocp | 210 |")
            + &bench("mem_idle", "| iocp | 1 | 2 | 256 |");
        let faults = |row: &str| {
            let guide = format!("| | calls at 1 | … |\n| --- |\n{row}\n");
            differing(FIGURES[0], &guide, &benches).len()
        };
        assert_eq!(faults("| iocp | 3 | 2 | 0 | 210 | 256 |"), 0);
        assert_eq!(faults("| iocp | 3 | 2 | 0 | 211 | 256 |"), 1);
        assert_eq!(faults("| raw | 3 | 2 | 0 | 210 | 256 |"), 5);
        assert_eq!(faults(""), 1);
    }
}
