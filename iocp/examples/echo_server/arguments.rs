//! The command line.

use std::net::SocketAddr;

/// Where to listen, and with how many threads.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) ipv4: SocketAddr,
    pub(crate) ipv6: SocketAddr,
    pub(crate) workers: usize,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            ipv4: SocketAddr::from(([127, 0, 0, 1], 0)),
            ipv6: SocketAddr::from((std::net::Ipv6Addr::LOCALHOST, 0)),
            workers: 2,
        };
        while let Some(name) = given.next() {
            let value = given.next().ok_or_else(|| format!("{name} wants a value"))?;
            match name.as_str() {
                "--ipv4" => arguments.ipv4 = address(&name, &value, SocketAddr::is_ipv4)?,
                "--ipv6" => arguments.ipv6 = address(&name, &value, SocketAddr::is_ipv6)?,
                "--workers" => {
                    arguments.workers = value
                        .parse()
                        .ok()
                        .filter(|n| (1..=64).contains(n))
                        .ok_or_else(|| format!("--workers wants 1 to 64, not '{value}'"))?;
                }
                _ => return Err(format!("unknown argument '{name}'")),
            }
        }
        Ok(arguments)
    }
}

fn address(name: &str, value: &str, family: fn(&SocketAddr) -> bool) -> Result<SocketAddr, String> {
    value
        .parse()
        .ok()
        .filter(family)
        .ok_or_else(|| format!("{name} wants an address and port of its family, not '{value}'"))
}
