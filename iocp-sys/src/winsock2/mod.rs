//! `winsock2.h`: sockets and their overlapped calls (`ws2_32.dll`).
//!
//! Split by noun, each file in header order. Any thread that calls these functions needs
//! [`WSAStartup`] to have been called in the process; the standard library of Rust does so on its
//! first socket, a `no_std` program must do it itself.
//!
//! **When does a packet follow?** For a socket associated with a completion port and a call that
//! got an `OVERLAPPED`, these rules hold for all of `WSARecv`, `WSASend`, `WSARecvFrom`,
//! `WSASendTo`, `WSASendMsg`, `WSAIoctl` and the functions of [`mswsock`](crate::mswsock):
//!
//! | the call returned | a packet follows |
//! | --- | --- |
//! | success, socket not in skip mode | yes |
//! | success, `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` set | no |
//! | failure with `WSA_IO_PENDING` (997) | yes |
//! | failure of a *receive* with `WSAEMSGSIZE` (10040), datagram longer than the buffer | yes |
//! | any other failure | no |
//!
//! No packet is queued if the lowest bit of `hEvent` is set (the event is signalled instead), and a
//! completion routine excludes a completion port. Until the packet is dequeued (or the call failed
//! without owing one) the kernel owns the `OVERLAPPED`, the data buffers, and every other output it
//! was given. Operations of a socket that is tied to a port outlive the thread that started them, if
//! their `hEvent` is null; with an event, or without a port, they are cancelled when it ends (so Wine's
//! tests show, which are run on Windows: `ws2_32/tests/afd.c`; Microsoft's page of `WSARecv` says only that
//! they "can fail if the thread is closed").
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/overlapped-i-o-and-event-objects-2>
//!
//! Not here, with the reason in [`left_out`](crate::left_out): `WSAAccept`, `WSAConnect`, events of
//! Winsock's own. Looking up names: [`ws2tcpip`](crate::ws2tcpip).

mod completion;
mod notify;
mod options;
mod poll;
mod protocol;
mod select;
mod sockets;
mod startup;
mod transfer;
mod types;

pub use completion::*;
pub use notify::*;
pub use options::*;
pub use poll::*;
pub use protocol::*;
pub use select::*;
pub use sockets::*;
pub use startup::*;
pub use transfer::*;
pub use types::*;
