//! An echo server over the event queue, as its page shows one.

use std::{collections::HashMap, io::{ErrorKind, Read, Result, Write}};

use iocp::poll::{Events, Interests, Poll, TcpListener};

fn main() -> Result<()> {
    let poll = Poll::new()?;
    let registrator = poll.registrator();
    let mut listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    registrator.register(&mut listener, 0, Interests::READABLE)?;
    let mut events = Events::with_capacity(64);
    let (mut streams, mut next, mut room) = (HashMap::new(), 1, [0; 4096]);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.id() == 0 {
                loop {
                    match listener.accept() {
                        Ok((mut stream, _)) => {
                            registrator.register(&mut stream, next, Interests::READABLE)?;
                            streams.insert(next, stream);
                            next += 1;
                        }
                        Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                        Err(error) => return Err(error),
                    }
                }
                continue;
            }
            let Some(stream) = streams.get_mut(&event.id()) else { continue };
            let is_over = loop {
                match stream.read(&mut room) {
                    Ok(0) => break true,
                    Ok(count) if stream.write_all(&room[..count]).is_err() => break true,
                    Ok(_) => {}
                    Err(error) => break error.kind() != ErrorKind::WouldBlock,
                }
            };
            if is_over {
                streams.remove(&event.id());
            }
        }
    }
}
