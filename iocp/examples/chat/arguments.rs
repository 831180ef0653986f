//! The command line.

use std::{net::SocketAddr, ops::RangeInclusive};

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
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 7000)),
            clients: 1000,
            high_water: 65_536,
        };
        while let Some(name) = given.next() {
            let value = given.next().ok_or_else(|| format!("{name} wants a value"))?;
            match name.as_str() {
                "--listen" => {
                    arguments.listen = value.parse().map_err(|_| {
                        format!("--listen wants an address and port, not '{value}'")
                    })?;
                }
                "--clients" => arguments.clients = number(&name, &value, 1..=10_000)?,
                "--high-water" => {
                    arguments.high_water = number(&name, &value, 65_536..=16_777_216)?;
                }
                _ => return Err(format!("unknown argument '{name}'")),
            }
        }
        Ok(arguments)
    }
}

fn number(name: &str, value: &str, range: RangeInclusive<u32>) -> Result<u32, String> {
    value
        .parse()
        .ok()
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("{name} wants {} to {}, not '{value}'", range.start(), range.end()))
}
