//! The threads, and the connections by their tokens.

use std::{
    collections::HashMap,
    io::{self, ErrorKind},
    path::PathBuf,
    sync::{
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
        Arc, Mutex, MutexGuard, PoisonError,
    },
    thread,
    time::Duration,
};

use iocp::poll::{is_closed, Events, Interests, Poll, Registrator, TcpListener, TcpStream, Token};

use super::{
    arguments::Arguments,
    connection::{Connection, Goes},
};

const LISTENER: Token = 0;

/// Accepts that are with the system at a time.
const DEPTH: usize = 64;

const BOTH: Interests = Interests::READABLE.union(Interests::WRITABLE);

struct Server {
    poll: Poll,
    registrator: Registrator,
    listener: TcpListener,
    folder: PathBuf,
    patience: Duration,
    connections: Mutex<HashMap<Token, Arc<Mutex<Connection>>>>,
    next: AtomicUsize,
    requests: AtomicU64,
}

/// Runs until standard input ends.
pub(crate) fn run(arguments: &Arguments) -> io::Result<()> {
    let poll = Poll::new()?;
    let registrator = poll.registrator();
    let address = arguments.address;
    let listener = registrator.listen(address, LISTENER, DEPTH).map_err(|error| {
        io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
    })?;
    println!("listening address={}", listener.local_addr()?);
    let server = Server {
        poll,
        registrator,
        listener,
        folder: arguments.folder.clone(),
        patience: arguments.patience,
        connections: Mutex::default(),
        next: AtomicUsize::new(LISTENER + 1),
        requests: AtomicU64::new(0),
    };
    thread::scope(|scope| {
        let pollers: Vec<_> =
            (0..arguments.pollers).map(|_| scope.spawn(|| server.serve())).collect();
        let sweeper = scope.spawn(|| server.sweep());
        // Until the end of the input, whatever it says.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let closed = server.registrator.close_loop();
        sweeper.thread().unpark();
        for poller in pollers {
            poller.join().map_err(|_| io::Error::from(ErrorKind::Other))??;
        }
        closed
    })?;
    let requests = server.requests.load(Relaxed);
    let connections = server.next.load(Relaxed) - LISTENER - 1;
    drop(server);
    let leaked = iocp::leaked_operations();
    println!("done requests={requests} connections={connections} leaked={leaked}");
    Ok(())
}

impl Server {
    /// One poller's loop. An event goes to one poller only.
    fn serve(&self) -> io::Result<()> {
        let mut events = Events::with_capacity(256);
        loop {
            match self.poll.poll(&mut events, None) {
                Ok(_) => {}
                Err(error) if is_closed(&error) => return Ok(()),
                Err(error) => return Err(error),
            }
            for event in &events {
                match event.id() {
                    LISTENER => self.accept(),
                    token => self.advance(token),
                }
            }
        }
    }

    fn accept(&self) {
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => match self.open(stream) {
                    Err(error) if !self.poll.is_closed() => {
                        eprintln!("http_files: a connection is refused: {error}");
                    }
                    _ => {}
                },
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) => {
                    if !self.poll.is_closed() {
                        eprintln!("http_files: cannot accept now: {error}");
                    }
                    return;
                }
            }
        }
    }

    fn open(&self, stream: TcpStream) -> io::Result<()> {
        // Answers are written whole; waiting for more of them helps nobody.
        let _ = stream.set_nodelay(true);
        let token = self.next.fetch_add(1, Relaxed);
        let connection = Arc::new(Mutex::new(Connection::new(stream)));
        // Its first event may come to another poller before `register` returns: that one finds it
        // in the map, and waits for this lock.
        let mut place = lock(&connection);
        lock(&self.connections).insert(token, Arc::clone(&connection));
        let registered = self.registrator.register(&mut place.stream, token, BOTH);
        if registered.is_err() {
            lock(&self.connections).remove(&token);
        }
        registered
    }

    fn advance(&self, token: Token) {
        // An event may be of a connection that has just ended.
        let Some(connection) = lock(&self.connections).get(&token).map(Arc::clone) else { return };
        let mut place = lock(&connection);
        let before = place.answered;
        let mut goes = place.advance(&self.folder);
        self.requests.fetch_add(place.answered - before, Relaxed);
        // Registered again, what is ready now gives an event: after those of the others.
        let again = || self.registrator.reregister(&place.stream, token, BOTH);
        if goes == Goes::Again && again().is_err() {
            goes = Goes::Ended;
        }
        drop(place);
        if goes == Goes::Ended {
            let ended = lock(&self.connections).remove(&token);
            drop(ended);
        }
    }

    /// Drops, once a second, the connections that make no progress.
    fn sweep(&self) {
        while !self.poll.is_closed() {
            thread::park_timeout(Duration::from_secs(1));
            // Short of sockets, accepting says so once and then waits to be called.
            self.accept();
            let all: Vec<_> = {
                let connections = lock(&self.connections);
                connections.iter().map(|(token, place)| (*token, Arc::clone(place))).collect()
            };
            for (token, connection) in all {
                if lock(&connection).is_stale(self.patience) {
                    lock(&self.connections).remove(&token);
                }
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
