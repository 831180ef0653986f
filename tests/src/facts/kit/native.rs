//! Calls of ntdll: what they return, by name.
//!
//! # Safety
//!
//! A handle is borrowed from its owner for the time of the call; blocks, buffers and what else the
//! system may write later are never freed.

use std::{ffi::c_void, ptr::null};

use iocp_sys as sys;
use iocp_sys::{HANDLE, NTSTATUS};

use super::{
    apc::{io_apc, Counter},
    handle::Raw,
    memory::{Block, Buffer},
    named,
};

/// How the end of a native call is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    event: usize,
    apc: Option<Counter>,
    context: usize,
}

impl Told {
    /// By nothing but the block.
    pub(crate) fn nothing() -> Self {
        Self { event: 0, apc: None, context: 0 }
    }

    /// By a packet, if there is a port.
    pub(crate) fn packet(block: &'static Block) -> Self {
        Self { context: block.address(), ..Self::nothing() }
    }

    /// By a procedure call.
    pub(crate) fn apc(counter: Counter) -> Self {
        Self { apc: Some(counter), context: counter.address(), ..Self::nothing() }
    }

    /// And by an event.
    pub(crate) fn and_event(self, event: &impl Raw) -> Self {
        Self { event: event.raw() as usize, ..self }
    }

    fn routine(self) -> sys::PIO_APC_ROUTINE {
        self.apc?;
        Some(io_apc)
    }
}

/// `NtReadFile`, without an offset.
pub(crate) fn read(file: &impl Raw, buffer: Buffer, block: &'static Block, told: Told) -> NTSTATUS {
    // SAFETY:
    // * the handle is open; block, buffer and the context of the routine are never freed.
    unsafe {
        sys::NtReadFile(
            file.raw(),
            told.event as HANDLE,
            told.routine(),
            told.context as *const c_void,
            block.status_block(),
            buffer.ptr().cast(),
            buffer.len(),
            null(),
            null(),
        )
    }
}

/// `NtReadFile` or `NtWriteFile` at an offset, told by nothing.
pub(crate) fn transfer_at(
    file: &impl Raw,
    writes: bool,
    offset: Option<i64>,
    block: &'static Block,
) -> String {
    let buffer = Buffer::new(4);
    let call = if writes { write_call } else { sys::NtReadFile };
    let offset = offset.map(|offset| &*Box::leak(Box::new(offset)));
    // SAFETY:
    // * the handle is open; block, buffer and offset are never freed.
    named(unsafe {
        call(
            file.raw(),
            std::ptr::null_mut(),
            None,
            null(),
            block.status_block(),
            buffer.ptr().cast(),
            buffer.len(),
            offset.map_or(null(), std::ptr::from_ref),
            null(),
        )
    })
}

/// `NtWriteFile` with the signature of `NtReadFile`.
///
/// # Safety
///
/// That of `NtWriteFile`.
#[allow(clippy::too_many_arguments)] // reason: the system's own
unsafe extern "system" fn write_call(
    file: HANDLE,
    event: HANDLE,
    apc: sys::PIO_APC_ROUTINE,
    context: *const c_void,
    block: *mut sys::IO_STATUS_BLOCK,
    buffer: *mut c_void,
    len: u32,
    offset: *const i64,
    key: *const u32,
) -> NTSTATUS {
    // SAFETY:
    // * what the caller promises, handed on unchanged.
    unsafe { sys::NtWriteFile(file, event, apc, context, block, buffer, len, offset, key) }
}

/// `IOCTL_AFD_POLL` for one socket, sent on the socket itself, without a time limit.
pub(crate) fn poll(socket: &impl Raw, events: u32, block: &'static Block, told: Told) -> NTSTATUS {
    let info: *mut sys::AFD_POLL_INFO = Box::leak(Box::new(sys::AFD_POLL_INFO {
        Timeout: i64::MAX,
        NumberOfHandles: 1,
        Exclusive: 0,
        Handles: [sys::AFD_POLL_HANDLE_INFO { Handle: socket.raw(), Events: events, Status: 0 }],
    }));
    let len = u32::try_from(size_of::<sys::AFD_POLL_INFO>()).unwrap();
    // SAFETY:
    // * the socket is open; block, input, output and the context of the routine are never freed.
    unsafe {
        sys::NtDeviceIoControlFile(
            socket.raw(),
            told.event as HANDLE,
            told.routine(),
            told.context as *const c_void,
            block.status_block(),
            sys::IOCTL_AFD_POLL,
            info.cast(),
            len,
            info.cast(),
            len,
        )
    }
}

/// `NtCancelIoFile`: every operation of this thread.
pub(crate) fn cancel_thread(file: HANDLE) -> (String, &'static Block) {
    let block = Block::new();
    // SAFETY:
    // * the system looks the handle up; the block is never freed.
    let status = unsafe { sys::NtCancelIoFile(file, block.status_block()) };
    (named(status), block)
}

/// `NtCancelIoFileEx`: the operations with this block, or all.
pub(crate) fn cancel(file: &impl Raw, which: Option<&'static Block>) -> String {
    let block = Block::new();
    let which = which.map_or(std::ptr::null_mut(), Block::status_block);
    // SAFETY:
    // * the handle is open; the address of a block is compared only; the answer's is never freed.
    named(unsafe { sys::NtCancelIoFileEx(file.raw(), which, block.status_block()) })
}

/// `NtSetInformationFile` with these bytes.
pub(crate) fn set_information(
    file: &impl Raw,
    class: sys::FILE_INFORMATION_CLASS,
    value: &[u8],
    block: &'static Block,
) -> String {
    let value = Buffer::with(value);
    // SAFETY:
    // * the handle is open; the value is read during the call, the block is never freed.
    named(unsafe {
        sys::NtSetInformationFile(
            file.raw(),
            block.status_block(),
            value.ptr().cast(),
            value.len(),
            class,
        )
    })
}

/// `NtQueryInformationFile` for `FileIoCompletionNotificationInformation`: the flags.
pub(crate) fn modes(file: &impl Raw) -> u32 {
    let (block, mut flags) = (Block::new(), 0_u32);
    // SAFETY:
    // * the handle is open; a number of this class is written during the call.
    let status = unsafe {
        sys::NtQueryInformationFile(
            file.raw(),
            block.status_block(),
            std::ptr::from_mut(&mut flags).cast(),
            4,
            sys::FileIoCompletionNotificationInformation,
        )
    };
    assert_eq!(status, sys::STATUS_SUCCESS, "NtQueryInformationFile");
    flags
}
