//! Runs a program's steps on the crate and on the model, and compares the two at each.

use super::{
    model::{is, End, Model, Stream},
    Step,
};
use crate::{
    sim::{Fault, Kernel, OwnedSocket, Peer, Script},
    tests::{config, ready, NOW},
    AssociatedSocket, Canceller, CompletionPort, Config, Error, InFlight, Operation, OperationId,
    Packet, Packets, Submitted, UserPacket, Wait,
};

const MOST: usize = 12;
const STREAMS: usize = 2;

pub(super) struct Machine {
    // Dropped in this order: what is in flight, its sockets, the port, the kernel.
    pub(super) tickets: Vec<(InFlight<Vec<u8>>, usize, usize)>,
    pub(super) parked: Vec<(OperationId, usize, usize)>,
    pub(super) cancellers: Vec<(Canceller, usize, usize)>,
    pub(super) idle: Vec<Operation<Vec<u8>>>,
    sockets: Vec<Option<AssociatedSocket<OwnedSocket>>>,
    peers: Vec<Peer>,
    pub(super) streams: Vec<Stream>,
    pub(super) model: Model,
    packets: Packets,
    pub(super) port: CompletionPort,
    kernel: Kernel,
    skips: bool,
    at_once: bool,
    closed: bool,
    /// A post may have been told to fail.
    failing: bool,
    users: usize,
    woken: bool,
}

/// One of a list, by any number.
pub(super) fn pick(len: usize, any: usize) -> Option<usize> {
    (len > 0).then(|| any % len.max(1))
}

impl Machine {
    pub(super) fn new(script: Script, skips: bool) -> Self {
        let kernel = Kernel::new(script);
        let most = Config { max_operations: MOST as u32, skip_on_success: skips, ..config() };
        let port = CompletionPort::with_config(&most).unwrap();
        let pairs = (0..STREAMS).map(|_| kernel.stream_pair());
        let (sockets, peers): (Vec<_>, Vec<_>) =
            pairs.map(|(near, far)| (Some(port.associate_socket(near, 0).unwrap()), far)).unzip();
        Self {
            tickets: Vec::new(),
            parked: Vec::new(),
            cancellers: Vec::new(),
            // The first commits the slots that forged packets aim at.
            idle: vec![port.operation(Vec::new(), 0).unwrap()],
            sockets,
            peers,
            streams: (0..STREAMS).map(|_| Stream::default()).collect(),
            model: Model::default(),
            packets: Packets::with_capacity(3),
            port,
            kernel,
            skips,
            at_once: script.answer == crate::sim::Answer::AtOnce,
            closed: false,
            failing: false,
            users: 0,
            woken: false,
        }
    }

    pub(super) fn step(&mut self, step: &Step) {
        match *step {
            Step::Recv { stream, room } => self.recv(stream % STREAMS, room),
            Step::Send { stream, len } => self.send(stream % STREAMS, len),
            Step::PeerSend { stream, len } => self.peer_send(stream % STREAMS, len),
            Step::PeerEnd { stream } => {
                let at = stream % STREAMS;
                self.peers[at].shut_down();
                self.model.end(&mut self.streams[at]);
            }
            Step::Finish(any) => self.finish(any),
            Step::Cancel(any) => self.cancel(any),
            Step::LateCancel(any) => self.late_cancel(any),
            Step::CancelAll { stream } => {
                let at = stream % STREAMS;
                if let Some(socket) = &self.sockets[at] {
                    socket.cancel_all().unwrap();
                    self.model.cancel(&mut self.streams[at], None);
                }
            }
            Step::Drop(any) => self.let_go(any, true),
            Step::Detach(any) => self.let_go(any, false),
            Step::Park(any) => {
                let Some(at) = pick(self.tickets.len(), any) else { return };
                let (ticket, index, stream) = self.tickets.swap_remove(at);
                self.parked.push((ticket.park(), index, stream));
            }
            Step::Redeem(any) => self.redeem(any),
            Step::Discard(any) => self.discard(any),
            Step::Post => match self.port.post(UserPacket { token: 1, bytes: 2 }) {
                Ok(()) => self.users += 1,
                Err(Error::Closed) => assert!(self.closed),
                Err(error) => assert!(self.failing, "{error}"),
            },
            Step::Wake => match self.port.waker().wake() {
                Ok(()) => self.woken = true,
                Err(Error::Closed) => assert!(self.closed),
                Err(error) => assert!(self.failing, "{error}"),
            },
            Step::FailPosts(count) => {
                self.kernel.fail_posts(count, None);
                self.failing = true;
            }
            Step::Forge { slot, key } => self.forge(slot, key),
            Step::FailCall { stream } => self.fail_call(stream % STREAMS),
            Step::CloseSocket { stream } => self.close_socket(stream % STREAMS),
            Step::ClosePort => {
                assert_eq!(self.port.close().is_ok(), !self.closed);
                self.closed = true;
            }
            Step::WaitOnce => {
                self.wait();
            }
            Step::WaitAll => self.wait_all(),
        }
    }

    /// An operation with this buffer, unless as many are lent as may be.
    fn operation(&mut self, buffer: Vec<u8>) -> Option<Operation<Vec<u8>>> {
        if let Some(mut operation) = self.idle.pop() {
            *operation.buffer_mut() = buffer;
            return Some(operation);
        }
        let owned = self.tickets.len() + self.parked.len();
        match self.port.operation(buffer, 0) {
            Ok(operation) => {
                assert!(owned < MOST && !self.closed);
                Some(operation)
            }
            Err(refused) => {
                match refused.error {
                    Error::Full(_) => assert!(owned + self.model.orphans() >= MOST),
                    Error::Closed => assert!(self.closed),
                    other => panic!("{other}"),
                }
                None
            }
        }
    }

    fn recv(&mut self, stream: usize, room: usize) {
        if self.sockets[stream].is_none() {
            return;
        }
        let Some(operation) = self.operation(Vec::with_capacity(room)) else { return };
        let room = operation.buffer().capacity();
        let Some(socket) = &self.sockets[stream] else { return };
        let submitted = socket.recv(operation);
        if let Submitted::Refused(failed) = submitted {
            match failed.error {
                Error::NoRoom => assert_eq!(room, 0),
                Error::Closed => assert!(self.closed),
                other => panic!("{other}"),
            }
            self.idle.push(failed.value);
            return;
        }
        assert!(room > 0 && !self.closed);
        let end = self.streams[stream].recv_now(room);
        let waits = end.is_none();
        let index = self.submitted(submitted, stream, end);
        if let (true, Some(index)) = (waits, index) {
            self.streams[stream].wait(index, room);
        }
    }

    fn send(&mut self, stream: usize, len: usize) {
        if self.sockets[stream].is_none() {
            return;
        }
        let bytes: Vec<_> = (0..len).map(|at| at as u8).collect();
        let Some(operation) = self.operation(bytes.clone()) else { return };
        let Some(socket) = &self.sockets[stream] else { return };
        match socket.send(operation) {
            Submitted::Refused(failed) => {
                assert!(self.closed && matches!(failed.error, Error::Closed), "{failed}");
                self.idle.push(failed.value);
            }
            submitted => {
                self.streams[stream].outbound.extend(bytes);
                self.submitted(submitted, stream, Some(End::Sent(len)));
            }
        }
    }

    /// Notes what was submitted, and how it ends if it has. `None`: it is over.
    fn submitted(
        &mut self,
        submitted: Submitted<Vec<u8>>,
        stream: usize,
        end: Option<End>,
    ) -> Option<usize> {
        match (submitted, end) {
            (Submitted::Ready(completed), Some(end)) => {
                assert!(self.skips && self.at_once, "a packet was owed");
                is(&end, &completed);
                self.idle.push(completed.into_operation());
                None
            }
            (Submitted::Pending(ticket), end) => {
                assert!(end.is_none() || !(self.skips && self.at_once), "done in skip mode");
                let index = self.model.begin(ticket.id(), end);
                self.cancellers.push((ticket.canceller(), index, stream));
                self.tickets.push((ticket, index, stream));
                Some(index)
            }
            (other, end) => panic!("{other:?}, where {end:?} was to be"),
        }
    }

    fn peer_send(&mut self, stream: usize, len: usize) {
        if self.streams[stream].ended || self.sockets[stream].is_none() {
            return;
        }
        let bytes = self.streams[stream].bytes(len);
        assert!(self.peers[stream].send(&bytes));
        self.model.arrive(&mut self.streams[stream], &bytes);
    }

    /// A packet that lies: any slot, with its own key or another's.
    fn forge(&mut self, slot: usize, key: usize) {
        let slot = self.port.core.slot((slot % MOST) as u32 + 1);
        let own = slot.packet_key.load(std::sync::atomic::Ordering::Relaxed);
        let key = if key % 3 == 0 { key << 3 | 7 } else { own };
        let address = slot.block.overlapped() as usize;
        // Slots that were never used have key 0, which is no key: such a packet would be foreign.
        if key != 0 {
            let _ = self.port.core.port.post(99, key, address);
        }
    }

    fn fail_call(&mut self, stream: usize) {
        let Some(operation) = self.operation(Vec::with_capacity(8)) else { return };
        let Some(socket) = &self.sockets[stream] else { return self.idle.push(operation) };
        if self.closed {
            return self.idle.push(operation);
        }
        self.kernel.fault(socket, Fault::Fail(10_055));
        let failed = ready(socket.recv(operation));
        assert_eq!(failed.raw_os_error(), Some(10_055));
        self.idle.push(failed.into_operation());
    }

    fn close_socket(&mut self, stream: usize) {
        self.check_sent(stream);
        if let Some(socket) = self.sockets[stream].take() {
            drop(socket);
            self.model.cancel(&mut self.streams[stream], None);
        }
    }

    /// The peer has got what was sent so far.
    fn check_sent(&mut self, stream: usize) {
        if self.sockets[stream].is_none() {
            return;
        }
        let (mut got, mut some) = (Vec::new(), [0; 32]);
        while let Some(count @ 1..) = self.peers[stream].try_recv(&mut some) {
            got.extend_from_slice(&some[..count]);
        }
        assert_eq!(got, std::mem::take(&mut self.streams[stream].outbound));
    }

    /// Waits without blocking; false if nothing was there.
    fn wait(&mut self) -> bool {
        let waited = if self.closed {
            match self.port.wait(&mut self.packets, NOW) {
                Err(Error::Closed) => self.port.drain(&mut self.packets, NOW),
                other => other,
            }
        } else {
            self.port.wait(&mut self.packets, NOW)
        };
        if self.packets.was_woken() {
            assert!(std::mem::take(&mut self.woken), "nobody asked to be woken");
        }
        for packet in &self.packets {
            match *packet {
                Packet::Io { id, .. } => self.model.report(id),
                Packet::User(UserPacket { token: 1, bytes: 2 }) => self.users -= 1,
                Packet::Drained => {}
                ref other => panic!("{other:?}"),
            }
        }
        match waited.unwrap() {
            Wait::Packets(0) | Wait::TimedOut => false,
            Wait::Packets(_) | Wait::Woken => true,
            Wait::Apc => panic!("no procedure call was queued"),
        }
    }

    pub(super) fn wait_all(&mut self) {
        while self.wait() {}
        self.model.all_taken();
        assert_eq!(self.users, 0, "a packet that was posted did not come");
        assert!(!self.woken, "a wake did not come");
        let open = self.model.uses.iter().filter(|one| one.end.is_none()).count();
        assert_eq!(self.port.stats().in_flight, open);
    }

    /// Everything is let go and finished: nothing is left.
    pub(super) fn end(mut self) {
        for stream in 0..STREAMS {
            self.close_socket(stream);
        }
        self.wait_all();
        while !self.tickets.is_empty() {
            self.finish(0);
        }
        while !self.parked.is_empty() {
            self.redeem(0);
        }
        self.idle.clear();
        let stats = self.port.stats();
        assert_eq!((stats.operations, stats.bytes, stats.in_flight), (0, 0, 0));
        assert_eq!(stats.foreign_packets, 0);
    }
}
