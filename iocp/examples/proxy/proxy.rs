//! The loop: accepts, connects to the target, and gives each pair its turn.

use std::{
    collections::HashMap,
    io::{self, stdout, BufRead, ErrorKind, Write},
    net::SocketAddr,
    thread,
};

use iocp::poll::{
    is_closed, Config, Event, Events, Interests, Poll, Registrator, TcpListener, Token,
};

use super::{
    command_line::{not_understood, number, value, value_if, Words},
    pair::{Moved, Pair},
};

/// The listener's token; a pair's are twice its number, and the next one: client and target.
const LISTENER: Token = 0;

/// Accepts that the system has at a time.
const ACCEPTS: u32 = 16;

/// Bytes of a read, and of what is lent to the system for each stream meanwhile.
const PIECE: usize = 16 << 10;

/// Bytes that are queued for a stream at most.
const QUEUED: usize = 64 << 10;

/// Where to listen and connect, and the limit.
#[derive(Debug)]
pub(crate) struct Arguments {
    listen: SocketAddr,
    target: SocketAddr,
    /// The most pairs at a time.
    connections: u32,
}

impl Arguments {
    /// Reads the arguments, or says in one sentence what is wrong with them.
    pub(crate) fn parse(mut words: Words) -> Result<Self, String> {
        let (mut listen, mut target) = (SocketAddr::from(([127, 0, 0, 1], 7001)), None);
        let (mut connections, wants) = (1000, "ADDRESS:PORT");
        while let Some(word) = words.next() {
            match word.to_str() {
                Some(option @ "--listen") => listen = value(&mut words, option, wants)?,
                Some(option @ "--target") => {
                    let has_port = |target: &SocketAddr| target.port() > 0;
                    target = Some(value_if(&mut words, option, wants, has_port)?);
                }
                Some(option @ "--connections") => {
                    connections = number(&mut words, option, 1..=10_000)?;
                }
                _ => return Err(not_understood(&word)),
            }
        }
        let target = target.ok_or("--target wants ADDRESS:PORT")?;
        Ok(Self { listen, target, connections })
    }
}

struct Proxy {
    registrator: Registrator,
    listener: TcpListener,
    target: SocketAddr,
    pairs: HashMap<Token, Pair>,
    most_pairs: usize,
    next: Token,
    piece: Vec<u8>,
    counts: Counts,
}

#[derive(Debug, Default)]
struct Counts {
    pairs: u64,
    failed: u64,
    refused: u64,
    bytes: u64,
}

/// Runs until standard input ends.
pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    // A pair takes two receives and some sends; the same again is for dropped ones that are still sending.
    let operations = ACCEPTS + 16 * arguments.connections;
    let config = Config::default()
        .receive_buffer(PIECE)
        .send_high_water(QUEUED)
        .port(iocp::Config::default().max_operations(operations));
    let poll = Poll::with_config(&config)?;
    let registrator = poll.registrator();
    let address = arguments.listen;
    let listener = registrator.listen(address, LISTENER, ACCEPTS as usize).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    say(format_args!("listening address={}", listener.local_addr()?));
    close_at_the_end_of_input(registrator.clone());
    let mut proxy = Proxy {
        registrator,
        listener,
        target: arguments.target,
        pairs: HashMap::new(),
        most_pairs: arguments.connections as usize,
        next: 1,
        piece: vec![0; PIECE],
        counts: Counts::default(),
    };
    proxy.serve(&poll)?;
    let Counts { pairs, failed, refused, bytes } = proxy.counts;
    let bytes = bytes + proxy.pairs.values().map(Pair::bytes).sum::<u64>();
    drop((proxy.pairs, proxy.listener, proxy.registrator));
    drop(poll);
    say(format_args!(
        "done pairs={pairs} failed={failed} refused={refused} bytes={bytes} leaked={}",
        iocp::leaked_operations()
    ));
    Ok(())
}

fn close_at_the_end_of_input(registrator: Registrator) {
    thread::spawn(move || {
        let lines = io::stdin().lock().lines();
        let _ = lines.map_while(Result::ok).find(|line| line.trim() == "stop");
        // It fails only if the loop has ended already.
        let _ = registrator.close_loop();
    });
}

impl Proxy {
    fn serve(&mut self, poll: &Poll) -> io::Result<()> {
        let mut events = Events::with_capacity(256);
        loop {
            match poll.poll(&mut events, None) {
                Ok(_) => {}
                Err(error) if is_closed(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
            for event in &events {
                match event.id() {
                    LISTENER => self.accept(),
                    token => self.turn(token, event),
                }
            }
        }
    }

    /// Takes all connections that are there, and connects each to the target.
    fn accept(&mut self) {
        loop {
            let mut client = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    // The listener is still good; the next event tries again, unless the loop ends.
                    if !is_closed(&error) {
                        eprintln!("proxy: a connection is lost: {error}");
                    }
                    return;
                }
            };
            let (token, both) = (2 * self.next, Interests::READABLE | Interests::WRITABLE);
            let is_full = self.pairs.len() >= self.most_pairs;
            if is_full || self.registrator.register(&mut client, token, both).is_err() {
                self.counts.refused += 1;
                client.abort();
                continue;
            }
            let Ok(target) = self.registrator.connect(self.target, token + 1, both) else {
                self.counts.refused += 1;
                client.abort();
                continue;
            };
            // Bytes are passed on as they come.
            let _ = client.set_nodelay(true);
            self.pairs.insert(self.next, Pair::new(client, target));
            self.next += 1;
            self.counts.pairs += 1;
        }
    }

    /// Gives a pair its turn.
    fn turn(&mut self, token: Token, event: &Event) {
        let number = token / 2;
        // It was dropped since the event came.
        let Some(pair) = self.pairs.get_mut(&number) else { return };
        let moved = pair.turn(token % 2, event, &mut self.piece);
        let both = Interests::READABLE | Interests::WRITABLE;
        let moved = match moved {
            // The others' turn first. What is left is told again when it is registered again.
            Moved::Part => {
                let [client, target] = &pair.sides;
                let again = self.registrator.reregister(&client.stream, 2 * number, both);
                match again.and(self.registrator.reregister(&target.stream, 2 * number + 1, both)) {
                    Ok(()) => return,
                    Err(_) => Moved::Failed,
                }
            }
            moved => moved,
        };
        if moved == Moved::All {
            return;
        }
        let Some(pair) = self.pairs.remove(&number) else { return };
        self.counts.bytes += pair.bytes();
        self.counts.failed += u64::from(moved == Moved::Failed);
        pair.end();
    }
}

/// Prints a line; a reader that is gone is no reason to end.
fn say(line: std::fmt::Arguments<'_>) {
    let mut out = stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
