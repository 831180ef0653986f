//! Wine 10 on a Debian 12: a small Debian 13 in the user's cache, entered with bubblewrap.
//!
//! Wine 10 is nearer to Windows than Debian 12's Wine 8. Its files alone do not run on the older
//! libraries, a whole `debootstrap` folder does. It takes a minute and 1.2 GB once; it lies in the
//! cache folder so that fresh clones share it. It is built beside its final place and renamed at
//! the end, so that an interrupted build is never taken for a finished one.
//!
//! Nothing is run that was not verified: `debootstrap` must find Debian's signature on the index whose
//! hashes the packages have, and the one package that is fetched beside it has its hash here.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{bail, Context, Result};

use crate::{
    process::{command, note, root, run, target_dir},
    setup,
    wine::Launcher,
};

/// Where Debian keeps the two programs.
const WINE: &str = "/usr/lib/wine/wine64";
const SERVER: &str = "/usr/lib/wine/wineserver64";
/// And its DLLs.
const DLLS: &str = "/usr/lib/x86_64-linux-gnu/wine/x86_64-windows";
const DLLS_32: &str = "/usr/lib/x86_64-linux-gnu/wine/i386-windows";
/// Debian's public keys.
const KEYS: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// Where Debian's packages of Wine are.
const POOL: &str = "http://deb.debian.org/debian/pool/main/w/wine";

/// SHA-256 of `libwine_VERSION_i386.deb`, as Debian's index of trixie says it.
const DLLS_32_SHA256: [(&str, &str); 1] =
    [("10.0~repack-6", "fef4802a6553a17eaa40003333a86fc697440d1d21c5824f2dbd1c444f01527b")];

/// How to start that Wine; builds its folder when it is missing.
pub(crate) fn launcher() -> Result<Launcher> {
    if !setup::has("bwrap") {
        setup::packages("bubblewrap", &["bubblewrap"])?;
    }
    let system = cache()?.join("wine10");
    if !inside(&system, WINE).is_file() {
        build(&system)?;
    }
    let server = match inside(&system, SERVER).is_file() {
        true => SERVER,
        false => "/usr/lib/wine/wineserver",
    };
    let before = enter(&system);
    Ok(Launcher { before, wine: WINE.into(), server: server.into(), dlls_32: None })
}

/// The same with the 32-bit DLLs of the same version over it.
///
/// Since Wine 9 a 64-bit Wine runs 32-bit programs with those alone (its "new WoW64"): neither Debian's
/// `wine32` nor 32-bit libraries of the system are needed, a sixth of the size. They lie in a folder of
/// their own, so that the 64-bit prefixes stay as they are.
pub(crate) fn launcher_32() -> Result<Launcher> {
    let mut launcher = launcher()?;
    let dlls = dlls_32(&cache()?)?;
    let dlls = dlls.to_string_lossy().into_owned();
    launcher.before.extend(["--ro-bind".into(), dlls, DLLS_32.into()]);
    launcher.dlls_32 = Some(DLLS_32.into());
    Ok(launcher)
}

/// The folder of Wine 10's own 64-bit DLLs, to read what they export.
pub(crate) fn dlls() -> Result<PathBuf> {
    launcher()?;
    Ok(inside(&cache()?.join("wine10"), DLLS))
}

/// Downloads the DLLs, unless they are there: the package of the very version of the 64-bit one.
fn dlls_32(cache: &Path) -> Result<PathBuf> {
    let status = inside(&cache.join("wine10"), "/var/lib/dpkg/status");
    let status = fs::read_to_string(&status).with_context(|| status.display().to_string())?;
    let version = status
        .split("\n\n")
        .find(|package| package.lines().any(|line| line == "Package: libwine"))
        .and_then(|package| package.lines().find_map(|line| line.strip_prefix("Version: ")))
        .context("libwine is not installed in Wine 10's folder")?;
    let folder = cache.join(format!("wine10-dlls32-{version}"));
    if folder.is_dir() {
        return Ok(folder);
    }
    let sha256 = dlls_32_sha256(version)?;
    note(&format!("downloading the 32-bit DLLs of Wine {version} (once, 100 MB)"));
    let draft = cache.join(format!("wine10-dlls32.draft-{}", std::process::id()));
    fs::create_dir_all(&draft)?;
    let package = draft.join("libwine.deb");
    let mut download = command("/usr/lib/apt/apt-helper");
    let address = format!("{POOL}/libwine_{version}_i386.deb");
    download.args(["-oAPT::Sandbox::User=root", "download-file", &address]).arg(&package);
    // Another content is an error, and the file is not there afterwards.
    run(download.arg(format!("SHA256:{sha256}")))?;
    run(command("dpkg-deb").arg("-x").arg(&package).arg(&draft))?;
    fs::rename(draft.join("usr/lib/i386-linux-gnu/wine/i386-windows"), &folder)
        .or_else(|error| if folder.is_dir() { Ok(()) } else { Err(error) })?;
    fs::remove_dir_all(&draft)?;
    Ok(folder)
}

fn dlls_32_sha256(version: &str) -> Result<&'static str> {
    let known = DLLS_32_SHA256.iter().find(|(known, _)| *known == version);
    known.map(|(_, sha256)| *sha256).with_context(|| {
        format!(
            "no SHA-256 of libwine_{version}_i386.deb is known: add the one of Debian's signed index \
             (https://packages.debian.org/trixie/i386/libwine/download) to xtask/src/wine10.rs"
        )
    })
}

fn cache() -> Result<PathBuf> {
    let given = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = given.or_else(home).context("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(cache.join("iocp"))
}

fn inside(system: &Path, path: &str) -> PathBuf {
    system.join(path.trim_start_matches('/'))
}

/// Builds the folder: into a draft, then renamed.
fn build(system: &Path) -> Result<()> {
    let parent = system.parent().context("the cache folder has a parent")?;
    fs::create_dir_all(parent)?;
    remove_drafts(parent)?;
    let draft = parent.join(format!("wine10.draft-{}", std::process::id()));
    if !setup::is_root() {
        let (draft, system) = (parent.join("wine10.new"), system.display());
        let draft = draft.display();
        bail!(
            "Wine 10 is missing: run `sudo apt-get install -y debootstrap && sudo debootstrap \
             --force-check-gpg --variant=minbase --include=wine64 trixie {draft} && \
             sudo mv {draft} {system}`"
        );
    }
    if !setup::has("debootstrap") || !setup::has("gpgv") || !Path::new(KEYS).is_file() {
        let packages = ["debootstrap", "gpgv", "debian-archive-keyring"];
        setup::packages("what builds and verifies a Debian", &packages)?;
    }
    note(&format!("building a Debian 13 with Wine 10 in {} (once, a minute)", system.display()));
    let mut debootstrap = command("debootstrap");
    // Its path names root's folders, so that it works where they are not on ours.
    let path = env::var_os("PATH").unwrap_or_default();
    let path = env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    debootstrap.env("PATH", env::join_paths(path)?).stdout(std::process::Stdio::null());
    // Without it an index whose signature cannot be checked is only warned of.
    debootstrap.args(["--force-check-gpg", "--variant=minbase", "--include=wine64", "trixie"]);
    debootstrap.arg(&draft);
    let log = draft.join("debootstrap/debootstrap.log");
    run(&mut debootstrap).with_context(|| format!("see {}", log.display()))?;
    let hosts = draft.join("etc/hosts");
    if !hosts.exists() {
        fs::write(hosts, "127.0.0.1 localhost\n::1 localhost ip6-localhost\n")?;
    }
    // The packages themselves are a third of the size and not needed again.
    drop(fs::remove_dir_all(draft.join("var/cache/apt/archives")));
    if system.exists() && !inside(system, WINE).is_file() {
        discard(system)?; // without Wine in it: what an older, interrupted build left
    }
    match fs::rename(&draft, system) {
        Ok(()) => Ok(()),
        // Another run was quicker: its folder is as good as ours.
        Err(_) if inside(system, WINE).is_file() => discard(&draft),
        Err(error) => Err(error).context("the finished folder cannot be renamed"),
    }
}

/// Removes what interrupted builds left; drafts of living processes stay.
fn remove_drafts(parent: &Path) -> Result<()> {
    for entry in fs::read_dir(parent)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(process) = name.strip_prefix("wine10.draft-") else { continue };
        if !Path::new("/proc").join(process).exists() {
            note(&format!("removing the unfinished {}", path.display()));
            discard(&path)?;
        }
    }
    Ok(())
}

/// Removes a folder, but never what is still mounted in it: debootstrap mounts `proc` while it
/// works, and leaves it there when it is killed.
fn discard(folder: &Path) -> Result<()> {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let below = mounts.lines().filter_map(|line| line.split(' ').nth(1)).map(Path::new);
    let mut below: Vec<_> = below.filter(|mount| mount.starts_with(folder)).collect();
    below.sort_unstable();
    for mount in below.into_iter().rev() {
        run(command("umount").arg(mount))?;
    }
    fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))
}

/// The words that enter the folder: its system read-only, and ours where programs and tests lie.
/// The environment and the current folder pass through. Processes and network are shared with the
/// host, so that a native client reaches the server and Wine's server is found by later programs.
fn enter(system: &Path) -> Vec<String> {
    let from = |path: &str| inside(system, path).to_string_lossy().into_owned();
    let mut words: Vec<String> = vec!["bwrap".into()];
    let mut add = |option: [&str; 3]| words.extend(option.map(str::to_owned));
    add(["--ro-bind", &from("usr"), "/usr"]);
    add(["--ro-bind", &from("etc"), "/etc"]);
    add(["--symlink", "usr/bin", "/bin"]);
    add(["--symlink", "usr/sbin", "/sbin"]);
    add(["--symlink", "usr/lib", "/lib"]);
    add(["--symlink", "usr/lib64", "/lib64"]);
    add(["--dev-bind", "/dev", "/dev"]);
    add(["--bind", "/proc", "/proc"]);
    let mut ours = vec![PathBuf::from("/tmp"), env::temp_dir(), root(), target_dir()];
    ours.extend(env::var_os("CARGO_HOME").map(PathBuf::from));
    ours.extend(env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")));
    ours.sort(); // a folder before those in it, so that none hides another
    ours.dedup();
    for folder in ours.iter().filter(|folder| folder.is_dir()) {
        let folder = folder.to_string_lossy();
        add(["--bind", &folder, &folder]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_version_whose_hash_is_known_is_downloaded() {
        assert!(dlls_32_sha256("10.0~repack-6").is_ok_and(|sha256| sha256.len() == 64));
        let error = dlls_32_sha256("11.0-1").expect_err("unknown").to_string();
        assert!(error.contains("libwine_11.0-1_i386.deb"), "{error}");
    }
}
