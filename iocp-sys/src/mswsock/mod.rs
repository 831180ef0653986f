//! `mswsock.h`: Microsoft's extensions of Winsock (`mswsock.dll`).
//!
//! Do not call the exports: they fetch the provider's pointer anew on every call, and most of these
//! functions have none. Fetch the pointer once per provider, with `WSAIoctl`,
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
