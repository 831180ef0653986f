//! Raw calls, for tests that act as hostile or careless code beside the safe layer.
//!
//! # Safety
//!
//! Posting any numbers to a port is allowed to anyone; what is `unsafe` here is calling the system at
//! all. Functions that could hurt the rest of the process say so.

mod console;
mod handles;
mod pool;
mod process;
mod queue;
mod signals;
mod socket;
mod version;

use std::ffi::CStr;

use iocp_sys as sys;

pub(crate) use self::queue::take;
pub use self::{
    console::{make_console, press_ctrl_c, press_key},
    handles::{message_pipe, opened_again, pipe_state, timer_with},
    pool::close_in_a_group,
    process::{queue_procedure_call, Job},
    queue::{
        associate, close_port_behind, dequeue_into_nothing, post, repost, steal, try_steal, wait,
    },
    signals::{event, release_semaphore, semaphore, set_event, try_wait},
    socket::{
        bound, cancel, close_behind, connect_ex, duplicate, reset_on_close, socket_value,
        stream_socket, udp_of_both_families,
    },
    version::{native_machine, wine_version},
};

/// The Win32 code of the last failed call of this thread.
#[must_use]
pub fn last_error() -> u32 {
    // SAFETY:
    // * no arguments; reads a value of this thread.
    unsafe { sys::GetLastError() }
}

/// A function of a DLL that every program has loaded, by its name; with the signature that
/// `GetProcAddress` gives them all.
///
/// # Panics
///
/// If there is no such DLL.
#[must_use]
pub fn look_up(dll: &str, function: &CStr) -> sys::FARPROC {
    let name: Vec<u16> = dll.encode_utf16().chain([0]).collect();
    // SAFETY:
    // * the name ends with a zero.
    let module = unsafe { sys::GetModuleHandleW(name.as_ptr()) };
    assert!(!module.is_null(), "{dll}: {}", last_error());
    // SAFETY:
    // * the module stays loaded; the name ends with a zero.
    unsafe { sys::GetProcAddress(module, function.as_ptr().cast()) }
}
