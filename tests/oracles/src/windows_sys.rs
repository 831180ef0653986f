//! Oracle two: windows-sys, compiled beside ours.
//!
//! A generated file has, on one line per item, a function that the compiler accepts only if both are
//! the same: each field by its name and exhaustively, each parameter, each result, the calling
//! convention, each value. "The same" is a trait between their types and ours that numbers have only
//! with themselves, pointers if what they point to has it, and structures whose own line is there. What
//! rustc refuses names its line. The DLL is compared as text, for it is not part of a type.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use crate::{
    compare::Answer,
    numbers::Numbers,
    page::rust_files,
    shape::{Names, Shape},
    source::{Field, Item, Kind},
    tools::{self, Target},
};

/// windows-sys, compiled for one target.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// Its `.rmeta`; those of its dependencies lie beside it.
    file: PathBuf,
    /// Where each of its names is declared.
    names: HashMap<String, Place>,
}

/// Where windows-sys declares a name.
#[derive(Debug, Clone)]
struct Place {
    /// Path of the module, from the crate.
    module: String,
    /// The DLL and the convention, if it is a function.
    dll: Option<String>,
}

/// What the traits are, and equality of values.
const PRELUDE: &str = r#"
#![no_std]
#![allow(warnings)]
extern crate iocp_sys as ours;
extern crate windows_sys as theirs;
use core::ffi::c_void;
use core::mem::{offset_of, size_of, transmute};
trait Same<T> {}
macro_rules! same { ($($ty:ty)*) => { $(impl Same<$ty> for $ty {})* } }
same! { () u8 i8 u16 i16 u32 i32 u64 i64 usize isize bool c_void }
impl<A: Same<B>, B> Same<*const B> for *const A {}
impl<A: Same<B>, B> Same<*mut B> for *mut A {}
impl<A: Same<B>, B> Same<Option<B>> for Option<A> {}
impl<A: Same<B>, B, const N: usize> Same<[B; N]> for [A; N] {}
macro_rules! function { ($($a:ident $b:ident)*) => {
    impl<$($a: Same<$b>, $b,)* R: Same<S>, S> Same<unsafe extern "system" fn($($b),*) -> S>
        for unsafe extern "system" fn($($a),*) -> R {}
} }
function! {} function! { A1 B1 } function! { A1 B1 A2 B2 } function! { A1 B1 A2 B2 A3 B3 }
function! { A1 B1 A2 B2 A3 B3 A4 B4 } function! { A1 B1 A2 B2 A3 B3 A4 B4 A5 B5 }
function! { A1 B1 A2 B2 A3 B3 A4 B4 A5 B5 A6 B6 }
function! { A1 B1 A2 B2 A3 B3 A4 B4 A5 B5 A6 B6 A7 B7 }
function! { A1 B1 A2 B2 A3 B3 A4 B4 A5 B5 A6 B6 A7 B7 A8 B8 }
function! { A1 B1 A2 B2 A3 B3 A4 B4 A5 B5 A6 B6 A7 B7 A8 B8 A9 B9 }
function! { A1 B1 A2 B2 A3 B3 A4 B4 A5 B5 A6 B6 A7 B7 A8 B8 A9 B9 Aa Ba }
function! { A1 B1 A2 B2 A3 B3 A4 B4 A5 B5 A6 B6 A7 B7 A8 B8 A9 B9 Aa Ba Ab Bb }
fn same<A: Same<B>, B>(_: A, _: B) {}
fn both<A: Same<B>, B>(_: fn() -> A, _: fn() -> B) {}
const fn guid_o(g: ours::GUID) -> u128 {
    // SAFETY:
    // * 16 bytes without padding, and any bits are a number.
    unsafe { transmute(g) }
}
const fn guid_t(g: theirs::core::GUID) -> u128 {
    // SAFETY:
    // * 16 bytes without padding, and any bits are a number.
    unsafe { transmute(g) }
}
"#;

/// Compiles windows-sys for a target with cargo, and finds its names.
///
/// # Errors
///
/// Cargo or rustc fail.
pub fn compile(target: Target) -> Result<Compiled> {
    let mut cargo = tools::command("cargo");
    cargo.args(["check", "--quiet", "--message-format=json", "-p", "iocp-oracle-two"]);
    let output = tools::success(cargo.args(["--target", target.triple]))?;
    let (mut file, mut manifest) = (None, None);
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: Value = serde_json::from_str(line)?;
        if message["reason"] == "compiler-artifact" && message["target"]["name"] == "windows_sys" {
            file = message["filenames"][0].as_str().map(PathBuf::from);
            manifest = message["manifest_path"].as_str().map(PathBuf::from);
        }
    }
    let file = file.context("cargo did not say where windows-sys is")?;
    let source = manifest.context("cargo did not say where windows-sys comes from")?;
    let mut names = HashMap::new();
    let source = source.with_file_name("src");
    scan(&source.join("core"), "core", &mut names)?;
    for name in ["Win32", "Wdk"] {
        scan(&source.join("Windows").join(name), name, &mut names)?;
    }
    Ok(Compiled { file, names })
}

/// One declaration is one line there, so that its text is enough to find it.
fn scan(folder: &Path, top: &str, names: &mut HashMap<String, Place>) -> Result<()> {
    for path in rust_files(folder)? {
        // core is split into files without modules of their own.
        let within = path.strip_prefix(folder)?.parent().into_iter().flatten();
        let within = within.map(|name| format!("::{}", name.to_string_lossy()));
        let module = format!("{top}{}", within.collect::<String>());
        for line in fs::read_to_string(&path)?.lines() {
            let (declared, dll) = if let Some(rest) = line.strip_prefix("windows_link::link!(\"") {
                let Some((dll, rest)) = rest.split_once("\" ") else { continue };
                let Some((_, rest)) = rest.split_once(" fn ") else { continue };
                (rest, Some(dll.to_owned()))
            } else {
                let forms = ["pub const ", "pub struct ", "pub union ", "pub type "];
                let Some(rest) = forms.iter().find_map(|form| line.strip_prefix(form)) else {
                    continue;
                };
                (rest, None)
            };
            let end = declared.find(|c: char| c != '_' && !c.is_ascii_alphanumeric());
            let declared = declared[..end.unwrap_or(declared.len())].to_owned();
            names.entry(declared).or_insert(Place { module: module.clone(), dll });
        }
    }
    Ok(())
}

/// Compares every item with oracle two, on one target: name and answer, in order.
///
/// # Errors
///
/// rustc says something that is not about a line of ours.
pub fn with_windows_sys(
    items: &[Item],
    numbers: &Numbers,
    ours: &Path,
    theirs: &Compiled,
    target: Target,
    folder: &Path,
) -> Result<Vec<(String, Answer)>> {
    let names = Names::new(items, target.width);
    let items: Vec<&Item> = items.iter().filter(|item| item.is_for(target.width)).collect();
    let mut lines: Vec<(&str, String)> = Vec::new();
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let Some(place) = theirs.names.get(&item.name) else { continue };
        for line in checks(item, place, index, &names)? {
            lines.push((&item.name, line));
        }
        if let (Kind::Import(import), Some(dll)) = (&item.kind, &place.dll) {
            if !import.dll.eq_ignore_ascii_case(dll) {
                let why = format!("ours is in {}, theirs in {dll}", import.dll);
                wrong.entry(&item.name).or_default().push(why);
            }
        }
    }
    // Errors of types hide those of values: again without the refused lines, until all is said.
    for _ in 0..4 {
        let file = folder.join(format!("windows-sys-{}.rs", target.name));
        let refused = refused(&lines, &file, ours, &theirs.file, target)?;
        if refused.is_empty() {
            let answers = items.iter().map(|item| {
                let name = item.name.as_str();
                let answer = match wrong.remove(name) {
                    Some(why) => Answer::Differs(why),
                    None if theirs.names.contains_key(name) => Answer::Same,
                    None => Answer::Unknown,
                };
                (name.to_owned(), answer)
            });
            return Ok(answers.collect());
        }
        for (index, why) in &refused {
            let name = lines[*index].0;
            let value = numbers.constants.get(name).filter(|_| why.contains("evaluation"));
            let why = match value {
                Some(value) => {
                    let hexadecimal: String =
                        value.iter().rev().map(|byte| format!("{byte:02X}")).collect();
                    format!("value: ours is 0x{hexadecimal}")
                }
                None if why == "evaluation" => "size, or the offset of a field".to_owned(),
                None => why.clone(),
            };
            let said = wrong.entry(name).or_default();
            if !said.contains(&why) {
                said.push(why);
            }
        }
        let mut index = 0;
        lines.retain(|_| {
            index += 1;
            !refused.contains_key(&(index - 1))
        });
    }
    bail!("rustc refuses more each time: see {}", folder.display())
}

/// The lines that only compile if both are the same.
fn checks(item: &Item, place: &Place, index: usize, names: &Names<'_>) -> Result<Vec<String>> {
    let name = &item.name;
    let (o, t) = (format!("ours::{name}"), format!("theirs::{}::{name}", place.module));
    let fields = |fields: &[Field]| -> Result<Vec<String>> {
        let claim = format!("impl Same<{t}> for {o} {{}}");
        let mut line = format!("fn f{index}(o: {o}, t: {t}) {{ ");
        if matches!(item.kind, Kind::Struct(_)) {
            for (side, ty) in [("o", &o), ("t", &t)] {
                write!(line, "let {ty} {{ ")?;
                for (number, field) in fields.iter().enumerate() {
                    write!(line, "{}: {side}{number}, ", field.name)?;
                }
                write!(line, "}} = {side}; ")?;
            }
            for number in 0..fields.len() {
                write!(line, "same(o{number}, t{number}); ")?;
            }
        } else {
            for Field { name, .. } in fields {
                write!(line, "unsafe {{ same(o.{name}, t.{name}) }}; ")?;
            }
        }
        line.push('}');
        let mut value = format!("const _: () = assert!(size_of::<{o}>() == size_of::<{t}>()");
        for Field { name, .. } in fields {
            write!(value, " && offset_of!({o}, {name}) == offset_of!({t}, {name})")?;
        }
        Ok(vec![claim, line, format!("{value});")])
    };
    Ok(match &item.kind {
        Kind::Struct(all) | Kind::Union(all) => fields(all)?,
        Kind::Alias(_) => vec![format!("fn f{index}(o: {o}, t: {t}) {{ same(o, t) }}")],
        Kind::Import(import) => {
            let holes = vec!["_"; import.signature.inputs.len()].join(", ");
            let ty = format!("unsafe extern \"system\" fn({holes}) -> _");
            vec![format!("fn f{index}() {{ same({o} as {ty}, {t} as {ty}) }}")]
        }
        Kind::Constant(ty, _) => {
            let types = format!("fn f{index}() {{ same({o}, {t}) }}");
            let value = match names.shape(ty)? {
                Shape::Int { .. } => format!(
                    "{o} as u64 as u32 == {t} as u64 as u32 && \
                     (size_of_val(&{o}) < 8 || {o} as u64 == {t} as u64)"
                ),
                Shape::Pointer { .. } => format!(
                    "unsafe {{ transmute::<_, usize>({o}) == \
                     transmute::<_, usize>({t}) }}"
                ),
                Shape::Ours(name) if name == "GUID" => format!("guid_o({o}) == guid_t({t})"),
                other => bail!("{name} is a constant of the type {other}"),
            };
            vec![types, format!("const _: () = assert!({value});")]
        }
        // A name of our own, or a macro of C: windows-sys has neither.
        Kind::Pointer(_) | Kind::Inline(_) => Vec::new(),
    })
}

/// Which lines rustc refuses, and why.
fn refused(
    lines: &[(&str, String)],
    file: &Path,
    ours: &Path,
    theirs: &Path,
    target: Target,
) -> Result<BTreeMap<usize, String>> {
    let mut text = PRELUDE.to_owned();
    let first = text.lines().count();
    for (_, line) in lines {
        text.push_str(line);
        text.push('\n');
    }
    fs::write(file, text)?;
    let mut rustc = tools::rustc(target.triple, &[("iocp_sys", ours), ("windows_sys", theirs)]);
    rustc.args(["--edition=2021", "--emit=metadata", "--error-format=json", "-L"]);
    let search = theirs.parent().context("a file lies in a folder")?;
    rustc.arg(format!("dependency={}", search.display()));
    let output = tools::outcome(rustc.arg("-o").args([&file.with_extension("rmeta"), file]))?;
    let mut refused = BTreeMap::new();
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        if message["level"] != "error" {
            continue;
        }
        let mut why = message["message"].as_str().unwrap_or_default().to_owned();
        let spans = message["spans"].as_array().map_or(&[][..], Vec::as_slice);
        let at = spans.iter().find(|span| span["is_primary"] == true);
        if let Some(label) = at.and_then(|span| span["label"].as_str()) {
            if why == "mismatched types" {
                why = label.to_owned();
            }
        }
        // The rest is where the function is, or all that was asserted.
        why.truncate(why.find(" {").unwrap_or(why.len()));
        if why.starts_with("evaluation") {
            why.truncate("evaluation".len());
        }
        let Some(at) = at.and_then(|span| span["line_start"].as_u64()) else {
            if why.starts_with("aborting") {
                continue;
            }
            bail!("rustc says: {why}");
        };
        let Some(index) = usize::try_from(at)?.checked_sub(first + 1) else {
            bail!("rustc refuses what is the same for all: {why}");
        };
        refused.entry(index).or_insert(why);
    }
    if refused.is_empty() && !output.status.success() {
        bail!("rustc fails: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(refused)
}
