//! smol: one task per connection on a local executor; its reactor waits on this thread too.

use std::{io::Result, net::TcpStream};

use smol::{
    io::{AsyncReadExt, AsyncWriteExt},
    Async, LocalExecutor,
};

use crate::{arguments::Args, meter};

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    let executor = LocalExecutor::new();
    smol::block_on(executor.run(async {
        for stream in streams {
            executor.spawn(connection(Async::new(stream)?, args.buffer)).detach();
        }
        std::future::pending().await
    }))
}

async fn connection(mut stream: Async<TcpStream>, room: usize) {
    let mut buffer = vec![0; room];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        if stream.write_all(&buffer[..count]).await.is_err() {
            return;
        }
        meter::message();
    }
}
