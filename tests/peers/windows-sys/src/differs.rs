//! Items that windows-sys spells differently than the SDK and iocp-sys do.
//!
//! Their values and calls are iocp-sys's; only names of fields and one parameter's type change.

use core::ffi::c_void;

use iocp_sys::{BOOL, HANDLE};

/// The SDK says `Data1`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct GUID {
    pub data1: u32,
    pub data2: u16,
    pub data3: u16,
    pub data4: [u8; 8],
}

const fn with_small_letters(guid: iocp_sys::GUID) -> GUID {
    GUID { data1: guid.Data1, data2: guid.Data2, data3: guid.Data3, data4: guid.Data4 }
}

pub const WSAID_ACCEPTEX: GUID = with_small_letters(iocp_sys::WSAID_ACCEPTEX);
pub const WSAID_CONNECTEX: GUID = with_small_letters(iocp_sys::WSAID_CONNECTEX);
pub const WSAID_DISCONNECTEX: GUID = with_small_letters(iocp_sys::WSAID_DISCONNECTEX);
pub const WSAID_GETACCEPTEXSOCKADDRS: GUID =
    with_small_letters(iocp_sys::WSAID_GETACCEPTEXSOCKADDRS);
pub const WSAID_WSARECVMSG: GUID = with_small_letters(iocp_sys::WSAID_WSARECVMSG);

/// iocp-sys has a `u8` where this has a `bool`: a byte of the system's may be neither 0 nor 1.
pub type WAITORTIMERCALLBACK = Option<unsafe extern "system" fn(*mut c_void, bool)>;

/// # Safety
/// As [`iocp_sys::RegisterWaitForSingleObject`].
pub unsafe fn RegisterWaitForSingleObject(
    new_wait: *mut HANDLE,
    object: HANDLE,
    callback: WAITORTIMERCALLBACK,
    context: *const c_void,
    milliseconds: u32,
    flags: u32,
) -> BOOL {
    // SAFETY:
    // * both are optional pointers to functions that differ in one parameter, which is one byte by
    //   value in either; Windows calls it with 0 or 1, which are the valid values of a `bool`.
    let callback = unsafe {
        core::mem::transmute::<WAITORTIMERCALLBACK, iocp_sys::WAITORTIMERCALLBACK>(callback)
    };
    // SAFETY:
    // * the obligations are the same, and our caller's.
    unsafe {
        iocp_sys::RegisterWaitForSingleObject(
            new_wait,
            object,
            callback,
            context,
            milliseconds,
            flags,
        )
    }
}
