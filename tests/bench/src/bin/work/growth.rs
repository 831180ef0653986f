//! What grows with how much there is: between two marks something is done once, or as often as there is of it.
//! `--connections` is how much: operations in flight, or clients that wait.

//!
//! Many completions take too long to be stepped all: of more than [`WHOLE`] only those in a few windows are, spread
//! evenly, and what a lap there costs is that of all.

use std::{
    io::{Error, ErrorKind, Result},
    mem::forget,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket},
    sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    },
    time::Duration,
};

use iocp::{
    poll::{self, Events, Interests, Poll},
    AssociatedSocket, CompletionPort, Config, Datagram, IoBuf, IoBufMut, Packets, Wait,
};
use socket2::{Domain, Socket, Type};

use crate::{
    arguments::Args,
    meter::{lap, mark, Mark},
    setting,
};

/// Longer than any of it takes.
const LIMIT: Duration = Duration::from_secs(300);

/// Laps up to which each is stepped; of more, those in some windows of so many laps.
const WHOLE: usize = 128;

/// Where windows lie.
#[derive(Clone, Copy)]
struct Windows {
    of: usize,
    every: usize,
    laps: usize,
}

impl Windows {
    fn of(of: usize, windows: usize, laps: usize) -> Self {
        match of {
            0..=WHOLE => Self { of, every: of, laps: of },
            _ => Self { of, every: (of / windows).max(laps), laps },
        }
    }

    /// Before a lap.
    fn begins(self, number: usize) {
        if number.is_multiple_of(self.every) && number + self.laps <= self.of {
            mark(Mark::Begin);
        }
    }

    /// After it.
    fn ends(self, number: usize) {
        if number % self.every == self.laps - 1 {
            mark(Mark::End);
        }
    }
}

/// Does it between the marks, and ends.
pub(crate) fn run(args: &Args) -> Result<()> {
    let count = args.connections;
    match args.server.as_str() {
        "stats" => {
            let (port, sockets) = flying(count, count, false, |memory| memory)?;
            counted(args, || is_same(port.stats().in_flight, count))?;
            forget((port, sockets));
        }
        "in_flight" => {
            let (port, sockets) = flying(count, count, false, |memory| memory)?;
            counted(args, || is_same(sockets[0].0.in_flight(), count))?;
            forget((port, sockets));
        }
        "drain" => drain(args, count)?,
        "drop" => dropped(args, count)?,
        "burst" => burst(args, count)?,
        other => return Err(Error::other(format!("nothing is called `{other}`"))),
    }
    println!("counted messages={count}");
    Ok(())
}

/// Marks what is counted.
fn counted<T>(args: &Args, what: impl FnOnce() -> Result<T>) -> Result<T> {
    setting::wait_for_tracer(args)?;
    mark(Mark::Begin);
    let done = what();
    mark(Mark::End);
    done
}

fn is_same(found: usize, right: usize) -> Result<()> {
    match found == right {
        true => Ok(()),
        false => Err(Error::other(format!("{found} instead of {right}"))),
    }
}

/// The sockets with receives in flight, and who can end them.
type Sockets = Vec<(AssociatedSocket<UdpSocket>, UdpSocket)>;

/// So many receives in flight, at most `each` on a socket. `told`: their packets are reported.
fn flying<B: IoBufMut>(
    count: usize,
    each: usize,
    told: bool,
    buffer: impl Fn(Vec<u8>) -> B,
) -> Result<(CompletionPort, Sockets)> {
    let most = u32::try_from(count).map_err(Error::other)?;
    let config = Config::default().max_operations(most).drain_limit(LIMIT);
    let port = CompletionPort::with_config(&config)?;
    let mut sockets = Sockets::new();
    for token in 0..count {
        if token % each == 0 {
            let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
            sender.connect(socket.local_addr()?)?;
            sockets.push((port.associate_socket(socket, token / each)?, sender));
        }
        let operation = port.operation(Datagram::new(buffer(Vec::with_capacity(8))), token)?;
        match sockets[token / each].0.recv_from(operation).pending() {
            Ok(ticket) if told => drop(ticket.park()),
            Ok(ticket) => ticket.detach(),
            Err(_) => return Err(Error::other("a receive is done before anything was sent")),
        }
    }
    Ok((port, sockets))
}

/// Receives of a socket where there are several: Wine is slow with more.
const EACH: usize = 1_000;

/// One completion, one drain, until nothing is in flight.
fn drain(args: &Args, count: usize) -> Result<()> {
    let (port, sockets) = flying(count, EACH, true, |memory| memory)?;
    let mut packets = Packets::with_capacity(64);
    let windows = Windows::of(count, 32, 4);
    setting::wait_for_tracer(args)?;
    for number in 0..count {
        windows.begins(number);
        lap();
        sockets[number / EACH].1.send(b"end")?;
        match port.drain(&mut packets, Some(LIMIT))? {
            Wait::Packets(1) => {}
            other => return Err(Error::other(format!("{other:?} instead of one packet"))),
        }
        windows.ends(number);
    }
    match port.drain(&mut packets, None)? {
        Wait::Packets(0) => {}
        other => return Err(Error::other(format!("{other:?} instead of nothing"))),
    }
    forget((port, sockets));
    Ok(())
}

/// The port is dropped, and takes the packets of what its sockets have cancelled.
fn dropped(args: &Args, count: usize) -> Result<()> {
    // Two batches, of which the drop takes 64 packets each.
    let windows = match count {
        0..=WHOLE => Windows { of: 0, every: usize::MAX, laps: usize::MAX },
        _ => Windows::of(count, 4, 2 * 64 + 1),
    };
    let taken = Arc::new(AtomicUsize::new(0));
    let told = |memory| Told { memory, taken: Arc::clone(&taken), windows };
    let (port, sockets) = flying(count, EACH, false, told)?;
    if count <= WHOLE {
        counted(args, || {
            drop((sockets, port));
            Ok(())
        })?;
    } else {
        setting::wait_for_tracer(args)?;
        drop((sockets, port));
    }
    is_same(taken.load(Ordering::Relaxed), count)?;
    is_same(iocp::leaked_operations(), 0)
}

/// Says when its operation was taken: a lap of the port's drop.
struct Told {
    memory: Vec<u8>,
    taken: Arc<AtomicUsize>,
    windows: Windows,
}

impl Drop for Told {
    fn drop(&mut self) {
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        self.windows.begins(number);
        lap();
        self.windows.ends(number);
    }
}

// SAFETY:
// * the contents are those of the vector inside, which lie on the heap and move only when it is changed.
unsafe impl IoBuf for Told {
    fn contents(&self) -> &[u8] {
        self.memory.contents()
    }
}

// SAFETY:
// * both are those of the vector inside, which keeps the promise.
unsafe impl IoBufMut for Told {
    fn room(&mut self) -> (*mut u8, usize) {
        self.memory.room()
    }

    unsafe fn set_filled(&mut self, n: usize) {
        // SAFETY:
        // * the caller's promise is the vector's too: its room is ours.
        unsafe { self.memory.set_filled(n) };
    }
}

/// So many clients all at once, of a listener that may have as many accepts with the system.
fn burst(args: &Args, count: usize) -> Result<()> {
    let poll = Poll::new()?;
    let listener = listener(count)?;
    let address = listener.local_addr()?;
    let mut listener = poll::TcpListener::from(listener);
    listener.set_depth(count);
    poll.registrator().register(&mut listener, 0, Interests::READABLE)?;
    let (mut events, mut streams) = (Events::with_capacity(64), Vec::with_capacity(2 * count));
    let mut accept = |streams: &mut Vec<poll::TcpStream>, all: usize| -> Result<()> {
        while streams.len() < all {
            poll.poll(&mut events, None)?;
            loop {
                match listener.accept() {
                    Ok((stream, _)) => streams.push(stream),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    };
    let connect = || (0..count).map(|_| TcpStream::connect(address)).collect::<Result<Vec<_>>>();
    // The listener deepens with the first ones.
    let mut clients = connect()?;
    accept(&mut streams, count)?;
    clients.extend(connect()?);
    counted(args, || accept(&mut streams, 2 * count))?;
    forget((poll, streams, clients));
    Ok(())
}

/// A listener for which so many clients can wait, beyond those that its accepts take. std's has room for 128, whatever
/// the depth: the one thread that connects them all, and would then accept them, waits for ever at the next one.
fn listener(count: usize) -> Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    // `SOMAXCONN_HINT`: a plain number above 200 is cut to that. Wine's system takes it for the most that it allows.
    socket.listen(-i32::try_from(count).map_err(Error::other)?)?;
    Ok(socket.into())
}
