//! The threads, and the table of the connections.

use std::{
    collections::HashMap,
    io::{self, stdout, BufRead, ErrorKind, Write},
    sync::{
        atomic::{AtomicUsize, Ordering::Relaxed},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    thread,
};

use iocp::poll::{
    is_closed, Config, Events, Interests, Poll, Registrator, TcpListener, TcpStream, Token,
};

use super::{
    arguments::Arguments,
    connection::{Connection, Turn, SPACE},
};

/// The listener's token; connections count from 1.
const LISTENER: Token = 0;

const BOTH: Interests = Interests::READABLE.union(Interests::WRITABLE);

struct Server {
    poll: Poll,
    registrator: Registrator,
    listener: TcpListener,
    connections: Mutex<HashMap<Token, Arc<Mutex<Connection>>>>,
    next: AtomicUsize,
}

/// What one thread did.
#[derive(Debug, Default)]
struct Counts {
    polls: u64,
    events: u64,
    accepted: u64,
    bytes: u64,
    /// Turns that ended because the client does not read.
    held: u64,
}

/// Runs until standard input ends.
pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    let poll = Poll::with_config(&Config::default().receive_buffer(SPACE))?;
    let registrator = poll.registrator();
    let address = arguments.listen;
    let listener = registrator.listen(address, LISTENER, 16).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    say(format_args!("listening address={}", listener.local_addr()?));
    let server = Server {
        poll,
        registrator,
        listener,
        connections: Mutex::default(),
        next: AtomicUsize::new(LISTENER + 1),
    };
    let all = server.serve(arguments.threads)?;
    let open = lock(&server.connections).len();
    drop(server);

    for (number, counts) in all.iter().enumerate() {
        let Counts { polls, events, accepted, bytes, held } = counts;
        say(format_args!(
            "thread number={number} polls={polls} events={events} accepted={accepted} bytes={bytes} held={held}"
        ));
    }
    let accepted: u64 = all.iter().map(|counts| counts.accepted).sum();
    let bytes: u64 = all.iter().map(|counts| counts.bytes).sum();
    say(format_args!(
        "done threads={} accepted={accepted} bytes={bytes} open={open} leaked={}",
        all.len(),
        iocp::leaked_operations()
    ));
    Ok(())
}

impl Server {
    fn serve(&self, threads: usize) -> io::Result<Vec<Counts>> {
        thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| self.work())).collect();
            let lines = io::stdin().lock().lines();
            let _ = lines.map_while(Result::ok).find(|line| line.trim() == "stop");
            self.registrator.close_loop()?;
            let join = |worker: thread::ScopedJoinHandle<'_, _>| {
                worker.join().map_err(|_| io::Error::other("a thread panicked"))?
            };
            workers.into_iter().map(join).collect()
        })
    }

    /// One thread's loop; its events are its own.
    fn work(&self) -> io::Result<Counts> {
        let (mut events, mut counts) = (Events::with_capacity(16), Counts::default());
        loop {
            match self.poll.poll(&mut events, None) {
                Ok(_) => counts.polls += 1,
                Err(error) if is_closed(&error) => return Ok(counts),
                Err(error) => return Err(error),
            }
            for event in &events {
                counts.events += 1;
                match event.id() {
                    LISTENER => self.accept(&mut counts),
                    token => self.advance(token, &mut counts),
                }
            }
        }
    }

    fn accept(&self, counts: &mut Counts) {
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => {
                    counts.accepted += 1;
                    if let Err(error) = self.open(stream) {
                        eprintln!("threads: a connection is refused: {error}");
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    // The listener is still good; the next event tries again.
                    eprintln!("threads: a connection is lost: {error}");
                    return;
                }
            }
        }
    }

    fn open(&self, stream: TcpStream) -> io::Result<()> {
        let token = self.next.fetch_add(1, Relaxed);
        let shared = Arc::new(Mutex::new(Connection::new(stream)));
        // In the table before it is registered: its first event may go to another thread at once,
        // which finds it there and waits for the lock.
        let mut connection = lock(&shared);
        lock(&self.connections).insert(token, Arc::clone(&shared));
        let registered = self.registrator.register(&mut connection.stream, token, BOTH);
        if registered.is_err() {
            lock(&self.connections).remove(&token);
        }
        registered
    }

    fn advance(&self, token: Token, counts: &mut Counts) {
        let Some(shared) = lock(&self.connections).get(&token).map(Arc::clone) else { return };
        let mut connection = lock(&shared);
        let (mut turn, bytes) = connection.turn();
        counts.bytes += bytes;
        if turn == Turn::Held {
            counts.held += 1;
            if connection.first_held() {
                say(format_args!("held connection={token} why=\"it does not read\""));
            }
        }
        if turn == Turn::Again {
            // What is ready is told again, after the events of others.
            if self.registrator.reregister(&connection.stream, token, BOTH).is_err() {
                turn = Turn::Over;
            }
        }
        if turn == Turn::Over {
            lock(&self.connections).remove(&token);
        }
    }
}

/// Prints a line; a reader that is gone is no reason to end.
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(stdout(), "{line}");
}

/// What the locks guard is whole even if its holder panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
