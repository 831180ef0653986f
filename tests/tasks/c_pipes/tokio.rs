//! Sends back what the clients of a named pipe write: `NAME [--messages]`.
//!
//! A task for each client. A message that is longer than 4,096 bytes would come back as several, and one of no bytes
//! reads as the end: a read of tokio tells neither.

use std::{env::args, error::Error, io, mem::replace};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::windows::named_pipe::{NamedPipeServer, PipeMode, ServerOptions},
};

const ROOM: usize = 64 << 10;

#[tokio::main(flavor = "current_thread")]
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
        tokio::spawn(async {
            let mut bytes = 0;
            drop(serve(client, &mut bytes).await);
            println!("gone {bytes}");
        });
    }
}

async fn serve(mut pipe: NamedPipeServer, bytes: &mut usize) -> io::Result<()> {
    let mut room = vec![0; ROOM];
    loop {
        let count = pipe.read(&mut room).await?;
        if count == 0 {
            return Ok(());
        }
        *bytes += count;
        pipe.write_all(&room[..count]).await?;
    }
}
