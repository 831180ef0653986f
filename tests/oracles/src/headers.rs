//! Oracles one and three: the C headers of mingw-w64 and those of Wine, as gcc understands them.
//!
//! Both projects write their headers themselves, from Microsoft's documentation. Wine's have the calls
//! of ntdll that no header of Microsoft declares. They are read by the same compiler, in the place of
//! mingw-w64's.
//!
//! A generated C file has one variable of each type, the address of each function and the value of
//! each constant. gcc compiles it; its debug information then says what the *headers* declare (every
//! field with its type and offset, every parameter), its data holds the values, and on 32-bit x86 the
//! decorated name of an import (`_CloseHandle@4`) says its calling convention and the bytes of its
//! parameters. Nothing of ours is in that file but names, so nothing of ours can be wrong in it.
//!
//! What the headers do not know is left out after a first try: each item stands under a `#line` with
//! its own name, and gcc's errors say which.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::Write,
    fs,
    path::Path,
};

use anyhow::{bail, Context, Result};
use object::{Object, ObjectSymbol};

use crate::{
    debug_info::{self, Declared},
    source::{Item, Kind},
    tools::{self, symbol, word, Target},
};

/// Headers for programs, in an order in which they can be included.
const FOR_PROGRAMS: &str = "\
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#define NTDDI_VERSION 0x0A00000B
#include <winsock2.h>
#include <ws2tcpip.h>
#include <ws2ipdef.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#include <windows.h>
#include <winioctl.h>
#include <ioringapi.h>
#include <winternl.h>
#include <ntstatus.h>
#include <threadpoolapiset.h>
#include <threadpoollegacyapiset.h>
";

/// Headers for drivers: they cannot be included beside the others.
const FOR_DRIVERS: &str = "\
#define _WIN32_WINNT 0x0A00
#define NTDDI_VERSION 0x0A000006
#include <ntstatus.h>
#include <ntifs.h>
";

/// Wine's: one file holds all of them.
const OF_WINE: &str = "\
#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#define NTDDI_VERSION 0x0A00000B
#define WIN32_NO_STATUS
#include <stdarg.h>
#include <windef.h>
#include <winbase.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <ws2ipdef.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#include <wincon.h>
#include <winioctl.h>
#include <winternl.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <threadpoolapiset.h>
#include <ddk/ntifs.h>
";

/// Where Debian's libwine-dev puts them.
pub const WINE_FOLDER: &str = "/usr/include/wine/wine/windows";

/// A set of headers.
#[derive(Debug, Clone, Copy)]
pub struct Kit {
    /// Names of the generated files, and what each includes.
    files: &'static [(&'static str, &'static str)],
    /// Where the headers are.
    folder: &'static [&'static str],
}

/// Those of mingw-w64.
pub const MINGW: Kit = Kit {
    files: &[("programs", FOR_PROGRAMS), ("drivers", FOR_DRIVERS)],
    // In Debian's folder of driver headers.
    folder: &["-I/usr/share/mingw-w64/include/ddk"],
};

/// Those of Wine.
pub const WINE: Kit = Kit { files: &[("wine", OF_WINE)], folder: &["-isystem", WINE_FOLDER] };

/// What the headers say about the items that they know.
#[derive(Debug, Default)]
pub struct Headers {
    /// Types and functions, from the debug information of each file.
    pub declared: Vec<Declared>,
    /// Size in bytes and value of each constant, lowest byte first.
    pub constants: HashMap<String, Vec<u8>>,
    /// Calling convention of imports, where the target shows it.
    pub decorated: HashMap<String, String>,
}

/// Asks the compiler of this target.
///
/// # Errors
///
/// The compiler is missing or says something that is not understood.
pub fn headers(items: &[Item], kit: Kit, target: Target, folder: &Path) -> Result<Headers> {
    let compiler = target.c_compiler.context("no C compiler for this target")?;
    let items: Vec<&Item> = items.iter().filter(|item| item.is_for(target.width)).collect();
    let mut headers = Headers::default();
    let mut left: Vec<&Item> = items;
    for (name, include) in kit.files {
        let file = folder.join(format!("{name}-{}.c", target.name));
        let known = compile(compiler, kit, include, &left, &file)?;
        // Types again in the next file: the functions there need them.
        left.retain(|item| {
            let is_type = matches!(item.kind, Kind::Alias(_) | Kind::Struct(_) | Kind::Union(_));
            is_type || !known.iter().any(|(name, _)| *name == item.name)
        });
        read(&file.with_extension("o"), &known, target, &mut headers)?;
    }
    Ok(headers)
}

/// How an item can be written in C: the first that compiles is taken.
fn forms(item: &Item) -> Vec<String> {
    let name = &item.name;
    match &item.kind {
        Kind::Import(_) => vec![format!(
            "__typeof__(&{name}) t_{name}; void *use_{name}(void) {{ return (void *)&{name}; }}"
        )],
        Kind::Constant(ty, _) if crate::numbers::last_names(ty) == "GUID" => vec![format!(
            "const struct {{ unsigned long long size; GUID value; }} k_{name} = \
             {{ sizeof(GUID), {name} }};"
        )],
        Kind::Constant(..) => vec![format!(
            "const struct {{ unsigned long long size; __typeof__({name}) value \
             __attribute__((aligned(8))); }} k_{name} = {{ sizeof({name}), {name} }};"
        )],
        Kind::Alias(_) | Kind::Struct(_) | Kind::Union(_) => {
            // `struct tcp_keepalive` has no typedef.
            vec![format!("{name} t_{name};"), format!("struct {name} t_{name};")]
        }
        // Pointers are our own names; a C macro has no type to ask for.
        Kind::Pointer(_) | Kind::Inline(_) => vec![],
    }
}

/// Compiles what the headers know of these items: names, and which form they have.
fn compile(
    compiler: &str,
    kit: Kit,
    include: &str,
    items: &[&Item],
    file: &Path,
) -> Result<Vec<(String, usize)>> {
    let gcc = || {
        let mut gcc = tools::command(compiler);
        gcc.args(kit.folder).arg(file);
        gcc
    };
    // What stands nowhere in them is not declared: asked for it, gcc looks long for a name that is like it.
    fs::write(file, include)?;
    let text = tools::success(gcc().args(["-E", "-dD", "-P"]))?.stdout;
    let text = String::from_utf8_lossy(&text);
    let named: HashSet<&str> =
        text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').collect();
    let items = || items.iter().filter(|item| named.contains(item.name.as_str()));
    let mut form: HashMap<&str, usize> = HashMap::new();
    for _ in 0..5 {
        let mut text = include.to_owned();
        let mut known = Vec::new();
        for item in items() {
            let index = form.get(item.name.as_str()).copied().unwrap_or(0);
            let Some(line) = forms(item).into_iter().nth(index) else { continue };
            writeln!(text, "#line 1 \"{}\"\n{line}", item.name)?;
            known.push((item.name.clone(), index));
        }
        fs::write(file, text)?;
        let object = file.with_extension("o");
        let mut gcc = gcc();
        gcc.args(["-c", "-gdwarf-4", "-O0", "-w", "-fmax-errors=0", "-o"]).arg(&object);
        let output = tools::outcome(&mut gcc)?;
        if output.status.success() {
            return Ok(known);
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        let wrong: BTreeSet<&str> = errors
            .lines()
            .filter(|line| line.contains(" error: "))
            .filter_map(|line| line.split(':').next())
            .collect();
        let before = form.values().sum::<usize>();
        for item in items().filter(|item| wrong.contains(item.name.as_str())) {
            *form.entry(&item.name).or_default() += 1;
        }
        if form.values().sum::<usize>() == before {
            bail!("{compiler} does not compile the headers themselves:\n{errors}");
        }
    }
    bail!("{compiler} refuses more each time: see {}", file.display())
}

fn read(
    object: &Path,
    known: &[(String, usize)],
    target: Target,
    headers: &mut Headers,
) -> Result<()> {
    let data = fs::read(object)?;
    let object = object::File::parse(&*data)?;
    headers.declared.push(debug_info::read(&object)?);
    for (name, _) in known {
        let Ok(data) = symbol(&object, &format!("k_{name}")) else { continue };
        let bytes = usize::try_from(word(data, 0).context("no size")?)?;
        let value = data.get(8..8 + bytes).with_context(|| format!("{name} is cut off"))?;
        headers.constants.insert(name.clone(), value.to_vec());
    }
    if target.name == "i686" {
        for symbol in object.symbols().filter(ObjectSymbol::is_undefined) {
            let Some(name) = symbol.name()?.strip_prefix("__imp__") else { continue };
            let plain = name.split('@').next().unwrap_or(name).to_owned();
            headers.decorated.insert(plain, name.to_owned());
        }
        for symbol in object.symbols().filter(ObjectSymbol::is_undefined) {
            let Some(name) = symbol.name()?.strip_prefix('_') else { continue };
            let plain = name.split('@').next().unwrap_or(name).to_owned();
            headers.decorated.entry(plain).or_insert_with(|| name.to_owned());
        }
    }
    Ok(())
}
