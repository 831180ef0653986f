//! `iocp`'s typed operations with several waiting threads: each connection behind its own lock.
//!
//! The lock is what a safe program needs; at most one operation of a connection is in flight, so
//! nobody waits for it but a thread that took a packet before the submitter had left.

use std::{
    io::{Error, Result},
    net::TcpStream,
    sync::{Mutex, PoisonError},
};

use iocp::{CompletionPort, Packet, Packets};

use super::{typed::Connection, ENTRIES};
use crate::{arguments::Args, meter};

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    let port = CompletionPort::new()?;
    let mut connections = Vec::with_capacity(streams.len());
    for (token, stream) in streams.into_iter().enumerate() {
        connections.push(Mutex::new(Connection::new(&port, stream, token, args)?));
    }
    std::thread::scope(|scope| {
        for _ in 1..args.waiters {
            scope.spawn(|| wait(&port, &connections));
        }
        wait(&port, &connections)
    })
}

fn wait(port: &CompletionPort, connections: &[Mutex<Connection>]) -> Result<()> {
    meter::this_thread_serves();
    let mut packets = Packets::with_capacity(ENTRIES);
    loop {
        port.wait(&mut packets, None).map_err(Error::from)?;
        for packet in &packets {
            if let Packet::Io { token, .. } = packet {
                connections[*token].lock().unwrap_or_else(PoisonError::into_inner).advance();
            }
        }
    }
}
