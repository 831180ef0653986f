//! The real kernel, through `iocp-sys`.
//!
//! # Safety
//!
//! This file calls the operating system. Handles are plain values: a call on a closed one fails; it
//! cannot break memory. What can is listed at each call.

use std::{
    mem::{size_of, zeroed, MaybeUninit},
    net::SocketAddr,
    os::windows::io::{AsRawSocket, FromRawSocket, RawSocket},
    ptr::{null, null_mut, NonNull},
    sync::{
        atomic::{AtomicPtr, Ordering},
        Once,
    },
};

use iocp_sys as sys;
use iocp_sys::{HANDLE, OVERLAPPED, OVERLAPPED_ENTRY, SOCKET, WSABUF};

pub(crate) use std::os::windows::io::{AsSocket, OwnedSocket};

use super::{Code, Handle, Issued, SocketKind};
use crate::ops::address;

impl Handle {
    fn raw(self) -> HANDLE {
        self.0 as HANDLE
    }

    fn socket(self) -> SOCKET {
        self.0
    }
}

fn last_error() -> Code {
    // SAFETY:
    // * no arguments; reads a value of this thread.
    Code(unsafe { sys::GetLastError() })
}

fn last_socket_error() -> Code {
    // SAFETY:
    // * no arguments; reads a value of this thread.
    let code = unsafe { sys::WSAGetLastError() };
    Code(u32::try_from(code).unwrap_or(0))
}

/// For calls that say TRUE or FALSE.
fn win32(result: sys::BOOL) -> Result<(), Code> {
    if result == 0 {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// For calls that say 0 or `SOCKET_ERROR`.
fn winsock(result: i32) -> Result<(), Code> {
    if result == 0 {
        Ok(())
    } else {
        Err(last_socket_error())
    }
}

fn issued(result: Result<(), Code>) -> Issued {
    match result {
        Ok(()) => Issued::Done,
        Err(Code(sys::ERROR_IO_PENDING)) => Issued::Pending,
        Err(code) => Issued::Failed(code),
    }
}

/// `socklen_t`-like sizes of small structs.
fn size_i32<T>() -> i32 {
    i32::try_from(size_of::<T>()).unwrap_or(i32::MAX)
}

fn size_u32<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX)
}

pub(crate) fn socket_handle(source: &impl AsSocket) -> Handle {
    // A SOCKET is pointer-sized; std shows it as u64 or u32.
    #[allow(clippy::cast_possible_truncation)]
    Handle(source.as_socket().as_raw_socket() as usize)
}

pub(crate) fn port_create(concurrency: u32) -> Result<Handle, Code> {
    // SAFETY:
    // * INVALID_HANDLE_VALUE and no port ask for a new port.
    let port = unsafe {
        sys::CreateIoCompletionPort(sys::INVALID_HANDLE_VALUE, null_mut(), 0, concurrency)
    };
    if port.is_null() {
        Err(last_error())
    } else {
        Ok(Handle(port as usize))
    }
}

pub(crate) fn port_associate(port: Handle, handle: Handle, key: usize) -> Result<(), Code> {
    // SAFETY:
    // * both are handle values; the key is a number.
    let result = unsafe { sys::CreateIoCompletionPort(handle.raw(), port.raw(), key, 0) };
    if result.is_null() {
        Err(last_error())
    } else {
        Ok(())
    }
}

pub(crate) fn port_post(port: Handle, bytes: u32, key: usize, carried: usize) -> Result<(), Code> {
    // SAFETY:
    // * the system carries the three numbers and looks at none of them.
    win32(unsafe { sys::PostQueuedCompletionStatus(port.raw(), bytes, key, carried as *mut _) })
}

/// Returns how many entries were written, never more than there is room for.
#[inline]
pub(crate) fn port_wait(
    port: Handle,
    entries: &mut [MaybeUninit<OVERLAPPED_ENTRY>],
    timeout_ms: u32,
    alertable: bool,
) -> Result<usize, Code> {
    let room = u32::try_from(entries.len()).unwrap_or(u32::MAX);
    let mut count = 0;
    // SAFETY:
    // * `entries` is room for that many entries.
    // * `count` is written during the call only.
    win32(unsafe {
        sys::GetQueuedCompletionStatusEx(
            port.raw(),
            entries.as_mut_ptr().cast(),
            room,
            &mut count,
            timeout_ms,
            i32::from(alertable),
        )
    })?;
    Ok(count.min(room) as usize)
}

pub(crate) fn handle_close(handle: Handle) {
    // SAFETY:
    // * the port owns this handle and closes it once. A refusal leaves nothing to be done.
    unsafe { sys::CloseHandle(handle.raw()) };
}

pub(crate) fn cancel(handle: Handle, overlapped: *mut OVERLAPPED) -> Result<(), Code> {
    // SAFETY:
    // * the system compares the pointer with those of its pending requests; it does not follow it.
    win32(unsafe { sys::CancelIoEx(handle.raw(), overlapped) })
}

pub(crate) fn set_skip_on_success(handle: Handle) -> Result<(), Code> {
    let flags = sys::FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | sys::FILE_SKIP_SET_EVENT_ON_HANDLE;
    // The constants are u32 in the SDK, the parameter a byte.
    #[allow(clippy::cast_possible_truncation)]
    let flags = flags as u8;
    // SAFETY:
    // * a handle value and flags.
    win32(unsafe { sys::SetFileCompletionNotificationModes(handle.raw(), flags) })
}

pub(crate) fn socket_kind(socket: Handle) -> Result<SocketKind, Code> {
    // SAFETY:
    // * plain integers and arrays: all zero is a value of it.
    let mut info: sys::WSAPROTOCOL_INFOW = unsafe { zeroed() };
    let mut len = size_i32::<sys::WSAPROTOCOL_INFOW>();
    // SAFETY:
    // * `info` is room for `len` bytes.
    winsock(unsafe {
        sys::getsockopt(
            socket.socket(),
            sys::SOL_SOCKET,
            sys::SO_PROTOCOL_INFOW,
            std::ptr::from_mut(&mut info).cast(),
            &mut len,
        )
    })?;
    Ok(SocketKind {
        stream: info.iSocketType == sys::SOCK_STREAM,
        ifs: info.dwServiceFlags1 & sys::XP1_IFS_HANDLES != 0,
        family: info.iAddressFamily,
    })
}

/// # Safety
///
/// `block` and the buffers stay valid and untouched until the packet is dequeued, or the call fails
/// without one.
#[inline]
pub(crate) unsafe fn recv(socket: Handle, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let count = u32::try_from(bufs.len()).unwrap_or(u32::MAX);
    // On the stack: it is not written again when the receive completes later.
    let mut flags = 0;
    // SAFETY:
    // * the caller's promise; the array of descriptors is captured before the call returns.
    issued(winsock(unsafe {
        sys::WSARecv(
            socket.socket(),
            bufs.as_ptr().cast_mut(),
            count,
            null_mut(),
            &mut flags,
            block,
            None,
        )
    }))
}

/// # Safety
///
/// As [`recv`]; the buffers are only read.
#[inline]
pub(crate) unsafe fn send(socket: Handle, bufs: &[WSABUF], block: *mut OVERLAPPED) -> Issued {
    let count = u32::try_from(bufs.len()).unwrap_or(u32::MAX);
    // SAFETY:
    // * the caller's promise; the array of descriptors is captured before the call returns.
    issued(winsock(unsafe {
        sys::WSASend(
            socket.socket(),
            bufs.as_ptr().cast_mut(),
            count,
            null_mut(),
            0,
            block,
            None,
        )
    }))
}

/// # Safety
///
/// As [`recv`], for `2 * address_room` bytes at `addresses`; `socket` stays open as long.
pub(crate) unsafe fn accept(
    listener: Handle,
    socket: Handle,
    addresses: *mut u8,
    address_room: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let room = u32::try_from(address_room).unwrap_or(0);
    // Not documented as optional, so not null.
    let mut received = 0;
    // SAFETY:
    // * the caller's promise.
    // * `received` is written during the call only.
    issued(win32(unsafe {
        sys::AcceptEx(
            listener.socket(),
            socket.socket(),
            addresses.cast(),
            0,
            room,
            room,
            &mut received,
            block,
        )
    }))
}

/// # Safety
///
/// As [`recv`], for `len` bytes at `name`.
pub(crate) unsafe fn connect(
    socket: Handle,
    name: *const u8,
    len: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let function = match connect_ex(socket) {
        Ok(function) => function,
        Err(code) => return Issued::Failed(code),
    };
    let len = i32::try_from(len).unwrap_or(0);
    // SAFETY:
    // * the caller's promise; nothing is sent, so there is no buffer and no count.
    issued(win32(unsafe {
        function(socket.socket(), name.cast(), len, null(), 0, null_mut(), block)
    }))
}

type ConnectEx = unsafe extern "system" fn(
    SOCKET,
    *const sys::SOCKADDR,
    i32,
    *const core::ffi::c_void,
    u32,
    *mut u32,
    *mut OVERLAPPED,
) -> sys::BOOL;

/// The provider's `ConnectEx`: all sockets here are of the system's own provider, so one serves.
fn connect_ex(socket: Handle) -> Result<ConnectEx, Code> {
    static FOUND: AtomicPtr<core::ffi::c_void> = AtomicPtr::new(null_mut());
    let mut function = FOUND.load(Ordering::Relaxed);
    if function.is_null() {
        let mut bytes = 0;
        // SAFETY:
        // * in: a GUID; out: room for one function pointer; no OVERLAPPED, so all is done at return.
        winsock(unsafe {
            sys::WSAIoctl(
                socket.socket(),
                sys::SIO_GET_EXTENSION_FUNCTION_POINTER,
                std::ptr::from_ref(&sys::WSAID_CONNECTEX).cast(),
                size_u32::<sys::GUID>(),
                std::ptr::from_mut(&mut function).cast(),
                size_u32::<usize>(),
                &mut bytes,
                null_mut(),
                None,
            )
        })?;
        FOUND.store(function, Ordering::Relaxed);
    }
    if function.is_null() {
        return Err(Code(sys::WSAEOPNOTSUPP as u32));
    }
    // SAFETY:
    // * the system gave this pointer for WSAID_CONNECTEX, whose signature this is.
    Ok(unsafe { std::mem::transmute::<*mut core::ffi::c_void, ConnectEx>(function) })
}

/// Binds to any address and port of the peer's family; a socket that is bound already stays so.
pub(crate) fn bind_any(socket: Handle, peer: &SocketAddr) -> Result<(), Code> {
    let any: SocketAddr = match peer {
        SocketAddr::V4(_) => (std::net::Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (std::net::Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let (raw, len) = address::encode(&any);
    let len = i32::try_from(len).unwrap_or(0);
    // SAFETY:
    // * `raw` holds an address of `len` bytes, read during the call.
    match winsock(unsafe { sys::bind(socket.socket(), raw.as_ptr().cast(), len) }) {
        Err(Code(code)) if code == sys::WSAEINVAL as u32 => Ok(()),
        result => result,
    }
}

pub(crate) fn update_accept(socket: Handle, listener: Handle) -> Result<(), Code> {
    let value: SOCKET = listener.socket();
    // SAFETY:
    // * the option's value is the listener's handle, read during the call.
    winsock(unsafe {
        sys::setsockopt(
            socket.socket(),
            sys::SOL_SOCKET,
            sys::SO_UPDATE_ACCEPT_CONTEXT,
            std::ptr::from_ref(&value).cast(),
            size_i32::<SOCKET>(),
        )
    })
}

pub(crate) fn update_connect(socket: Handle) -> Result<(), Code> {
    // SAFETY:
    // * the option has no value.
    winsock(unsafe {
        sys::setsockopt(
            socket.socket(),
            sys::SOL_SOCKET,
            sys::SO_UPDATE_CONNECT_CONTEXT,
            null(),
            0,
        )
    })
}

/// The peer's address from what a finished `AcceptEx` left. No system call.
pub(crate) fn accepted_peer(addresses: &[u8], address_room: usize) -> Option<SocketAddr> {
    let room = u32::try_from(address_room).ok()?;
    if addresses.len() < 2 * address_room {
        return None;
    }
    let (mut local, mut peer) = (null_mut(), null_mut());
    let (mut local_len, mut peer_len) = (0, 0);
    // SAFETY:
    // * the buffer has room for two addresses of this size, as `AcceptEx` filled it.
    // * the results point into it.
    unsafe {
        sys::GetAcceptExSockaddrs(
            addresses.as_ptr().cast(),
            0,
            room,
            room,
            &mut local,
            &mut local_len,
            &mut peer,
            &mut peer_len,
        );
    }
    // Read through the slice, not through the pointer: nothing the call says is trusted.
    let start = (peer as usize).checked_sub(addresses.as_ptr() as usize)?;
    let len = usize::try_from(peer_len).ok()?;
    address::decode(addresses.get(start..start.checked_add(len)?)?)
}

/// A new TCP socket: overlapped, not inheritable.
pub(crate) fn stream_socket(family: i32) -> Result<OwnedSocket, Code> {
    start_winsock();
    let flags = sys::WSA_FLAG_OVERLAPPED | sys::WSA_FLAG_NO_HANDLE_INHERIT;
    // SAFETY:
    // * numbers only; no protocol structure.
    let socket = unsafe {
        sys::WSASocketW(family, sys::SOCK_STREAM, sys::IPPROTO_TCP, null(), 0, flags)
    };
    if socket == sys::INVALID_SOCKET {
        return Err(last_socket_error());
    }
    // SAFETY:
    // * a new socket that nobody else owns.
    Ok(unsafe { OwnedSocket::from_raw_socket(socket as RawSocket) })
}

/// Winsock must be started once in a process; std does it only for sockets of its own making.
fn start_winsock() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut data = MaybeUninit::<sys::WSADATA>::uninit();
        // SAFETY:
        // * `data` is room for what the call writes. If it fails, the next call says so.
        unsafe { sys::WSAStartup(0x0202, data.as_mut_ptr()) };
    });
}

/// Reserves address space, a multiple of 64 KiB.
pub(crate) fn reserve(bytes: usize) -> Result<NonNull<u8>, Code> {
    // SAFETY:
    // * asks for new address space anywhere.
    let start =
        unsafe { sys::VirtualAlloc(null(), bytes, sys::MEM_RESERVE, sys::PAGE_READWRITE) };
    NonNull::new(start.cast()).ok_or_else(last_error)
}

/// Commits part of a reservation: zeroed memory.
///
/// # Safety
///
/// `start .. start + bytes` lies inside the reservation at `base`.
pub(crate) unsafe fn commit(base: NonNull<u8>, start: usize, bytes: usize) -> Result<(), Code> {
    // SAFETY:
    // * the caller's promise.
    let address = unsafe { base.as_ptr().add(start) };
    // SAFETY:
    // * the caller's promise; memory that is committed already keeps its contents.
    let result = unsafe {
        sys::VirtualAlloc(address.cast(), bytes, sys::MEM_COMMIT, sys::PAGE_READWRITE)
    };
    if result.is_null() {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// Gives a reservation back.
///
/// # Safety
///
/// `base` came from [`reserve`], is released once, and nobody uses its memory any more.
pub(crate) unsafe fn release(base: NonNull<u8>, _bytes: usize) {
    // SAFETY:
    // * the caller's promise; size 0 releases the whole reservation.
    unsafe { sys::VirtualFree(base.as_ptr().cast(), 0, sys::MEM_RELEASE) };
}
