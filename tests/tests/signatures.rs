//! The functions that the seed declared, with the types that the SDK gives them. Checked by the
//! compiler; that they are found in the DLL of their declaration, by the linker.
#![cfg(windows)]

use std::ffi::c_void;

use iocp_sys as sys;
use iocp_sys::{OVERLAPPED, OVERLAPPED_ENTRY, WSABUF};

type Routine = Option<unsafe extern "system" fn(u32, u32, *mut OVERLAPPED, u32)>;

// Behaviour 33.
#[test]
fn the_functions_of_a_port_have_the_signatures_of_the_sdk() {
    let create: unsafe extern "system" fn(*mut c_void, *mut c_void, usize, u32) -> *mut c_void =
        sys::CreateIoCompletionPort;
    let get: unsafe extern "system" fn(
        *mut c_void,
        *mut u32,
        *mut usize,
        *mut *mut OVERLAPPED,
        u32,
    ) -> i32 = sys::GetQueuedCompletionStatus;
    let get_ex: unsafe extern "system" fn(
        *mut c_void,
        *mut OVERLAPPED_ENTRY,
        u32,
        *mut u32,
        u32,
        i32,
    ) -> i32 = sys::GetQueuedCompletionStatusEx;
    let post: unsafe extern "system" fn(*mut c_void, u32, usize, *const OVERLAPPED) -> i32 =
        sys::PostQueuedCompletionStatus;
    let all = [create as usize, get as usize, get_ex as usize, post as usize];
    assert!(all.iter().all(|&function| function != 0), "each was found: {all:?}");
}

// Behaviour 33.
#[test]
fn the_calls_of_a_socket_have_the_signatures_of_the_sdk() {
    let receive: unsafe extern "system" fn(
        usize,
        *const WSABUF,
        u32,
        *mut u32,
        *mut u32,
        *mut OVERLAPPED,
        Routine,
    ) -> i32 = sys::WSARecv;
    let error: unsafe extern "system" fn() -> i32 = sys::WSAGetLastError;
    assert!(receive as usize != 0 && error as usize != 0);
    // One block for both worlds, and a status whose low half is read on its own.
    let block: *mut sys::WSAOVERLAPPED = std::ptr::null_mut();
    let _: *mut OVERLAPPED = block;
    let entry: fn(&OVERLAPPED_ENTRY) -> (usize, usize) =
        |entry| (entry.lpCompletionKey, entry.Internal);
    assert_eq!(entry(&OVERLAPPED_ENTRY::default()), (0, 0));
}
