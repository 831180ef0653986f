//! Which kernel, which machine, which compiler, which commit.

use anyhow::{Context, Result};

use super::Place;
use crate::{
    child::Fields,
    process::{cargo, command, output},
};

/// What a file of evidence is about.
#[derive(Clone, Debug)]
pub(super) struct System {
    /// As `RtlGetVersion` says it: major, minor and build; Wine says one too.
    version: String,
    build: String,
    /// Wine's own version.
    wine: Option<String>,
    is_server: bool,
    machine: String,
    processors: String,
    /// Of the programs.
    target: String,
    rustc: String,
    commit: String,
}

impl System {
    /// Asks the kernel, by a program that runs there, and the tools.
    pub(super) fn ask(place: &Place) -> Result<Self> {
        let mut ask = cargo(["run", "--quiet", "-p", "iocp-tests", "--bin", "system"]);
        let said = output(ask.args(&place.cargo))?;
        let line = said.lines().find(|line| line.starts_with("system "));
        let fields = Fields::parse(line.context("the system said nothing")?);
        let rustc = output(command("rustc").arg("-vV")).unwrap_or_default();
        let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("unknown");
        let target = place.cargo.iter().skip_while(|word| *word != "--target").nth(1);
        let first = rustc.lines().next().unwrap_or("unknown").to_owned();
        let commit = output(command("git").args(["rev-parse", "--short=10", "HEAD"]));
        let changed = output(command("git").args(["status", "--porcelain"]));
        let changed = changed.is_ok_and(|text| !text.is_empty());
        let commit = commit.map_or("unknown".to_owned(), |commit| commit.trim().to_owned());
        Ok(Self {
            version: fields.text("version"),
            build: fields.text("build"),
            wine: Some(fields.text("wine")).filter(|wine| wine != "none"),
            is_server: fields.text("kind") == "server",
            machine: fields.text("machine"),
            processors: fields.text("processors"),
            target: target.cloned().unwrap_or_else(|| host.to_owned()),
            rustc: first,
            commit: commit + if changed { ", with changes" } else { "" },
        })
    }

    /// The architecture of the programs.
    pub(super) fn arch(&self) -> &str {
        self.target.split('-').next().unwrap_or_default()
    }

    /// The file's name.
    pub(super) fn file(&self) -> String {
        let kernel = match &self.wine {
            Some(wine) => format!("wine-{wine}"),
            None => self.build.clone(),
        };
        format!("evidence-{kernel}-{}.md", self.arch())
    }

    /// For example `Windows 10.0.26100, x86_64`.
    pub(super) fn title(&self) -> String {
        let kernel = match (&self.wine, self.is_server) {
            (Some(wine), _) => format!("Wine {wine}"),
            (None, false) => format!("Windows {}", self.version),
            (None, true) => format!("Windows Server {}", self.version),
        };
        format!("{kernel}, {}", self.arch())
    }

    /// What ran where, in lines.
    pub(super) fn lines(&self) -> Vec<String> {
        let says =
            if self.wine.is_some() { ". This is Wine: it shows nothing about Windows" } else { "" };
        vec![
            format!("kernel: {}; `RtlGetVersion`: {}{says}", self.title(), self.version),
            format!("machine: {}, {} processors", self.machine, self.processors),
            format!("programs: {}, {}", self.target, self.rustc),
            format!("commit: {}", self.commit),
        ]
    }
}

#[cfg(test)]
pub(super) fn sample(wine: Option<&str>) -> System {
    let text = str::to_owned;
    System {
        version: text("10.0.26100"),
        build: text("26100"),
        wine: wine.map(text),
        is_server: wine.is_none(),
        machine: text("x86_64"),
        processors: text("4"),
        target: text("i686-pc-windows-msvc"),
        rustc: text("rustc 1.95.0"),
        commit: text("0123456789"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wine_never_has_the_name_of_a_windows() {
        let [windows, wine] = [None, Some("10.0")].map(sample);
        assert_eq!(windows.file(), "evidence-26100-i686.md");
        assert_eq!(windows.title(), "Windows Server 10.0.26100, i686");
        assert_eq!(wine.file(), "evidence-wine-10.0-i686.md");
        assert_eq!(wine.title(), "Wine 10.0, i686");
        assert!(wine.lines()[0].contains("nothing about Windows"));
        assert!(!windows.lines()[0].contains("Wine"));
    }
}
