//! The compilers that are asked, and the folder in which they work.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{bail, Context, Result};
use object::{Object, ObjectSection, ObjectSymbol};

use crate::source::Width;

/// A Windows target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Name in the reports.
    pub name: &'static str,
    /// Rust's name of it.
    pub triple: &'static str,
    /// Width of its pointers.
    pub width: Width,
    /// The C compiler that has mingw-w64's headers, if there is one.
    pub c_compiler: Option<&'static str>,
}

/// All three architectures of Windows; mingw-w64 as Debian has it knows two.
pub const TARGETS: [Target; 3] = [
    Target {
        name: "x86_64",
        triple: "x86_64-pc-windows-msvc",
        width: Width::W64,
        c_compiler: Some("x86_64-w64-mingw32-gcc"),
    },
    Target {
        name: "i686",
        triple: "i686-pc-windows-msvc",
        width: Width::W32,
        c_compiler: Some("i686-w64-mingw32-gcc"),
    },
    Target {
        name: "aarch64",
        triple: "aarch64-pc-windows-msvc",
        width: Width::W64,
        c_compiler: None,
    },
];

/// The repository. By cargo's word at run time, where there is one: a program that was compiled in another checkout
/// names that one.
#[must_use]
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A working folder of this name, emptied.
///
/// # Errors
///
/// It cannot be made.
pub fn folder(name: &str) -> Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty());
    let target = target.map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("oracles").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

/// Copies a folder with everything in it.
///
/// # Errors
///
/// Something cannot be read or written.
pub fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_all(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    // The last lines of lib.rs include the readme.
    let readme = from.join("../README.md");
    if readme.is_file() {
        fs::copy(readme, to.join("../README.md"))?;
    }
    Ok(())
}

/// Whether a program is on the search path.
#[must_use]
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A program that starts in the repository, and reads nothing.
#[must_use]
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    // What the cargo that started us says about *this* package is not for the next one.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name == "CARGO" || name.starts_with("CARGO_PKG_")) {
            command.env_remove(name);
        }
    }
    command
}

/// rustc, for a library on this target that uses these crates.
#[must_use]
pub fn rustc(triple: &str, crates: &[(&str, &Path)]) -> Command {
    let mut rustc = command("rustc");
    rustc.args(["--crate-type=lib", "--target", triple]);
    for (name, file) in crates {
        rustc.arg("--extern").arg(format!("{name}={}", file.display()));
    }
    rustc
}

/// Runs a program that may fail, and returns all it says.
///
/// # Errors
///
/// It does not start.
pub fn outcome(command: &mut Command) -> Result<Output> {
    let output = command.output();
    output.with_context(|| format!("`{}` does not start", command.get_program().to_string_lossy()))
}

/// Runs a program that must succeed.
///
/// # Errors
///
/// It fails; the error has what it said.
pub fn success(command: &mut Command) -> Result<Output> {
    let output = outcome(command)?;
    if !output.status.success() {
        let program = command.get_program().to_string_lossy();
        bail!("`{program}` failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(output)
}

/// `iocp-sys` from this source, compiled for a target as far as others need it: its `.rmeta`.
///
/// # Errors
///
/// It does not compile.
pub fn compile_ours(src: &Path, target: Target, folder: &Path) -> Result<PathBuf> {
    let file = folder.join(format!("libiocp_sys-{}.rmeta", target.name));
    let mut rustc = rustc(target.triple, &[]);
    rustc.args(["--crate-name=iocp_sys", "--edition=2021", "--cap-lints=allow"]);
    rustc.args(["--emit=metadata", "-o"]).args([&file, &src.join("lib.rs")]);
    success(&mut rustc).context("compiling iocp-sys")?;
    Ok(file)
}

/// The bytes that start at a symbol of an object file, up to the end of its section.
///
/// # Errors
///
/// There is no such symbol, or its data cannot be read.
pub fn symbol<'a>(object: &object::File<'a>, name: &str) -> Result<&'a [u8]> {
    let found = object.symbols().find(|symbol| {
        // 32-bit x86 puts an underscore before each name of C.
        symbol.name().is_ok_and(|found| found == name || found.strip_prefix('_') == Some(name))
    });
    let symbol = found.with_context(|| format!("no symbol `{name}`"))?;
    let index = symbol.section_index().with_context(|| format!("`{name}` has no section"))?;
    let section = object.section_by_index(index)?;
    let start = usize::try_from(symbol.address() - section.address())?;
    section.data()?.get(start..).with_context(|| format!("`{name}` is outside its section"))
}

/// The eight bytes at `index` of such data, as a number.
#[must_use]
pub fn word(data: &[u8], index: usize) -> Option<u64> {
    let bytes = data.get(index * 8..index * 8 + 8)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}
