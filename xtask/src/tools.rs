//! What tools of others look at better than we could: licences, sources and advisories of dependencies
//! (cargo-deny), and spelling (typos); what looks at public names is in [`names`].
//!
//! Each is built from crates.io into cargo's home by the part that needs it, in the version that stands here.
//! That takes minutes, so `cargo xtask ci` uses those that are there; the workflow fetches them built.

use std::process::Command;

use anyhow::{Context, Result};

use crate::{
    names,
    parts::Part,
    process::{cargo, command, note, output, run},
};

/// A program of crates.io.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) package: &'static str,
    /// How it is started.
    pub(crate) words: &'static [&'static str],
    pub(crate) version: &'static str,
}

const DENY: Tool = Tool { package: "cargo-deny", words: &["cargo", "deny"], version: "0.20.2" };
const TYPOS: Tool = Tool { package: "typos-cli", words: &["typos"], version: "1.52.0" };

/// The parts of `cargo xtask deep` whose tool may be here already: then they are quick.
pub(crate) const QUICK: [(&Tool, Part); 3] = [
    (&DENY, ("licences", licences)),
    (&TYPOS, ("spelling", spelling)),
    (&names::PUBLIC_API, ("names", names::check)),
];

impl Tool {
    /// Whether this version is there.
    pub(crate) fn is_there(&self) -> bool {
        let said = output(self.start().arg("--version")).unwrap_or_default();
        said.trim().rsplit(' ').next() == Some(self.version)
    }

    fn start(&self) -> Command {
        let mut start = command(self.words[0]);
        start.args(&self.words[1..]);
        start
    }

    /// Its command, without arguments; built first if it is not there.
    pub(crate) fn command(&self) -> Result<Command> {
        if !self.is_there() {
            let Self { package, version, .. } = self;
            note(&format!("building {package} {version}, which takes minutes"));
            run(cargo(["install", "--locked"]).arg(format!("{package}@{version}")))?;
        }
        Ok(self.start())
    }
}

/// What dependencies may bring: `deny.toml`. Their advisories are on GitHub, where not every machine gets.
pub(crate) fn licences() -> Result<String> {
    let checked = ["--locked", "check", "bans", "licenses", "sources"];
    run(DENY.command()?.args(checked)).context("deny.toml says what is allowed")?;
    let fetched = run(DENY.command()?.args(["--locked", "fetch", "db"]));
    if fetched.is_err() && std::env::var_os("GITHUB_ACTIONS").is_none() {
        return Ok(
            "bans, licences, sources; advisories NOT RUN: their database is out of reach".into()
        );
    }
    fetched?;
    run(DENY.command()?.args(["--locked", "check", "--disable-fetch", "advisories"]))?;
    Ok("bans, licences, sources, advisories".into())
}

/// Every text of the repository: `typos.toml` has the names that are no words.
pub(crate) fn spelling() -> Result<String> {
    run(TYPOS.command()?.arg("--hidden")).context("typos.toml has what is right all the same")?;
    Ok("ok".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::root;

    #[test]
    fn the_workflow_fetches_these_very_versions() {
        let file = root().join(".github/workflows/ci.yml");
        let text = std::fs::read_to_string(file).expect("readable");
        let jobs = text.matches("taiki-e/install-action@").count();
        assert!(jobs > 0);
        for Tool { package, version, .. } in [&DENY, &TYPOS, &names::PUBLIC_API, &names::SEMVER] {
            assert_eq!(text.matches(&format!("{package}@{version}")).count(), jobs, "{package}");
        }
    }
}
