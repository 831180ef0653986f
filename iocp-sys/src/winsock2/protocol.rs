//! What provider a socket belongs to.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-wsaprotocol_infow>

use crate::guiddef::GUID;

use super::SOCKET;

/// Which providers are layered to form a protocol.
///
/// # Layout
/// 32 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 2000. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-wsaprotocolchain>
#[repr(C)]
#[derive(Debug)]
pub struct WSAPROTOCOLCHAIN {
    /// Number of entries: 0 a layer, 1 a base protocol, above 1 a chain.
    pub ChainLen: i32,
    /// Catalogue numbers, top layer first.
    pub ChainEntries: [u32; 7],
}
layout!(WSAPROTOCOLCHAIN: size 32 | 32, align 4 | 4; ChainLen: 0 | 0, ChainEntries: 4 | 4);
plain!(WSAPROTOCOLCHAIN);

/// Description of a protocol in the Winsock catalogue.
///
/// Of use here: `dwServiceFlags1` has [`XP1_IFS_HANDLES`] or not.
///
/// # Layout
/// 628 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// Windows 2000. Header: `winsock2.h`.
/// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/ns-winsock2-wsaprotocol_infow>
#[repr(C)]
#[derive(Debug)]
pub struct WSAPROTOCOL_INFOW {
    /// `XP1_*` flags.
    pub dwServiceFlags1: u32,
    /// Reserved.
    pub dwServiceFlags2: u32,
    /// Reserved.
    pub dwServiceFlags3: u32,
    /// Reserved.
    pub dwServiceFlags4: u32,
    /// How the provider shows itself in the catalogue.
    pub dwProviderFlags: u32,
    /// Identifier of the provider.
    pub ProviderId: GUID,
    /// Number in the catalogue.
    pub dwCatalogEntryId: u32,
    /// Layers.
    pub ProtocolChain: WSAPROTOCOLCHAIN,
    /// Version of the protocol.
    pub iVersion: i32,
    /// `AF_*`.
    pub iAddressFamily: i32,
    /// Longest address, in bytes.
    pub iMaxSockAddr: i32,
    /// Shortest address, in bytes.
    pub iMinSockAddr: i32,
    /// `SOCK_*`.
    pub iSocketType: i32,
    /// `IPPROTO_*`.
    pub iProtocol: i32,
    /// How many protocol numbers above `iProtocol` are served as well.
    pub iProtocolMaxOffset: i32,
    /// 0: big-endian, 1: little-endian.
    pub iNetworkByteOrder: i32,
    /// Security scheme; 0: none.
    pub iSecurityScheme: i32,
    /// Longest message in bytes; 0 stream, 1 depends on the link, `u32::MAX` no limit.
    pub dwMessageSize: u32,
    /// Reserved.
    pub dwProviderReserved: u32,
    /// Name, UTF-16, closed by a zero.
    pub szProtocol: [u16; 256],
}
layout!(WSAPROTOCOL_INFOW: size 628 | 628, align 4 | 4;
    dwServiceFlags1: 0 | 0, dwServiceFlags2: 4 | 4, dwServiceFlags3: 8 | 8,
    dwServiceFlags4: 12 | 12, dwProviderFlags: 16 | 16, ProviderId: 20 | 20,
    dwCatalogEntryId: 36 | 36,
    ProtocolChain: 40 | 40, iVersion: 72 | 72, iAddressFamily: 76 | 76, iMaxSockAddr: 80 | 80,
    iMinSockAddr: 84 | 84, iSocketType: 88 | 88, iProtocol: 92 | 92, iProtocolMaxOffset: 96 | 96,
    iNetworkByteOrder: 100 | 100, iSecurityScheme: 104 | 104, dwMessageSize: 108 | 108,
    dwProviderReserved: 112 | 112, szProtocol: 116 | 116);
plain!(WSAPROTOCOL_INFOW);

/// `WSASocketW`: take family, type and protocol from the [`WSAPROTOCOL_INFOW`], for example the one
/// that [`WSADuplicateSocketW`](super::WSADuplicateSocketW) filled in.
pub const FROM_PROTOCOL_INFO: i32 = -1;

/// Datagrams, without a connection.
pub const XP1_CONNECTIONLESS: u32 = 0x0000_0001;
/// Messages keep their bounds: a receive that is too short fails or warns with `WSAEMSGSIZE`.
pub const XP1_MESSAGE_ORIENTED: u32 = 0x0000_0008;
/// Messages, but a receive need not take a whole one.
pub const XP1_PSEUDO_STREAM: u32 = 0x0000_0010;
/// [`MSG_PARTIAL`](super::MSG_PARTIAL) is supported.
pub const XP1_PARTIAL_MESSAGE: u32 = 0x0004_0000;
/// The provider's sockets are kernel file handles.
///
/// Without it `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` must not be set: a layered provider may queue
/// a packet all the same.
pub const XP1_IFS_HANDLES: u32 = 0x0002_0000;

link! {
    "ws2_32.dll";

    /// Describes a socket so that another process can open it with `WSASocketW`.
    ///
    /// The copy shares the completion-port association of the original (fact HND01), but not what
    /// Winsock itself keeps of it, such as being bound: it has that of the moment when it was made
    /// (fact HND02). `dwProcessId`: of that process.
    ///
    /// # Errors
    /// 0 is success; `SOCKET_ERROR`: `WSAEINVAL` (10022), `WSAEMFILE` (10024), `WSAENOBUFS`
    /// (10055), `WSAENOTSOCK` (10038), `WSAEFAULT` (10014). Queues no packet.
    ///
    /// # Safety
    /// * `lpProtocolInfo` must be writable.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsaduplicatesocketw>
    pub fn WSADuplicateSocketW(
        s: SOCKET,
        dwProcessId: u32,
        lpProtocolInfo: *mut WSAPROTOCOL_INFOW,
    ) -> i32;

    /// Lists the protocols of the catalogue.
    ///
    /// Returns how many were written.
    ///
    /// # Errors
    /// `SOCKET_ERROR`: `WSAENOBUFS` (10055) buffer too small, `*lpdwBufferLength` then says how
    /// many bytes it takes; `WSAEINVAL` (10022), `WSAEFAULT` (10014). Queues no packet.
    ///
    /// # Safety
    /// * `lpiProtocols` must be null or an array closed by 0; `lpProtocolBuffer` must be null or
    ///   have the bytes that `*lpdwBufferLength` says.
    ///
    /// # Source
    /// Windows 2000. DLL: `ws2_32.dll`. Header: `winsock2.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winsock2/nf-winsock2-wsaenumprotocolsw>
    pub fn WSAEnumProtocolsW(
        lpiProtocols: *const i32,
        lpProtocolBuffer: *mut WSAPROTOCOL_INFOW,
        lpdwBufferLength: *mut u32,
    ) -> i32;
}
