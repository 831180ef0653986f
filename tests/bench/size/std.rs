//! An echo server over std: a thread for each connection.

use std::{io::{Read, Result, Write}, net::TcpListener, thread};

fn main() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    loop {
        let (mut stream, _) = listener.accept()?;
        thread::spawn(move || {
            let mut room = [0; 4096];
            while let Ok(count @ 1..) = stream.read(&mut room) {
                if stream.write_all(&room[..count]).is_err() {
                    break;
                }
            }
        });
    }
}
