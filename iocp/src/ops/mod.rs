//! The operations on sockets, files and pipes.

pub(crate) mod accept;
pub(crate) mod blocking;
pub(crate) mod buffers;
pub(crate) mod connect;
pub(crate) mod datagram;
mod disconnect;
pub(crate) mod escape;
mod file;
pub(crate) mod functions;
mod stream;
mod vectored;
