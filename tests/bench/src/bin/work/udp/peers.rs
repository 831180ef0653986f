//! The peers, each as its own documentation shows an echo of datagrams.

use std::{io::Result, net::UdpSocket};

use super::{echo, ENTRIES};
use crate::meter;

/// mio.
pub(super) fn mio(sockets: Vec<UdpSocket>, room: usize) -> Result<()> {
    use mio::{Events, Interest, Poll, Token};
    let mut poll = Poll::new()?;
    let mut waiting = Vec::with_capacity(sockets.len());
    for (token, socket) in sockets.into_iter().enumerate() {
        socket.set_nonblocking(true)?;
        let mut socket = mio::net::UdpSocket::from_std(socket);
        poll.registry().register(&mut socket, Token(token), Interest::READABLE)?;
        waiting.push(socket);
    }
    let (mut events, mut room) = (Events::with_capacity(ENTRIES), vec![0; room]);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            let socket = &waiting[event.token().0];
            echo(&mut room, |room| socket.recv_from(room), |bytes, to| socket.send_to(bytes, to))?;
        }
    }
}

/// A task for each socket, with a buffer of its own.
pub(super) fn tokio(sockets: Vec<UdpSocket>, room: usize) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_io().build()?.block_on(async {
        for socket in sockets {
            socket.set_nonblocking(true)?;
            let socket = tokio::net::UdpSocket::from_std(socket)?;
            tokio::spawn(async move {
                let mut room = vec![0; room];
                while let Ok((count, from)) = socket.recv_from(&mut room).await {
                    if socket.send_to(&room[..count], from).await.is_err() {
                        return;
                    }
                    meter::message();
                }
            });
        }
        std::future::pending().await
    })
}

/// The same.
pub(super) fn compio(sockets: Vec<UdpSocket>, room: usize) -> Result<()> {
    compio::runtime::Runtime::new()?.block_on(async {
        for socket in sockets {
            let socket = compio::net::UdpSocket::from_std(socket)?;
            let task = compio::runtime::spawn(async move {
                let mut room = Vec::with_capacity(room);
                loop {
                    room.clear();
                    let received = socket.recv_from(room).await;
                    let Ok((_, from)) = received.0 else { return };
                    let sent = socket.send_to(received.1, from).await;
                    if sent.0.is_err() {
                        return;
                    }
                    meter::message();
                    room = sent.1;
                }
            });
            task.detach();
        }
        std::future::pending().await
    })
}
