//! The operations on sockets, files and pipes.

// In the order in which rustdoc shows the methods: what each program needs first.
mod stream;
mod vectored;

pub(crate) mod accept;
pub(crate) mod buffers;
pub(crate) mod connect;
pub(crate) mod console_control;
pub(crate) mod datagram;
mod disconnect;
pub(crate) mod event_object;
mod file;
pub(crate) mod handle_wait;
pub(crate) mod job;
mod leave;
pub(crate) mod lock;
pub(crate) mod message;
#[cfg(windows)]
pub(crate) mod open;
pub(crate) mod pipe;
pub(crate) mod scatter;
pub(crate) mod transmit;
pub(crate) mod unbuffered;
pub(crate) mod waitable_timer;
pub(crate) mod watch;

pub(crate) mod blocking;
pub(crate) mod closing;
pub(crate) mod control;
pub(crate) mod escape;
pub(crate) mod functions;
