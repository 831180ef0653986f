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
use crate::os::{address, Borrowed, Code, Issued};

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

/// # Safety
///
/// As [`recv`](super::recv), for the block and `2 * address_room` bytes at `addresses`.
pub(crate) unsafe fn accept(
    listener: Borrowed<'_>,
    socket: Borrowed<'_>,
    addresses: *mut u8,
    address_room: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let room = u32::try_from(address_room).unwrap_or(0);
    // `GetAcceptExSockaddrs` is found here too: `accepted_peer` calls it later, without a socket to find
    // it through.
    let found = SOCKADDRS.find(listener).and_then(|_| ACCEPT_EX.find(listener));
    issued(found.and_then(|accept_ex| {
        // The page does not call it optional, so it is not null.
        let mut received = 0;
        // SAFETY:
        // * `listener` and `socket` are open until the call returns; from then on the system refers to
        //   the sockets, not to their handles.
        // * `block` and the room for both addresses stay as the caller promises; no data is asked for.
        // * `received` is written before the call returns only.
        win32(unsafe {
            accept_ex(
                listener.socket(),
                socket.socket(),
                addresses.cast(),
                0,
                room,
                room,
                &mut received,
                block,
            )
        })
    }))
}

/// # Safety
///
/// As [`recv`](super::recv), for the block and `len` bytes at `name`.
pub(crate) unsafe fn connect(
    socket: Borrowed<'_>,
    name: *const u8,
    len: usize,
    block: *mut OVERLAPPED,
) -> Issued {
    let len = i32::try_from(len).unwrap_or(0);
    issued(CONNECT_EX.find(socket).and_then(|connect_ex| {
        // SAFETY:
        // * `socket` is open; `block` and the `len` bytes at `name` stay as the caller promises.
        // * No data is sent with the connect: buffer and count are null, as the page allows.
        win32(unsafe {
            connect_ex(socket.socket(), name.cast(), len, null(), 0, null_mut(), block)
        })
    }))
}

/// # Safety
///
/// As [`recv`](super::recv), for the block alone.
pub(crate) unsafe fn disconnect(
    socket: Borrowed<'_>,
    reuse: bool,
    block: *mut OVERLAPPED,
) -> Issued {
    let flags = if reuse { sys::TF_REUSE_SOCKET } else { 0 };
    issued(DISCONNECT_EX.find(socket).and_then(|disconnect_ex| {
        // SAFETY:
        // * `socket` is open, and `block` stays as the caller promises; the reserved parameter is 0.
        win32(unsafe { disconnect_ex(socket.socket(), block, flags, 0) })
    }))
}

/// `GetAcceptExSockaddrs`: the peer's address from what a finished [`accept`] left. No system call.
pub(crate) fn accepted_peer(addresses: &[u8], address_room: usize) -> Option<SocketAddr> {
    let room = u32::try_from(address_room).ok()?;
    if addresses.len() < 2 * address_room {
        return None;
    }
    let get_sockaddrs = SOCKADDRS.found()?;
    let (mut local, mut peer) = (null_mut(), null_mut());
    let (mut local_len, mut peer_len) = (0, 0);
    // SAFETY:
    // * The buffer has `room` bytes for either address, as was just checked, and none for data.
    // * The four results are written during the call only.
    unsafe {
        get_sockaddrs(
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
    // Through the slice, not through the pointer: a wrong answer reads nothing outside of it.
    let start = (peer as usize).checked_sub(addresses.as_ptr() as usize)?;
    let len = usize::try_from(peer_len).ok()?;
    address::decode(addresses.get(start..start.checked_add(len)?)?)
}

/// A function of the provider, an `F`, found once: the sockets here are all of one provider, the
/// system's own.
struct Extension<F> {
    id: sys::GUID,
    found: AtomicPtr<c_void>,
    function: PhantomData<F>,
}

impl<T> Extension<Option<T>> {
    /// # Safety
    ///
    /// `T` is the type of the function pointer that the system gives for `id`.
    const unsafe fn new(id: sys::GUID) -> Self {
        assert!(size_of::<Option<T>>() == size_of::<*mut c_void>());
        Self { id, found: AtomicPtr::new(null_mut()), function: PhantomData }
    }

    /// The function, if it was found before.
    fn found(&self) -> Option<T> {
        let function = self.found.load(Ordering::Relaxed);
        // SAFETY:
        // * An `Option` of a function pointer has the size of a pointer, as `new` asserts, and is `None`
        //   for null; any other value was given by the system for `id`, as a `T`.
        unsafe { transmute_copy::<*mut c_void, Option<T>>(&function) }
    }

    /// The first time, [`WSAIoctl`](https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsaioctl)
    /// with `SIO_GET_EXTENSION_FUNCTION_POINTER`.
    fn find(&self, socket: Borrowed<'_>) -> Result<T, Code> {
        if let Some(function) = self.found() {
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
        self.found.store(function, Ordering::Relaxed);
        self.found().ok_or(Code(sys::WSAEOPNOTSUPP as u32))
    }
}
