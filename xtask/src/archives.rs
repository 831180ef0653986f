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
use serde_json::Value;

use crate::{
    check,
    process::{cargo, headline, output, root, run, run_quietly, target_dir},
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
    let oldest = unpacked.take_oldest()?;
    headline(&format!("from the archives, with {}", oldest.join(", ")));
    let passed = run_some(&mut unpacked.cargo(&["test", "--workspace"]))?;
    Ok(format!("{shown}; {passed} here with {}", oldest.join(", ")))
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

    /// Takes each published dependency in the oldest version that its manifest allows; returns them
    /// with their versions.
    fn take_oldest(&self) -> Result<Vec<String>> {
        let metadata =
            output(&mut self.cargo(&["metadata", "--no-deps", "--format-version", "1"]))?;
        let wanted = oldest(&serde_json::from_str(&metadata).context("what cargo metadata says")?)?;
        for (name, version) in &wanted {
            run(&mut self.cargo(&["update", "--quiet", name, "--precise", version]))?;
        }
        Ok(wanted.into_iter().map(|(name, version)| format!("{name} {version}")).collect())
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

/// Name and oldest version of what users build beside the two crates.
fn oldest(metadata: &Value) -> Result<Vec<(String, String)>> {
    let mut wanted = Vec::new();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    for dependency in packages.flat_map(|package| package["dependencies"].as_array()).flatten() {
        let text = |key: &str| dependency[key].as_str().unwrap_or_default();
        if text("kind") == "dev" || PUBLISHED.contains(&text("name")) {
            continue;
        }
        let version = least(text("req"))
            .with_context(|| format!("{} {}: no plain version", text("name"), text("req")))?;
        wanted.push((text("name").to_owned(), version));
    }
    ensure!(!wanted.is_empty(), "the manifests name no dependency");
    Ok(wanted)
}

/// The least version that a requirement such as `^1.1` allows; of other forms nothing is known.
fn least(requirement: &str) -> Option<String> {
    let version = requirement.strip_prefix(['^', '=', '~'])?;
    let numbers: Option<Vec<u64>> = version.split('.').map(|word| word.parse().ok()).collect();
    let numbers = numbers.filter(|numbers| numbers.len() <= 3)?;
    let number = |at: usize| numbers.get(at).copied().unwrap_or(0);
    Some(format!("{}.{}.{}", number(0), number(1), number(2)))
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

    #[test]
    fn the_oldest_version_is_the_one_that_is_written() {
        assert_eq!(least("^2").as_deref(), Some("2.0.0"));
        assert_eq!(least("^1.1").as_deref(), Some("1.1.0"));
        assert_eq!(least("=1.2.3").as_deref(), Some("1.2.3"));
        for unclear in ["*", ">=1, <3", "^1.a", ""] {
            assert_eq!(least(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn only_what_users_build_is_taken_old() {
        let dependency = |name: &str, req: &str, kind: Value| serde_json::json!({ "name": name, "req": req, "kind": kind });
        let packages = |dependencies: Vec<Value>| serde_json::json!({ "packages": [{ "dependencies": dependencies }] });
        let found = oldest(&packages(vec![
            dependency("iocp-sys", "^0.1.0", Value::Null),
            dependency("thiserror", "^2", Value::Null),
            dependency("proptest", "^1", "dev".into()),
        ]));
        assert_eq!(found.expect("readable"), [("thiserror".to_owned(), "2.0.0".to_owned())]);
        assert!(oldest(&packages(vec![])).is_err(), "nothing would be tested");
        assert!(oldest(&packages(vec![dependency("a", ">=1", Value::Null)])).is_err());
    }
}
