//! compio: one task for each operation, on one thread.

use std::{
    cell::Cell,
    io::{Error, Result},
    rc::Rc,
};

use compio::{
    fs::{File, OpenOptions},
    io::{AsyncReadAt, AsyncWriteAt},
    runtime::Runtime,
};

use super::job::Job;

pub(crate) fn compio(job: &Job) -> Result<()> {
    Runtime::new()?.block_on(async {
        let from = File::open(&job.from).await?;
        let to = OpenOptions::new().write(true).create(true).open(&job.to).await?;
        let next = Rc::new(Cell::new(0));
        let tasks: Vec<_> = (0..job.depth)
            .map(|_| {
                let (from, to, next) = (from.clone(), to.clone(), Rc::clone(&next));
                let (chunk, chunks) = (job.chunk, job.chunks);
                compio::runtime::spawn(async move {
                    let mut to = to;
                    let mut buffer = Vec::with_capacity(chunk);
                    while next.get() < chunks {
                        let at = next.get() * chunk as u64;
                        next.set(next.get() + 1);
                        buffer.clear();
                        let read = from.read_at(buffer, at).await;
                        let written = to.write_at(read.1, at).await;
                        if (read.0?, written.0?) != (chunk, chunk) {
                            return Err(Error::other("a short read or write"));
                        }
                        buffer = written.1;
                    }
                    Ok(())
                })
            })
            .collect();
        for task in tasks {
            task.await.map_err(|_| Error::other("a task panicked"))??;
        }
        Ok(())
    })
}
