//! Both crates from what would be published: packed, unpacked into a workspace of their own that has
//! nothing else, and built and tested there. What the sources take from the repository beside them (a
//! file, a link, an unpublished dependency) is missing there.
//!
//! There `iocp` has the name under which it is published ([`PUBLISHED_AS`]); its library, and the package
//! in the repository, on which programs depend by path, keep theirs. So what is tested there is what is
//! uploaded from there.
//!
//! `cargo xtask check archives` compiles everything; `cargo xtask deep archives`
//! runs every test on this host and under Wine, and those on this host once more with the oldest
//! dependencies that the manifests allow.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{ensure, Context, Result};

use crate::{
    check,
    process::{cargo, headline, root, run, run_quietly, target_dir},
    setup,
    test::run_some,
    wine::{self, Wine},
};

/// What is published, in the order in which it would be.
pub(crate) const PUBLISHED: [&str; 2] = ["iocp-sys", "iocp"];

/// What `iocp` is called on crates.io, where that name is the package of another project.
const PUBLISHED_AS: &str = "winiocp";

/// What docs.rs builds for.
const DOCS: &str = "x86_64-pc-windows-msvc";

/// What fits into the checks of every change.
pub(crate) fn short() -> Result<String> {
    let unpacked = Unpacked::new()?;
    unpacked.links()?;
    run(&mut unpacked.cargo(&["check", "--workspace", "--all-targets"]))?;
    if !cfg!(windows) {
        wine::linker()?;
        // Linked: each name that is imported must be there.
        run(&mut unpacked.windows(&["build", "--workspace", "--examples"]))?;
    }
    setup::targets(&[DOCS])?;
    let mut doc = unpacked.cargo(&["doc", "--workspace", "--no-deps", "--target", DOCS]);
    run(doc.env("RUSTDOCFLAGS", "-D warnings"))?;
    // All that publishing does but the upload.
    run(&mut unpacked.cargo(&["publish", "--workspace", "--dry-run"]))?;
    Ok(format!(
        "{} compiled from their archives; `cargo publish --workspace` in {} uploads them",
        unpacked.named(),
        unpacked.folder.display()
    ))
}

/// Every test, on each kernel that is here, and with the oldest dependencies.
pub(crate) fn long() -> Result<String> {
    let unpacked = Unpacked::new()?;
    headline("from the archives, on this host");
    let host = run_some(&mut unpacked.cargo(&["test", "--workspace"]))?;
    let mut shown = format!("{} from their archives: {host} passed here", unpacked.named());
    if !cfg!(windows) {
        let wine = Wine::of_machine()?;
        headline(&format!("from the archives, under {}", wine.name));
        let mut test = unpacked.windows(&["test", "--workspace"]);
        let passed = run_some(test.args(["--config", &wine.cargo_config()]))?;
        shown += &format!(", {passed} under {}", wine.name);
    }
    headline("from the archives, with the oldest dependencies");
    unpacked.take_oldest()?;
    let passed = run_some(&mut unpacked.cargo(&["test", "--workspace"]))?;
    Ok(format!("{shown}; {passed} here with the oldest dependencies"))
}

/// The workspace that holds the unpacked archives and nothing else.
struct Unpacked {
    folder: PathBuf,
    /// Such as `iocp-sys-0.2.0`.
    members: Vec<String>,
}

impl Unpacked {
    /// Packs both and unpacks them. Deep below the target folder: `..` does not lead out of it.
    fn new() -> Result<Self> {
        let folder = target_dir().join("archives/packed");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let mut members = Vec::new();
        for name in PUBLISHED {
            members.push(unpack(&check::package_of(name)?, &folder)?);
        }
        let sys = members[0].clone();
        let iocp = members[1].replacen("iocp", PUBLISHED_AS, 1);
        fs::rename(folder.join(&members[1]), folder.join(&iocp))?;
        let manifest = folder.join(&iocp).join("Cargo.toml");
        fs::write(&manifest, as_published(&fs::read_to_string(&manifest)?, &sys)?)?;
        members[1] = iocp;
        let manifest = format!(
            "[workspace]\nresolver = \"2\"\nmembers = {members:?}\n\n\
             [patch.crates-io]\niocp-sys = {{ path = {sys:?} }}\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        // The versions that everything else here was tested with.
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Self { folder, members })
    }

    fn named(&self) -> String {
        self.members.join(" and ")
    }

    /// Cargo in that workspace. What it builds stays, so that dependencies are built once.
    fn cargo(&self, words: &[&str]) -> Command {
        let mut cargo = cargo([]);
        cargo.args(words).current_dir(&self.folder);
        cargo.env("CARGO_TARGET_DIR", target_dir().join("archives/build"));
        cargo
    }

    /// The same, for what Wine can run.
    fn windows(&self, words: &[&str]) -> Command {
        let mut cargo = self.cargo(words);
        cargo.args(["--target", wine::TARGET]);
        cargo
    }

    /// Each link of the READMEs leads to a file of the package, or is an address.
    fn links(&self) -> Result<()> {
        for member in &self.members {
            let folder = self.folder.join(member);
            let text = fs::read_to_string(folder.join("README.md"))?;
            let dead: Vec<_> = relative_links(&text)
                .into_iter()
                .filter(|link| !folder.join(link).exists())
                .collect();
            ensure!(
                dead.is_empty(),
                "the README of {member} links what the package lacks: {dead:?}"
            );
        }
        Ok(())
    }

    /// Takes each dependency that the manifests name in the oldest version that they allow.
    fn take_oldest(&self) -> Result<()> {
        let mut update = self.cargo(&["update", "--quiet", "-Zdirect-minimal-versions"]);
        run(update.env("RUSTC_BOOTSTRAP", "1")).context("a dependency needs more than we allow")
    }
}

/// The manifest of `iocp` with the name of the package that is published. Its dependency on `iocp-sys` gets
/// back the path, which packing took: without it cargo would look for that on crates.io.
fn as_published(manifest: &str, sys: &str) -> Result<String> {
    const LIBRARY: &str = "\n[lib]\nname = \"iocp\"\n";
    let mut manifest = manifest.to_owned();
    for (from, to) in [
        ("\nname = \"iocp\"\nversion", format!("\nname = {PUBLISHED_AS:?}\nversion")),
        (
            "\n[dependencies.iocp-sys]\n",
            format!("\n[dependencies.iocp-sys]\npath = \"../{sys}\"\n"),
        ),
        (LIBRARY, LIBRARY.to_owned()),
    ] {
        ensure!(manifest.matches(from).count() == 1, "the packed manifest has no single {from:?}");
        manifest = manifest.replacen(from, &to, 1);
    }
    Ok(manifest)
}

/// Unpacks a `.crate` into a folder; returns the name of the folder in it. What it holds counts as
/// written now: the times in an archive never change, and cargo would take it for built.
pub(crate) fn unpack(package: &Path, folder: &Path) -> Result<String> {
    run_quietly(Command::new("tar").arg("-xmzf").arg(package).arg("-C").arg(folder))?;
    Ok(package.file_stem().unwrap_or_default().to_string_lossy().into_owned())
}

/// What Markdown links by a path: `[text](path)` and `[text]: path`.
fn relative_links(text: &str) -> Vec<&str> {
    let inline = text.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let defined =
        text.lines().filter_map(|line| Some(line.strip_prefix('[')?.split_once("]: ")?.1));
    let paths = inline.chain(defined).filter_map(|link| link.split('#').next());
    paths.filter(|link| !link.is_empty() && !link.contains("://")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_by_a_path_are_found_and_addresses_are_not() {
        let text =
            "[a](../b.md#c) and [`d`](https://e/f) [g](#h)\n\n[`i`]: src/j.rs\n[k]: https://l\n";
        assert_eq!(relative_links(text), ["../b.md", "src/j.rs"]);
    }

    #[test]
    fn the_package_gets_its_published_name_and_the_library_keeps_its_own() {
        let packed =
            "[package]\nname = \"iocp\"\nversion = \"0.2.0\"\n\n[lib]\nname = \"iocp\"\n\n\
                      [dependencies.iocp-sys]\nversion = \"0.2.0\"\n";
        let published =
            "[package]\nname = \"winiocp\"\nversion = \"0.2.0\"\n\n[lib]\nname = \"iocp\"\n\n\
                         [dependencies.iocp-sys]\npath = \"../sys\"\nversion = \"0.2.0\"\n";
        assert_eq!(as_published(packed, "sys").expect("a packed manifest"), published);
        assert!(as_published(&packed.replace("[lib]", "[bin]"), "sys").is_err());
    }
}
