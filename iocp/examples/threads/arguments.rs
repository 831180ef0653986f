//! The command line.

use std::net::SocketAddr;

/// Where to listen, and with how many threads.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) listen: SocketAddr,
    pub(crate) threads: usize,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self { listen: SocketAddr::from(([127, 0, 0, 1], 7000)), threads: 4 };
        while let Some(name) = given.next() {
            let value = given.next().ok_or_else(|| format!("{name} wants a value"))?;
            match name.as_str() {
                "--listen" => {
                    arguments.listen = value.parse().map_err(|_| {
                        format!("--listen wants an address and port, not '{value}'")
                    })?;
                }
                "--threads" => {
                    arguments.threads = value
                        .parse()
                        .ok()
                        .filter(|n| (1..=64).contains(n))
                        .ok_or_else(|| format!("--threads wants 1 to 64, not '{value}'"))?;
                }
                _ => return Err(format!("unknown argument '{name}'")),
            }
        }
        Ok(arguments)
    }
}
