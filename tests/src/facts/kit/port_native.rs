//! The native calls of a port.
//!
//! # Safety
//!
//! A port is borrowed for the time of the call; what it fills lies on the stack of that call.

use iocp_sys as sys;
use iocp_sys::NTSTATUS;

use super::{handle::Raw, memory::low, named, port::Port, status_name};

/// `NtSetIoCompletion`.
pub(crate) fn set(port: &Port, key: usize, value: usize, status: NTSTATUS, information: usize) {
    // SAFETY:
    // * an open port; the system carries the numbers.
    let result = unsafe {
        sys::NtSetIoCompletion(port.raw(), key as *mut _, value as *mut _, status, information)
    };
    assert_eq!(result, sys::STATUS_SUCCESS, "NtSetIoCompletion");
}

/// `NtQueryIoCompletion`: how many packets wait.
pub(crate) fn depth(port: &Port) -> i32 {
    let mut info = sys::IO_COMPLETION_BASIC_INFORMATION { Depth: -1 };
    // SAFETY:
    // * an open port; the one class there is, whose structure is written during the call.
    let status = unsafe {
        sys::NtQueryIoCompletion(
            port.raw(),
            0,
            std::ptr::from_mut(&mut info).cast(),
            4,
            std::ptr::null_mut(),
        )
    };
    assert_eq!(status, sys::STATUS_SUCCESS, "NtQueryIoCompletion");
    info.Depth
}

/// `NtRemoveIoCompletion`, without waiting: the status, key, value, status and information.
pub(crate) fn remove(port: &Port) -> String {
    let (mut key, mut value) = (std::ptr::null_mut(), std::ptr::null_mut());
    let mut block = sys::IO_STATUS_BLOCK::default();
    // SAFETY:
    // * an open port; what is filled is there during the call; a time that is over.
    let status =
        unsafe { sys::NtRemoveIoCompletion(port.raw(), &mut key, &mut value, &mut block, &0) };
    if status != sys::STATUS_SUCCESS {
        return named(status);
    }
    // SAFETY:
    // * the status was written above; the other field is as good for every bit pattern.
    let taken = unsafe { block.Anonymous.Status };
    format!("{}, {}, {}, 0x{:X}", key as usize, value as usize, named(taken), block.Information)
}

/// `NtRemoveIoCompletionEx` with this room, at once or without a time limit: what it says, and the
/// key, value, status and information of each packet.
pub(crate) fn remove_some(port: &Port, room: usize, waits: bool, alertable: bool) -> String {
    let mut entries = vec![sys::FILE_IO_COMPLETION_INFORMATION::default(); room];
    let mut count = 0;
    let timeout = if waits { std::ptr::null() } else { &0_i64 };
    // SAFETY:
    // * an open port; as many entries as said and the count are there during the call.
    let status = unsafe {
        sys::NtRemoveIoCompletionEx(
            port.raw(),
            entries.as_mut_ptr(),
            u32::try_from(room).unwrap(),
            &mut count,
            timeout,
            u8::from(alertable),
        )
    };
    if status != sys::STATUS_SUCCESS {
        return named(status);
    }
    let mut all = format!("{count}");
    for entry in entries.iter().take(usize::try_from(count).unwrap()) {
        // SAFETY:
        // * the pointer field covers the whole of the union, and the system wrote the entry.
        let status = unsafe { entry.IoStatusBlock.Anonymous.Pointer };
        let (key, value) = (entry.KeyContext as usize, entry.ApcContext as usize);
        let information = entry.IoStatusBlock.Information;
        let status = status_name(low(status as usize));
        all += &format!("; {key}, {value}, {status}, 0x{information:X}");
    }
    all
}
