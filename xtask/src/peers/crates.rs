//! The crates of `tests/peers/Cargo.toml`, and what its metadata says of their tests.

use std::path::{Path, PathBuf};

use anyhow::{bail, Context, Result};
use serde_json::Value;

use crate::process::{cargo, output, root};

/// Seconds for one test program, if the list does not say.
const SECONDS: u64 = 60;

/// One crate whose tests run.
#[derive(Clone, Debug)]
pub(super) struct Crate {
    pub(super) name: String,
    pub(super) version: String,
    /// Where cargo has the package.
    pub(super) folder: PathBuf,
    /// Whether its tests are our own: none of them may fail.
    pub(super) is_ours: bool,
    pub(super) features: Vec<String>,
    /// What one of its test programs may take.
    pub(super) seconds: u64,
    /// File, old text and new text.
    pub(super) edit: Option<[String; 3]>,
    pub(super) note: Option<String>,
}

impl Crate {
    /// `name-version`, the name of its folder.
    pub(super) fn full_name(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }

    /// What of its line decides how its tests come out.
    pub(super) fn tested_as(&self) -> String {
        let edit = self.edit.as_ref().map_or(String::new(), |edit| edit.join(" | "));
        format!("{} {} {edit}", self.features.join(","), self.seconds)
    }

    /// One without anything special, to test with.
    #[cfg(test)]
    pub(super) fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            folder: PathBuf::new(),
            is_ours: false,
            features: Vec::new(),
            seconds: SECONDS,
            edit: None,
            note: None,
        }
    }
}

/// What cargo knows of the workspace in a folder.
pub(super) fn metadata(folder: &Path, options: &[&str]) -> Result<Value> {
    let mut metadata = cargo(["metadata", "--format-version", "1"]);
    Ok(serde_json::from_str(&output(metadata.args(options).current_dir(folder))?)?)
}

/// Where cargo has a package.
pub(super) fn folder_of(package: &Value) -> Option<&Path> {
    Path::new(package["manifest_path"].as_str()?).parent()
}

/// The list; cargo downloads what is missing.
pub(super) fn list() -> Result<Vec<Crate>> {
    read(&metadata(&root().join("tests/peers"), &["--locked"])?)
}

/// The direct dependencies, with what the list says of them: a crate without a line is a mistake.
fn read(metadata: &Value) -> Result<Vec<Crate>> {
    let packages = metadata["packages"].as_array().context("cargo lists packages")?;
    let all = packages.iter().find(|package| package["name"] == "all-peers");
    let all = all.context("cargo does not list the package of the list")?;
    let lines = all["metadata"]["peers"].as_object().context("a list of what to test")?;
    let mut crates = Vec::new();
    for dependency in all["dependencies"].as_array().context("cargo lists dependencies")? {
        let name = dependency["name"].as_str().context("a dependency has a name")?;
        let line = lines.get(name).with_context(|| format!("{name}: what of its tests?"))?;
        let mut found = packages.iter().filter(|package| package["name"] == name);
        let package = found.next().with_context(|| format!("cargo does not list {name}"))?;
        if found.next().is_some() {
            bail!("two versions of {name}: which is meant?");
        }
        let edit: Vec<String> = texts(&line["edit"]);
        crates.push(Crate {
            name: name.to_owned(),
            version: package["version"].as_str().unwrap_or_default().to_owned(),
            folder: folder_of(package).context("a package has a folder")?.to_path_buf(),
            is_ours: package["source"].is_null(),
            features: texts(&line["features"]),
            seconds: line["seconds"].as_u64().unwrap_or(SECONDS),
            edit: (!edit.is_empty()).then(|| edit.try_into()).transpose().map_err(|edit| {
                anyhow::anyhow!("{name}: an edit is file, old and new text: {edit:?}")
            })?,
            note: line["note"].as_str().map(str::to_owned),
        });
    }
    match lines.keys().find(|name| !crates.iter().any(|known| known.name == **name)) {
        Some(name) => bail!("{name} is not a dependency"),
        None => Ok(crates),
    }
}

fn texts(value: &Value) -> Vec<String> {
    let all = value.as_array().into_iter().flatten();
    all.filter_map(|text| text.as_str().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn workspace(lines: &Value) -> Value {
        json!({ "packages": [
            { "name": "all-peers", "metadata": { "peers": lines },
              "dependencies": [{ "name": "a" }] },
            { "name": "a", "version": "1.2.3", "source": "registry",
              "manifest_path": "/x/a-1.2.3/Cargo.toml" },
        ]})
    }

    #[test]
    fn each_dependency_has_a_line_and_each_line_a_dependency() {
        let line = json!({ "a": { "features": ["f"], "seconds": 9 } });
        let found = read(&workspace(&line)).expect("a list");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].full_name().as_str(), found[0].seconds), ("a-1.2.3", 9));
        assert!(found[0].features == ["f"] && found[0].edit.is_none() && !found[0].is_ours);
        assert!(read(&workspace(&json!({}))).is_err());
        assert!(read(&workspace(&json!({ "a": {}, "b": {} }))).is_err());
        assert!(read(&workspace(&json!({ "a": { "edit": ["one"] } }))).is_err());
    }
}
