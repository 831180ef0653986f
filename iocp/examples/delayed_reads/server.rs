//! A server that delays its answers: threads and blocking sockets, for it is not what is shown.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

/// Serves so many connections, each on a thread of its own.
pub(crate) fn start(connections: usize) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().take(connections) {
            thread::spawn(move || {
                // The client notices by the missing answer.
                if let Err(problem) = stream.and_then(|stream| answer(&stream)) {
                    eprintln!("delayed_reads: the server: {problem}");
                }
            });
        }
    });
    Ok(address)
}

fn answer(mut stream: &TcpStream) -> io::Result<()> {
    let mut request = String::new();
    BufReader::new(stream).read_line(&mut request)?;
    let delay_ms = request.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
    // The delay is what this server is for.
    thread::sleep(Duration::from_millis(delay_ms));
    stream.write_all(format!("after {delay_ms}").as_bytes())
}
