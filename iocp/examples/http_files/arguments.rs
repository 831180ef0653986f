//! The command line.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use super::command_line::{name, not_understood, number, value, Words};

/// What to serve, where, and with how many threads.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) folder: PathBuf,
    pub(crate) address: SocketAddr,
    pub(crate) pollers: usize,
    pub(crate) patience: Duration,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut words: Words) -> Result<Self, String> {
        let (mut folder, mut pollers, mut patience) = (None, 2, 30);
        let mut address = SocketAddr::from(([127, 0, 0, 1], 0));
        while let Some(word) = words.next() {
            match word.to_str() {
                Some(option @ "--address") => address = value(&mut words, option, "ADDRESS:PORT")?,
                Some(option @ "--pollers") => pollers = number(&mut words, option, 1..=64)?,
                Some(option @ "--patience") => patience = number(&mut words, option, 1..=3600)?,
                _ if folder.is_none() => folder = Some(name(word)?),
                _ => return Err(not_understood(&word)),
            }
        }
        let folder = PathBuf::from(folder.ok_or("a folder to serve is wanted")?);
        if !folder.is_dir() {
            return Err(format!("there is no folder '{}'", folder.display()));
        }
        Ok(Self { folder, address, pollers, patience: Duration::from_secs(patience) })
    }
}
