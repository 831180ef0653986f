//! What grows with how much there is: between two marks something is done once, or as often as there is of it.
//! `--connections` is how much: operations in flight, or clients that wait.

use std::{
    io::{Error, ErrorKind, Result},
    mem::forget,
    net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket},
    time::Duration,
};

use iocp::{
    poll::{self, Events, Interests, Poll},
    AssociatedSocket, CompletionPort, Config, Datagram, Packets, Wait,
};

use crate::{
    arguments::Args,
    meter::{mark, Mark},
    setting,
};

/// Longer than any of it takes.
const LIMIT: Duration = Duration::from_secs(300);

/// Does it between the marks, and ends.
pub(crate) fn run(args: &Args) -> Result<()> {
    let count = args.connections;
    match args.server.as_str() {
        "stats" => {
            let (port, socket, _) = flying(count, false)?;
            counted(args, || is_same(port.stats().in_flight, count))?;
            forget((port, socket));
        }
        "in_flight" => {
            let (port, socket, _) = flying(count, false)?;
            counted(args, || is_same(socket.in_flight(), count))?;
            forget((port, socket));
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

/// A socket with so many receives in flight, and who can end them one by one. `told`: their packets are reported.
fn flying(
    count: usize,
    told: bool,
) -> Result<(CompletionPort, AssociatedSocket<UdpSocket>, UdpSocket)> {
    let most = u32::try_from(count).map_err(Error::other)?;
    let config = Config::default().max_operations(most).drain_limit(LIMIT);
    let port = CompletionPort::with_config(&config)?;
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    let sender = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
    sender.connect(socket.local_addr()?)?;
    let socket = port.associate_socket(socket, 0)?;
    for token in 0..count {
        let operation = port.operation(Datagram::new(Vec::with_capacity(8)), token)?;
        match socket.recv_from(operation).pending() {
            Ok(ticket) if told => drop(ticket.park()),
            Ok(ticket) => ticket.detach(),
            Err(_) => return Err(Error::other("a receive is done before anything was sent")),
        }
    }
    Ok((port, socket, sender))
}

/// One completion, one drain, until nothing is in flight.
fn drain(args: &Args, count: usize) -> Result<()> {
    let (port, socket, sender) = flying(count, true)?;
    let mut packets = Packets::with_capacity(64);
    counted(args, || {
        for _ in 0..count {
            sender.send(b"end")?;
            match port.drain(&mut packets, Some(LIMIT))? {
                Wait::Packets(1) => {}
                other => return Err(Error::other(format!("{other:?} instead of one packet"))),
            }
        }
        match port.drain(&mut packets, None)? {
            Wait::Packets(0) => Ok(()),
            other => Err(Error::other(format!("{other:?} instead of nothing"))),
        }
    })?;
    forget((port, socket));
    Ok(())
}

/// The port is dropped while completions come from another thread, one after the other.
fn dropped(args: &Args, count: usize) -> Result<()> {
    let (port, socket, sender) = flying(count, false)?;
    // Open, so that nothing is cancelled.
    let native = socket.get_ref().try_clone()?;
    counted(args, || {
        std::thread::spawn(move || {
            for _ in 0..count {
                let _ = sender.send(b"end");
                std::thread::sleep(Duration::from_micros(500));
            }
        });
        forget(native);
        drop(socket);
        drop(port);
        is_same(iocp::leaked_operations(), 0)
    })
}

/// As many clients as accepts are with the system, all at once.
fn burst(args: &Args, count: usize) -> Result<()> {
    let poll = Poll::new()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
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
    // The listener deepens with what comes.
    let first = connect()?;
    accept(&mut streams, count)?;
    let second = connect()?;
    counted(args, || accept(&mut streams, 2 * count))?;
    forget((poll, streams, first, second));
    Ok(())
}
