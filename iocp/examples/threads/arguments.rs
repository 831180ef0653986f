//! The command line.

use std::net::SocketAddr;

use super::command_line::{not_understood, number, value, Words};

/// Where to listen, and with how many threads.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) listen: SocketAddr,
    pub(crate) threads: usize,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut words: Words) -> Result<Self, String> {
        let mut arguments = Self { listen: SocketAddr::from(([127, 0, 0, 1], 7000)), threads: 4 };
        while let Some(word) = words.next() {
            match word.to_str() {
                Some(option @ "--listen") => {
                    arguments.listen = value(&mut words, option, "ADDRESS:PORT")?;
                }
                Some(option @ "--threads") => {
                    arguments.threads = number(&mut words, option, 1..=64)?;
                }
                _ => return Err(not_understood(&word)),
            }
        }
        Ok(arguments)
    }
}
