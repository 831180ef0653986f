//! The operations of `iocp`.

use std::{
    fs::File,
    io::{Error, Result},
};

use iocp::{open_overlapped, AlignedBuffer, CompletionPort, InFlight, Packet, Packets};

use super::job::Job;

pub(crate) fn copy(job: &Job) -> Result<()> {
    let port = CompletionPort::new()?;
    let from = open_overlapped(File::options().read(true), &job.from, 0)?;
    let to = open_overlapped(File::options().write(true).create(true), &job.to, 0)?;
    let (from, to) = (port.associate_handle(from, 0)?, port.associate_handle(to, 1)?);
    let chunk = job.chunk as u64;
    let (mut next, mut written) = (0, 0);
    // Of each buffer: where its chunk begins, and its ticket.
    let mut tickets = Vec::new();
    for token in 0..job.depth.min(usize::try_from(job.chunks).unwrap_or(usize::MAX)) {
        let operation = port.operation(AlignedBuffer::new(job.chunk, 4096), token)?;
        let reading = from.read_at(operation, next * chunk).pending();
        tickets.push((next * chunk, reading.ok()));
        next += 1;
    }
    let mut packets = Packets::with_capacity(64);
    while written < job.chunks {
        port.wait(&mut packets, None)?;
        for packet in &packets {
            let Packet::Io { token, key, .. } = *packet else { continue };
            let (at, ticket) = &mut tickets[token];
            let Some(done) = InFlight::take_finished(ticket) else { continue };
            if done.result()? != job.chunk {
                return Err(Error::other("a short read or write"));
            }
            if key == 0 {
                *ticket = to.write_at(done.into_operation(), *at).pending().ok();
                continue;
            }
            written += 1;
            if next < job.chunks {
                *at = next * chunk;
                next += 1;
                let mut operation = done.into_operation();
                operation.buffer_mut().clear();
                *ticket = from.read_at(operation, *at).pending().ok();
            }
        }
    }
    Ok(())
}
