//! The command line.

use std::net::SocketAddr;

use super::command_line::{not_understood, number, value, Words};

/// Where to listen, and the limits.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) listen: SocketAddr,
    /// The most clients at a time.
    pub(crate) clients: u32,
    /// The most bytes that are queued for one client.
    pub(crate) high_water: u32,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut words: Words) -> Result<Self, String> {
        let mut arguments = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7000)),
            clients: 1000,
            high_water: 65_536,
        };
        while let Some(word) = words.next() {
            match word.to_str() {
                Some(option @ "--listen") => {
                    arguments.listen = value(&mut words, option, "ADDRESS:PORT")?;
                }
                Some(option @ "--clients") => {
                    arguments.clients = number(&mut words, option, 1..=10_000)?;
                }
                Some(option @ "--high-water") => {
                    arguments.high_water = number(&mut words, option, 65_536..=16_777_216)?;
                }
                _ => return Err(not_understood(&word)),
            }
        }
        Ok(arguments)
    }
}
