//! tokio: one task per connection on a single-threaded runtime.

use std::{io::Result, net::TcpStream};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream as Stream,
};

use crate::{arguments::Args, meter};

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    let room = args.buffer;
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        for stream in streams {
            stream.set_nonblocking(true)?;
            tokio::spawn(connection(Stream::from_std(stream)?, room));
        }
        std::future::pending().await
    })
}

async fn connection(mut stream: Stream, room: usize) {
    let mut buffer = vec![0; room];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        if stream.write_all(&buffer[..count]).await.is_err() {
            return;
        }
        meter::message();
    }
}
