//! One read after the other, and a timer where there is nothing more.

use std::{
    error::Error,
    ffi::{OsStr, OsString},
    fs::File,
    io::{stdin, stdout, Read, Write},
    sync::{
        atomic::{AtomicBool, Ordering::SeqCst},
        Arc,
    },
    thread,
    time::Duration,
};

use iocp::{
    open_overlapped, AssociatedHandle, Completed, CompletionPort, InFlight, Operation, Packet,
    Packets, Submitted, Timer,
};

use super::command_line::{name, not_understood, value, Words};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const PAUSE: Duration = Duration::from_millis(200);

struct Follower {
    file: AssociatedHandle<File>,
    timer: Timer,
    /// How far it has read.
    at: u64,
    reading: Option<InFlight<Vec<u8>>>,
    /// Between two looks.
    resting: Option<Operation<Vec<u8>>>,
}

/// Reads the arguments, which file and how many bytes of it, or says in one sentence what is wrong with them.
pub(crate) fn parse(mut words: Words) -> std::result::Result<(OsString, u64), String> {
    let (mut file, mut bytes) = (None, 1024);
    while let Some(word) = words.next() {
        match word.to_str() {
            Some(option @ "--bytes") => bytes = value(&mut words, option, "a number")?,
            _ if file.is_none() => file = Some(name(word)?),
            _ => return Err(not_understood(&word)),
        }
    }
    Ok((file.ok_or("which file?")?, bytes))
}

/// Follows until standard input ends.
pub(crate) fn run(path: &OsStr, bytes: u64) -> Result<()> {
    let port = CompletionPort::new()?;
    let file = open_overlapped(File::options().read(true), path, 0)?;
    let at = file.metadata()?.len().saturating_sub(bytes);
    let file = port.associate_handle(file, 0)?;
    let stopping = Arc::new(AtomicBool::new(false));
    let (waker, stop) = (port.waker(), Arc::clone(&stopping));
    thread::spawn(move || {
        // What it says is nothing to us; an error ends it too.
        let _ = stdin().lock().read_to_end(&mut Vec::new());
        stop.store(true, SeqCst);
        let _ = waker.wake();
    });
    let timer = port.timer(1);
    let resting = Some(port.operation(Vec::with_capacity(64 << 10), 0)?);
    let mut follower = Follower { file, timer, at, reading: None, resting };
    follower.look()?;
    let mut packets = Packets::with_capacity(8);
    while !stopping.load(SeqCst) {
        port.wait(&mut packets, None)?;
        for packet in packets.iter() {
            match *packet {
                Packet::Io { .. } => follower.finished()?,
                Packet::Timer { .. } => follower.look()?,
                _ => {}
            }
        }
    }
    Ok(())
}

impl Follower {
    /// Reads on, if it rests.
    fn look(&mut self) -> Result<()> {
        let Some(operation) = self.resting.take() else { return Ok(()) };
        match self.file.read_at(operation, self.at) {
            Submitted::Pending(ticket) => self.reading = Some(ticket),
            Submitted::Ready(read) => self.was_read(read)?,
            Submitted::Refused(refused) => return Err(refused.into()),
        }
        Ok(())
    }

    fn finished(&mut self) -> Result<()> {
        match InFlight::take_finished(&mut self.reading) {
            Some(read) => self.was_read(read),
            None => Ok(()),
        }
    }

    fn was_read(&mut self, read: Completed<Vec<u8>>) -> Result<()> {
        self.at += read.result()? as u64;
        let is_end = read.is_end();
        let mut operation = read.into_operation();
        stdout().write_all(operation.buffer())?;
        operation.buffer_mut().clear();
        self.resting = Some(operation);
        if !is_end {
            return self.look();
        }
        stdout().flush()?;
        if self.file.get_ref().metadata()?.len() < self.at {
            self.at = 0;
        }
        self.timer.set_after(PAUSE);
        Ok(())
    }
}
