//! An echo server over mio.

use std::{collections::HashMap, io::{ErrorKind, Read, Result, Write}};

use mio::{net::TcpListener, Events, Interest, Poll, Token};

fn main() -> Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind("127.0.0.1:0".parse().unwrap())?;
    println!("{}", listener.local_addr()?);
    poll.registry().register(&mut listener, Token(0), Interest::READABLE)?;
    let mut events = Events::with_capacity(64);
    let (mut streams, mut next, mut room) = (HashMap::new(), 1, [0; 4096]);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == Token(0) {
                loop {
                    match listener.accept() {
                        Ok((mut stream, _)) => {
                            poll.registry().register(&mut stream, Token(next), Interest::READABLE)?;
                            streams.insert(next, stream);
                            next += 1;
                        }
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    }
                }
                continue;
            }
            let Some(stream) = streams.get_mut(&event.token().0) else { continue };
            let is_over = loop {
                match stream.read(&mut room) {
                    Ok(0) => break true,
                    Ok(count) if stream.write_all(&room[..count]).is_err() => break true,
                    Ok(_) => {}
                    Err(error) => break error.kind() != ErrorKind::WouldBlock,
                }
            };
            if is_over {
                streams.remove(&event.token().0);
            }
        }
    }
}
