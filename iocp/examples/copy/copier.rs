//! The operations that go round, and the order in which their chunks are summed up.

use std::{error::Error, ffi::OsString, fs::File};

use iocp::{
    open_overlapped, AssociatedHandle, Completed, CompletionPort, InFlight, Operation, Packet,
    Packets, Slice, Submitted, Wait,
};

use super::command_line::{name, not_understood, number, Words};

type Result<T> = std::result::Result<T, Box<dyn Error>>;
/// A chunk: filled by reads up to its size, written from where the last write stopped.
type Chunk = Slice<Vec<u8>>;

/// What an operation is doing with its chunk.
enum Stage {
    Reading(Option<InFlight<Chunk>>),
    /// All of it is there; those before it are not summed up yet.
    Read(Operation<Chunk>),
    Writing(Option<InFlight<Chunk>>),
    /// No chunk is left for it.
    Over,
}

struct Copier {
    port: CompletionPort,
    from: AssociatedHandle<File>,
    to: AssociatedHandle<File>,
    chunk: u64,
    len: u64,
    /// Of each operation: its stage, and where its chunk begins.
    stages: Vec<(Stage, u64)>,
    /// Where the next chunk begins that nobody has, and the next one to be summed up.
    next: u64,
    to_sum: u64,
    crc: u32,
    written: u64,
    percent: u64,
    reads: u64,
    writes: u64,
}

/// What to copy, and how.
pub(crate) struct Arguments {
    from: OsString,
    to: OsString,
    depth: usize,
    chunk: u64,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut words: Words) -> std::result::Result<Self, String> {
        let (mut from, mut to, mut depth, mut chunk) = (None, None, 32, 1 << 20);
        while let Some(word) = words.next() {
            match word.to_str() {
                Some(option @ "--depth") => depth = number(&mut words, option, 1..=1024)?,
                Some(option @ "--chunk") => chunk = number(&mut words, option, 1..=1 << 30)?,
                _ if from.is_none() => from = Some(name(word)?),
                _ if to.is_none() => to = Some(name(word)?),
                _ => return Err(not_understood(&word)),
            }
        }
        let (from, to) = from.zip(to).ok_or("two files are wanted")?;
        Ok(Self { from, to, depth, chunk })
    }
}

/// Copies as the arguments say.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let port = CompletionPort::new()?;
    let from = open_overlapped(File::options().read(true), &arguments.from, 0)?;
    let len = from.metadata()?.len();
    let to =
        open_overlapped(File::options().write(true).create(true).truncate(true), &arguments.to, 0)?;
    // A write beyond the end would wait for the file to grow.
    to.set_len(len)?;
    let (from, to) = (port.associate_handle(from, 0)?, port.associate_handle(to, 1)?);
    let mut copier = Copier {
        port,
        from,
        to,
        chunk: arguments.chunk,
        len,
        stages: Vec::new(),
        next: 0,
        to_sum: 0,
        crc: !0,
        written: 0,
        percent: 0,
        reads: 0,
        writes: 0,
    };
    copier.copy(arguments.depth)
}

impl Copier {
    fn copy(&mut self, depth: usize) -> Result<()> {
        for token in 0..depth {
            let buffer = Slice::new(Vec::with_capacity(usize::try_from(self.chunk)?), ..);
            let operation = self.port.operation(buffer, token)?;
            self.stages.push((Stage::Over, 0));
            self.take_next(token, operation)?;
        }
        let mut packets = Packets::with_capacity(64);
        while self.written < self.len {
            if self.port.wait(&mut packets, None)? == Wait::TimedOut {
                continue;
            }
            for packet in packets.iter() {
                if let Packet::Io { token, .. } = *packet {
                    self.finished(token)?;
                }
            }
        }
        let Self { written, reads, writes, .. } = self;
        println!("done bytes={written} crc32={:08x} reads={reads} writes={writes}", !self.crc);
        Ok(())
    }

    /// The packet of an operation has come.
    fn finished(&mut self, token: usize) -> Result<()> {
        let (stage, _) = &mut self.stages[token];
        match stage {
            Stage::Reading(ticket) => match InFlight::take_finished(ticket) {
                Some(read) => self.was_read(token, read),
                None => Ok(()),
            },
            Stage::Writing(ticket) => match InFlight::take_finished(ticket) {
                Some(written) => self.was_written(token, written),
                None => Ok(()),
            },
            Stage::Read(_) | Stage::Over => Ok(()),
        }
    }

    /// Begins with the next chunk, if there is one.
    fn take_next(&mut self, token: usize, mut operation: Operation<Chunk>) -> Result<()> {
        let start = self.next;
        let size = self.chunk.min(self.len - start);
        self.next += size;
        self.stages[token] = (Stage::Over, start);
        if size == 0 {
            return Ok(());
        }
        let buffer = operation.buffer_mut();
        buffer.get_mut().clear();
        buffer.set_range(..usize::try_from(size)?);
        self.read(token, operation)
    }

    /// Reads what is missing of its chunk.
    fn read(&mut self, token: usize, operation: Operation<Chunk>) -> Result<()> {
        let start = self.stages[token].1;
        let filled = operation.buffer().get_ref().len();
        self.reads += 1;
        match self.from.read_at(operation, start + filled as u64) {
            Submitted::Pending(ticket) => self.stages[token].0 = Stage::Reading(Some(ticket)),
            Submitted::Ready(read) => self.was_read(token, read)?,
            Submitted::Refused(refused) => return Err(refused.into()),
        }
        Ok(())
    }

    fn was_read(&mut self, token: usize, read: Completed<Chunk>) -> Result<()> {
        read.result()?;
        if read.is_end() {
            return Err("the file has become shorter".into());
        }
        let operation = read.into_operation();
        if operation.buffer().get_ref().len() < operation.buffer().range().end {
            return self.read(token, operation);
        }
        self.stages[token].0 = Stage::Read(operation);
        self.sum_up()
    }

    /// Sums up and writes what is there, as far as it follows on what was summed up.
    fn sum_up(&mut self) -> Result<()> {
        let is_next = |(stage, start): &(Stage, u64), to_sum| {
            matches!(stage, Stage::Read(_)) && *start == to_sum
        };
        while let Some(token) = self.stages.iter().position(|stage| is_next(stage, self.to_sum)) {
            let stage = std::mem::replace(&mut self.stages[token].0, Stage::Over);
            let Stage::Read(operation) = stage else { break };
            let bytes = operation.buffer().get_ref();
            self.crc = crc32(self.crc, bytes);
            self.to_sum += bytes.len() as u64;
            self.write(token, operation)?;
        }
        Ok(())
    }

    /// Writes what is left of its chunk.
    fn write(&mut self, token: usize, operation: Operation<Chunk>) -> Result<()> {
        let start = self.stages[token].1 + operation.buffer().range().start as u64;
        self.writes += 1;
        match self.to.write_at(operation, start) {
            Submitted::Pending(ticket) => self.stages[token].0 = Stage::Writing(Some(ticket)),
            Submitted::Ready(written) => self.was_written(token, written)?,
            Submitted::Refused(refused) => return Err(refused.into()),
        }
        Ok(())
    }

    fn was_written(&mut self, token: usize, written: Completed<Chunk>) -> Result<()> {
        let bytes = written.result()?;
        self.written += bytes as u64;
        let mut operation = written.into_operation();
        operation.buffer_mut().advance(bytes);
        self.tell();
        if operation.buffer().range().is_empty() {
            self.take_next(token, operation)
        } else if bytes == 0 {
            Err("a write wrote nothing".into())
        } else {
            self.write(token, operation)
        }
    }

    /// Says how far it is, twenty times.
    fn tell(&mut self) {
        let percent = self.written * 100 / self.len;
        if percent >= self.percent + 5 {
            self.percent = percent;
            println!("progress percent={percent}");
        }
    }
}

/// The CRC-32 that gzip has too, from what it was before.
fn crc32(before: u32, bytes: &[u8]) -> u32 {
    const TABLE: [[u32; 256]; 8] = table();
    let mut crc = before;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let low = crc.to_le_bytes();
        crc = (0..8).fold(0, |sum, at| {
            let byte = if at < 4 { chunk[at] ^ low[at] } else { chunk[at] };
            sum ^ TABLE[7 - at][usize::from(byte)]
        });
    }
    chunks
        .remainder()
        .iter()
        .fold(crc, |crc, byte| crc >> 8 ^ TABLE[0][usize::from(crc.to_le_bytes()[0] ^ byte)])
}

/// What each byte adds, and what it comes to after up to seven bytes more.
const fn table() -> [[u32; 256]; 8] {
    let mut table = [[0; 256]; 8];
    let mut byte: u32 = 0;
    while byte < 256 {
        let mut crc = byte;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0xEDB8_8320 };
            bit += 1;
        }
        table[0][byte as usize] = crc;
        byte += 1;
    }
    let mut row = 1;
    while row < 8 {
        let mut at = 0;
        while at < 256 {
            let before = table[row - 1][at];
            table[row][at] = before >> 8 ^ table[0][(before & 0xFF) as usize];
            at += 1;
        }
        row += 1;
    }
    table
}
