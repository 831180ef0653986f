//! Copies a file with 32 operations in flight, and says how far it is: `FROM TO`.
//!
//! tokio's files have a position and go to its threads; so 32 threads of it read and write at offsets, by std.

use std::{
    env::args,
    error::Error,
    fs::{File, OpenOptions},
    io::{self, ErrorKind},
    os::windows::fs::FileExt,
    sync::{
        atomic::{AtomicU64, Ordering::Relaxed},
        Arc,
    },
};

use tokio::{sync::mpsc, task::JoinSet};

const DEPTH: usize = 32;
const CHUNK: u64 = 1 << 20;

struct Job {
    from: File,
    to: File,
    len: u64,
    next: AtomicU64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = args().skip(1).collect();
    let [from, to] = paths.as_slice() else { return Err("usage: FROM TO".into()) };
    let from = File::open(from)?;
    let to = OpenOptions::new().write(true).create(true).truncate(true).open(to)?;
    let len = from.metadata()?.len();
    to.set_len(len)?;
    let job = Arc::new(Job { from, to, len, next: AtomicU64::new(0) });
    let (sender, mut receiver) = mpsc::channel(DEPTH);
    let mut tasks = JoinSet::new();
    for _ in 0..DEPTH {
        let (job, sender) = (Arc::clone(&job), sender.clone());
        tasks.spawn_blocking(move || job.copy(&sender));
    }
    drop(sender);
    let (mut written, mut percent) = (0, 0);
    while let Some(count) = receiver.recv().await {
        written += count;
        let now = written * 100 / len;
        if now > percent {
            percent = now;
            println!("{percent} %");
        }
    }
    while let Some(copied) = tasks.join_next().await {
        copied??;
    }
    println!("done");
    Ok(())
}

impl Job {
    fn copy(&self, progress: &mpsc::Sender<u64>) -> io::Result<()> {
        let mut buffer = vec![0; CHUNK as usize];
        loop {
            let start = self.next.fetch_add(CHUNK, Relaxed);
            if start >= self.len {
                return Ok(());
            }
            let size = CHUNK.min(self.len - start);
            let chunk = &mut buffer[..size as usize];
            self.read(chunk, start)?;
            self.write(chunk, start)?;
            if progress.blocking_send(size).is_err() {
                return Ok(());
            }
        }
    }

    fn read(&self, mut room: &mut [u8], mut start: u64) -> io::Result<()> {
        while !room.is_empty() {
            let count = self.from.seek_read(room, start)?;
            if count == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            room = &mut room[count..];
            start += count as u64;
        }
        Ok(())
    }

    fn write(&self, mut bytes: &[u8], mut start: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            let count = self.to.seek_write(bytes, start)?;
            if count == 0 {
                return Err(ErrorKind::WriteZero.into());
            }
            bytes = &bytes[count..];
            start += count as u64;
        }
        Ok(())
    }
}
