//! tokio on that mio: an echo server with 500 connections that are open at the same time.
//!
//! The clients are the standard library's and share one thread: the server alone is under test, and
//! Wine's cost of a readiness request grows with the number of those outstanding.
#![cfg(windows)]

use std::{
    io::{Read, Result, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

use behaviour::LIMIT;
use tokio::{net::TcpListener, task::JoinSet, time::timeout};

const CONNECTIONS: usize = 500;
const ROUNDS: usize = 3;

/// For each wait here: the whole takes half a minute under Wine.
const PATIENCE: Duration = LIMIT.saturating_mul(4);

/// Echoes each connection until its client ends; returns how many bytes that were.
async fn serve(listener: TcpListener) -> Result<u64> {
    let mut streams = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (mut stream, _) = listener.accept().await?;
        streams.spawn(async move {
            let (mut read, mut write) = stream.split();
            tokio::io::copy(&mut read, &mut write).await
        });
    }
    let mut bytes = 0;
    while let Some(copied) = streams.join_next().await {
        bytes += copied??;
    }
    Ok(bytes)
}

/// What no other connection sends, nor this one in another round.
fn message(client: usize, round: usize) -> Vec<u8> {
    format!("client {client}, round {round}, {}", "x".repeat(client % 97)).into_bytes()
}

/// Opens all connections, then lets each send and get back its messages, then ends them.
fn clients(server: SocketAddr) -> Result<u64> {
    let connect = |_| {
        let stream = TcpStream::connect_timeout(&server, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    };
    let mut streams: Vec<TcpStream> = (0..CONNECTIONS).map(connect).collect::<Result<_>>()?;
    let mut bytes = 0;
    for round in 0..ROUNDS {
        for (client, stream) in streams.iter_mut().enumerate() {
            stream.write_all(&message(client, round))?;
        }
        for (client, stream) in streams.iter_mut().enumerate() {
            let expected = message(client, round);
            let mut answer = vec![0; expected.len()];
            stream.read_exact(&mut answer)?;
            assert_eq!(answer, expected);
            bytes += u64::try_from(answer.len()).expect("a small number");
        }
    }
    for stream in &mut streams {
        stream.shutdown(Shutdown::Write)?;
        assert_eq!(stream.read(&mut [0; 1])?, 0, "more than was sent");
    }
    Ok(bytes)
}

#[test]
fn five_hundred_connections_at_once_get_their_own_bytes_back() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a listener");
    let address = listener.local_addr().expect("an address");
    let server = runtime.spawn(serve(listener));
    let sent = clients(address).expect("clients without an error");
    let served =
        runtime.block_on(async { timeout(PATIENCE, server).await }).expect("an end in time");
    assert_eq!(served.expect("no panic").expect("no error"), sent);
}
