//! The loop: an instance that listens, and the clients.

use std::{
    error::Error,
    ffi::OsStr,
    io::{stdin, Read},
    sync::{
        atomic::{AtomicBool, Ordering::SeqCst},
        Arc,
    },
    thread,
};

use iocp::{
    AssociatedHandle, Completed, CompletionKind, CompletionPort, InFlight, Packet, Packets,
    PipeConnect, PipeServer, PipeServerOptions, Submitted,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The token of the instance that listens; the others' are their clients' numbers.
const LISTENER: usize = usize::MAX;

struct Server {
    port: CompletionPort,
    listener: AssociatedHandle<PipeServer>,
    connecting: Option<InFlight<PipeConnect>>,
    /// By number; one that is gone leaves its place.
    clients: Vec<Option<Client>>,
    bytes: u64,
}

/// One that is connected: what it writes is read, then written back.
struct Client {
    pipe: AssociatedHandle<PipeServer>,
    in_flight: Option<InFlight<Vec<u8>>>,
    reads: bool,
    bytes: u64,
}

/// Serves until standard input ends.
pub(crate) fn run(name: &OsStr, messages: bool) -> Result<()> {
    let port = CompletionPort::new()?;
    let first = PipeServerOptions::new().messages(messages).create(name)?;
    let listener = port.associate_handle(first, 0)?;
    let stopping = Arc::new(AtomicBool::new(false));
    let (waker, stop) = (port.waker(), Arc::clone(&stopping));
    thread::spawn(move || {
        // What it says is nothing to us; an error ends it too.
        let _ = stdin().lock().read_to_end(&mut Vec::new());
        stop.store(true, SeqCst);
        let _ = waker.wake();
    });
    let mut server = Server { port, listener, connecting: None, clients: Vec::new(), bytes: 0 };
    server.listen()?;
    println!("listening name={}", name.to_string_lossy());
    let mut packets = Packets::with_capacity(64);
    while !stopping.load(SeqCst) {
        server.port.wait(&mut packets, None)?;
        for packet in packets.iter() {
            match *packet {
                Packet::Io { token: LISTENER, .. } => server.listener_finished()?,
                Packet::Io { token, .. } => server.client_finished(token),
                _ => {}
            }
        }
    }
    println!("done clients={} bytes={}", server.clients.len(), server.bytes);
    Ok(())
}

impl Server {
    /// Waits for the next client; those that are there already are taken at once.
    fn listen(&mut self) -> Result<()> {
        loop {
            let connect = self.port.operation(PipeConnect, LISTENER)?;
            match self.listener.connect(connect) {
                Submitted::Pending(ticket) => {
                    self.connecting = Some(ticket);
                    return Ok(());
                }
                Submitted::Ready(connected) => self.take(&connected)?,
                Submitted::Refused(refused) => return Err(refused.into()),
            }
        }
    }

    fn listener_finished(&mut self) -> Result<()> {
        match InFlight::take_finished(&mut self.connecting) {
            Some(connected) => self.take(&connected)?,
            None => return Ok(()),
        }
        self.listen()
    }

    /// The instance has a client, or had one: what that has written is there to be read. The next one listens.
    fn take(&mut self, connected: &Completed<PipeConnect>) -> Result<()> {
        match connected.connected() {
            Err(error) if error.kind != CompletionKind::BrokenPipe => return Err(error.into()),
            _ => {}
        }
        let number = self.clients.len();
        let next = self.listener.get_ref().next_instance()?;
        let next = self.port.associate_handle(next, 0)?;
        let pipe = std::mem::replace(&mut self.listener, next);
        let mut client = Client { pipe, in_flight: None, reads: true, bytes: 0 };
        let operation = self.port.operation(Vec::with_capacity(4096), number)?;
        let read = client.pipe.read(operation);
        let stays = client.go_on(read);
        self.clients.push(Some(client));
        if !stays {
            self.leave(number);
        }
        Ok(())
    }

    fn client_finished(&mut self, number: usize) {
        let Some(Some(client)) = self.clients.get_mut(number) else { return };
        let Some(finished) = InFlight::take_finished(&mut client.in_flight) else { return };
        if !client.go_on(Submitted::Ready(finished)) {
            self.leave(number);
        }
    }

    fn leave(&mut self, number: usize) {
        if let Some(client) = self.clients[number].take() {
            println!("client number={number} bytes={}", client.bytes);
            self.bytes += client.bytes;
        }
    }
}

impl Client {
    /// Does what comes next, until something is in flight. False: the client is gone.
    fn go_on(&mut self, mut submitted: Submitted<Vec<u8>>) -> bool {
        loop {
            let finished = match submitted {
                Submitted::Pending(ticket) => {
                    self.in_flight = Some(ticket);
                    return true;
                }
                Submitted::Ready(finished) => finished,
                Submitted::Refused(_) => return false,
            };
            submitted = match self.next(finished) {
                Some(submitted) => submitted,
                None => return false,
            };
        }
    }

    fn next(&mut self, finished: Completed<Vec<u8>>) -> Option<Submitted<Vec<u8>>> {
        let (result, is_end) = (finished.result(), finished.is_end());
        let mut operation = finished.into_operation();
        match result {
            _ if is_end => None,
            // The rest of a message that is longer than the room.
            Err(error) if error.kind == CompletionKind::Truncated => {
                operation.buffer_mut().reserve(4096);
                Some(self.pipe.read(operation))
            }
            Err(_) => None,
            Ok(_) if self.reads => {
                self.reads = false;
                Some(self.pipe.write(operation))
            }
            Ok(written) => {
                self.bytes += written as u64;
                self.reads = true;
                operation.buffer_mut().clear();
                Some(self.pipe.read(operation))
            }
        }
    }
}
