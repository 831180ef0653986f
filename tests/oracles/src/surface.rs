//! All answers about all names, the exceptions that are known, and what is left over.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};

use crate::{
    compare::{with_headers, Answer},
    exports::{self, Late},
    headers::{headers, Headers, MINGW, WINE},
    newest,
    numbers::numbers,
    page::{self, theirs::All},
    source::{self, Item, Kind},
    tools::{self, Target, TARGETS},
    windows_sys::{self, Compiled},
};

/// The oracles, asked once: they do not depend on what we declare.
#[derive(Debug)]
pub struct Oracles {
    /// Of mingw-w64 and of Wine, each for the targets that have a C compiler.
    headers: [Vec<Headers>; 2],
    windows_sys: Vec<Compiled>,
    newest: All,
    dlls: Option<PathBuf>,
    late: Vec<Late>,
}

/// What was found about our declarations.
#[derive(Debug, Default)]
pub struct Findings {
    /// By name: kind, and the answers of mingw-w64's headers, of windows-sys, of Wine's headers.
    pub rows: BTreeMap<String, (&'static str, [Answer; 3])>,
    /// `one NAME: why`, `two NAME: why`, `three NAME: why`, `dll NAME: why`, `none NAME`.
    pub differences: BTreeSet<String>,
}

impl Oracles {
    /// Prepares them; `dlls` is the folder of Wine's DLLs, if it is at hand.
    ///
    /// # Errors
    ///
    /// A compiler is missing or fails.
    pub fn new(src: &Path, dlls: Option<PathBuf>) -> Result<Self> {
        let items = source::read(src)?;
        let folder = tools::folder("headers")?;
        let all = |kit| {
            let with_c = TARGETS.iter().filter(|target| target.c_compiler.is_some());
            with_c.map(|target| headers(&items, kit, *target, &folder)).collect::<Result<_>>()
        };
        let late = include_str!("../../api/not-in-wine.txt");
        Ok(Self {
            headers: [all(MINGW)?, all(WINE)?],
            newest: newest::declarations(&items, &folder)?,
            windows_sys: TARGETS.into_iter().map(windows_sys::compile).collect::<Result<_>>()?,
            dlls,
            late: exports::late(late).context("in tests/api/not-in-wine.txt")?,
        })
    }

    /// Asks them about the declarations in this source, for these targets.
    ///
    /// # Errors
    ///
    /// It does not compile, or holds what the comparison does not know.
    pub fn ask(&self, src: &Path, targets: &[Target]) -> Result<Findings> {
        let items = source::read(src)?;
        let folder = tools::folder("asked")?;
        let mut findings = Findings::default();
        let mut answers: [HashMap<String, Vec<Answer>>; 3] = Default::default();
        for target in targets.iter().copied() {
            let index = TARGETS.iter().position(|known| *known == target);
            let index = index.context("a target of the list")?;
            let ours = tools::compile_ours(src, target, &folder)?;
            let numbers = numbers(&items, &ours, target, &folder)?;
            for (headers, oracle) in self.headers.iter().zip([0, 2]) {
                let Some(headers) = headers.get(index) else { continue };
                for (name, answer) in with_headers(&items, &numbers, headers, target)? {
                    answers[oracle].entry(name).or_default().push(answer);
                }
            }
            let theirs = &self.windows_sys[index];
            let two =
                windows_sys::with_windows_sys(&items, &numbers, &ours, theirs, target, &folder)?;
            for (name, mut answer) in two {
                let value = numbers.constants.get(&name).filter(|_| answer == Answer::Unknown);
                if let Some(value) = value {
                    answer = newest::constant(&self.newest, &name, value);
                }
                answers[1].entry(name).or_default().push(answer);
            }
        }
        for item in items.iter().filter(|item| targets.iter().any(|t| item.is_for(t.width))) {
            // A pointer's type is made by `link_late!` from the very words of its function.
            let asked = match &item.kind {
                Kind::Pointer(signature) => signature.ident.to_string(),
                _ => item.name.clone(),
            };
            let said = [0, 1, 2].map(|oracle| {
                answers[oracle].get(&asked).map_or(Answer::Unknown, |answers| all(answers))
            });
            if asked == item.name {
                for (oracle, answer) in ["one", "two", "three"].iter().zip(&said) {
                    let Answer::Differs(why) = answer else { continue };
                    let lines = why.iter().map(|why| format!("{oracle} {}: {why}", item.name));
                    findings.differences.extend(lines);
                }
            }
            if said.iter().all(|answer| *answer == Answer::Unknown) {
                findings.differences.insert(format!("none {}", item.name));
            }
            findings.rows.insert(item.name.clone(), (kind(item), said));
        }
        if let Some(dlls) = &self.dlls {
            let wrong = exports::wrong(&items, &self.late, dlls)?;
            let lines = wrong.into_iter().map(|(name, why)| format!("dll {name}: {why}"));
            findings.differences.extend(lines);
        }
        Ok(findings)
    }
}

/// One answer for all targets: each must have said it.
fn all(answers: &[Answer]) -> Answer {
    let mut why: Vec<String> = Vec::new();
    for answer in answers {
        if let Answer::Differs(more) = answer {
            why.extend(more.iter().filter(|more| !why.contains(more)).cloned().collect::<Vec<_>>());
        }
    }
    if !why.is_empty() {
        return Answer::Differs(why);
    }
    let same = answers.iter().all(|answer| *answer == Answer::Same);
    if same {
        Answer::Same
    } else {
        Answer::Unknown
    }
}

/// A word for what an item is.
#[must_use]
pub fn kind(item: &Item) -> &'static str {
    match &item.kind {
        Kind::Import(_) => "function",
        Kind::Pointer(_) => "pointer type",
        Kind::Inline(_) => "inline",
        Kind::Constant(ty, _) if crate::numbers::last_names(ty) == "GUID" => "guid",
        Kind::Constant(..) => "constant",
        Kind::Alias(syn::Type::Path(path))
            if path.path.segments.last().is_some_and(|last| last.ident == "Option") =>
        {
            "callback"
        }
        Kind::Alias(_) => "type",
        Kind::Struct(_) => "struct",
        Kind::Union(_) => "union",
    }
}

/// The known differences of `exceptions.txt`: the line, and the comment above it.
///
/// # Errors
///
/// A line without a comment, or twice.
pub fn exceptions(text: &str) -> Result<BTreeMap<String, String>> {
    let mut exceptions = BTreeMap::new();
    let (mut reason, mut fresh) = (String::new(), false);
    for line in text.lines().map(str::trim_end) {
        if let Some(comment) = line.strip_prefix("# ") {
            if fresh {
                reason.push(' ');
                reason.push_str(comment);
            } else {
                comment.clone_into(&mut reason);
            }
            fresh = true;
            continue;
        }
        fresh = false;
        if line.is_empty() {
            reason.clear();
        } else if reason.is_empty() {
            bail!("exceptions.txt: no comment above `{line}`");
        } else if exceptions.insert(line.to_owned(), reason.clone()).is_some() {
            bail!("exceptions.txt: twice `{line}`");
        }
    }
    Ok(exceptions)
}

/// What the crate declares now against what is known: prints all of it, and fails on anything new.
///
/// # Errors
///
/// An oracle cannot be asked, or there is something unexplained.
pub fn run(dlls: Option<PathBuf>) -> Result<()> {
    let src = tools::root().join("iocp-sys/src");
    let file = tools::root().join("tests/oracles/exceptions.txt");
    let known = exceptions(&std::fs::read_to_string(file)?)?;
    let with_dlls = dlls.is_some();
    let findings = Oracles::new(&src, dlls)?.ask(&src, &TARGETS)?;
    print(&findings, &known);
    if !with_dlls {
        println!("\nNOT RUN: the exports of the DLLs (Wine 10 is not at hand)");
    }
    let unexplained: Vec<_> =
        findings.differences.iter().filter(|line| !known.contains_key(*line)).collect();
    let stale: Vec<_> = known.keys().filter(|line| !findings.differences.contains(*line)).collect();
    println!("\nunexplained differences: {}", unexplained.len());
    for line in &unexplained {
        println!("  {line}");
    }
    for line in &stale {
        println!("  no longer there: {line}");
    }
    page::check(&findings.differences)?;
    if !unexplained.is_empty() || !stale.is_empty() {
        bail!(
            "{} unexplained, {} stale: correct iocp-sys, or tests/oracles/exceptions.txt",
            unexplained.len(),
            stale.len()
        );
    }
    Ok(())
}

fn print(findings: &Findings, known: &BTreeMap<String, String>) {
    let kinds: BTreeSet<_> = findings.rows.values().map(|row| row.0).collect();
    let title = ["items", "both", "mingw-w64", "Wine", "windows-sys", "none"];
    println!(
        "{:<14}{:>8}{:>8}{:>11}{:>8}{:>13}{:>6}",
        "confirmed by", title[0], title[1], title[2], title[3], title[4], title[5]
    );
    let mut total = [0_usize; 6];
    for kind in kinds {
        let rows = findings.rows.values().filter(|row| row.0 == kind);
        let mut counts = [0_usize; 6];
        for (_, said) in rows {
            let [one, two, three] = said.each_ref().map(|answer| *answer == Answer::Same);
            let found = [true, (one || three) && two, one, three, two, !(one || two || three)];
            counts.iter_mut().zip(found).for_each(|(count, found)| *count += usize::from(found));
        }
        line(kind, &counts);
        total.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
    }
    line("all", &total);
    let confirmed = total[0] - total[5];
    println!(
        "by at least one: {confirmed} of {} ({:.1} %); by Microsoft's metadata and by the headers of \
         one of the others: {} ({:.1} %)",
        total[0],
        percent(confirmed, total[0]),
        total[1],
        percent(total[1], total[0]),
    );
    let structures = || findings.rows.values().filter(|row| ["struct", "union"].contains(&row.0));
    let count = |wanted: fn(&Answer) -> bool| {
        structures().filter(|row| wanted(&row.1[0]) && wanted(&row.1[1])).count()
    };
    let (in_both, by_both) =
        (count(|answer| *answer != Answer::Unknown), count(|answer| *answer == Answer::Same));
    println!(
        "structures that mingw-w64 and windows-sys have: {in_both}, confirmed by both: {by_both}"
    );
    println!("\nexceptions, with what decides:");
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (line, reason) in known {
        by_reason.entry(reason).or_default().push(line);
    }
    for (reason, lines) in by_reason {
        println!("  {reason}");
        for line in lines {
            println!("    {line}");
        }
    }
}

fn line(name: &str, counts: &[usize; 6]) {
    let [items, both, one, three, two, none] = counts;
    println!("{name:<14}{items:>8}{both:>8}{one:>11}{three:>8}{two:>13}{none:>6}");
}

#[allow(clippy::cast_precision_loss)] // reason: hundreds of items
fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole as f64
}
