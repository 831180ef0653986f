//! Sends back what the clients of a named pipe write, each message as one: `NAME [--messages]`.
//!
//! On the event queue, with one thread. The instance that listens is the newest.

use std::{
    collections::HashMap,
    env::args,
    error::Error,
    io::{self, ErrorKind},
};

use iocp::{
    poll::{Events, Interests, PipeStream, Poll, Registrator},
    PipeServer, PipeServerOptions,
};

struct Client {
    pipe: PipeStream<PipeServer>,
    /// What was read of a message, and whether that is all of it and waits to be written.
    message: Vec<u8>,
    is_whole: bool,
    bytes: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = args().skip(1).collect();
    let (name, messages) = match arguments.as_slice() {
        [name] => (name, false),
        [name, option] if option == "--messages" => (name, true),
        _ => return Err("usage: NAME [--messages]".into()),
    };
    let poll = Poll::new()?;
    let registrator = poll.registrator();
    let first = PipeServerOptions::new().messages(messages).create(name)?;
    let mut newest = 0;
    let mut clients = HashMap::from([(newest, Client::new(first, &registrator, newest)?)]);
    println!("listening");
    let mut events = Events::with_capacity(64);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            let Some(client) = clients.get_mut(&event.id()) else { continue };
            let next = match event.id() == newest {
                true => Some(client.pipe.get_ref().next_instance()?),
                false => None,
            };
            if client.serve().is_err() {
                println!("gone {}", client.bytes);
                clients.remove(&event.id());
            }
            if let Some(next) = next {
                newest += 1;
                clients.insert(newest, Client::new(next, &registrator, newest)?);
            }
        }
    }
}

impl Client {
    fn new(pipe: PipeServer, registrator: &Registrator, id: usize) -> io::Result<Self> {
        let mut pipe = PipeStream::from(pipe);
        registrator.register(&mut pipe, id, Interests::READABLE | Interests::WRITABLE)?;
        Ok(Self { pipe, message: Vec::new(), is_whole: false, bytes: 0 })
    }

    /// Reads and writes as far as that goes; an error is the end of the client.
    fn serve(&mut self) -> io::Result<()> {
        match self.go_on() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            over => over,
        }
    }

    fn go_on(&mut self) -> io::Result<()> {
        let mut room = [0; 4096];
        loop {
            if self.is_whole {
                self.pipe.write_message(&self.message)?;
                self.message.clear();
                self.is_whole = false;
            }
            let Some(part) = self.pipe.read_message(&mut room)? else {
                return Err(ErrorKind::UnexpectedEof.into());
            };
            self.message.extend_from_slice(&room[..part.len]);
            self.is_whole = part.is_last;
            self.bytes += part.len;
        }
    }
}
