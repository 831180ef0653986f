//! Files of a disk: bytes at offsets, an end, and locks of ranges.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use super::{
    file::{File, Started},
    finished::Finished,
    handles::{self, Kind},
    lock,
    request::{Request, Which, SUCCESS},
    socket::OwnedSocket,
    Kernel,
};
use crate::os::{borrow_socket, SocketKind};

/// What each unbuffered access is a multiple of.
pub(super) const SECTOR: u32 = 512;

const END_OF_FILE: u32 = 0xC000_0011;
const FILE_LOCK_CONFLICT: u32 = 0xC000_0054;
const LOCK_NOT_GRANTED: u32 = 0xC000_0055;
const RANGE_NOT_LOCKED: u32 = 158;

/// A file of a disk, apart from those that have it open.
#[derive(Default)]
pub(super) struct Disk(Mutex<State>);

#[derive(Default)]
struct State {
    bytes: Vec<u8>,
    held: Vec<Lock>,
    waiting: VecDeque<(Lock, Request)>,
}

/// A lock that one file object has or waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Lock {
    pub(super) owner: u32,
    pub(super) start: u64,
    pub(super) len: u64,
    pub(super) exclusive: bool,
}

impl Lock {
    fn overlaps(&self, start: u64, len: u64) -> bool {
        start < self.start.saturating_add(self.len) && self.start < start.saturating_add(len)
    }
}

impl State {
    /// A shared lock hinders all writers, an exclusive one all others.
    fn hinders(&self, owner: u32, start: u64, len: u64, writes: bool) -> bool {
        let hinders = |lock: &Lock| match lock.exclusive {
            true => lock.owner != owner,
            false => writes,
        };
        self.held.iter().any(|lock| lock.overlaps(start, len) && hinders(lock))
    }

    fn grants(&self, wanted: &Lock) -> bool {
        let stands = |held: &Lock| held.exclusive || wanted.exclusive;
        !self.held.iter().any(|held| held.overlaps(wanted.start, wanted.len) && stands(held))
    }

    /// Gives out what has become free, in order.
    fn grant(&mut self) -> Vec<Finished> {
        let mut done = Vec::new();
        for _ in 0..self.waiting.len() {
            match self.waiting.pop_front() {
                Some((wanted, request)) if self.grants(&wanted) => {
                    self.held.push(wanted);
                    done.push(request.done(SUCCESS, 0));
                }
                Some(waiting) => self.waiting.push_back(waiting),
                None => {}
            }
        }
        done
    }
}

impl Disk {
    pub(super) fn read(&self, request: Request, offset: i64, owner: u32) -> Started {
        let state = lock(&self.0);
        let start = u64::try_from(offset).unwrap_or(0);
        if state.hinders(owner, start, request.len() as u64, false) {
            return Started::Done(request.done(FILE_LOCK_CONFLICT, 0));
        }
        let rest = usize::try_from(start).ok().and_then(|start| state.bytes.get(start..));
        let bytes = rest.unwrap_or(&[]);
        if bytes.is_empty() {
            return Started::Done(request.done(END_OF_FILE, 0));
        }
        let count = bytes.len().min(request.len());
        request.fill(bytes[..count].iter().copied());
        Started::Done(request.done(SUCCESS, count))
    }

    /// Up to so many bytes from there; `None`: that is behind the end.
    pub(super) fn part(&self, start: usize, most: usize) -> Option<Vec<u8>> {
        let state = lock(&self.0);
        let rest = state.bytes.get(start..)?;
        Some(rest[..rest.len().min(most)].to_vec())
    }

    /// A negative offset is the end of the file.
    pub(super) fn write(&self, mut request: Request, offset: i64, owner: u32) -> Started {
        let mut state = lock(&self.0);
        let start = usize::try_from(offset).unwrap_or(state.bytes.len());
        let len = request.len();
        if state.hinders(owner, start as u64, len as u64, true) {
            return Started::Done(request.done(FILE_LOCK_CONFLICT, 0));
        }
        let mut written = VecDeque::new();
        request.send_to(&mut written, usize::MAX);
        let end = start + len;
        if state.bytes.len() < end {
            state.bytes.resize(end, 0);
        }
        for (place, byte) in state.bytes[start..end].iter_mut().zip(written) {
            *place = byte;
        }
        Started::Done(request.done(SUCCESS, len))
    }

    pub(super) fn lock(&self, request: Request, wanted: Lock, waits: bool) -> Started {
        let mut state = lock(&self.0);
        if state.grants(&wanted) {
            state.held.push(wanted);
            return Started::Done(request.done(SUCCESS, 0));
        }
        if !waits {
            return Started::Done(request.done(LOCK_NOT_GRANTED, 0));
        }
        state.waiting.push_back((wanted, request));
        Started::Pending
    }

    /// The very range that was locked. Returns the code of a failure.
    pub(super) fn unlock(&self, owner: u32, start: u64, len: u64) -> Result<(), u32> {
        let mut state = lock(&self.0);
        let same = |held: &Lock| (held.owner, held.start, held.len) == (owner, start, len);
        let at = state.held.iter().position(same).ok_or(RANGE_NOT_LOCKED)?;
        state.held.remove(at);
        let granted = state.grant();
        drop(state);
        granted.into_iter().for_each(|finished| finished.finish(false));
        Ok(())
    }

    pub(super) fn cancel(&self, owner: u32, which: Which, ended: &mut Vec<Request>) {
        let mut state = lock(&self.0);
        for _ in 0..state.waiting.len() {
            match state.waiting.pop_front() {
                Some((wanted, request)) if wanted.owner == owner && request.is(which) => {
                    ended.push(request);
                }
                Some(waiting) => state.waiting.push_back(waiting),
                None => {}
            }
        }
    }

    /// A file object is closed: what it had locked is free.
    pub(super) fn close(&self, owner: u32) {
        let mut state = lock(&self.0);
        state.held.retain(|held| held.owner != owner);
        let granted = state.grant();
        drop(state);
        granted.into_iter().for_each(|finished| finished.finish(false));
    }
}

impl Kernel {
    /// A file of a disk, open for overlapped use.
    #[must_use]
    pub fn disk_file(&self, contents: &[u8]) -> OwnedSocket {
        let disk = Arc::new(Disk::default());
        lock(&disk.0).bytes.extend_from_slice(contents);
        self.open_disk(disk)
    }

    /// The same file, opened once more.
    ///
    /// # Panics
    ///
    /// If it is none of a disk.
    #[must_use]
    pub fn open_again(&self, file: &OwnedSocket) -> OwnedSocket {
        let file = handles::file(borrow_socket(file).value()).ok();
        match file.and_then(|file| file.disk.clone()) {
            Some(disk) => self.open_disk(disk),
            None => panic!("no file of a disk"),
        }
    }

    fn open_disk(&self, disk: Arc<Disk>) -> OwnedSocket {
        let kind = SocketKind { stream: true, ifs: true, family: 0 };
        let mut file = File::new(self.machine, kind, true);
        file.disk = Some(disk);
        OwnedSocket::own(handles::create(self.machine, Kind::File(file)).0)
    }
}
