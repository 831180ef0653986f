//! Wine: finding it, giving it a prefix of its own under the target folder, and a runner script.
//!
//! The runner is a small `sh` script rather than a hidden command of ours, so that it starts in a
//! millisecond and can be used by hand (`target/wine/8.0/run prog.exe`). It starts Wine's server
//! first, with no standard streams: the server would otherwise start with the first program, cost
//! 400 ms each time and hold that program's pipes open. It ends a minute after the last program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{bail, Context, Result};

use crate::{
    args::Usage,
    process::{command, note, output, run, run_quietly, target_dir},
    setup, wine10,
};

/// The Windows target that links and runs on Linux.
pub(crate) const TARGET: &str = "x86_64-pc-windows-gnu";

/// The 32-bit one: Wine 10 runs its programs.
pub(crate) const TARGET_32: &str = "i686-pc-windows-gnu";

/// The C compiler that links for [`TARGET`].
const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// A Wine that is ready to run programs.
#[derive(Debug)]
pub(crate) struct Wine {
    /// For example `Wine 8.0`, as the program itself says.
    pub(crate) name: String,
    /// The script that runs a Windows program: `run PROGRAM ARGS...`.
    pub(crate) runner: PathBuf,
    /// The Rust target whose programs it runs.
    pub(crate) target: &'static str,
}

/// How the two programs of one Wine are started.
#[derive(Debug)]
pub(crate) struct Launcher {
    /// What goes before either program (bwrap and its arguments), or nothing.
    pub(crate) before: Vec<String>,
    pub(crate) wine: PathBuf,
    pub(crate) server: PathBuf,
    /// Where it finds its 32-bit DLLs, if it has them.
    pub(crate) dlls_32: Option<PathBuf>,
}

impl Launcher {
    fn start(&self, program: &Path) -> Command {
        let mut words = self.before.iter().map(String::as_str);
        let Some(first) = words.next() else { return command(program) };
        let mut start = command(first);
        start.args(words).arg(program);
        start
    }

    /// The version, for example `8.0`.
    fn version(&self) -> Result<String> {
        let text = output(self.start(&self.wine).arg("--version"))
            .with_context(|| format!("{} does not start here", self.wine.display()))?;
        let word = text.split_whitespace().next().unwrap_or_default();
        match word.strip_prefix("wine-") {
            Some(version) => Ok(version.to_owned()),
            None => bail!("`{} --version` says `{}`", self.wine.display(), text.trim()),
        }
    }
}

impl Wine {
    /// Prepares this machine's Wine (or the one that `IOCP_WINE` names).
    pub(crate) fn of_machine() -> Result<Self> {
        let other = std::env::var_os("IOCP_WINE");
        // Together: where root is missing, one command is said that installs all of it.
        linker_and(if other.is_none() && installed().is_none() {
            &["wine64", "wine"]
        } else {
            &[]
        })?;
        if let Some(other) = other {
            return prepare(&beside(PathBuf::from(other))?, "-chosen");
        }
        let launcher = installed().context("wine64 was installed but is not found")?;
        prepare(&launcher, "")
    }

    /// Prepares Wine 10 or newer: the machine's own if it is, else one in the user's cache.
    pub(crate) fn ten() -> Result<Self> {
        linker()?;
        if let Some(own) = installed() {
            let major =
                own.version()?.split('.').next().and_then(|major| major.parse::<u32>().ok());
            if major >= Some(10) {
                return prepare(&own, "");
            }
        }
        prepare(&wine10::launcher()?, "")
    }

    /// Prepares Wine 10 for 32-bit programs, in a prefix of its own.
    pub(crate) fn ten_32() -> Result<Self> {
        linker()?;
        mingw_32()?;
        setup::targets(&[TARGET_32])?;
        let mut wine = prepare(&wine10::launcher_32()?, "-i686")?;
        wine.name.push_str(", 32 bit");
        wine.target = TARGET_32;
        Ok(wine)
    }

    /// The one that was asked for: Wine 10 or the machine's own, for a target that it runs.
    pub(crate) fn asked(ten: bool, target: Option<&str>) -> Result<Self> {
        match target {
            None | Some(TARGET) if ten => Self::ten(),
            None | Some(TARGET) => Self::of_machine(),
            Some(TARGET_32) if ten => Self::ten_32(),
            Some(TARGET_32) => {
                bail!(Usage(format!("--target {TARGET_32} runs with --wine10 only")))
            }
            Some(other) => {
                bail!(Usage(format!("--target {other} cannot run here, {TARGET} can")))
            }
        }
    }

    /// The value of cargo's `--config` that makes it run Windows programs with this Wine.
    pub(crate) fn cargo_config(&self) -> String {
        // A TOML list: the environment variable of the same meaning splits paths at spaces.
        format!("target.{}.runner=['{}']", self.target, self.runner.display())
    }
}

/// Installs what links Windows programs: mingw and rustup's target.
pub(crate) fn linker() -> Result<()> {
    linker_and(&[])
}

/// Installs mingw for 32 bit: it links, and has the C headers' other half.
pub(crate) fn mingw_32() -> Result<()> {
    match setup::has("i686-w64-mingw32-gcc") {
        true => Ok(()),
        false => setup::packages("what links 32-bit programs", &["gcc-mingw-w64-i686"]),
    }
}

fn linker_and(more: &[&str]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("running under Wine is set up for Linux only");
    }
    let mut missing = more.to_vec();
    if !setup::has(MINGW) {
        missing.push("gcc-mingw-w64-x86-64");
    }
    if !missing.is_empty() {
        setup::packages("what links or runs Windows programs", &missing)?;
    }
    setup::targets(&[TARGET])
}

/// Debian's Wine, else one on the search path.
fn installed() -> Option<Launcher> {
    // The `wine` wrapper of Debian complains about the missing wine32; this is what it would call.
    let debian = PathBuf::from("/usr/lib/wine/wine64");
    if debian.is_file() {
        return beside(debian).ok();
    }
    let path = std::env::var_os("PATH")?;
    let mut programs = std::env::split_paths(&path)
        .flat_map(|folder| [folder.join("wine64"), folder.join("wine")])
        .filter(|program| program.is_file());
    programs.find_map(|program| beside(program).ok())
}

/// The launcher of a Wine whose server lies in the same folder.
fn beside(wine: PathBuf) -> Result<Launcher> {
    if !wine.is_file() {
        bail!("there is no Wine at {}", wine.display());
    }
    let servers = ["wineserver64", "wineserver"].map(|name| wine.with_file_name(name));
    match servers.into_iter().find(|server| server.is_file()) {
        Some(server) => Ok(Launcher { before: Vec::new(), wine, server, dlls_32: None }),
        None => bail!("there is no wineserver beside {}", wine.display()),
    }
}

/// Makes the prefix and the runner, unless they are there.
fn prepare(launcher: &Launcher, suffix: &str) -> Result<Wine> {
    let version = launcher.version()?;
    let folder = target_dir().join("wine").join(format!("{version}{suffix}"));
    let prefix = folder.join("prefix");
    let shim = folder.join("dlls");
    let runner = folder.join("run");
    let script = script(launcher, &prefix, &shim);
    let wine = Wine { name: format!("Wine {version}"), runner, target: TARGET };
    // The script names everything the prefix depends on, and is written last.
    if fs::read_to_string(&wine.runner).is_ok_and(|found| found == script) {
        return Ok(wine);
    }
    note(&format!("making a prefix for {} in {}", wine.name, folder.display()));
    fs::create_dir_all(&folder)?;
    let draft = folder.join("run.draft");
    fs::write(&draft, &script)?;
    executable(&draft)?;
    if prefix.exists() {
        // A server that still holds the old prefix would write into the new one.
        let kill = launcher.start(&launcher.server).arg("-k").env("WINEPREFIX", &prefix).status();
        drop(kill);
        fs::remove_dir_all(&prefix)?;
    }
    fs::create_dir_all(&prefix)?;
    boot(&draft, &folder.join("wineboot.log"))?;
    if let Some(dlls) = &launcher.dlls_32 {
        link_dlls(dlls, &prefix.join("drive_c/windows/syswow64"))?;
    }
    let system = prefix.join("drive_c/windows/system32");
    if !system.join("kernel32.dll").is_file() {
        bail!("{} made no prefix; see {}", wine.name, folder.join("wineboot.log").display());
    }
    if !system.join("bcryptprimitives.dll").is_file() {
        build_shim(&shim)?;
    }
    fs::rename(&draft, &wine.runner)?;
    Ok(wine)
}

fn boot(runner: &Path, log: &Path) -> Result<()> {
    let file = fs::File::create(log)?;
    let mut boot = command(runner);
    boot.args(["wineboot.exe", "-i"]).stdin(Stdio::null());
    boot.stderr(file.try_clone()?).stdout(file);
    run_quietly(&mut boot).with_context(|| format!("see {}", log.display()))
}

/// Rust's std takes its randomness from `bcryptprimitives.dll`, which Wine before 8.20 lacks: a
/// program would end with code 53 before its `main`. This DLL forwards to what Wine has.
fn build_shim(folder: &Path) -> Result<()> {
    note("building bcryptprimitives.dll, which this Wine lacks");
    fs::create_dir_all(folder)?;
    let source = folder.join("bcryptprimitives.c");
    fs::write(
        &source,
        "unsigned char __stdcall SystemFunction036(void *to, unsigned long length);\n\
         __declspec(dllexport) int __stdcall ProcessPrng(unsigned char *to, \
         unsigned long long length)\n{\n    while (length) {\n        \
         unsigned long part = length > 0x10000000 ? 0x10000000 : (unsigned long)length;\n        \
         if (!SystemFunction036(to, part)) return 0;\n        to += part;\n        \
         length -= part;\n    }\n    return 1;\n}\n\
         int __stdcall DllMain(void *dll, unsigned long why, void *unused) { return 1; }\n",
    )?;
    let mut build = command(MINGW);
    build.args(["-shared", "-O2", "-s", "-nostdlib", "-Wl,--entry=DllMain", "-o"]);
    build.arg(folder.join("bcryptprimitives.dll")).arg(&source).arg("-ladvapi32");
    run(&mut build)
}

/// The runner: environment, server, program.
fn script(launcher: &Launcher, prefix: &Path, shim: &Path) -> String {
    let quote = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    let before: String = launcher.before.iter().map(|word| quote(word) + " ").collect();
    let windows = format!("Z:{}", shim.display()).replace('/', "\\");
    format!(
        "#!/bin/sh\n\
         # Made by `cargo xtask test`: runs a Windows program under Wine.\n\
         unset DISPLAY WAYLAND_DISPLAY\n\
         export WINEPREFIX={prefix} WINEPATH={windows} XDG_RUNTIME_DIR=/tmp\n\
         export WINEDEBUG=\"${{WINEDEBUG:--all}}\"\n\
         export WINEDLLOVERRIDES='winedbg.exe,winemenubuilder.exe,mscoree,mshtml=d'\n\
         {before}{server} -p60 </dev/null >/dev/null 2>&1\n\
         exec {before}{wine} \"$@\"\n",
        prefix = quote(&prefix.to_string_lossy()),
        windows = quote(&windows),
        server = quote(&launcher.server.to_string_lossy()),
        wine = quote(&launcher.wine.to_string_lossy()),
    )
}

/// Debian's 64-bit Wine makes no 32-bit half of a prefix; its DLLs, where the loader looks for them,
/// are all that a console program needs of it.
#[cfg(unix)]
fn link_dlls(dlls: &Path, folder: &Path) -> Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    Ok(std::os::unix::fs::symlink(dlls, folder)?)
}

#[cfg(not(unix))]
fn link_dlls(_: &Path, _: &Path) -> Result<()> {
    Ok(())
}

#[cfg(unix)]
fn executable(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(file, fs::Permissions::from_mode(0o755))?)
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<()> {
    Ok(())
}
