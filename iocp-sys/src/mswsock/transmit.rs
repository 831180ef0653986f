//! Sending files from the kernel: `TransmitFile` and `TransmitPackets`.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-transmitfile>

use core::ffi::c_void;

use crate::guiddef::GUID;
use crate::minwinbase::OVERLAPPED;
use crate::minwindef::BOOL;
use crate::winnt::HANDLE;
use crate::winsock2::SOCKET;

/// `TransmitFile`, `DisconnectEx`: disconnect once everything is sent.
pub const TF_DISCONNECT: u32 = 0x01;
/// `TransmitFile`, `DisconnectEx`: make the socket ready for reuse.
pub const TF_REUSE_SOCKET: u32 = 0x02;
/// `TransmitFile`: complete at once, before the data is sent; errors are not reported.
pub const TF_WRITE_BEHIND: u32 = 0x04;
/// `TransmitFile`: the system chooses the thread for long requests.
pub const TF_USE_DEFAULT_WORKER: u32 = 0x00;
/// `TransmitFile`: work on system threads.
pub const TF_USE_SYSTEM_THREAD: u32 = 0x10;
/// `TransmitFile`: work by kernel APCs on the calling thread, which must not end meanwhile.
pub const TF_USE_KERNEL_APC: u32 = 0x20;

/// Data that [`TransmitFile`] sends before and after the file.
///
/// # Layout
/// 32 bytes, align 8 (64-bit); 16 bytes, align 4 (32-bit).
///
/// # Source
/// Windows 2000. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/ns-mswsock-transmit_file_buffers>
#[repr(C)]
#[derive(Debug)]
pub struct TRANSMIT_FILE_BUFFERS {
    /// Data sent before the file.
    pub Head: *mut c_void,
    /// Its length in bytes.
    pub HeadLength: u32,
    /// Data sent after the file.
    pub Tail: *mut c_void,
    /// Its length in bytes.
    pub TailLength: u32,
}
layout!(TRANSMIT_FILE_BUFFERS: size 16 | 32, align 4 | 8;
    Head: 0 | 0, HeadLength: 4 | 8, Tail: 8 | 16, TailLength: 12 | 24);
plain!(TRANSMIT_FILE_BUFFERS);

link! {
    "mswsock.dll";

    /// Sends a file, from the position in `lpOverlapped`, over a connected socket.
    ///
    /// `nNumberOfBytesToWrite` 0 sends to the end of the file; at most 2 147 483 646 bytes a call.
    /// `nNumberOfBytesPerSend` 0 = default block size. `dwReserved` holds the `TF_…` flags. `hFile`
    /// null = only the buffers. Client editions of Windows carry out two at a time.
    ///
    /// Resolve at run time ([`LPFN_TRANSMITFILE`]).
    ///
    /// # Errors
    /// 0 is failure: `WSA_IO_PENDING` (997), `WSAENOTCONN` (10057), `WSAESHUTDOWN` (10058),
    /// `WSAECONNABORTED` (10053), `WSAECONNRESET` (10054), `WSAEINVAL` (10022), `WSAENOTSOCK`
    /// (10038), `WSAENOBUFS` (10055). A packet follows success (unless in skip mode) and 997, no
    /// other failure.
    ///
    /// # Safety
    /// * The file, what `lpTransmitBuffers` refers to, and `lpOverlapped` (if not null) must stay
    ///   valid, unmoved and unchanged until the completion.
    ///
    /// # Source
    /// Windows 2000. DLL: `mswsock.dll`. Header: `mswsock.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nf-mswsock-transmitfile>
    pub fn TransmitFile(
        hSocket: SOCKET,
        hFile: HANDLE,
        nNumberOfBytesToWrite: u32,
        nNumberOfBytesPerSend: u32,
        lpOverlapped: *mut OVERLAPPED,
        lpTransmitBuffers: *const TRANSMIT_FILE_BUFFERS,
        dwReserved: u32,
    ) -> BOOL;
}

/// Type of [`TransmitFile`], with the same duties; see [`WSAID_TRANSMITFILE`].
pub type LPFN_TRANSMITFILE = Option<
    unsafe extern "system" fn(
        hSocket: SOCKET,
        hFile: HANDLE,
        nNumberOfBytesToWrite: u32,
        nNumberOfBytesPerSend: u32,
        lpOverlapped: *mut OVERLAPPED,
        lpTransmitBuffers: *const TRANSMIT_FILE_BUFFERS,
        dwReserved: u32,
    ) -> BOOL,
>;

/// Identifier by which `WSAIoctl` finds [`TransmitFile`].
pub const WSAID_TRANSMITFILE: GUID = GUID {
    Data1: 0xb536_7df0,
    Data2: 0xcbac,
    Data3: 0x11cf,
    Data4: [0x95, 0xca, 0x00, 0x80, 0x5f, 0x48, 0xa1, 0x92],
};

/// Element kind: [`TRANSMIT_PACKETS_ELEMENT`] is memory.
pub const TP_ELEMENT_MEMORY: u32 = 1;
/// Element kind: [`TRANSMIT_PACKETS_ELEMENT`] is a part of a file.
pub const TP_ELEMENT_FILE: u32 = 2;
/// Element flag: do not put the next element into the same packet on the wire.
pub const TP_ELEMENT_EOP: u32 = 4;

/// A part of a file: arm of [`TRANSMIT_PACKETS_ELEMENT_0`].
#[repr(C)]
#[derive(Debug)]
pub struct TRANSMIT_PACKETS_ELEMENT_0_0 {
    /// Start in the file, in bytes; -1: its current position.
    pub nFileOffset: i64,
    /// The file.
    pub hFile: HANDLE,
}
layout!(TRANSMIT_PACKETS_ELEMENT_0_0: size 16 | 16, align 8 | 8; nFileOffset: 0 | 0, hFile: 8 | 8);
plain!(TRANSMIT_PACKETS_ELEMENT_0_0);

/// The unnamed union inside [`TRANSMIT_PACKETS_ELEMENT`].
#[repr(C)]
pub union TRANSMIT_PACKETS_ELEMENT_0 {
    /// Counts with [`TP_ELEMENT_FILE`].
    pub Anonymous: TRANSMIT_PACKETS_ELEMENT_0_0,
    /// Counts with [`TP_ELEMENT_MEMORY`].
    pub pBuffer: *mut c_void,
}
layout!(TRANSMIT_PACKETS_ELEMENT_0: size 16 | 16, align 8 | 8);
plain!(TRANSMIT_PACKETS_ELEMENT_0);
opaque_debug!(TRANSMIT_PACKETS_ELEMENT_0);

/// One element that `TransmitPackets` sends.
///
/// # Layout
/// 24 bytes, align 8 (64- and 32-bit).
///
/// # Source
/// Windows XP. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/ns-mswsock-transmit_packets_element>
#[repr(C)]
#[derive(Debug)]
pub struct TRANSMIT_PACKETS_ELEMENT {
    /// `TP_ELEMENT_*`.
    pub dwElFlags: u32,
    /// Length in bytes; 0 of a file: to its end.
    pub cLength: u32,
    /// Memory or part of a file.
    pub Anonymous: TRANSMIT_PACKETS_ELEMENT_0,
}
layout!(TRANSMIT_PACKETS_ELEMENT: size 24 | 24, align 8 | 8;
    dwElFlags: 0 | 0, cLength: 4 | 4, Anonymous.Anonymous.nFileOffset: 8 | 8,
    Anonymous.Anonymous.hFile: 16 | 16, Anonymous.pBuffer: 8 | 8);
plain!(TRANSMIT_PACKETS_ELEMENT);

/// `TransmitPackets`: disconnect once everything is sent.
pub const TP_DISCONNECT: u32 = TF_DISCONNECT;
/// `TransmitPackets`: make the socket ready for reuse.
pub const TP_REUSE_SOCKET: u32 = TF_REUSE_SOCKET;
/// `TransmitPackets`: the system chooses the thread for long requests.
pub const TP_USE_DEFAULT_WORKER: u32 = TF_USE_DEFAULT_WORKER;
/// `TransmitPackets`: work on system threads.
pub const TP_USE_SYSTEM_THREAD: u32 = TF_USE_SYSTEM_THREAD;
/// `TransmitPackets`: work by kernel APCs on the calling thread, which must not end meanwhile.
pub const TP_USE_KERNEL_APC: u32 = TF_USE_KERNEL_APC;

/// `TransmitPackets`: sends memory and parts of files in one request, streams or datagrams.
///
/// Resolve at run time ([`WSAID_TRANSMITPACKETS`]). `nElementCount`: how many. `nSendSize`: bytes
/// of each send, 0 = default. `dwFlags`: `TF_…`, 0 = none.
///
/// # Errors
/// As [`TransmitFile`], with the same packets.
///
/// # Safety
/// * `lpPacketArray` must have `nElementCount` entries; files, memory and `lpOverlapped` (if not
///   null) must stay valid, unmoved and unchanged until the completion.
///
/// # Source
/// Windows XP. Header: `mswsock.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/mswsock/nc-mswsock-lpfn_transmitpackets>
pub type LPFN_TRANSMITPACKETS = Option<
    unsafe extern "system" fn(
        hSocket: SOCKET,
        lpPacketArray: *const TRANSMIT_PACKETS_ELEMENT,
        nElementCount: u32,
        nSendSize: u32,
        lpOverlapped: *mut OVERLAPPED,
        dwFlags: u32,
    ) -> BOOL,
>;

/// Identifier by which `WSAIoctl` finds [`LPFN_TRANSMITPACKETS`].
pub const WSAID_TRANSMITPACKETS: GUID = GUID {
    Data1: 0xd968_9da0,
    Data2: 0x1f90,
    Data3: 0x11d3,
    Data4: [0x99, 0x71, 0x00, 0xc0, 0x4f, 0x68, 0xc8, 0x76],
};
