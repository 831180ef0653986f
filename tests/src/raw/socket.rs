//! Calls on sockets beside std and the safe layer.
//!
//! # Safety
//!
//! Memory that a call is given lives on the stack of that call, which has ended when it returns.

use std::{
    mem::{size_of, zeroed},
    net::{Ipv6Addr, SocketAddr, SocketAddrV4, TcpStream, UdpSocket},
    os::windows::io::{AsRawSocket, FromRawSocket, OwnedSocket, RawSocket},
    ptr::{null, null_mut},
};

use iocp_sys as sys;
use iocp_sys::{HANDLE, OVERLAPPED};

use super::last_error;

/// `ConnectEx` as it is, on a socket that is not bound: the code of the refused call.
///
/// # Errors
///
/// The winsock code.
///
/// Ends the process if the call starts a connect.
pub fn connect_ex(socket: &OwnedSocket, to: SocketAddrV4) -> Result<(), i32> {
    let mut function: sys::LPFN_CONNECTEX = None;
    let mut bytes = 0;
    // SAFETY:
    // * in: an id; out: room for one function pointer, which the id asks for. Done at return.
    let result = unsafe {
        sys::WSAIoctl(
            socket_value(socket),
            sys::SIO_GET_EXTENSION_FUNCTION_POINTER,
            std::ptr::from_ref(&sys::WSAID_CONNECTEX).cast(),
            u32::try_from(size_of::<sys::GUID>()).unwrap(),
            std::ptr::from_mut(&mut function).cast(),
            u32::try_from(size_of::<usize>()).unwrap(),
            &mut bytes,
            null_mut(),
            None,
        )
    };
    assert_eq!(result, 0, "WSAIoctl");
    let function = function.unwrap();
    let mut address = [0_u8; 16];
    address[..2].copy_from_slice(&sys::AF_INET.to_le_bytes());
    address[2..4].copy_from_slice(&to.port().to_be_bytes());
    address[4..8].copy_from_slice(&to.ip().octets());
    // SAFETY:
    // * plain numbers: all zero is a value of it.
    let mut block: OVERLAPPED = unsafe { zeroed() };
    // SAFETY:
    // * an address of 16 bytes, nothing to send. The block lives until the call is refused; should it
    //   be started, the process ends below before the block is gone.
    let ok = unsafe {
        function(
            socket_value(socket),
            address.as_ptr().cast(),
            16,
            null(),
            0,
            null_mut(),
            &mut block,
        )
    };
    // SAFETY:
    // * no arguments; reads a value of this thread.
    let code = unsafe { sys::WSAGetLastError() };
    if ok == 0 && code != sys::WSA_IO_PENDING {
        return Err(code);
    }
    // The system may still write into the block: it must never be freed.
    eprintln!("the connect was started");
    std::process::abort();
}

/// Makes the close of this socket a reset: `SO_LINGER` with 0 seconds.
///
/// # Panics
///
/// If the system refuses.
pub fn reset_on_close(socket: &TcpStream) {
    let linger = sys::LINGER { l_onoff: 1, l_linger: 0 };
    // SAFETY:
    // * the option's value is read during the call.
    let result = unsafe {
        sys::setsockopt(
            socket_value(socket),
            sys::SOL_SOCKET,
            sys::SO_LINGER,
            std::ptr::from_ref(&linger).cast(),
            i32::try_from(size_of::<sys::LINGER>()).unwrap(),
        )
    };
    assert_eq!(result, 0, "setsockopt(SO_LINGER)");
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
    socket(sys::AF_INET, sys::SOCK_STREAM, sys::IPPROTO_TCP, flags)
}

fn socket(family: u16, kind: i32, protocol: i32, flags: u32) -> OwnedSocket {
    // std starts winsock with its first socket.
    drop(UdpSocket::bind("127.0.0.1:0"));
    // SAFETY:
    // * numbers only; no protocol structure.
    let socket = unsafe { sys::WSASocketW(i32::from(family), kind, protocol, null(), 0, flags) };
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
    bind(iocp::stream_socket(&address).unwrap(), address)
}

/// A UDP socket of both families, bound to any address.
#[must_use]
pub fn udp_of_both_families() -> UdpSocket {
    let flags = sys::WSA_FLAG_OVERLAPPED;
    let socket = socket(sys::AF_INET6, sys::SOCK_DGRAM, sys::IPPROTO_UDP, flags);
    bind(socket, (Ipv6Addr::UNSPECIFIED, 0).into()).into()
}

fn bind(socket: OwnedSocket, address: SocketAddr) -> OwnedSocket {
    let mut raw = [0_u8; 28];
    raw[2..4].copy_from_slice(&address.port().to_be_bytes());
    let (family, len) = match address {
        SocketAddr::V4(v4) => {
            raw[4..8].copy_from_slice(&v4.ip().octets());
            (sys::AF_INET, 16)
        }
        SocketAddr::V6(v6) => {
            raw[8..24].copy_from_slice(&v6.ip().octets());
            let off = [0_u8; 4];
            // SAFETY:
            // * four bytes of the value of this option. Done at return.
            let set = unsafe {
                sys::setsockopt(
                    socket_value(&socket),
                    sys::IPPROTO_IPV6,
                    sys::IPV6_V6ONLY,
                    off.as_ptr(),
                    4,
                )
            };
            assert_eq!(set, 0, "setsockopt");
            (sys::AF_INET6, 28)
        }
    };
    raw[..2].copy_from_slice(&family.to_le_bytes());
    // SAFETY:
    // * an address of so many bytes. Done at return.
    let bound = unsafe { sys::bind(socket_value(&socket), raw.as_ptr().cast(), len) };
    assert_eq!(bound, 0, "bind");
    socket
}
