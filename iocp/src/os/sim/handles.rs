//! The handle table: values recycled last-in first-out, as Windows does, so that a value used after
//! its close names something else at once.
//!
//! Looking up is one Acquire load, ordered after the creation of the object and nothing else.
//! Objects are apart from their handles, which may be several, and are never freed.

use std::sync::{
    atomic::{AtomicPtr, AtomicUsize, Ordering},
    Mutex,
};

use super::{file::File, job::Job, lock, machine::Machine, port::Port, wait::WaitPacket, waitable};
use crate::os::{Code, Handle};

const COUNT: usize = if cfg!(miri) { 4096 } else { 1 << 17 };

/// What a handle names.
pub(super) struct Object {
    /// Handles that name it.
    handles: AtomicUsize,
    pub(super) kind: Kind,
}

#[allow(clippy::large_enum_variant)] // most objects are files
pub(super) enum Kind {
    Port(Port),
    File(File),
    Waitable(waitable::Object),
    WaitPacket(WaitPacket),
    Job(Job),
}

struct Entry {
    object: AtomicPtr<Object>,
    /// Whose number this is, also while it is closed.
    owner: AtomicPtr<Machine>,
}

#[allow(clippy::declare_interior_mutable_const)] // the initial value of each entry
const EMPTY: Entry = Entry {
    object: AtomicPtr::new(std::ptr::null_mut()),
    owner: AtomicPtr::new(std::ptr::null_mut()),
};

static TABLE: [Entry; COUNT] = [EMPTY; COUNT];
static NEXT: AtomicUsize = AtomicUsize::new(0);
/// Numbers of machines that are gone.
static SPARE: Mutex<Vec<usize>> = Mutex::new(Vec::new());
/// Keeps every object reachable: leaked on purpose, not by mistake.
static OBJECTS: Mutex<Vec<&'static Object>> = Mutex::new(Vec::new());

/// The numbers of one machine that are free.
#[derive(Default)]
pub(super) struct FreeHandles(Mutex<Vec<usize>>);

impl FreeHandles {
    /// Gives the numbers to other machines.
    pub(super) fn give_up(&self) {
        lock(&SPARE).append(&mut lock(&self.0));
    }
}

/// Makes an object and its first handle.
pub(super) fn create(machine: &'static Machine, kind: Kind) -> (Handle, &'static Object) {
    let object: &'static Object =
        Box::leak(Box::new(Object { handles: AtomicUsize::new(0), kind }));
    lock(&OBJECTS).push(object);
    (open(machine, object), object)
}

/// Makes one more handle of an object.
pub(super) fn open(machine: &'static Machine, object: &'static Object) -> Handle {
    let mut free = lock(&machine.handles.0);
    let index = free
        .pop()
        .or_else(|| lock(&SPARE).pop())
        .unwrap_or_else(|| NEXT.fetch_add(1, Ordering::Relaxed));
    assert!(index < COUNT, "the simulated kernel has no more handles");
    object.handles.fetch_add(1, Ordering::Relaxed);
    machine.open.fetch_add(1, Ordering::Relaxed);
    TABLE[index].owner.store(std::ptr::from_ref(machine).cast_mut(), Ordering::Release);
    TABLE[index].object.store(std::ptr::from_ref(object).cast_mut(), Ordering::Release);
    Handle((index + 1) * 4)
}

/// Closes a handle. Returns the object if that was its last one.
pub(super) fn close(handle: Handle) -> Result<Option<&'static Object>, Code> {
    let object = find(handle)?;
    let entry = entry(handle).ok_or(Code::INVALID_HANDLE)?;
    let Some(machine) = machine_of(entry) else { return Err(Code::INVALID_HANDLE) };
    let mut free = lock(&machine.handles.0);
    if entry.object.swap(std::ptr::null_mut(), Ordering::AcqRel).is_null() {
        machine.stale_use(handle);
        return Err(Code::INVALID_HANDLE);
    }
    free.push(handle.0 / 4 - 1);
    machine.open.fetch_sub(1, Ordering::Relaxed);
    Ok((object.handles.fetch_sub(1, Ordering::AcqRel) == 1).then_some(object))
}

/// What a handle names. A number never given out is refused; a stale one is a fault of the program.
pub(super) fn find(handle: Handle) -> Result<&'static Object, Code> {
    let entry = entry(handle).ok_or(Code::INVALID_HANDLE)?;
    let object = entry.object.load(Ordering::Acquire);
    // SAFETY:
    // * the table holds null or leaked objects.
    if let Some(object) = unsafe { object.as_ref() } {
        return Ok(object);
    }
    if let Some(machine) = machine_of(entry) {
        machine.stale_use(handle);
    }
    Err(Code::INVALID_HANDLE)
}

pub(super) fn file(handle: Handle) -> Result<&'static File, Code> {
    match &find(handle)?.kind {
        Kind::File(file) => Ok(file),
        _ => Err(Code::NOT_A_SOCKET),
    }
}

pub(super) fn port(handle: Handle) -> Result<&'static Port, Code> {
    match &find(handle)?.kind {
        Kind::Port(port) => Ok(port),
        _ => Err(Code::INVALID_HANDLE),
    }
}

fn entry(handle: Handle) -> Option<&'static Entry> {
    if handle.0 % 4 != 0 {
        return None;
    }
    TABLE.get((handle.0 / 4).checked_sub(1)?)
}

fn machine_of(entry: &Entry) -> Option<&'static Machine> {
    // SAFETY:
    // * the table holds null or leaked machines.
    unsafe { entry.owner.load(Ordering::Acquire).as_ref() }
}
