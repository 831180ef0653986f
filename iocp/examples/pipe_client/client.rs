//! One line there, one line back.

use std::{
    error::Error,
    ffi::OsStr,
    io::{stdin, BufRead},
    time::Duration,
};

use iocp::{
    AssociatedHandle, Completed, CompletionKind, CompletionPort, Packets, Pipe, PipeClientOptions,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Writes and reads until standard input ends.
pub(crate) fn run(name: &OsStr, messages: bool) -> Result<()> {
    let wait = Duration::from_secs(10);
    let pipe = PipeClientOptions::new().messages(messages).wait_for_instance(wait).open(name)?;
    let port = CompletionPort::new()?;
    let pipe = port.associate_handle(pipe, 0)?;
    let mut packets = Packets::with_capacity(8);
    let mut lines = 0;
    for line in stdin().lock().lines() {
        let line = line?.into_bytes();
        let len = line.len();
        let written = port.finish(pipe.write(port.operation(line, 1)?), &mut packets, None)?;
        written.result()?;
        let answer = read(&port, &pipe, len, messages)?;
        println!("answer text={}", String::from_utf8_lossy(&answer));
        lines += 1;
    }
    println!("done lines={lines}");
    Ok(())
}

/// So many bytes, or one message.
fn read(
    port: &CompletionPort,
    pipe: &AssociatedHandle<Pipe>,
    len: usize,
    messages: bool,
) -> Result<Vec<u8>> {
    let mut packets = Packets::with_capacity(8);
    let mut operation = port.operation(Vec::with_capacity(len.max(64)), 2)?;
    loop {
        let read: Completed<_> = port.finish(pipe.read(operation), &mut packets, None)?;
        let whole = match read.result() {
            Err(error) if error.kind == CompletionKind::Truncated => false,
            result => result.map(|_| messages || read.buffer().len() >= len)?,
        };
        if read.is_end() {
            return Err("the server is gone".into());
        }
        if whole {
            return Ok(read.into_buffer());
        }
        operation = read.into_operation();
        operation.buffer_mut().reserve(64);
    }
}
