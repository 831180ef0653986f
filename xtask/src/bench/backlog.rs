//! How much of what we have sent lies in the socket of a server that does not read.

use std::{
    fs,
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use anyhow::{bail, Context, Result};

use crate::load::PATIENCE;

const TABLE: &str = "/proc/net/tcp";
const LIMIT: &str = "/proc/sys/net/core/rmem_max";

/// Between two looks.
const STEP: Duration = Duration::from_millis(1);

/// Whether a socket may have room for so many bytes that are not read, as far as that is known.
pub(super) fn is_allowed(bytes: usize) -> bool {
    let most = fs::read_to_string(LIMIT).ok().and_then(|text| text.trim().parse::<usize>().ok());
    most.is_none_or(|most| most >= bytes)
}

/// Waits until the server's socket has so many bytes that it has not read. Where the system does not say that, nothing
/// is waited for.
pub(super) fn wait(ours: SocketAddr, server: SocketAddr, bytes: usize) -> Result<()> {
    if cfg!(not(target_os = "linux")) {
        return Ok(());
    }
    let begun = Instant::now();
    loop {
        let table = fs::read_to_string(TABLE).context(TABLE)?;
        let there = unread(&table, server.port(), ours.port()).context("no such connection")?;
        if there == bytes {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            bail!("of {bytes} bytes {there} are in the server's socket");
        }
        thread::sleep(STEP);
    }
}

/// Bytes that the socket with this port has received from that one, and its owner has not read.
fn unread(table: &str, port: u16, from: u16) -> Option<usize> {
    let ends = [port, from].map(|port| format!(":{port:04X}"));
    table.lines().find_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let addresses = [words.next()?, words.next()?];
        let ours = addresses.iter().zip(&ends).all(|(address, end)| address.ends_with(end));
        let (_, unread) = words.nth(1)?.split_once(':')?;
        ours.then(|| usize::from_str_radix(unread, 16).ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::unread;

    #[test]
    fn what_a_socket_has_not_read_is_known_by_both_ports() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n\
                     0: 0100007F:1F90 0100007F:C001 01 00000000:00010000 00:00000000 00000000\n\
                     1: 0100007F:C001 0100007F:1F90 01 00000007:00000005 00:00000000 00000000\n";
        assert_eq!(unread(table, 0x1F90, 0xC001), Some(1 << 16));
        assert_eq!(unread(table, 0xC001, 0x1F90), Some(5));
        assert_eq!(unread(table, 0xC001, 0xC001), None);
    }
}
