//! Making sockets, asking about them, preparing them.

use std::{
    mem::{zeroed, MaybeUninit},
    net::SocketAddr,
    os::windows::io::{AsRawSocket, AsSocket, FromRawSocket, OwnedSocket, RawSocket},
    ptr::{null, null_mut},
    sync::Once,
};

use iocp_sys as sys;
use iocp_sys::SOCKET;

use super::{extension::accept_sockaddrs, last_socket_error, size_i32, winsock};
use crate::{
    os::address,
    os::{Code, Handle, SocketKind},
};

#[inline(always)]
pub(crate) fn socket_handle(source: &impl AsSocket) -> Handle {
    // A SOCKET is pointer-sized; std shows it as u64 or u32.
    #[allow(clippy::cast_possible_truncation)]
    Handle(source.as_socket().as_raw_socket() as usize)
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
    // A provider may call it a stream and carry messages all the same.
    let messages = info.dwServiceFlags1 & (sys::XP1_MESSAGE_ORIENTED | sys::XP1_PSEUDO_STREAM);
    Ok(SocketKind {
        stream: info.iSocketType == sys::SOCK_STREAM && messages == 0,
        ifs: info.dwServiceFlags1 & sys::XP1_IFS_HANDLES != 0,
        family: info.iAddressFamily,
    })
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
        sys::setsockopt(socket.socket(), sys::SOL_SOCKET, sys::SO_UPDATE_CONNECT_CONTEXT, null(), 0)
    })
}

/// Closing it resets the connection, and discards what was not sent.
pub(crate) fn reset_on_close(socket: Handle) -> Result<(), Code> {
    let value = sys::LINGER { l_onoff: 1, l_linger: 0 };
    // SAFETY:
    // * the option's value is read during the call.
    winsock(unsafe {
        sys::setsockopt(
            socket.socket(),
            sys::SOL_SOCKET,
            sys::SO_LINGER,
            std::ptr::from_ref(&value).cast(),
            size_i32::<sys::LINGER>(),
        )
    })
}

/// The peer's address from what a finished `AcceptEx` left. No system call.
pub(crate) fn accepted_peer(addresses: &[u8], address_room: usize) -> Option<SocketAddr> {
    let room = u32::try_from(address_room).ok()?;
    if addresses.len() < 2 * address_room {
        return None;
    }
    let function = accept_sockaddrs()?;
    let (mut local, mut peer) = (null_mut(), null_mut());
    let (mut local_len, mut peer_len) = (0, 0);
    // SAFETY:
    // * the buffer has room for two addresses of this size, as `AcceptEx` filled it.
    // * the results point into it.
    unsafe {
        function(
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
    let socket =
        unsafe { sys::WSASocketW(family, sys::SOCK_STREAM, sys::IPPROTO_TCP, null(), 0, flags) };
    if socket == sys::INVALID_SOCKET {
        return Err(last_socket_error());
    }
    // A SOCKET is pointer-sized; std shows it as u64 or u32.
    #[allow(clippy::cast_possible_truncation)]
    let socket = socket as RawSocket;
    // SAFETY:
    // * a new socket that nobody else owns.
    Ok(unsafe { OwnedSocket::from_raw_socket(socket) })
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
