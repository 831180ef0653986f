//! The operations on sockets.

pub(crate) mod accept;
pub(crate) mod address;
pub(crate) mod blocking;
pub(crate) mod buffers;
pub(crate) mod connect;
pub(crate) mod datagram;
mod stream;
mod vectored;
