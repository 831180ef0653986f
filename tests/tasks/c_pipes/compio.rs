//! Sends back what the clients of a named pipe write: `NAME [--messages]`.
//!
//! A task for each client. A message that is longer than the room would come back as two, and one of no bytes reads
//! as the end: a read of compio tells neither.

use std::{env::args, error::Error, io, mem::replace};

use compio::{
    buf::BufResult,
    fs::named_pipe::{NamedPipeServer, PipeMode, ServerOptions},
    io::{AsyncRead, AsyncWriteExt},
    runtime::spawn,
};

const ROOM: usize = 64 << 10;

#[compio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = args().skip(1).collect();
    let (name, mode) = match arguments.as_slice() {
        [name] => (name, PipeMode::Byte),
        [name, option] if option == "--messages" => (name, PipeMode::Message),
        _ => return Err("usage: NAME [--messages]".into()),
    };
    let mut server = ServerOptions::new().pipe_mode(mode).first_pipe_instance(true).create(name)?;
    println!("listening");
    loop {
        // One that is gone already has an end to be read, too.
        drop(server.connect().await);
        let next = ServerOptions::new().pipe_mode(mode).create(name)?;
        let client = replace(&mut server, next);
        spawn(async {
            let mut bytes = 0;
            drop(serve(client, &mut bytes).await);
            println!("gone {bytes}");
        })
        .detach();
    }
}

async fn serve(mut pipe: NamedPipeServer, bytes: &mut usize) -> io::Result<()> {
    let mut message = Vec::with_capacity(ROOM);
    loop {
        message.clear();
        let BufResult(read, full) = pipe.read(message).await;
        let count = read?;
        if count == 0 {
            return Ok(());
        }
        *bytes += count;
        let BufResult(written, full) = pipe.write_all(full).await;
        written?;
        message = full;
    }
}
