//! A task for each connection: tokio and compio, on their single-threaded runtimes.

use std::{io::Result, net::TcpListener};

use super::Work;

/// tokio.
pub(super) fn tokio(listener: TcpListener, work: Work) -> Result<()> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    async fn connection(stream: &mut tokio::net::TcpStream, work: &mut Work) -> Result<()> {
        let mut room = vec![0; work.room];
        loop {
            let count = stream.read(&mut room).await?;
            if count == 0 {
                return Ok(());
            }
            if !work.one_way {
                stream.write_all(&room[..count]).await?;
            }
            if !work.answered(count) {
                return Ok(());
            }
        }
    }
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        loop {
            let ((mut stream, _), mut work) = (listener.accept().await?, work);
            tokio::spawn(async move {
                let _ = connection(&mut stream, &mut work).await;
                drop(stream);
                work.closed();
            });
        }
    })
}

/// compio.
pub(super) fn compio(listener: TcpListener, work: Work) -> Result<()> {
    use compio::io::{AsyncRead, AsyncWriteExt};
    async fn connection(stream: &mut compio::net::TcpStream, work: &mut Work) -> Result<()> {
        let mut room = Vec::with_capacity(work.room);
        loop {
            room.clear();
            let received = stream.read(room).await;
            room = received.1;
            let count = received.0?;
            if count == 0 {
                return Ok(());
            }
            if !work.one_way {
                let sent = stream.write_all(room).await;
                sent.0?;
                room = sent.1;
            }
            if !work.answered(count) {
                return Ok(());
            }
        }
    }
    compio::runtime::Runtime::new()?.block_on(async {
        let listener = compio::net::TcpListener::from_std(listener)?;
        loop {
            let ((mut stream, _), mut work) = (listener.accept().await?, work);
            let task = compio::runtime::spawn(async move {
                let _ = connection(&mut stream, &mut work).await;
                let _ = stream.close().await;
                work.closed();
            });
            task.detach();
        }
    })
}
