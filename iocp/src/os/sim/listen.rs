//! Listening sockets, accepts and connects.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use super::{
    connection::Connection,
    file::{File, Link, Started},
    finished::Finished,
    lock,
    request::{Request, Which, CANCELLED, REFUSED, SUCCESS},
};
use crate::{
    os::address::{encode, LONGEST},
    os::Code,
};

/// Who listens where, on one machine.
#[derive(Default)]
pub(super) struct Listeners {
    at: Mutex<BTreeMap<SocketAddr, &'static File>>,
}

/// What a listening socket holds.
#[derive(Default)]
pub(super) struct Listening {
    accepts: VecDeque<(Request, &'static File)>,
    /// Accepts that wait for the first bytes of their connection: that, and their status block.
    receiving: Vec<(Link, usize)>,
    /// Connections nobody accepted yet: their far ends, and the peers' addresses.
    backlog: VecDeque<(Link, SocketAddr)>,
}

impl Listeners {
    pub(super) fn listen(&self, file: &'static File, address: SocketAddr) {
        let mut state = lock(&file.state);
        state.listening = Some(Listening::default());
        state.local = Some(address);
        drop(state);
        lock(&self.at).insert(address, file);
    }

    pub(super) fn remove(&self, file: &'static File) {
        lock(&self.at).retain(|_, listener| !std::ptr::eq(*listener, file));
    }

    /// Connects a socket at once; false if nobody listens there.
    pub(super) fn connect(&self, file: &'static File, address: SocketAddr) -> bool {
        let Some(listener) = lock(&self.at).get(&address).copied() else { return false };
        let connection = Connection::new(file.machine);
        let local = lock(&file.state).local.unwrap_or_else(|| ([127, 0, 0, 1], 49_152).into());
        let far = Link { connection: Arc::clone(&connection), side: 1 };
        let mut state = lock(&listener.state);
        let Some(listening) = &mut state.listening else { return false };
        let mut lost = Vec::new();
        let accept = loop {
            match listening.accepts.pop_front() {
                // Its socket is being closed on another thread, which has not come here yet.
                Some((request, socket)) if lock(&socket.state).closed => lost.push(request),
                other => break other,
            }
        };
        if accept.is_none() {
            listening.backlog.push_back((far.clone(), local));
        }
        drop(state);
        for request in lost {
            request.done(CANCELLED, 0).finish(false);
        }
        file.link_to(&connection, 0);
        if let Some((request, socket)) = accept {
            let accepted = accepted(listener, request, socket, far, address, local);
            if let Started::Done(finished) = accepted {
                finished.finish(false);
            }
        }
        true
    }
}

impl Listeners {
    /// Whether an accept into this socket is pending.
    fn waits_to_accept(&self, socket: &File) -> bool {
        let listeners: Vec<_> = lock(&self.at).values().copied().collect();
        listeners.iter().any(|listener| {
            let state = lock(&listener.state);
            let accepts = state.listening.iter().flat_map(|listening| &listening.accepts);
            accepts.into_iter().any(|(_, other)| std::ptr::eq(*other, socket))
        })
    }

    /// Ends the accepts into a socket that is closed (fact ACC17).
    pub(super) fn end_accepts_into(&self, socket: &File) {
        let listeners: Vec<_> = lock(&self.at).values().copied().collect();
        for listener in listeners {
            let mut ended = Vec::new();
            if let Some(listening) = &mut lock(&listener.state).listening {
                listening.take_accepts_into(socket, &mut ended);
            }
            ended.into_iter().for_each(|request| request.done(CANCELLED, 0).finish(false));
        }
    }
}

impl Listening {
    fn take_accepts_into(&mut self, socket: &File, ended: &mut Vec<Request>) {
        let all = std::mem::take(&mut self.accepts);
        let (of_it, others): (VecDeque<_>, _) =
            all.into_iter().partition(|(_, other)| std::ptr::eq(*other, socket));
        self.accepts = others;
        ended.extend(of_it.into_iter().map(|(request, _)| request));
    }

    pub(super) fn cancel(&mut self, which: Which, ended: &mut Vec<Request>) {
        for _ in 0..self.accepts.len() {
            if let Some((request, socket)) = self.accepts.pop_front() {
                if request.is(which) {
                    ended.push(request);
                } else {
                    self.accepts.push_back((request, socket));
                }
            }
        }
        for (Link { connection, side }, block) in &self.receiving {
            let which = match which {
                Which::Block(meant) if meant as usize != *block => continue,
                Which::All | Which::Block(_) => Which::FirstData(*block),
                other => other,
            };
            connection.cancel(*side, which, ended);
        }
    }

    pub(super) fn close(self) {
        for (far, _) in self.backlog {
            far.connection.end(far.side, true);
        }
    }
}

/// `AcceptEx` (facts ACC02, ACC10 to ACC13). What it says with a connection there already is open.
pub(super) fn accept(listener: &File, socket: &'static File, request: Request) -> Started {
    let state = lock(&socket.state);
    let is_new = state.link.is_none() && state.local.is_none() && state.listening.is_none();
    drop(state);
    if !is_new || socket.inbox.is_some() {
        return Started::Refused(Code(10_022), request);
    }
    let mut state = lock(&listener.state);
    let Some(local) = state.local else { return Started::Refused(Code(10_022), request) };
    let Some(listening) = &mut state.listening else {
        return Started::Refused(Code(10_022), request);
    };
    if listening.accepts.iter().any(|(_, taken)| std::ptr::eq(*taken, socket)) {
        return Started::Refused(Code(10_022), request);
    }
    let Some((far, peer)) = listening.backlog.pop_front() else {
        listening.accepts.push_back((request, socket));
        return Started::Pending;
    };
    drop(state);
    accepted(listener, request, socket, far, local, peer)
}

/// Connects the new socket and leaves both addresses; with room for first bytes it waits for those.
fn accepted(
    listener: &File,
    request: Request,
    socket: &'static File,
    far: Link,
    local: SocketAddr,
    peer: SocketAddr,
) -> Started {
    let mut state = lock(&socket.state);
    state.link = Some(far.clone());
    state.local = Some(local);
    drop(state);
    let data_room = request.data_room;
    let room = (request.len() - data_room) / 2;
    let padding = std::iter::repeat(0).take(room.saturating_sub(LONGEST));
    let first = std::iter::repeat(0).take(data_room);
    request.fill(first.chain(encode(&local).0).chain(padding).chain(encode(&peer).0));
    if data_room == 0 {
        return Started::Done(request.done(SUCCESS, 0));
    }
    let entry = (far.clone(), request.block as usize);
    if let Some(listening) = &mut lock(&listener.state).listening {
        listening.receiving.retain(|(_, block)| *block != entry.1);
        listening.receiving.push(entry);
    }
    far.connection.recv(far.side, request.cut(data_room))
}

/// `DisconnectEx`: for reuse it waits for the other end to end too. It says pending, and a packet comes in any
/// mode (facts DIS01, DIS02, SKIP16); a second one is no error (fact DIS04).
pub(super) fn disconnect(file: &'static File, reuse: bool, request: Request) -> Started {
    let Some(Link { connection, side }) = file.link() else {
        return Started::Refused(Code(10_057), request);
    };
    if !reuse {
        connection.shut_down(side);
        return Started::Later(request.done(SUCCESS, 0));
    }
    connection.shut_down(side);
    match connection.wait_for_end(side, request, file) {
        Ok(()) => Started::Pending,
        Err(request) => Started::Later(disconnected(file, request)),
    }
}

/// The connection is over, and the socket as good as new.
pub(super) fn disconnected(file: &'static File, request: Request) -> Finished {
    file.end_requests(Which::All, CANCELLED);
    let mut state = lock(&file.state);
    let link = state.link.take();
    state.local = None;
    drop(state);
    if let Some(Link { connection, side }) = link {
        connection.end(side, false);
    }
    request.done(SUCCESS, 0)
}

/// `ConnectEx`: it says pending, and a packet comes in any mode, with a refusal too (facts ACC12, CON01, CON03
/// to CON05, SKIP06).
pub(super) fn connect(file: &'static File, address: SocketAddr, request: Request) -> Started {
    let state = lock(&file.state);
    let (connected, bound) = (state.link.is_some(), state.local.is_some());
    let listening = state.listening.is_some();
    drop(state);
    if connected {
        return Started::Refused(Code(10_056), request);
    }
    if !bound || listening || file.machine.listeners.waits_to_accept(file) {
        return Started::Refused(Code(10_022), request);
    }
    let mut data = VecDeque::new();
    let mut request = request;
    request.send_to(&mut data, usize::MAX);
    if !file.machine.listeners.connect(file, address) {
        return Started::Later(request.done(REFUSED, 0));
    }
    // A peer that is gone already is told later.
    if let (Some(Link { connection, side }), false) = (file.link(), data.is_empty()) {
        let _ = connection.send_bytes(side, data.make_contiguous());
    }
    Started::Later(request.done(SUCCESS, data.len()))
}
