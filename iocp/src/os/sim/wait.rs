//! The two ways in which an object is waited for by a port: wait completion packets, and waits of the thread
//! pool.

use std::{
    ffi::c_void,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

use super::{
    handles::{self, Kind},
    lock,
    machine::Machine,
    port::Port,
    waitable::{self, Object, Waiter},
};
use crate::os::{Borrowed, Code, Handle, Owned, WaitCallback, WaitPacketEnd};

/// A wait completion packet.
pub(super) struct WaitPacket {
    state: Mutex<PacketState>,
}

#[derive(Clone, Copy, Default)]
enum PacketState {
    #[default]
    Idle,
    Waiting(&'static Object, &'static Port, usize),
    Queued(&'static Port),
}

/// One wait of the thread pool.
pub(super) struct Pooled {
    callback: WaitCallback,
    context: Context,
    /// Called, and returned.
    done: Mutex<bool>,
    changed: Condvar,
}

/// What the callback gets.
struct Context(*const c_void);

// SAFETY:
// * The starter of the wait promised that the callback may be called with it on any thread.
unsafe impl Send for Context {}
// SAFETY:
// * As above; here it is only carried.
unsafe impl Sync for Context {}

impl WaitPacket {
    /// Under the lock of its object.
    pub(super) fn signalled(&'static self) {
        let mut state = lock(&self.state);
        let PacketState::Waiting(_, port, key) = *state else { return };
        *state = PacketState::Queued(port);
        drop(state);
        port.push_wait(key, self);
    }

    /// A waiter has taken it from the queue.
    pub(super) fn taken(&self) {
        *lock(&self.state) = PacketState::Idle;
    }
}

impl Pooled {
    pub(super) fn call(&self) {
        // SAFETY:
        // * Its starter promised that the callback may be called with this context until the wait is stopped,
        //   which waits for `done`.
        unsafe { (self.callback)(self.context.0.cast_mut(), 0) };
        *lock(&self.done) = true;
        self.changed.notify_all();
    }
}

fn wait_packet(handle: Handle) -> Result<&'static WaitPacket, Code> {
    match &handles::find(handle)?.kind {
        Kind::WaitPacket(packet) => Ok(packet),
        _ => Err(Code::INVALID_HANDLE),
    }
}

pub(crate) fn wait_packet_create() -> Option<Result<Owned, Code>> {
    let machine = Machine::current();
    let packet = || WaitPacket { state: Mutex::default() };
    machine.script.wait_packets.then(|| Ok(waitable::own(machine, Kind::WaitPacket(packet()))))
}

pub(crate) fn wait_packet_start(
    packet: Borrowed<'_>,
    port: Borrowed<'_>,
    object: Borrowed<'_>,
    key: usize,
) -> Result<(), Code> {
    let (packet, port) = (wait_packet(packet.value())?, handles::port(port.value())?);
    let object = waitable::object(object.value())?;
    let mut state = lock(&packet.state);
    if !matches!(*state, PacketState::Idle) {
        return Err(Code::INVALID_PARAMETER);
    }
    *state = PacketState::Waiting(object, port, key);
    drop(state);
    object.add(Waiter::Packet(packet));
    Ok(())
}

pub(crate) fn wait_packet_cancel(
    packet: Borrowed<'_>,
    take_back: bool,
) -> Result<WaitPacketEnd, Code> {
    let packet = wait_packet(packet.value())?;
    let seen = *lock(&packet.state);
    if let PacketState::Waiting(object, ..) = seen {
        let is_it = |waiter: &Waiter| matches!(waiter, Waiter::Packet(other) if std::ptr::eq(*other, packet));
        if object.remove(is_it) {
            packet.taken();
            return Ok(WaitPacketEnd::Cancelled);
        }
    }
    let seen = *lock(&packet.state);
    Ok(match seen {
        PacketState::Queued(port) if take_back && port.take_back(packet) => {
            packet.taken();
            WaitPacketEnd::Cancelled
        }
        PacketState::Queued(_) => WaitPacketEnd::Queued,
        // Another thread cancels it, or has taken it.
        PacketState::Waiting(..) | PacketState::Idle => WaitPacketEnd::NotInUse,
    })
}

/// A wait of the thread pool, until [`pool_wait_stop`].
pub(crate) struct PoolWait {
    object: &'static Object,
    pooled: Arc<Pooled>,
}

/// # Safety
///
/// As in `os::windows`.
pub(crate) unsafe fn pool_wait_start(
    object: Borrowed<'_>,
    callback: WaitCallback,
    context: *const c_void,
) -> Result<PoolWait, Code> {
    let object = waitable::object(object.value())?;
    let pooled = Arc::new(Pooled {
        callback,
        context: Context(context),
        done: Mutex::new(false),
        changed: Condvar::new(),
    });
    object.add(Waiter::Pool(Arc::clone(&pooled)));
    Ok(PoolWait { object, pooled })
}

#[allow(clippy::needless_pass_by_value)] // as in `os::windows`
pub(crate) fn pool_wait_stop(wait: PoolWait) -> Result<(), Code> {
    let is_it =
        |waiter: &Waiter| matches!(waiter, Waiter::Pool(other) if Arc::ptr_eq(other, &wait.pooled));
    if !wait.object.remove(is_it) {
        let mut done = lock(&wait.pooled.done);
        while !*done {
            done = wait.pooled.changed.wait(done).unwrap_or_else(PoisonError::into_inner);
        }
    }
    Ok(())
}
