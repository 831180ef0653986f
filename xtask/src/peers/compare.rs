//! Builds and runs the tests of one crate on both bindings, and again what differs.

use std::collections::BTreeSet;

use anyhow::{Context, Result};

use super::{
    crates::Crate,
    history::{add, open},
    kept::Record,
    outcome::{Outcome, Told},
    program::{build, Built},
    run::run,
    tree::Tree,
};
use crate::{process::note, wine::Wine};

/// How often a whole program is run again; after that, only the tests that differ.
const WITH_NEIGHBOURS: usize = 2;

/// The test that a program's building stands for.
const COMPILES: &str = "(compiles)";

/// The two builds of a crate, ours first.
pub(super) struct Pair<'a> {
    pub(super) trees: [&'a Tree; 2],
    pub(super) one: &'a Crate,
    pub(super) wine: &'a Wine,
    /// Whether what differs is run again, or shows enough as it is.
    pub(super) again: bool,
}

impl Pair<'_> {
    /// What the tests came to.
    pub(super) fn compare(&self) -> Result<Record> {
        let mut record = Record::default();
        let builds = self.build(&mut record)?;
        let programs = builds.iter().flat_map(|built| &built.programs);
        let names: BTreeSet<_> = programs.map(|program| &program.name).collect();
        for name in names {
            let mut only = Vec::new();
            for round in 1.. {
                for (which, built) in builds.iter().enumerate() {
                    self.run_once(&mut record, which, built, name, &only)?;
                }
                let open = open(&record.tests, name);
                if open.is_empty() {
                    break;
                }
                if !self.again {
                    return Ok(record);
                }
                note(&format!("{name}: {} differ, run again ({round})", open.len()));
                // The first times with their neighbours, whose load may be what it takes.
                only = if round <= WITH_NEIGHBOURS { Vec::new() } else { open };
            }
        }
        Ok(record)
    }

    /// Builds both; what does not compile is an outcome.
    fn build(&self, record: &mut Record) -> Result<Vec<Built>> {
        let mut builds = Vec::new();
        for (which, tree) in self.trees.into_iter().enumerate() {
            note(&format!("building {} on {}", self.one.full_name(), tree.bindings.name()));
            let built = build(tree, self.one)?;
            for (name, error) in &built.refused {
                let mut told = Told::default();
                told.outcomes.insert(COMPILES.to_owned(), Outcome::NotBuilt);
                told.why.insert(COMPILES.to_owned(), error.clone());
                add(&mut record.tests, name, &told, which == 0);
            }
            builds.push(built);
        }
        Ok(builds)
    }

    fn run_once(
        &self,
        record: &mut Record,
        which: usize,
        built: &Built,
        name: &str,
        only: &[String],
    ) -> Result<()> {
        let Some(program) = built.programs.iter().find(|program| program.name == name) else {
            return Ok(()); // its outcome is that it does not compile
        };
        let folder = self.trees[which].folder.join(self.one.full_name());
        let told = run(program, &folder, self.wine, self.one.seconds, only)
            .with_context(|| format!("{} {name}", self.one.full_name()))?;
        record.alone[which] += told.alone;
        add(&mut record.tests, name, &told, which == 0);
        Ok(())
    }
}
