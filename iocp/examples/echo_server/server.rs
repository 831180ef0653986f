//! The threads, the connections, and the conversation on standard input and output.

use std::{
    io::{stdout, BufRead, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        atomic::{AtomicBool, Ordering::Relaxed},
        Mutex, MutexGuard, PoisonError, RwLock,
    },
    thread,
    time::{Duration, Instant},
};

use iocp::{AcceptError, AcceptedSocket, CompletionPort, Error, Packet, Packets, Wait};

use super::{
    arguments::Arguments,
    connection::{Connection, Goes, BUFFER},
    counts::Counts,
    listener::Listener,
};

/// Keys: what kind of handle a packet is from.
const CONNECTION: usize = 0;
const FIRST_LISTENER: usize = 1;

/// How long operations in flight may take to come back at the end.
const WIND_DOWN: Duration = Duration::from_secs(60);

/// Packets per wait.
const BATCH: usize = 64;

struct Server {
    port: CompletionPort,
    listeners: Vec<Listener>,
    connections: RwLock<Vec<Mutex<Option<Connection>>>>,
    /// Numbers of connections that have ended.
    vacant: Mutex<Vec<usize>>,
    counts: Counts,
    stopping: AtomicBool,
}

/// Runs until standard input ends.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let port = CompletionPort::new()?;
    let mut listeners = vec![listen(&port, arguments.ipv4, FIRST_LISTENER)?];
    // A machine may have no IPv6.
    let v6 = listen(&port, arguments.ipv6, FIRST_LISTENER + 1);
    let v6_address = match &v6 {
        Ok(listener) => listener.address()?.to_string(),
        Err(problem) => {
            eprintln!("echo_server: no IPv6: {problem}");
            "none".to_owned()
        }
    };
    println!("listening ipv4={} ipv6={v6_address}", listeners[0].address()?);
    listeners.extend(v6);
    let server = Server {
        port,
        listeners,
        connections: RwLock::default(),
        vacant: Mutex::default(),
        counts: Counts::default(),
        stopping: AtomicBool::new(false),
    };
    server.serve(arguments.workers)?;

    let Server { port, listeners, connections, counts, .. } = server;
    drop(listeners);
    drop(connections);
    let mut packets = Packets::with_capacity(BATCH);
    while let Wait::Packets(1..) = port.drain(&mut packets, Some(WIND_DOWN))? {}
    let (in_flight, leaked) = (port.stats().in_flight, iocp::leaked_operations());
    println!("done {counts} in_flight={in_flight} leaked={leaked}");
    Ok(())
}

fn listen(port: &CompletionPort, address: SocketAddr, key: usize) -> Result<Listener, String> {
    let socket = TcpListener::bind(address)
        .map_err(|error| format!("cannot listen on {address}: {error}"))?;
    Listener::new(port, socket, key).map_err(|error| error.to_string())
}

impl Server {
    fn serve(&self, workers: usize) -> Result<(), Error> {
        for listener in &self.listeners {
            listener.start(&self.port, &mut |accepted| self.accepted(accepted))?;
        }
        thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| self.work());
            }
            let progress = scope.spawn(|| self.report());
            self.converse();
            self.stopping.store(true, Relaxed);
            progress.thread().unpark();
            self.wind_down();
            self.port.close()
        })
    }

    /// One thread's loop.
    fn work(&self) {
        let mut packets = Packets::with_capacity(BATCH);
        loop {
            match self.port.wait(&mut packets, None) {
                Ok(_) => {}
                Err(Error::Closed) => return,
                Err(problem) => {
                    eprintln!("echo_server: {problem}");
                    return;
                }
            }
            self.counts.waits.fetch_add(1, Relaxed);
            self.counts.packets.fetch_add(packets.len(), Relaxed);
            for packet in &packets {
                match *packet {
                    Packet::Io { key: CONNECTION, token, .. } => self.advance(token),
                    Packet::User(user) => self.advance(user.token),
                    Packet::Io { key, token, .. } => self.accept(key, token),
                    _ => {}
                }
            }
        }
    }

    fn accept(&self, key: usize, token: usize) {
        if self.stopping.load(Relaxed) {
            return;
        }
        let Some(listener) = self.listeners.get(key - FIRST_LISTENER) else { return };
        if let Err(problem) = listener.advance(token, &mut |accepted| self.accepted(accepted)) {
            if !self.stopping.load(Relaxed) {
                eprintln!("echo_server: cannot accept any more: {problem}");
            }
        }
    }

    fn accepted(&self, accepted: Result<AcceptedSocket, AcceptError>) {
        let socket = match accepted {
            Ok(socket) => socket,
            // A peer that was gone before it was accepted is no trouble.
            Err(AcceptError::Completion(_)) => {
                self.counts.resets.fetch_add(1, Relaxed);
                return;
            }
            Err(problem) => {
                self.counts.errors.fetch_add(1, Relaxed);
                eprintln!("echo_server: a connection is lost: {problem}");
                return;
            }
        };
        if let Err(problem) = self.open(socket) {
            self.counts.errors.fetch_add(1, Relaxed);
            eprintln!("echo_server: a connection is refused: {problem}");
        }
    }

    fn open(&self, socket: AcceptedSocket) -> Result<(), Error> {
        let socket = self.port.associate_accepted::<TcpStream>(socket, CONNECTION)?;
        // Echoes are small and wanted at once.
        let _ = socket.set_nodelay(true);
        let token = self.vacancy();
        let operation = self.port.operation(Vec::with_capacity(BUFFER), token)?;
        self.counts.opened();
        let connections = self.connections.read().unwrap_or_else(PoisonError::into_inner);
        let mut place = lock(&connections[token]);
        let connection = place.insert(Connection::new(socket));
        let goes = connection.start(&self.port, operation, &self.counts);
        self.settle(goes, place, token);
        Ok(())
    }

    fn advance(&self, token: usize) {
        let connections = self.connections.read().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = connections.get(token) else { return };
        let mut place = lock(place);
        if let Some(connection) = place.as_mut() {
            let goes = connection.advance(&self.port, &self.counts);
            self.settle(goes, place, token);
        }
    }

    /// Drops a connection that has ended and gives its number back.
    fn settle(&self, goes: Goes, mut place: MutexGuard<'_, Option<Connection>>, token: usize) {
        if goes == Goes::Ended {
            let ended = place.take();
            drop(place);
            drop(ended);
            self.counts.closed();
            lock(&self.vacant).push(token);
        }
    }

    fn vacancy(&self) -> usize {
        if let Some(token) = lock(&self.vacant).pop() {
            return token;
        }
        let mut connections = self.connections.write().unwrap_or_else(PoisonError::into_inner);
        connections.push(Mutex::new(None));
        connections.len() - 1
    }

    /// Cancels everything and lets the threads take what comes back, for a while.
    fn wind_down(&self) {
        let start = Instant::now();
        while start.elapsed() < WIND_DOWN {
            for listener in &self.listeners {
                listener.cancel();
            }
            for place in self.connections.read().unwrap_or_else(PoisonError::into_inner).iter() {
                if let Some(connection) = lock(place).as_ref() {
                    connection.cancel();
                }
            }
            // A thread may have been about to submit: look again.
            if self.port.stats().in_flight == 0 {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Answers on standard input until it ends.
    fn converse(&self) {
        let mut line = String::new();
        let mut input = std::io::stdin().lock();
        let (mut allocations, mut messages) = (0, 0);
        loop {
            line.clear();
            match input.read_line(&mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            match line.trim() {
                "stop" => return,
                "steady" => {
                    let stats = super::ALLOCATIONS.stats();
                    let now = stats.allocations + stats.reallocations;
                    let sent = self.counts.messages.load(Relaxed);
                    say(format_args!(
                        "steady allocations={} messages={}",
                        now - allocations,
                        sent - messages
                    ));
                    (allocations, messages) = (now, sent);
                }
                _ => {}
            }
        }
    }

    fn report(&self) {
        while !self.stopping.load(Relaxed) {
            say(format_args!("progress {}", self.counts));
            thread::park_timeout(Duration::from_secs(1));
        }
    }
}

/// Prints a line; a reader that is gone is no reason to end.
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(stdout(), "{line}");
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
