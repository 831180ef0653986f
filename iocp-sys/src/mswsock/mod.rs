//! `mswsock.h`: Microsoft's extensions of Winsock (`mswsock.dll`).
//!
//! Do not call the exports: their provider is looked up on every call, and with a layered provider
//! it may be the wrong one. Fetch the pointer for the socket at hand once, with `WSAIoctl`,
//! [`SIO_GET_EXTENSION_FUNCTION_POINTER`](crate::SIO_GET_EXTENSION_FUNCTION_POINTER) and a
//! `WSAID_*` GUID, into an `LPFN_*`.
//!
//! When a packet follows an overlapped call is told once in [`winsock2`](crate::winsock2).

mod accept;
mod connect;
mod message;
mod options;
mod rio;
mod transmit;

pub use accept::*;
pub use connect::*;
pub use message::*;
pub use options::*;
pub use rio::*;
pub use transmit::*;
