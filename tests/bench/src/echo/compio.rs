//! compio: completions, one task per connection on its own single-threaded runtime.

use std::{io::Result, net::TcpStream};

use compio::{
    io::{AsyncRead, AsyncWriteExt},
    net::TcpStream as Stream,
    runtime::Runtime,
};

use crate::{arguments::Args, meter};

/// Serves until the process ends.
pub(crate) fn serve(streams: Vec<TcpStream>, args: &Args) -> Result<()> {
    let room = args.buffer;
    Runtime::new()?.block_on(async {
        for stream in streams {
            let stream = Stream::from_std(stream)?;
            compio::runtime::spawn(connection(stream, room)).detach();
        }
        std::future::pending().await
    })
}

async fn connection(mut stream: Stream, room: usize) {
    let mut buffer = Vec::with_capacity(room);
    loop {
        buffer.clear();
        let received = stream.read(buffer).await;
        if !matches!(received.0, Ok(1..)) {
            return;
        }
        let sent = stream.write_all(received.1).await;
        if sent.0.is_err() {
            return;
        }
        meter::message();
        buffer = sent.1;
    }
}
