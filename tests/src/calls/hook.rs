//! Puts the thunks into the import table, and stands between the program and those calls that hand
//! out functions.

use std::{
    ffi::{c_void, CStr},
    mem::size_of,
    sync::{
        atomic::{AtomicPtr, AtomicUsize, Ordering},
        OnceLock,
    },
};

use iocp_sys as sys;
use iocp_sys::{GUID, HMODULE, OVERLAPPED, SOCKET};

use super::{
    image::{Image, ImportSlot},
    table::{Table, VirtualProtect},
    Calls,
};

/// The DLLs whose functions are counted, beside the `api-ms-win-core-…` names of the same.
const DLLS: [&str; 8] = [
    "advapi32.dll",
    "bcryptprimitives.dll",
    "kernel32.dll",
    "kernelbase.dll",
    "mswsock.dll",
    "ntdll.dll",
    "ws2_32.dll",
    "wsock32.dll",
];

/// Helpers that take their argument in a scratch register: a thunk must not touch them.
const UNTOUCHABLE: &str = "__chkstk";

/// The extension functions that are named in the counts; any other is `extension function`.
const EXTENSIONS: [(GUID, &str); 7] = [
    (sys::WSAID_ACCEPTEX, "AcceptEx"),
    (sys::WSAID_CONNECTEX, "ConnectEx"),
    (sys::WSAID_DISCONNECTEX, "DisconnectEx"),
    (sys::WSAID_GETACCEPTEXSOCKADDRS, "GetAcceptExSockaddrs"),
    (sys::WSAID_TRANSMITFILE, "TransmitFile"),
    (sys::WSAID_WSARECVMSG, "WSARecvMsg"),
    (sys::WSAID_WSASENDMSG, "WSASendMsg"),
];

static CALLS: OnceLock<Calls> = OnceLock::new();
/// The functions that the hooks stand before.
static GET_PROC_ADDRESS: AtomicUsize = AtomicUsize::new(0);
static WSA_IOCTL: AtomicUsize = AtomicUsize::new(0);

pub(super) fn install() -> &'static Calls {
    CALLS.get_or_init(|| {
        let table = Table::new();
        let slots = Image::of_program().imports();
        for slot in slots.iter().filter(|slot| counted(&slot.dll) && slot.name != UNTOUCHABLE) {
            lead_through(&table, slot);
        }
        Calls(table)
    })
}

fn counted(dll: &str) -> bool {
    DLLS.contains(&dll) || dll.starts_with("api-ms-win-core-")
}

fn lead_through(table: &Table, import: &ImportSlot) {
    let slot = import.slot.cast::<c_void>();
    let mut old = 0;
    // SAFETY:
    // * an entry of our own import table; other threads only read it, before and after.
    let ok = unsafe { VirtualProtect(slot, size_of::<usize>(), sys::PAGE_READWRITE, &mut old) };
    assert_ne!(ok, 0, "VirtualProtect");
    // SAFETY:
    // * an aligned word of the image; the loader is done with it, calls read it as a whole.
    let word = unsafe { AtomicUsize::from_ptr(import.slot) };
    let function = word.load(Ordering::SeqCst);
    let target = match import.name.as_str() {
        "GetProcAddress" => {
            stand_before(&GET_PROC_ADDRESS, function, get_proc_address as *const () as usize)
        }
        "WSAIoctl" => stand_before(&WSA_IOCTL, function, wsa_ioctl as *const () as usize),
        _ => function,
    };
    word.store(table.wrap(&import.name, target), Ordering::SeqCst);
    // SAFETY:
    // * as above, with the protection it had.
    let ok = unsafe { VirtualProtect(slot, size_of::<usize>(), old, &mut old) };
    assert_ne!(ok, 0, "VirtualProtect");
}

fn stand_before(place: &AtomicUsize, function: usize, hook: usize) -> usize {
    place.store(function, Ordering::SeqCst);
    hook
}

/// The thunk of a function that was found at run time.
fn found(name: &str, function: usize) -> usize {
    // Before the hook is complete nothing is looked up but by `install` itself.
    CALLS.get().map_or(function, |calls| calls.0.wrap(name, function))
}

type GetProcAddress = unsafe extern "system" fn(HMODULE, *const u8) -> *mut c_void;

/// As the function of this name.
unsafe extern "system" fn get_proc_address(module: HMODULE, name: *const u8) -> *mut c_void {
    let real = GET_PROC_ADDRESS.load(Ordering::SeqCst);
    // SAFETY:
    // * the import table held this address for this name, whose signature this is.
    let real = unsafe { std::mem::transmute::<usize, GetProcAddress>(real) };
    // SAFETY:
    // * the caller's own arguments.
    let function = unsafe { real(module, name) };
    // Up to 0xFFFF it is an ordinal.
    if function.is_null() || module.is_null() || name as usize <= 0xFFFF {
        return function;
    }
    // SAFETY:
    // * the call found a function in it, so it is loaded as an image.
    let image = unsafe { Image::at(module as usize) };
    if !image.export_name().is_some_and(|dll| counted(&dll)) {
        return function;
    }
    // SAFETY:
    // * the call found a function by this name.
    let name = unsafe { CStr::from_ptr(name.cast()) };
    match name.to_str() {
        Ok(name) if name != UNTOUCHABLE => found(name, function as usize) as *mut c_void,
        _ => function,
    }
}

type WsaIoctl = unsafe extern "system" fn(
    SOCKET,
    u32,
    *const c_void,
    u32,
    *mut c_void,
    u32,
    *mut u32,
    *mut OVERLAPPED,
    sys::LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32;

/// As the function of this name.
#[allow(clippy::too_many_arguments)] // reason: the system's
unsafe extern "system" fn wsa_ioctl(
    socket: SOCKET,
    code: u32,
    input: *const c_void,
    input_len: u32,
    output: *mut c_void,
    output_len: u32,
    returned: *mut u32,
    block: *mut OVERLAPPED,
    routine: sys::LPWSAOVERLAPPED_COMPLETION_ROUTINE,
) -> i32 {
    let real = WSA_IOCTL.load(Ordering::SeqCst);
    // SAFETY:
    // * the import table held this address for this name, whose signature this is.
    let real = unsafe { std::mem::transmute::<usize, WsaIoctl>(real) };
    // SAFETY:
    // * the caller's own arguments.
    let result = unsafe {
        real(socket, code, input, input_len, output, output_len, returned, block, routine)
    };
    if result != 0 || code != sys::SIO_GET_EXTENSION_FUNCTION_POINTER {
        return result;
    }
    // SAFETY:
    // * the call took a GUID from there and succeeded.
    let id = unsafe { input.cast::<GUID>().read_unaligned() };
    // SAFETY:
    // * the call wrote one function pointer there, and is done with it; the caller waits.
    let place = unsafe { AtomicPtr::from_ptr(output.cast::<*mut c_void>()) };
    let function = place.load(Ordering::SeqCst);
    if !function.is_null() {
        let known = EXTENSIONS.iter().find(|(known, _)| *known == id);
        let name = known.map_or("extension function", |&(_, name)| name);
        place.store(found(name, function as usize) as *mut c_void, Ordering::SeqCst);
    }
    result
}
