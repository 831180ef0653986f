//! The calls that make and end connections: functions of the provider, found through a socket.
//!
//! The exports of mswsock.dll look the provider's function up at every call; and the exported
//! `GetAcceptExSockaddrs` does nothing under Wine unless the exported `AcceptEx` was called.

use std::{
    ffi::c_void,
    marker::PhantomData,
    mem::{size_of, transmute_copy},
    net::SocketAddr,
    ptr::{from_mut, from_ref, null, null_mut},
    sync::atomic::{AtomicPtr, Ordering},
};

use iocp_sys as sys;
use iocp_sys::OVERLAPPED;

use super::{issued, size_u32, win32, winsock};
use crate::os::{address, Borrowed, Code, Issued, SocketKind};

// SAFETY:
// * Each type is the one that mswsock.h gives to the function of its identifier.
static ACCEPT_EX: Extension<sys::LPFN_ACCEPTEX> = unsafe { Extension::new(sys::WSAID_ACCEPTEX) };
// SAFETY:
// * As above, for `ConnectEx`.
static CONNECT_EX: Extension<sys::LPFN_CONNECTEX> = unsafe { Extension::new(sys::WSAID_CONNECTEX) };
// SAFETY:
// * As above, for `DisconnectEx`.
static DISCONNECT_EX: Extension<sys::LPFN_DISCONNECTEX> =
    unsafe { Extension::new(sys::WSAID_DISCONNECTEX) };
// SAFETY:
// * As above, for `GetAcceptExSockaddrs`.
static SOCKADDRS: Extension<sys::LPFN_GETACCEPTEXSOCKADDRS> =
    unsafe { Extension::new(sys::WSAID_GETACCEPTEXSOCKADDRS) };

/// Finds what [`accept`] and [`accepted_peer`] call, which have found it from then on.
pub(crate) fn find_accept(listener: Borrowed<'_>, kind: SocketKind) -> Result<(), Code> {
    SOCKADDRS.find(listener, kind)?;
    ACCEPT_EX.find(listener, kind).map(drop)
}

/// Finds what [`connect`] calls.
pub(crate) fn find_connect(socket: Borrowed<'_>, kind: SocketKind) -> Result<(), Code> {
    CONNECT_EX.find(socket, kind).map(drop)
}

/// Finds what [`disconnect`] calls.
pub(crate) fn find_disconnect(socket: Borrowed<'_>, kind: SocketKind) -> Result<(), Code> {
    DISCONNECT_EX.find(socket, kind).map(drop)
}

/// # Safety
///
/// As [`recv`](super::recv), for the block and `data_room + 2 * address_room` bytes at `room`.
pub(crate) unsafe fn accept(
    listener: Borrowed<'_>,
    kind: SocketKind,
    socket: Borrowed<'_>,
    room: *mut u8,
    data_room: usize,
    address_room: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let data_len = u32::try_from(data_room).unwrap_or(0);
    let address_len = u32::try_from(address_room).unwrap_or(0);
    issued(ACCEPT_EX.found(kind).and_then(|accept_ex| {
        // The page does not call it optional, so it is not null.
        let mut received = 0;
        // SAFETY:
        // * `listener` and `socket` are open until the call returns; from then on the system refers to
        //   the sockets, not to their handles.
        // * `block` and the room for data and both addresses stay as the caller promises.
        // * `received` is written before the call returns only.
        win32(unsafe {
            accept_ex(
                listener.socket(),
                socket.socket(),
                room.cast(),
                data_len,
                address_len,
                address_len,
                &mut received,
                block,
            )
        })
    }))
}

/// # Safety
///
/// As [`send`](super::send), for the block, `len` bytes at `name`, and `data`.
pub(crate) unsafe fn connect(
    socket: Borrowed<'_>,
    kind: SocketKind,
    name: *const u8,
    len: usize,
    data: sys::WSABUF,
    block: *mut OVERLAPPED,
) -> Issued {
    let len = i32::try_from(len).unwrap_or(0);
    let start = if data.len == 0 { null() } else { data.buf.cast_const().cast() };
    issued(CONNECT_EX.found(kind).and_then(|connect_ex| {
        // SAFETY:
        // * `socket` is open; `block`, the `len` bytes at `name` and the data stay as the caller promises.
        // * No data is null, and the count, as the page allows.
        win32(unsafe {
            connect_ex(socket.socket(), name.cast(), len, start, data.len, null_mut(), block)
        })
    }))
}

/// # Safety
///
/// As [`recv`](super::recv), for the block alone.
pub(crate) unsafe fn disconnect(
    socket: Borrowed<'_>,
    kind: SocketKind,
    reuse: bool,
    block: *mut OVERLAPPED,
) -> Issued {
    let flags = if reuse { sys::TF_REUSE_SOCKET } else { 0 };
    issued(DISCONNECT_EX.found(kind).and_then(|disconnect_ex| {
        // SAFETY:
        // * `socket` is open, and `block` stays as the caller promises; the reserved parameter is 0.
        win32(unsafe { disconnect_ex(socket.socket(), block, flags, 0) })
    }))
}

/// `GetAcceptExSockaddrs`: the peer's address from what a finished [`accept`] left. No system call.
pub(crate) fn accepted_peer(
    kind: SocketKind,
    room: &[u8],
    data_room: usize,
    address_room: usize,
) -> Option<SocketAddr> {
    let data_len = u32::try_from(data_room).ok()?;
    let address_len = u32::try_from(address_room).ok()?;
    if room.len() < data_room + 2 * address_room {
        return None;
    }
    let get_sockaddrs = SOCKADDRS.found(kind).ok()?;
    let (mut local, mut peer) = (null_mut(), null_mut());
    let (mut local_len, mut peer_len) = (0, 0);
    // SAFETY:
    // * The buffer has so many bytes for the data and for either address, as was just checked.
    // * The four results are written during the call only.
    unsafe {
        get_sockaddrs(
            room.as_ptr().cast(),
            data_len,
            address_len,
            address_len,
            &mut local,
            &mut local_len,
            &mut peer,
            &mut peer_len,
        );
    }
    // Through the slice, not through the pointer: a wrong answer reads nothing outside of it.
    let start = (peer as usize).checked_sub(room.as_ptr() as usize)?;
    let len = usize::try_from(peer_len).ok()?;
    address::decode(room.get(start..start.checked_add(len)?)?)
}

/// A function of a provider, an `F`, found once for each: TCP over IPv4 and TCP over IPv6 are two, and
/// each is called with the function that was found through one of its sockets.
pub(super) struct Extension<F> {
    id: sys::GUID,
    /// Of IPv4, of IPv6.
    found: [AtomicPtr<c_void>; 2],
    function: PhantomData<F>,
}

impl<T> Extension<Option<T>> {
    /// # Safety
    ///
    /// `T` is the type of the function pointer that the system gives for `id`.
    pub(super) const unsafe fn new(id: sys::GUID) -> Self {
        assert!(size_of::<Option<T>>() == size_of::<*mut c_void>());
        let found = [AtomicPtr::new(null_mut()), AtomicPtr::new(null_mut())];
        Self { id, found, function: PhantomData }
    }

    fn slot(&self, kind: SocketKind) -> &AtomicPtr<c_void> {
        &self.found[usize::from(kind.family == i32::from(sys::AF_INET6))]
    }

    /// The function that was found before through a socket of this kind.
    pub(super) fn found(&self, kind: SocketKind) -> Result<T, Code> {
        let function = self.slot(kind).load(Ordering::Relaxed);
        // SAFETY:
        // * An `Option` of a function pointer has the size of a pointer, as `new` asserts, and is `None`
        //   for null; any other value was given by the system for `id`, as a `T`.
        let function = unsafe { transmute_copy::<*mut c_void, Option<T>>(&function) };
        function.ok_or(Code(sys::WSAEOPNOTSUPP as u32))
    }

    /// The first time, [`WSAIoctl`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsaioctl)
    /// with `SIO_GET_EXTENSION_FUNCTION_POINTER`.
    pub(super) fn find(&self, socket: Borrowed<'_>, kind: SocketKind) -> Result<T, Code> {
        if let Ok(function) = self.found(kind) {
            return Ok(function);
        }
        let (mut function, mut bytes) = (null_mut::<c_void>(), 0);
        // SAFETY:
        // * `socket` is open; in: a GUID of its size; out: room for one pointer, of its size.
        // * No OVERLAPPED and no routine: all pointers are used before the call returns only.
        winsock(unsafe {
            sys::WSAIoctl(
                socket.socket(),
                sys::SIO_GET_EXTENSION_FUNCTION_POINTER,
                from_ref(&self.id).cast(),
                size_u32::<sys::GUID>(),
                from_mut(&mut function).cast(),
                size_u32::<usize>(),
                &mut bytes,
                null_mut(),
                None,
            )
        })?;
        self.slot(kind).store(function, Ordering::Relaxed);
        self.found(kind)
    }
}
