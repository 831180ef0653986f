//! The room: who is there, and the loop that takes the events.

use std::{
    collections::HashMap,
    io::{self, stdout, BufRead, ErrorKind, Write},
    thread,
};

use iocp::poll::{is_closed, Config, Events, Interests, Poll, Registrator, TcpListener, Token};

use super::{
    arguments::Arguments,
    client::{Client, Heard, Told},
};

/// The listener's token; clients count from 1 and are never numbered anew.
const LISTENER: Token = 0;

/// Accepts that the system has at a time.
const ACCEPTS: u32 = 16;

/// Bytes that one client may say in its turn.
const TURN: usize = 4096;

/// Bytes that the system may receive for a client meanwhile: four turns.
const RECEIVE: usize = 4 * TURN;

struct Room {
    registrator: Registrator,
    listener: TcpListener,
    clients: HashMap<Token, Client>,
    most_clients: usize,
    next: Token,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    clients: u64,
    lines: u64,
    slow: u64,
    refused: u64,
}

/// Runs until standard input ends.
pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    let poll = Poll::with_config(&config(arguments))?;
    let registrator = poll.registrator();
    let address = arguments.listen;
    let listener = registrator.listen(address, LISTENER, ACCEPTS as usize).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    say(format_args!("listening address={}", listener.local_addr()?));
    close_at_the_end_of_input(registrator.clone());
    let mut room = Room {
        registrator,
        listener,
        clients: HashMap::new(),
        most_clients: arguments.clients as usize,
        next: LISTENER + 1,
        counts: Counts::default(),
    };
    room.serve(&poll)?;
    let Counts { clients, lines, slow, refused } = room.counts;
    drop(room.clients);
    drop(room.listener);
    drop(room.registrator);
    drop(poll);
    say(format_args!(
        "done clients={clients} lines={lines} slow={slow} refused={refused} leaked={}",
        iocp::leaked_operations()
    ));
    Ok(())
}

/// A client takes a receive and two sends. The same again is for dropped ones that still have
/// something to get: when these are too many, new clients are refused.
fn config(arguments: &Arguments) -> Config {
    let max_operations = ACCEPTS + 6 * arguments.clients;
    Config::default()
        .receive_buffer(RECEIVE)
        .send_high_water(arguments.high_water as usize)
        .port(iocp::Config::default().max_operations(max_operations))
}

fn close_at_the_end_of_input(registrator: Registrator) {
    thread::spawn(move || {
        let lines = io::stdin().lock().lines();
        let _ = lines.map_while(Result::ok).find(|line| line.trim() == "stop");
        // It fails only if the loop has ended already.
        let _ = registrator.close_loop();
    });
}

impl Room {
    fn serve(&mut self, poll: &Poll) -> io::Result<()> {
        let mut events = Events::with_capacity(256);
        let (mut space, mut said) = (vec![0; TURN], Vec::new());
        loop {
            match poll.poll(&mut events, None) {
                Ok(_) => {}
                Err(error) if is_closed(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
            for event in &events {
                match event.id() {
                    LISTENER => self.accept(),
                    token => self.hear(token, &mut space, &mut said),
                }
            }
        }
    }

    /// Takes all connections that are there.
    fn accept(&mut self) {
        loop {
            let mut stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    // The listener is still good; the next event tries again, unless the loop ends.
                    if !is_closed(&error) {
                        eprintln!("chat: a connection is lost: {error}");
                    }
                    return;
                }
            };
            let token = self.next;
            let full = self.clients.len() >= self.most_clients;
            if full || self.registrator.register(&mut stream, token, Interests::READABLE).is_err() {
                self.counts.refused += 1;
                continue;
            }
            // Lines are short and wanted at once.
            let _ = stream.set_nodelay(true);
            self.next += 1;
            self.counts.clients += 1;
            let mut client = Client::new(stream);
            if client.tell(format!("* you are {token}\n").as_bytes()) == Told::Queued {
                self.clients.insert(token, client);
                self.tell(token, format!("* {token} is here\n").as_bytes());
            }
        }
    }

    /// Gives a client its turn.
    fn hear(&mut self, token: Token, space: &mut [u8], said: &mut Vec<u8>) {
        // It was dropped since the event came.
        let Some(client) = self.clients.get_mut(&token) else { return };
        said.clear();
        let heard = client.hear(token, space, said);
        if !said.is_empty() {
            self.counts.lines += said.iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
            self.tell(token, said);
        }
        match heard {
            Heard::All => {}
            Heard::Part => {
                // The others' turn first. What is left is told again when it is registered again.
                let again = self.clients.get(&token).map(|client| {
                    self.registrator.reregister(&client.stream, token, Interests::READABLE)
                });
                if let Some(Err(_)) = again {
                    self.leave(token);
                }
            }
            Heard::End => self.leave(token),
            Heard::TooLong => {
                say(format_args!("dropped client={token} why=\"a line is too long\""));
                self.leave(token);
            }
        }
    }

    fn leave(&mut self, token: Token) {
        if self.clients.remove(&token).is_some() {
            self.tell(token, format!("* {token} has left\n").as_bytes());
        }
    }

    /// Queues lines for all but one, and drops those that have no room for them.
    fn tell(&mut self, but: Token, lines: &[u8]) {
        let mut left = self.tell_once(but, lines);
        // That somebody has left may be one line too many for others.
        while let Some(token) = left.pop() {
            left.extend(self.tell_once(token, format!("* {token} has left\n").as_bytes()));
        }
    }

    fn tell_once(&mut self, but: Token, lines: &[u8]) -> Vec<Token> {
        let (mut left, counts) = (Vec::new(), &mut self.counts);
        self.clients.retain(|&token, client| {
            let told = if token == but { Told::Queued } else { client.tell(lines) };
            if told == Told::Slow {
                counts.slow += 1;
                say(format_args!("dropped client={token} why=\"it does not read\""));
            }
            if told != Told::Queued {
                left.push(token);
            }
            told == Told::Queued
        });
        left
    }
}

/// Prints a line; a reader that is gone is no reason to end.
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(stdout(), "{line}");
}
