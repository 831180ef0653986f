//! Control codes for `WSAIoctl`.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/winsock-ioctls>

/// In: a `WSAID_*` [`GUID`](crate::GUID). Out: the pointer of that extension function.
///
/// The pointer belongs to the provider of the socket: ask again for another family or provider.
/// `WSAEINVAL` (10022): the provider does not know the GUID.
pub const SIO_GET_EXTENSION_FUNCTION_POINTER: u32 = 0xC800_0006;
/// In: a destination [`SOCKADDR`](crate::SOCKADDR). Out: the local address used to reach it.
pub const SIO_ROUTING_INTERFACE_QUERY: u32 = 0xC800_0014;
/// In: a destination [`SOCKADDR`](crate::SOCKADDR). Completes when the route to it changes.
///
/// Stays pending on an overlapped socket: the change arrives as a packet. Windows 2000.
pub const SIO_ROUTING_INTERFACE_CHANGE: u32 = 0x8800_0015;
/// Out: the local addresses the socket can bind to. Windows 2000.
pub const SIO_ADDRESS_LIST_QUERY: u32 = 0x4800_0016;
/// Completes when the list of local addresses changes; no data.
///
/// Stays pending on an overlapped socket: the change arrives as a packet. Windows 2000.
pub const SIO_ADDRESS_LIST_CHANGE: u32 = 0x2800_0017;
/// In: [`WSAID_MULTIPLE_RIO`](crate::WSAID_MULTIPLE_RIO). Out: a table of extension functions,
/// [`RIO_EXTENSION_FUNCTION_TABLE`](crate::RIO_EXTENSION_FUNCTION_TABLE). Windows 8.
pub const SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER: u32 = 0xC800_0024;
