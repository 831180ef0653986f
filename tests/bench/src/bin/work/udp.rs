//! Datagrams: each goes back to its sender. So many sockets as `--connections` wait; only the first is spoken to.

mod peers;
mod raw;
mod typed;

use std::{
    io::{Error, ErrorKind, Result},
    net::{Ipv4Addr, SocketAddr, UdpSocket},
};

use iocp::poll::{Events, Interests, Poll};

use crate::{arguments::Args, meter, setting};

/// Packets or events taken per wait, where a server may choose.
const ENTRIES: usize = 64;

/// Runs the server that `args` name, until the process is ended.
pub(crate) fn run(args: &Args) -> Result<()> {
    setting::end_with_standard_input();
    meter::prepare(args);
    let bind = |_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
    let sockets = (0..args.connections).map(bind).collect::<Result<Vec<_>>>()?;
    setting::announce(sockets[0].local_addr()?.port());
    match args.server.as_str() {
        "raw" => raw::serve(sockets, args.buffer, false),
        "raw-skip" => raw::serve(sockets, args.buffer, true),
        "typed" => typed::serve(sockets, args.buffer),
        "poll-lent" => poll(sockets, args.buffer, args.buffer),
        "poll" => poll(sockets, args.buffer, 0),
        "mio" => peers::mio(sockets, args.buffer),
        "compio" => peers::compio(sockets, args.buffer),
        "tokio" => peers::tokio(sockets, args.buffer),
        other => Err(Error::other(format!("no server is called `{other}`"))),
    }
}

/// `iocp`'s event queue: receive until it would block, into one buffer for all. `lent`: what each socket lends.
fn poll(sockets: Vec<UdpSocket>, room: usize, lent: usize) -> Result<()> {
    let poll = Poll::new()?;
    let registrator = poll.registrator();
    let mut waiting = Vec::with_capacity(sockets.len());
    for (token, socket) in sockets.into_iter().enumerate() {
        let mut socket = iocp::poll::UdpSocket::from(socket);
        socket.lend(lent);
        registrator.register(&mut socket, token, Interests::READABLE)?;
        waiting.push(socket);
    }
    let (mut events, mut room) = (Events::with_capacity(ENTRIES), vec![0; room]);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            let socket = &waiting[event.id()];
            echo(&mut room, |room| socket.recv_from(room), |bytes, to| socket.send_to(bytes, to))?;
        }
    }
}

/// Answers what is there.
fn echo(
    room: &mut [u8],
    recv: impl Fn(&mut [u8]) -> Result<(usize, SocketAddr)>,
    send: impl Fn(&[u8], SocketAddr) -> Result<usize>,
) -> Result<()> {
    loop {
        match recv(room) {
            Ok((count, from)) => {
                send(&room[..count], from)?;
                meter::message();
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}
