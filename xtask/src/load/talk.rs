//! One connection's thread: what it sends, and how it checks what comes back.

use std::{
    io::{Error, ErrorKind, Read, Result, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::atomic::Ordering,
    thread,
    time::Duration,
};

use super::{open, phase, Shared};

/// The largest message.
const LARGEST: usize = 1 << 20;

/// Bytes on their way at most, where one thread both writes and reads: both sides' socket buffers
/// hold them, so that neither waits for the other.
const WINDOW: usize = 32 * 1024;

/// Splitmix64: varied, and the same for the same connection in every run.
#[derive(Debug)]
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound`.
    fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    fn fill(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let word = self.next().to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// Keeps one connection open until the end, replacing it after each half-close or reset.
pub(super) fn connection(shared: &Shared, to: SocketAddr, index: u64) {
    let mut random = Random(index);
    let mut settled = false;
    loop {
        match session(shared, to, &mut random, &mut settled) {
            Ok(()) if shared.phase.load(Ordering::SeqCst) == phase::END => return,
            Ok(()) => {}
            Err(error) => {
                if shared.errors.fetch_add(1, Ordering::Relaxed) < 5 {
                    eprintln!("connection {index} to {to}: {error}");
                }
                return;
            }
        }
    }
}

/// One TCP connection, from connect to its half-close or reset.
fn session(shared: &Shared, to: SocketAddr, random: &mut Random, settled: &mut bool) -> Result<()> {
    let stream = open(to)?;
    let family = if to.is_ipv4() { &shared.ipv4 } else { &shared.ipv6 };
    family.fetch_add(1, Ordering::Relaxed);
    // One byte there and back: the server has accepted, it is open on both sides.
    echo(shared, &stream, random, 1)?;
    shared.open.fetch_add(1, Ordering::Relaxed);
    let outcome = messages(shared, &stream, random, settled);
    shared.open.fetch_sub(1, Ordering::Relaxed);
    outcome
}

fn messages(
    shared: &Shared,
    stream: &TcpStream,
    random: &mut Random,
    settled: &mut bool,
) -> Result<()> {
    loop {
        match shared.phase.load(Ordering::SeqCst) {
            phase::OPENING => {
                // What keeps 200 threads from waking all the time; not an order of events.
                thread::sleep(Duration::from_millis(10));
                continue;
            }
            phase::END => return half_close(shared, stream, random),
            phase::STEADY if !*settled => {
                *settled = true;
                shared.settled.fetch_add(1, Ordering::Relaxed);
            }
            phase::VARIED => match random.below(40) {
                0 => return half_close(shared, stream, random),
                1 => return reset(shared, stream, random),
                2 => {
                    flood(shared, stream, random)?;
                    continue;
                }
                _ => {}
            },
            _ => {}
        }
        let size = match random.below(8) {
            0 => 1,
            1..=5 => 1 + random.below(4096),
            _ => 1 + random.below(64 * 1024),
        };
        echo(shared, stream, random, size)?;
    }
}

/// Sends a message in pieces of random size and checks each as it comes back.
fn echo(shared: &Shared, mut stream: &TcpStream, random: &mut Random, size: usize) -> Result<()> {
    let mut message = vec![0; size];
    random.fill(&mut message);
    let mut back = vec![0; size.min(WINDOW)];
    let mut rest = &message[..];
    while !rest.is_empty() {
        let window;
        (window, rest) = rest.split_at(rest.len().min(WINDOW));
        let mut unsent = window;
        while !unsent.is_empty() {
            let piece;
            (piece, unsent) = unsent.split_at(1 + random.below(unsent.len()));
            stream.write_all(piece)?;
        }
        let back = &mut back[..window.len()];
        stream.read_exact(back)?;
        same(window, back)?;
    }
    counted(shared, size);
    Ok(())
}

/// A mebibyte at once from a second thread, read slowly: both sides' buffers run full.
fn flood(shared: &Shared, stream: &TcpStream, random: &mut Random) -> Result<()> {
    let mut message = vec![0; LARGEST];
    random.fill(&mut message);
    let mut back = vec![0; LARGEST];
    thread::scope(|scope| {
        let writer = thread::Builder::new().stack_size(super::STACK_BYTES);
        let mut to = stream;
        let message = &message;
        let writer = writer.spawn_scoped(scope, move || to.write_all(message))?;
        thread::sleep(Duration::from_millis(5));
        let mut from = stream;
        let read = from.read_exact(&mut back);
        let written = writer.join().unwrap_or_else(|_| Err(Error::other("the writer panicked")));
        written.and(read)
    })?;
    same(&message, &back)?;
    counted(shared, LARGEST);
    Ok(())
}

/// Sends, shuts down our side, and reads the echo to its clean end.
fn half_close(shared: &Shared, mut stream: &TcpStream, random: &mut Random) -> Result<()> {
    let mut message = vec![0; 1 + random.below(WINDOW)];
    random.fill(&mut message);
    stream.write_all(&message)?;
    stream.shutdown(Shutdown::Write)?;
    let mut back = Vec::new();
    stream.read_to_end(&mut back)?;
    same(&message, &back)?;
    counted(shared, message.len());
    shared.half_closes.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// Leaves with data unread: the system then sends a reset instead of an orderly end.
fn reset(shared: &Shared, mut stream: &TcpStream, random: &mut Random) -> Result<()> {
    let mut message = vec![0; 1 + random.below(1000)];
    random.fill(&mut message);
    stream.write_all(&message)?;
    stream.peek(&mut [0])?;
    shared.resets.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

fn counted(shared: &Shared, size: usize) {
    shared.messages.fetch_add(1, Ordering::Relaxed);
    shared.bytes.fetch_add(u64::try_from(size).unwrap_or(0), Ordering::Relaxed);
}

fn same(sent: &[u8], back: &[u8]) -> Result<()> {
    if sent == back {
        return Ok(());
    }
    let at = sent.iter().zip(back).take_while(|(a, b)| a == b).count();
    let text =
        format!("{} bytes came back for {}, different from byte {at}", back.len(), sent.len());
    Err(Error::new(ErrorKind::InvalidData, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_and_a_missing_byte_are_found() {
        assert!(same(b"abc", b"abc").is_ok());
        assert!(same(b"abc", b"abd").is_err());
        assert!(same(b"abc", b"ab").is_err());
    }
}
