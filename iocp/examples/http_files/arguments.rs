//! The command line.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

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
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let (mut folder, mut pollers, mut patience) = (None, 2, 30);
        let mut address = SocketAddr::from(([127, 0, 0, 1], 0));
        while let Some(word) = given.next() {
            if !word.starts_with("--") {
                if folder.replace(PathBuf::from(word)).is_some() {
                    return Err("one folder can be served".to_owned());
                }
                continue;
            }
            let value = given.next().ok_or_else(|| format!("{word} wants a value"))?;
            match word.as_str() {
                "--address" => {
                    address = value.parse().map_err(|_| {
                        format!("--address wants an address and a port, not '{value}'")
                    })?;
                }
                "--pollers" => {
                    pollers = value
                        .parse()
                        .ok()
                        .filter(|n| (1..=64).contains(n))
                        .ok_or_else(|| format!("--pollers wants 1 to 64, not '{value}'"))?;
                }
                "--patience" => {
                    patience = value
                        .parse()
                        .ok()
                        .filter(|n| (1..=3600).contains(n))
                        .ok_or_else(|| format!("--patience wants 1 to 3600, not '{value}'"))?;
                }
                _ => return Err(format!("unknown argument '{word}'")),
            }
        }
        let folder = folder.ok_or("a folder to serve is wanted")?;
        if !folder.is_dir() {
            return Err(format!("there is no folder '{}'", folder.display()));
        }
        Ok(Self { folder, address, pollers, patience: Duration::from_secs(patience) })
    }
}
