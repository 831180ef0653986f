//! Copies a file with 32 operations in flight, and says how far it is: `FROM TO`.
//!
//! Each operation goes round: it reads a chunk, writes it, and takes the next one.

use std::{env::args, error::Error, fs::File};

use iocp::{
    open_overlapped, AssociatedHandle, CompletionPort, InFlight, Operation, Packet, Packets, Slice,
    Submitted,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;
type Chunk = Slice<Vec<u8>>;

const DEPTH: usize = 32;
const CHUNK: u64 = 1 << 20;

struct Copier {
    from: AssociatedHandle<File>,
    to: AssociatedHandle<File>,
    len: u64,
    next: u64,
    written: u64,
    percent: u64,
}

/// What one operation does: where its chunk begins, and whether it is being written.
struct Slot {
    start: u64,
    writes: bool,
    ticket: Option<InFlight<Chunk>>,
}

fn main() -> Result<()> {
    let paths: Vec<String> = args().skip(1).collect();
    let [from, to] = paths.as_slice() else { return Err("usage: FROM TO".into()) };
    let from = open_overlapped(File::options().read(true), from, 0)?;
    let to = open_overlapped(File::options().write(true).create(true).truncate(true), to, 0)?;
    let len = from.metadata()?.len();
    to.set_len(len)?;
    let port = CompletionPort::new()?;
    let (from, to) = (port.associate_handle(from, 0)?, port.associate_handle(to, 0)?);
    let mut copier = Copier { from, to, len, next: 0, written: 0, percent: 0 };
    let mut slots = Vec::new();
    for token in 0..DEPTH {
        let buffer = Slice::new(Vec::with_capacity(CHUNK as usize), ..);
        let mut slot = Slot { start: 0, writes: false, ticket: None };
        if let Some(read) = copier.read_next(&mut slot, port.operation(buffer, token)?) {
            copier.go_on(&mut slot, read)?;
        }
        slots.push(slot);
    }
    let mut packets = Packets::with_capacity(DEPTH);
    while copier.written < len {
        port.wait(&mut packets, None)?;
        for packet in &packets {
            let Packet::Io { token, .. } = *packet else { continue };
            if let Some(done) = InFlight::take_finished(&mut slots[token].ticket) {
                copier.go_on(&mut slots[token], Submitted::Ready(done))?;
            }
        }
    }
    println!("done");
    Ok(())
}

impl Copier {
    /// Reads the next chunk that nobody has, if there is one.
    fn read_next(
        &mut self,
        slot: &mut Slot,
        mut operation: Operation<Chunk>,
    ) -> Option<Submitted<Chunk>> {
        let size = CHUNK.min(self.len - self.next);
        if size == 0 {
            return None;
        }
        (slot.start, slot.writes) = (self.next, false);
        self.next += size;
        operation.buffer_mut().get_mut().clear();
        operation.buffer_mut().set_range(..size as usize);
        Some(self.from.read_at(operation, slot.start))
    }

    /// Does what comes next, until something is in flight.
    fn go_on(&mut self, slot: &mut Slot, mut submitted: Submitted<Chunk>) -> Result<()> {
        loop {
            let done = match submitted {
                Submitted::Pending(ticket) => {
                    slot.ticket = Some(ticket);
                    return Ok(());
                }
                Submitted::Ready(done) => done,
                Submitted::Refused(refused) => return Err(refused.into()),
            };
            let count = done.result()?;
            if count == 0 {
                return Err("the file has become shorter, or the disk takes nothing".into());
            }
            let mut operation = done.into_operation();
            let chunk = operation.buffer_mut();
            if slot.writes {
                chunk.advance(count);
                self.progress(count as u64);
            }
            let range = chunk.range();
            let filled = chunk.get_ref().len();
            submitted = if filled < range.end {
                self.from.read_at(operation, slot.start + filled as u64)
            } else if range.is_empty() {
                match self.read_next(slot, operation) {
                    Some(submitted) => submitted,
                    None => return Ok(()),
                }
            } else {
                slot.writes = true;
                self.to.write_at(operation, slot.start + range.start as u64)
            };
        }
    }

    fn progress(&mut self, count: u64) {
        self.written += count;
        let percent = self.written * 100 / self.len;
        if percent > self.percent {
            self.percent = percent;
            println!("{percent} %");
        }
    }
}
