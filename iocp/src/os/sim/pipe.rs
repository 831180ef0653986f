//! Named pipes: instances of a name, and their two ends.
//!
//! # Safety
//!
//! Each `unsafe fn` has the contract of its twin in `os::windows`.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use iocp_sys::OVERLAPPED;

use super::{
    file::{File, Started},
    finished::Finished,
    handles::{self, Kind},
    lock,
    machine::Machine,
    native::native,
    pipe_data::Flow,
    request::{Lent, Request, Road, Which, PIPE_BROKEN, SUCCESS},
    socket::OwnedSocket,
};
use crate::os::{Borrowed, Code, Issued, PipeSettings, SocketKind};

const PIPE_DISCONNECTED: u32 = 0xC000_00B0;
const PIPE_CLOSING: u32 = 0xC000_00B1;
const PIPE_CONNECTED: u32 = 0xC000_00B2;
const PIPE_LISTENING: u32 = 0xC000_00B3;
const ILLEGAL_FUNCTION: u32 = 0xC000_00AF;

/// The pipes of a machine, by their names.
#[derive(Default)]
pub(super) struct Pipes {
    names: Mutex<HashMap<Name, Vec<Arc<Instance>>>>,
    changed: Condvar,
}

type Name = Box<[u16]>;

/// One instance of a pipe.
pub(super) struct Instance {
    machine: &'static Machine,
    name: Name,
    most: u32,
    messages: bool,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    /// Counts the disconnects: a client of before one stays disconnected.
    connection: u32,
    listens: VecDeque<Request>,
    /// To the server, and to the client.
    flows: [Flow; 2],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// From the creation on, or since a listen after a disconnect (fact PIPE17).
    Listening,
    Connected,
    /// One of the ends is closed: 0 for the server's.
    Closed(usize),
    Disconnected,
}

/// One end of a pipe: 0 is the server's.
pub(super) struct PipeEnd {
    instance: Arc<Instance>,
    end: usize,
    /// Of a client.
    connection: u32,
}

impl PipeEnd {
    pub(super) fn read(&self, request: Request) -> Started {
        let mut state = lock(&self.instance.state);
        let inbound = &state.flows[self.end];
        match self.phase(&state) {
            Phase::Connected => {}
            // What was written before the close is read first (fact PIPE24).
            Phase::Closed(end) if end != self.end && !inbound.is_empty() => {}
            phase => return Started::Done(request.done(Self::failed(phase, PIPE_BROKEN), 0)),
        }
        let block = request.block;
        let mut done = Vec::new();
        state.flows[self.end].read(request, self.window(), &mut done);
        drop(state);
        started(block, done)
    }

    pub(super) fn write(&self, request: Request) -> Started {
        let mut state = lock(&self.instance.state);
        let phase = self.phase(&state);
        if phase != Phase::Connected {
            let status = Self::failed(phase, PIPE_CLOSING);
            return Started::Done(request.done(status, 0));
        }
        let block = request.block;
        let (messages, mut done) = (self.instance.messages, Vec::new());
        state.flows[1 - self.end].write(request, messages, self.window(), &mut done);
        drop(state);
        started(block, done)
    }

    fn phase(&self, state: &State) -> Phase {
        match self.is_of_before(state) {
            true => Phase::Disconnected,
            false => state.phase,
        }
    }

    fn is_of_before(&self, state: &State) -> bool {
        self.end == 1 && self.connection != state.connection
    }

    /// What a read or write says that cannot be: `gone` where the other end is closed.
    fn failed(phase: Phase, gone: u32) -> u32 {
        match phase {
            Phase::Listening => PIPE_LISTENING,
            Phase::Disconnected => PIPE_DISCONNECTED,
            Phase::Closed(_) | Phase::Connected => gone,
        }
    }

    /// Whether the answer is pending is found out here; a client cannot listen (fact PIPE11).
    fn listen(&self, request: Request) -> Started {
        let mut state = lock(&self.instance.state);
        let status = match state.phase {
            _ if self.end != 0 => ILLEGAL_FUNCTION,
            Phase::Connected => PIPE_CONNECTED,
            Phase::Closed(_) => PIPE_CLOSING,
            Phase::Listening | Phase::Disconnected => {
                state.phase = Phase::Listening;
                state.listens.push_back(request);
                drop(state);
                self.instance.machine.pipes.changed.notify_all();
                return Started::Pending;
            }
        };
        Started::Done(request.done(status, 0))
    }

    fn disconnect(&self) -> Result<(), Code> {
        let mut state = lock(&self.instance.state);
        if self.end != 0 {
            return Err(Code(1));
        }
        match state.phase {
            Phase::Disconnected => return Err(Code(233)),
            Phase::Listening => return Err(Code(536)),
            Phase::Connected | Phase::Closed(_) => state.phase = Phase::Disconnected,
        }
        state.connection += 1;
        let mut done = Vec::new();
        for flow in &mut state.flows {
            flow.end(PIPE_DISCONNECTED, &mut done);
        }
        drop(state);
        finish_all(done);
        Ok(())
    }

    pub(super) fn cancel(&self, which: Which, ended: &mut Vec<Request>) {
        let mut state = lock(&self.instance.state);
        if self.is_of_before(&state) {
            return;
        }
        state.flows[self.end].cancel(true, which, ended);
        state.flows[1 - self.end].cancel(false, which, ended);
        if self.end == 0 {
            super::request::take_matching(&mut state.listens, which, ended);
        }
    }

    /// The end is closed: the other one reads what is there, and no more.
    pub(super) fn close(&self) {
        let mut state = lock(&self.instance.state);
        if self.is_of_before(&state) {
            return;
        }
        let mut done = Vec::new();
        if state.phase == Phase::Connected {
            state.phase = Phase::Closed(self.end);
            state.flows[1 - self.end].end_reads(PIPE_BROKEN, &mut done);
        }
        // What it has not read is lost, with the writes that wait for that (fact PIPE37).
        state.flows[self.end].end(PIPE_BROKEN, &mut done);
        drop(state);
        finish_all(done);
        if self.end == 0 {
            let pipes = &self.instance.machine.pipes;
            let mut names = lock(&pipes.names);
            if let Some(instances) = names.get_mut(&self.instance.name) {
                instances.retain(|instance| !Arc::ptr_eq(instance, &self.instance));
            }
            names.retain(|_, instances| !instances.is_empty());
        }
    }

    fn window(&self) -> usize {
        self.instance.machine.script.window
    }

    fn open(self, overlapped: bool) -> OwnedSocket {
        let machine = self.instance.machine;
        let kind = SocketKind { stream: true, ifs: true, family: 0 };
        let mut file = File::new(machine, kind, overlapped);
        file.pipe = Some(self);
        OwnedSocket::own(handles::create(machine, Kind::File(file)).0)
    }
}

pub(crate) fn pipe_create(name: &[u16], settings: &PipeSettings) -> Result<OwnedSocket, Code> {
    let machine = Machine::current();
    let mut names = lock(&machine.pipes.names);
    let instances = names.entry(name.into()).or_default();
    if settings.first && !instances.is_empty() {
        return Err(Code(5));
    }
    let most = instances.first().map_or(settings.most, |first| first.most);
    if most != iocp_sys::PIPE_UNLIMITED_INSTANCES && instances.len() >= most as usize {
        return Err(Code(231));
    }
    let mut flows = [Flow::default(), Flow::default()];
    flows[0].by_messages = settings.messages;
    let state = State { phase: Phase::Listening, connection: 0, listens: VecDeque::new(), flows };
    let instance = Arc::new(Instance {
        machine,
        name: name.into(),
        most,
        messages: settings.messages,
        state: Mutex::new(state),
    });
    instances.push(Arc::clone(&instance));
    drop(names);
    machine.pipes.changed.notify_all();
    Ok(PipeEnd { instance, end: 0, connection: 0 }.open(true))
}

pub(crate) fn pipe_open(name: &[u16], _access: u32) -> Result<OwnedSocket, Code> {
    let machine = Machine::current();
    let mut names = lock(&machine.pipes.names);
    let instances = names.get_mut(name).ok_or(Code(2))?;
    for at in 0..instances.len() {
        let mut state = lock(&instances[at].state);
        if state.phase == Phase::Listening {
            state.phase = Phase::Connected;
            state.flows[1].by_messages = false;
            let listens = std::mem::take(&mut state.listens);
            let connection = state.connection;
            drop(state);
            // Those that listened first are taken first.
            let instance = instances.remove(at);
            instances.push(Arc::clone(&instance));
            drop(names);
            finish_all(listens.into_iter().map(|request| request.done(SUCCESS, 0)).collect());
            return Ok(PipeEnd { instance, end: 1, connection }.open(true));
        }
    }
    Err(Code(231))
}

/// Waits until an instance listens. A limit of 0 is the server's own, 50 ms.
pub(crate) fn pipe_wait(name: &[u16], timeout_ms: u32) -> Result<(), Code> {
    let pipes = &Machine::current().pipes;
    let limit = Duration::from_millis(if timeout_ms == 0 { 50 } else { timeout_ms.into() });
    let end = Instant::now() + limit;
    let mut names = lock(&pipes.names);
    loop {
        let instances = names.get(name).ok_or(Code(2))?;
        if instances.iter().any(|instance| lock(&instance.state).phase == Phase::Listening) {
            return Ok(());
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Code(121));
        }
        let left = left.min(Duration::from_millis(1));
        let waited = pipes.changed.wait_timeout(names, left);
        names = waited.unwrap_or_else(PoisonError::into_inner).0;
    }
}

pub(crate) fn pipe_read_messages(handle: Borrowed<'_>) -> Result<(), Code> {
    let end = end_of(handle)?;
    match end.instance.messages {
        true => lock(&end.instance.state).flows[end.end].by_messages = true,
        false => return Err(Code::INVALID_PARAMETER),
    }
    Ok(())
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn pipe_listen(handle: Borrowed<'_>, block: *mut OVERLAPPED) -> Issued {
    let file = match native(handle.value(), true) {
        Ok(file) => file,
        Err(answer) => return answer,
    };
    let listen = |request: Request| match &file.pipe {
        Some(end) => end.listen(request),
        None => Started::Done(request.done(ILLEGAL_FUNCTION, 0)),
    };
    // SAFETY:
    // * the block stays valid until the completion, as the caller promises; there are no buffers.
    unsafe { file.submit(Road::Native, Lent::ToRead, &[], block, listen) }
}

pub(crate) fn pipe_disconnect(handle: Borrowed<'_>) -> Result<(), Code> {
    end_of(handle)?.disconnect()
}

/// The process at the other end, which is this one.
pub(crate) fn pipe_peer(handle: Borrowed<'_>, _client: bool) -> Result<u32, Code> {
    let end = end_of(handle)?;
    match end.phase(&lock(&end.instance.state)) {
        Phase::Connected | Phase::Closed(_) => Ok(std::process::id()),
        Phase::Listening | Phase::Disconnected => Err(Code::NOT_FOUND),
    }
}

fn end_of(handle: Borrowed<'_>) -> Result<&'static PipeEnd, Code> {
    handles::file(handle.value())?.pipe.as_ref().ok_or(Code(1))
}

/// Sorts out what a call has finished: its own request is its answer.
fn started(block: *mut OVERLAPPED, mut done: Vec<Finished>) -> Started {
    let own = done.iter().position(|finished| finished.request.block == block);
    let own = own.map(|at| done.remove(at));
    finish_all(done);
    own.map_or(Started::Pending, Started::Done)
}

fn finish_all(done: Vec<Finished>) {
    done.into_iter().for_each(|finished| finished.finish(false));
}
