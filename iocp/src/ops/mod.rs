//! The operations on sockets.

pub(crate) mod accept;
pub(crate) mod address;
pub(crate) mod connect;
mod stream;
