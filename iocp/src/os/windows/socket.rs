//! Making sockets, asking about them, preparing them.

use std::{
    mem::MaybeUninit,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    os::windows::io::{
        AsRawSocket, AsSocket, BorrowedSocket, FromRawSocket, OwnedSocket, RawSocket,
    },
    ptr::{from_mut, from_ref, null},
    sync::Once,
};

use iocp_sys as sys;

use super::{last_socket_error, size_i32, winsock};
use crate::os::{address, Borrowed, Code, Handle, SocketKind};

#[inline(always)]
pub(crate) fn borrow_socket<S: AsSocket>(source: &S) -> Borrowed<'_> {
    // A SOCKET is pointer-sized; std shows it as u64 or u32.
    #[allow(clippy::cast_possible_truncation)]
    let socket = Handle(source.as_socket().as_raw_socket() as usize);
    // SAFETY:
    // * The source gave it as a `BorrowedSocket` that lives as long as the borrow of the source.
    unsafe { Borrowed::new(socket) }
}

/// # Safety
///
/// The socket is open, and nobody else closes it.
#[inline(always)]
pub(crate) unsafe fn owned_socket(socket: Handle) -> OwnedSocket {
    // SAFETY:
    // * Open and the caller's to give, as the caller promises.
    unsafe { OwnedSocket::from_raw_socket(raw(socket)) }
}

/// # Safety
///
/// The socket is open for `'a`.
pub(crate) unsafe fn borrowed_socket<'a>(socket: Handle) -> BorrowedSocket<'a> {
    // SAFETY:
    // * Open for that time, as the caller promises.
    unsafe { BorrowedSocket::borrow_raw(raw(socket)) }
}

/// A SOCKET is pointer-sized; std shows it as u64 or u32.
#[allow(clippy::cast_possible_truncation)]
#[inline(always)]
fn raw(Handle(socket): Handle) -> RawSocket {
    socket as RawSocket
}

/// `getsockopt` with `SO_PROTOCOL_INFOW`.
pub(crate) fn socket_kind(socket: Borrowed<'_>) -> Result<SocketKind, Code> {
    let mut info = sys::WSAPROTOCOL_INFOW::default();
    let mut len = size_i32::<sys::WSAPROTOCOL_INFOW>();
    // SAFETY:
    // * `socket` is open until the call returns.
    // * `info` has room for `len` bytes; both are written during the call only.
    winsock(unsafe {
        sys::getsockopt(
            socket.socket(),
            sys::SOL_SOCKET,
            sys::SO_PROTOCOL_INFOW,
            from_mut(&mut info).cast(),
            &mut len,
        )
    })?;
    // A provider may call a socket a stream although it carries messages.
    let messages = info.dwServiceFlags1 & (sys::XP1_MESSAGE_ORIENTED | sys::XP1_PSEUDO_STREAM);
    Ok(SocketKind {
        stream: info.iSocketType == sys::SOCK_STREAM && messages == 0,
        ifs: info.dwServiceFlags1 & sys::XP1_IFS_HANDLES != 0,
        family: info.iAddressFamily,
    })
}

/// `bind`, to any address and port of the peer's family. A socket that is bound already (`WSAEINVAL`)
/// stays so.
pub(crate) fn bind_any(socket: Borrowed<'_>, peer: &SocketAddr) -> Result<(), Code> {
    let any: SocketAddr = match peer {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let (raw, len) = address::encode(&any);
    let len = i32::try_from(len).unwrap_or(0);
    // SAFETY:
    // * `socket` is open, and `raw` holds an address of `len` bytes, until the call returns.
    match winsock(unsafe { sys::bind(socket.socket(), raw.as_ptr().cast(), len) }) {
        Err(Code(code)) if code == sys::WSAEINVAL as u32 => Ok(()),
        result => result,
    }
}

/// `listen`, with as long a backlog as the provider allows.
pub(crate) fn listen(socket: Borrowed<'_>) -> Result<(), Code> {
    // The same 31 bits.
    let backlog = i32::try_from(sys::SOMAXCONN).unwrap_or(i32::MAX);
    // SAFETY:
    // * `socket` is open until the call returns.
    winsock(unsafe { sys::listen(socket.socket(), backlog) })
}

/// `SO_UPDATE_ACCEPT_CONTEXT`: gives an accepted socket the options of its listener.
pub(crate) fn update_accept(socket: Borrowed<'_>, listener: Borrowed<'_>) -> Result<(), Code> {
    set_option(socket, sys::SO_UPDATE_ACCEPT_CONTEXT, Some(&listener.socket()))
}

/// `SO_UPDATE_CONNECT_CONTEXT`, an option without a value.
pub(crate) fn update_connect(socket: Borrowed<'_>) -> Result<(), Code> {
    set_option::<()>(socket, sys::SO_UPDATE_CONNECT_CONTEXT, None)
}

/// `SO_LINGER`: closing the socket resets the connection, and discards what was not sent.
pub(crate) fn reset_on_close(socket: Borrowed<'_>) -> Result<(), Code> {
    set_option(socket, sys::SO_LINGER, Some(&sys::LINGER { l_onoff: 1, l_linger: 0 }))
}

/// `shutdown` of the sending direction: the peer sees the end when all before it has arrived.
pub(crate) fn shut_down_sending(socket: Borrowed<'_>) -> Result<(), Code> {
    // SAFETY:
    // * `socket` is open until the call returns.
    winsock(unsafe { sys::shutdown(socket.socket(), sys::SD_SEND) })
}

/// `setsockopt` of the level `SOL_SOCKET`.
fn set_option<T>(socket: Borrowed<'_>, option: i32, value: Option<&T>) -> Result<(), Code> {
    let (value, len) = value.map_or((null(), 0), |value| (from_ref(value), size_i32::<T>()));
    // SAFETY:
    // * `socket` is open until the call returns.
    // * `value` is null with a length of 0, or borrowed for its `len` bytes until the call returns.
    winsock(unsafe { sys::setsockopt(socket.socket(), sys::SOL_SOCKET, option, value.cast(), len) })
}

/// `WSASocketW`: a new TCP socket, overlapped and not inheritable.
pub(crate) fn stream_socket(family: i32) -> Result<OwnedSocket, Code> {
    start_winsock();
    let flags = sys::WSA_FLAG_OVERLAPPED | sys::WSA_FLAG_NO_HANDLE_INHERIT;
    // SAFETY:
    // * The protocol structure is optional, and null; the rest are numbers, which the call checks.
    let socket =
        unsafe { sys::WSASocketW(family, sys::SOCK_STREAM, sys::IPPROTO_TCP, null(), 0, flags) };
    if socket == sys::INVALID_SOCKET {
        return Err(last_socket_error());
    }
    // SAFETY:
    // * `WSASocketW` has just made it, so it is open and nobody else owns it.
    Ok(unsafe { owned_socket(Handle(socket)) })
}

/// Winsock must be started once in a process; std does it only for sockets of its own making.
fn start_winsock() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let mut data = MaybeUninit::<sys::WSADATA>::uninit();
        // SAFETY:
        // * `data` has room for the one structure that the call writes. A failure shows in the next call.
        unsafe { sys::WSAStartup(0x0202, data.as_mut_ptr()) };
    });
}
