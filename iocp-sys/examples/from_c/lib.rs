//! Rust without `std` inside a C program: a packet posted to a port and taken from it again.
//!
//! ```text
//! rustc --edition 2021 --crate-type staticlib -C panic=abort --extern iocp_sys=libiocp_sys.rlib lib.rs
//! x86_64-w64-mingw32-gcc main.c liblib.a
//! ```
//!
//! The first line beside a `libiocp_sys.rlib` that was compiled for the same target, also with
//! `panic=abort`. No import library is named: the imports of iocp-sys are in the archive.
#![no_std]

use core::ptr::{null, null_mut};

use iocp_sys::{
    CloseHandle, CreateIoCompletionPort, GetQueuedCompletionStatusEx, PostQueuedCompletionStatus,
    FALSE, INVALID_HANDLE_VALUE, OVERLAPPED_ENTRY,
};

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// The key that was posted, or 0 after a failure.
#[no_mangle]
pub extern "C" fn post_and_take(key: usize) -> usize {
    // SAFETY:
    // * no file and no existing port are given.
    let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 1) };
    if port.is_null() {
        return 0;
    }
    // SAFETY:
    // * the port is open, and nobody dereferences the null pointer of the packet.
    unsafe { PostQueuedCompletionStatus(port, 0, key, null()) };
    let mut entries = [OVERLAPPED_ENTRY::default(); 1];
    let mut count = 0;
    // SAFETY:
    // * the port is open, there is room for one entry and one count.
    unsafe { GetQueuedCompletionStatusEx(port, entries.as_mut_ptr(), 1, &mut count, 1000, FALSE) };
    // SAFETY:
    // * the port is ours, nothing is in flight and nobody waits on it.
    unsafe { CloseHandle(port) };
    entries[0].lpCompletionKey
}
