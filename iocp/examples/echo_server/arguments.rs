//! The command line.

use std::net::SocketAddr;

use super::command_line::{not_understood, number, value_if, Words};

/// Where to listen, and with how many threads.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) ipv4: SocketAddr,
    pub(crate) ipv6: SocketAddr,
    pub(crate) workers: usize,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut words: Words) -> Result<Self, String> {
        let mut arguments = Self {
            ipv4: SocketAddr::from(([127, 0, 0, 1], 0)),
            ipv6: SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 0)),
            workers: 2,
        };
        let wants = "ADDRESS:PORT of its family";
        while let Some(word) = words.next() {
            match word.to_str() {
                Some(option @ "--ipv4") => {
                    arguments.ipv4 = value_if(&mut words, option, wants, SocketAddr::is_ipv4)?;
                }
                Some(option @ "--ipv6") => {
                    arguments.ipv6 = value_if(&mut words, option, wants, SocketAddr::is_ipv6)?;
                }
                Some(option @ "--workers") => {
                    arguments.workers = number(&mut words, option, 1..=64)?;
                }
                _ => return Err(not_understood(&word)),
            }
        }
        Ok(arguments)
    }
}
