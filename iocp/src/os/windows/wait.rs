//! Waits for objects: by wait completion packets where the system has them (Windows 8), else by waits of the
//! thread pool.

use std::ptr::{null, null_mut};

use iocp_sys as sys;

use super::{
    file::system_code,
    late::{Late, NTDLL},
    owned, win32,
};
use crate::base::status::NtStatus;
use crate::os::{Borrowed, Code, Handle, Owned, WaitCallback, WaitPacketEnd};

// SAFETY:
// * Each type is the one that Microsoft's page gives to the function; the name of the DLL ends with 0.
static CREATE: Late<sys::PFN_NtCreateWaitCompletionPacket> =
    unsafe { Late::new(NTDLL, c"NtCreateWaitCompletionPacket") };
// SAFETY:
// * The type is the one of the page of this function; the name of the DLL ends with 0.
static ASSOCIATE: Late<sys::PFN_NtAssociateWaitCompletionPacket> =
    unsafe { Late::new(NTDLL, c"NtAssociateWaitCompletionPacket") };
// SAFETY:
// * The type is the one of the page of this function; the name of the DLL ends with 0.
static CANCEL: Late<sys::PFN_NtCancelWaitCompletionPacket> =
    unsafe { Late::new(NTDLL, c"NtCancelWaitCompletionPacket") };

/// [`NtCreateWaitCompletionPacket`](https://learn.microsoft.com/en-us/windows/win32/devnotes/ntcreatewaitcompletionpacket);
/// `None` where the system has no wait completion packets.
pub(crate) fn wait_packet_create() -> Option<Result<Owned, Code>> {
    let create = CREATE.get()?;
    // With it come the other two.
    ASSOCIATE.get()?;
    CANCEL.get()?;
    let mut packet = null_mut();
    // SAFETY:
    // * `packet` is written during the call only; the attributes are optional, and null.
    let status = unsafe { create(&mut packet, sys::GENERIC_ALL, null()) };
    Some(if status < 0 { Err(code_of(status)) } else { owned(packet) })
}

/// [`NtAssociateWaitCompletionPacket`](https://learn.microsoft.com/en-us/windows/win32/devnotes/ntassociatewaitcompletionpacket):
/// when `object` is signalled, the port gets a packet with `key` and a pointer of 0.
pub(crate) fn wait_packet_start(
    packet: Borrowed<'_>,
    port: Borrowed<'_>,
    object: Borrowed<'_>,
    key: usize,
) -> Result<(), Code> {
    let Some(associate) = ASSOCIATE.get() else { return Err(Code::INVALID_HANDLE) };
    // SAFETY:
    // * The three handles are open until the call returns; from then on the system refers to the objects.
    // * The key is a number; the pointer of the packet is null, which waits look up and do not follow.
    let status = unsafe {
        associate(
            packet.raw(),
            port.raw(),
            object.raw(),
            key as *mut _,
            null_mut(),
            sys::STATUS_SUCCESS,
            0,
            null_mut(),
        )
    };
    if status < 0 {
        Err(code_of(status))
    } else {
        Ok(())
    }
}

/// [`NtCancelWaitCompletionPacket`](https://learn.microsoft.com/en-us/windows/win32/devnotes/ntcancelwaitcompletionpacket).
/// `take_back`: also a packet that is in the port's queue.
pub(crate) fn wait_packet_cancel(
    packet: Borrowed<'_>,
    take_back: bool,
) -> Result<WaitPacketEnd, Code> {
    let Some(cancel) = CANCEL.get() else { return Err(Code::INVALID_HANDLE) };
    // SAFETY:
    // * `packet` is open until the call returns.
    match unsafe { cancel(packet.raw(), u8::from(take_back)) } {
        sys::STATUS_PENDING => Ok(WaitPacketEnd::Queued),
        sys::STATUS_CANCELLED => Ok(WaitPacketEnd::NotInUse),
        status if status < 0 => Err(code_of(status)),
        _ => Ok(WaitPacketEnd::Cancelled),
    }
}

fn code_of(status: sys::NTSTATUS) -> Code {
    system_code(NtStatus(u32::from_ne_bytes(status.to_ne_bytes())))
}

/// A wait of the thread pool, until [`pool_wait_stop`].
#[derive(Debug)]
pub(crate) struct PoolWait(Handle);

/// [`RegisterWaitForSingleObject`](https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-registerwaitforsingleobject):
/// once `object` is signalled, a thread of the pool calls `callback`, once.
///
/// # Safety
///
/// Until [`pool_wait_stop`] has returned `object` stays open, and `callback` may be called with `context` on
/// any thread; it does not unwind.
pub(crate) unsafe fn pool_wait_start(
    object: Borrowed<'_>,
    callback: WaitCallback,
    context: *const std::ffi::c_void,
) -> Result<PoolWait, Code> {
    // In the thread that waits, so that no second queue lies between signal and packet.
    let flags = sys::WT_EXECUTEINWAITTHREAD | sys::WT_EXECUTEONLYONCE;
    let mut wait = null_mut();
    // SAFETY:
    // * `object` and `context` stay as the caller promises; `wait` is written during the call only.
    win32(unsafe {
        sys::RegisterWaitForSingleObject(
            &mut wait,
            object.raw(),
            Some(callback),
            context,
            sys::INFINITE,
            flags,
        )
    })?;
    Ok(PoolWait(Handle(wait as usize)))
}

/// [`UnregisterWaitEx`](https://learn.microsoft.com/en-us/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-unregisterwaitex):
/// ends the wait; a callback that has begun has returned by then, and no other begins.
pub(crate) fn pool_wait_stop(wait: PoolWait) -> Result<(), Code> {
    // SAFETY:
    // * The registration is ours and was not removed: this takes it by value.
    // * `INVALID_HANDLE_VALUE` waits for callbacks; this is not called in one, which only post.
    win32(unsafe { sys::UnregisterWaitEx(wait.0 .0 as sys::HANDLE, sys::INVALID_HANDLE_VALUE) })
}

/// [`DuplicateHandle`](https://learn.microsoft.com/en-us/windows/win32/api/handleapi/nf-handleapi-duplicatehandle)
/// within this process: not inheritable, with the same rights.
pub(crate) fn duplicate(handle: Borrowed<'_>) -> Result<Owned, Code> {
    // SAFETY:
    // * Takes nothing, and returns a constant that names this process.
    let this = unsafe { sys::GetCurrentProcess() };
    let mut copy = null_mut();
    // SAFETY:
    // * `handle` is open until the call returns, and `copy` is written during it only.
    win32(unsafe {
        sys::DuplicateHandle(this, handle.raw(), this, &mut copy, 0, 0, sys::DUPLICATE_SAME_ACCESS)
    })?;
    owned(copy)
}

/// [`GetExitCodeProcess`](https://learn.microsoft.com/en-us/windows/win32/api/processthreadsapi/nf-processthreadsapi-getexitcodeprocess).
pub(crate) fn process_exit_code(process: Borrowed<'_>) -> Result<u32, Code> {
    let mut code = 0;
    // SAFETY:
    // * `process` is open until the call returns, and `code` is written during it only.
    win32(unsafe { sys::GetExitCodeProcess(process.raw(), &mut code) })?;
    Ok(code)
}

/// [`CreateWaitableTimerW`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-createwaitabletimerw):
/// one that lets one waiter go each time.
pub(crate) fn timer_create() -> Result<Owned, Code> {
    // SAFETY:
    // * Attributes and name are optional, and null: it is a new timer.
    owned(unsafe { sys::CreateWaitableTimerW(null(), 0, null()) })
}

/// [`SetWaitableTimer`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-setwaitabletimer):
/// `due` in units of 100 ns, negative from now on; `period_ms` 0: once.
pub(crate) fn timer_set(timer: Borrowed<'_>, due: i64, period_ms: i32) -> Result<(), Code> {
    // SAFETY:
    // * `timer` is open until the call returns; `due` is read during it; there is no routine.
    win32(unsafe { sys::SetWaitableTimer(timer.raw(), &due, period_ms, None, null(), 0) })
}

/// [`CancelWaitableTimer`](https://learn.microsoft.com/en-us/windows/win32/api/synchapi/nf-synchapi-cancelwaitabletimer).
pub(crate) fn timer_cancel(timer: Borrowed<'_>) -> Result<(), Code> {
    // SAFETY:
    // * `timer` is open until the call returns.
    win32(unsafe { sys::CancelWaitableTimer(timer.raw()) })
}
