//! Calls on sockets beside std and the safe layer.
//!
//! # Safety
//!
//! Memory that a call is given lives on the stack of that call, which has ended when it returns.

use std::{
    net::{Ipv6Addr, SocketAddr, TcpStream, UdpSocket},
    os::windows::io::{AsRawSocket, FromRawSocket, OwnedSocket, RawSocket},
    ptr::{null, null_mut},
    time::Duration,
};

use iocp_sys as sys;
use iocp_sys::{HANDLE, OVERLAPPED};
use socket2::{Domain, SockRef, Socket, Type};

use super::last_error;
use crate::facts::kit::{extension, memory::Block};

/// `ConnectEx` as it is, on a socket that is not bound: its code, 0 for none. The block is never freed.
#[must_use]
pub fn connect_ex(socket: &OwnedSocket, to: SocketAddr) -> u32 {
    extension::connect(socket, to, b"", Some(Block::new()))
}

/// Makes the close of this socket a reset: `SO_LINGER` with 0 seconds.
///
/// # Panics
///
/// If the system refuses.
pub fn reset_on_close(socket: &TcpStream) {
    SockRef::from(socket).set_linger(Some(Duration::ZERO)).unwrap();
}

/// The value of a socket.
#[must_use]
pub fn socket_value(socket: &impl AsRawSocket) -> usize {
    usize::try_from(socket.as_raw_socket()).unwrap()
}

/// A TCP socket of our own, with these flags of `WSASocketW`.
///
/// # Panics
///
/// If the system refuses.
#[must_use]
pub fn stream_socket(flags: u32) -> OwnedSocket {
    // std starts winsock with its first socket.
    drop(UdpSocket::bind("127.0.0.1:0"));
    let (family, kind) = (i32::from(sys::AF_INET), sys::SOCK_STREAM);
    // SAFETY:
    // * numbers only; no protocol structure.
    let socket = unsafe { sys::WSASocketW(family, kind, sys::IPPROTO_TCP, null(), 0, flags) };
    assert_ne!(socket, sys::INVALID_SOCKET, "WSASocketW");
    // A SOCKET is pointer-sized; std shows it as u64 or u32.
    #[allow(clippy::cast_possible_truncation)]
    let socket = socket as RawSocket;
    // SAFETY:
    // * a new socket that nobody else owns.
    unsafe { OwnedSocket::from_raw_socket(socket) }
}

/// `DuplicateHandle` of a socket: another handle of the same file object.
///
/// # Panics
///
/// If the system refuses.
#[must_use]
pub fn duplicate(socket: &impl AsRawSocket) -> OwnedSocket {
    let mut copy: HANDLE = null_mut();
    // SAFETY:
    // * no arguments; a constant.
    let process = unsafe { sys::GetCurrentProcess() };
    // SAFETY:
    // * both processes are this one; `copy` is written during the call.
    let ok = unsafe {
        sys::DuplicateHandle(
            process,
            socket_value(socket) as HANDLE,
            process,
            &mut copy,
            0,
            0,
            sys::DUPLICATE_SAME_ACCESS,
        )
    };
    assert_ne!(ok, 0, "DuplicateHandle: {}", last_error());
    // SAFETY:
    // * a new handle of a socket that nobody else owns.
    unsafe { OwnedSocket::from_raw_socket(copy as RawSocket) }
}

/// `CancelIoEx`: the code if it fails.
///
/// # Errors
///
/// The Win32 code.
pub fn cancel(socket: usize, overlapped: usize) -> Result<(), u32> {
    // SAFETY:
    // * the system compares the pointer with those of its pending requests; it does not follow it.
    if unsafe { sys::CancelIoEx(socket as HANDLE, overlapped as *const OVERLAPPED) } == 0 {
        Err(last_error())
    } else {
        Ok(())
    }
}

/// `closesocket` on a value that somebody else owns.
///
/// # Safety
///
/// The owner must never use or close the value again: it may soon name another socket.
pub unsafe fn close_behind(socket: usize) {
    // SAFETY:
    // * the caller owns the socket and closes it once.
    let result = unsafe { sys::closesocket(socket) };
    assert_eq!(result, 0, "closesocket");
}

/// A TCP socket that is bound to this address, with `IPV6_V6ONLY` off where it has that.
#[must_use]
pub fn bound(address: SocketAddr) -> OwnedSocket {
    socket(Type::STREAM, address).into()
}

/// A UDP socket of both families, bound to any address.
#[must_use]
pub fn udp_of_both_families() -> UdpSocket {
    socket(Type::DGRAM, (Ipv6Addr::UNSPECIFIED, 0).into()).into()
}

fn socket(kind: Type, address: SocketAddr) -> Socket {
    let socket = Socket::new(Domain::for_address(address), kind, None).unwrap();
    if address.is_ipv6() {
        socket.set_only_v6(false).unwrap();
    }
    socket.bind(&address.into()).unwrap();
    socket
}
