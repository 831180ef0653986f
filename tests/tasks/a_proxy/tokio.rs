//! A TCP proxy on a port of its own, which it says: `TARGET`.
//!
//! A task for each pair, with one thread and a piece of memory for each way.

use std::{env::args, error::Error, io, net::SocketAddr};

use tokio::{
    io::copy_bidirectional_with_sizes,
    net::{TcpListener, TcpStream},
};

const PIECE: usize = 64 << 10;

#[tokio::main(flavor = "current_thread")]
pub async fn main() -> Result<(), Box<dyn Error>> {
    let target: SocketAddr = args().nth(1).ok_or("usage: TARGET")?.parse()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listening {}", listener.local_addr()?);
    loop {
        let (client, _) = listener.accept().await?;
        tokio::spawn(async move { drop(serve(client, target).await) });
    }
}

/// An error of one side is a reset of both.
async fn serve(mut client: TcpStream, target: SocketAddr) -> io::Result<()> {
    let mut target = match TcpStream::connect(target).await {
        Ok(target) => target,
        Err(_) => return client.set_zero_linger(),
    };
    if copy_bidirectional_with_sizes(&mut client, &mut target, PIECE, PIECE).await.is_err() {
        client.set_zero_linger()?;
        target.set_zero_linger()?;
    }
    Ok(())
}
