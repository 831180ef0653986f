//! Copies a file with 32 operations in flight, and says how far it is: `FROM TO`.
//!
//! 32 tasks, each of which reads a chunk, writes it, and takes the next one.

use std::{cell::Cell, env::args, error::Error, io, rc::Rc};

use compio::{
    buf::{BufResult, IntoInner, IoBuf},
    fs::{File, OpenOptions},
    io::{AsyncReadAtExt, AsyncWriteAtExt},
    runtime::spawn,
};

const DEPTH: usize = 32;
const CHUNK: u64 = 1 << 20;

struct Progress {
    len: u64,
    next: Cell<u64>,
    written: Cell<u64>,
    percent: Cell<u64>,
}

#[compio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let paths: Vec<String> = args().skip(1).collect();
    let [from, to] = paths.as_slice() else { return Err("usage: FROM TO".into()) };
    let from = File::open(from).await?;
    let to = OpenOptions::new().write(true).create(true).truncate(true).open(to).await?;
    let len = from.metadata().await?.len();
    to.set_len(len).await?;
    let [next, written, percent] = [0; 3].map(Cell::new);
    let progress = Rc::new(Progress { len, next, written, percent });
    let tasks: Vec<_> =
        (0..DEPTH).map(|_| spawn(copy(from.clone(), to.clone(), Rc::clone(&progress)))).collect();
    for task in tasks {
        task.await.map_err(|_| "a task panicked")??;
    }
    println!("done");
    Ok(())
}

async fn copy(from: File, mut to: File, progress: Rc<Progress>) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(CHUNK as usize);
    loop {
        let start = progress.next.get();
        let size = CHUNK.min(progress.len - start);
        if size == 0 {
            return Ok(());
        }
        progress.next.set(start + size);
        buffer.clear();
        let room = buffer.slice(..size as usize);
        let BufResult(read, room) = from.read_exact_at(room, start).await;
        read?;
        let BufResult(written, full) = to.write_all_at(room.into_inner(), start).await;
        written?;
        buffer = full;
        progress.add(size);
    }
}

impl Progress {
    fn add(&self, count: u64) {
        self.written.set(self.written.get() + count);
        let percent = self.written.get() * 100 / self.len;
        if percent > self.percent.replace(percent) {
            println!("{percent} %");
        }
    }
}
