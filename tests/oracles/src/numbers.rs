//! What rustc makes of `iocp-sys`: sizes, offsets and the bytes of each constant, per target.
//!
//! A generated crate puts them into statics, is compiled to an object file, and that is read: nothing
//! runs, so it works for targets that this machine cannot execute.

use std::{collections::HashMap, fmt::Write, fs, path::Path};

use anyhow::{bail, Context, Result};
use quote::ToTokens;

use crate::{
    source::{Item, Kind},
    tools::{self, symbol, word, Target},
};

/// What stands before the generated statics.
const PRELUDE: &str = r#"
#![no_std]
#![allow(warnings)]
extern crate iocp_sys;
use core::{ffi::c_void, mem::{align_of, offset_of, size_of}};
use iocp_sys::*;
/// The size, and in the next eight bytes the value.
#[repr(C)]
pub struct K<T>(u64, A<T>);
#[repr(C, align(8))]
pub struct A<T>(T);
// SAFETY:
// * no thread ever runs this code: its object file is read.
unsafe impl<T> Sync for K<T> {}
const fn k<T: Copy>(value: T) -> K<T> {
    K(size_of::<T>() as u64, A(value))
}
"#;

/// Numbers of all items for one target.
#[derive(Debug, Default)]
pub struct Numbers {
    /// Bytes of each type.
    pub sizes: HashMap<String, u64>,
    /// Alignment of each type.
    pub alignments: HashMap<String, u64>,
    /// Offset of each field, by `Type.field`.
    pub offsets: HashMap<String, u64>,
    /// Bytes of each constant's value, lowest first.
    pub constants: HashMap<String, Vec<u8>>,
}

/// Compiles and reads.
///
/// # Errors
///
/// The source does not compile, or the object file is not what was generated.
pub fn numbers(items: &[Item], ours: &Path, target: Target, folder: &Path) -> Result<Numbers> {
    let items = || items.iter().filter(|item| item.is_for(target.width));
    let mut names = Vec::new(); // of the numbers in the table
    let mut table = String::new();
    let mut constants = String::new();
    for Item { name, kind, .. } in items() {
        match kind {
            Kind::Constant(ty, _) => {
                let ty = last_names(ty);
                writeln!(constants, "#[no_mangle] pub static k_{name}: K<{ty}> = k({name});")?;
            }
            Kind::Alias(_) | Kind::Pointer(_) | Kind::Struct(_) | Kind::Union(_) => {
                names.push(name.clone());
                writeln!(table, "size_of::<{name}>() as u64, align_of::<{name}>() as u64,")?;
                let (Kind::Struct(fields) | Kind::Union(fields)) = kind else { continue };
                for field in fields {
                    names.push(format!("{name}.{}", field.name));
                    writeln!(table, "offset_of!({name}, {}) as u64, 0,", field.name)?;
                }
            }
            Kind::Import(_) | Kind::Inline(_) => {}
        }
    }
    let count = names.len() * 2;
    let text = format!(
        "{PRELUDE}{constants}\n#[no_mangle] pub static table: [u64; {count}] = [\n{table}];\n"
    );
    let object = compile(&text, ours, target, folder)?;
    let object = object::File::parse(&*object)?;
    let mut numbers = Numbers::default();
    let data = symbol(&object, "table")?;
    for (index, name) in names.into_iter().enumerate() {
        let first = word(data, index * 2).context("the table is too short")?;
        let second = word(data, index * 2 + 1).context("the table is too short")?;
        if name.contains('.') {
            numbers.offsets.insert(name, first);
        } else {
            numbers.alignments.insert(name.clone(), second);
            numbers.sizes.insert(name, first);
        }
    }
    for Item { name, kind, .. } in items() {
        if matches!(kind, Kind::Constant(..)) {
            let data = symbol(&object, &format!("k_{name}"))?;
            let bytes = usize::try_from(word(data, 0).context("no size")?)?;
            let Some(value) = data.get(8..8 + bytes) else { bail!("{name} is cut off") };
            numbers.constants.insert(name.clone(), value.to_vec());
        }
    }
    Ok(numbers)
}

fn compile(text: &str, ours: &Path, target: Target, folder: &Path) -> Result<Vec<u8>> {
    let source = folder.join(format!("numbers-{}.rs", target.name));
    let object = folder.join(format!("numbers-{}.o", target.name));
    fs::write(&source, text)?;
    let mut rustc = tools::rustc(target.triple, &[("iocp_sys", ours)]);
    rustc.args(["--edition=2021", "--emit=obj", "-Ccodegen-units=1", "-Cdebuginfo=0", "-o"]);
    tools::success(rustc.args([&object, &source])).context("asking rustc for sizes and values")?;
    Ok(fs::read(object)?)
}

/// A type as text, each path by its last name: everything is at the root.
#[must_use]
pub fn last_names(ty: &syn::Type) -> String {
    match ty {
        syn::Type::Path(path) => {
            let last = path.path.segments.last();
            last.map_or_else(String::new, |last| last.to_token_stream().to_string())
        }
        other => other.to_token_stream().to_string(),
    }
}
