//! What every server is given: connections that the client has opened, and how it ends.

use std::{
    io::{Read, Result},
    net::{Ipv4Addr, TcpListener, TcpStream},
};

use socket2::SockRef;

use crate::{arguments::Args, image, meter};

/// What comes one way lies in the socket before the server begins with it.
const BURST: usize = 4 << 20;

/// Listens, and says where.
pub(crate) fn listener(args: &Args) -> Result<TcpListener> {
    end_with_standard_input();
    meter::prepare(args);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    if args.one_way {
        // Those that it accepts have as much.
        SockRef::from(&listener).set_recv_buffer_size(BURST)?;
    }
    announce(listener.local_addr()?.port());
    Ok(listener)
}

/// For a bench without connections: says where the image is, and waits for a line.
pub(crate) fn wait_for_tracer(args: &Args) -> Result<()> {
    meter::prepare(args);
    announce(0);
    std::io::stdin().read_line(&mut String::new()).map(drop)
}

pub(crate) fn announce(port: u16) {
    let image = image::range();
    println!("listening port={port} image={:#x} end={:#x}", image.start, image.end);
}

/// Listens, and takes the connections that the client opens.
pub(crate) fn connections(args: &Args) -> Result<Vec<TcpStream>> {
    let listener = listener(args)?;
    let mut streams = Vec::with_capacity(args.connections);
    for number in 1..=args.connections {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        streams.push(stream);
        if number % AHEAD == 0 {
            println!("accepted count={number}");
        }
    }
    Ok(streams)
}

/// The client opens so many connections, then waits for our line: the backlog is longer.
const AHEAD: usize = 64;

/// The parent closes our standard input when it has what it wants: then the process ends, whatever
/// its threads wait for.
pub(crate) fn end_with_standard_input() {
    std::thread::spawn(|| {
        let mut rest = [0; 16];
        while matches!(std::io::stdin().read(&mut rest), Ok(1..)) {}
        std::process::exit(0);
    });
}
