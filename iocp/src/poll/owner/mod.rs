//! What users hold of a source: the stream, the listener, the UDP socket, the pipe, the waker.

pub(crate) mod link;
pub(crate) mod listener;
pub(crate) mod pipe;
pub(crate) mod stream;
pub(crate) mod udp;
pub(crate) mod waker;
