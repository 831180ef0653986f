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
//! | failure of a *receive* with `WSAEMSGSIZE` (10040), datagram longer than the buffer | yes; in skip mode on Windows 7 no (fact SKIP07) |
//! | any other failure | no |
//!
//! Under Wine 8 and 10 the third row is not true of a disconnect in skip mode (fact SKIP16).
//!
//! Codes of `WSAIoctl` that are served in user mode (`FIONBIO`, the search for an extension
//! function …) return success *and* queue a packet of 0 bytes (fact IOCTL02; not asked in skip
//! mode).
//!
//! No packet is queued if the lowest bit of `hEvent` is set (the event is signalled instead), and a
//! completion routine excludes a completion port. Until the packet is dequeued (or the call failed
//! without owing one) the kernel owns the `OVERLAPPED`, the data buffers, and every other output it
//! was given. The end of the thread that started an operation cancels it, unless the socket is tied
//! to a port and the `OVERLAPPED` has no event (facts CAN01 to CAN03). With an event it is cancelled
//! on a port too; whether one with its lowest bit set counts as an event here is open.
//! <https://learn.microsoft.com/en-us/windows/win32/winsock/overlapped-i-o-and-event-objects-2>
//!
//! Not here, with the reason in [`left_out`](crate::left_out): `WSAAccept`, `WSAConnect`, events of
//! Winsock's own. Looking up names: [`ws2tcpip`](crate::ws2tcpip).

mod byte_order;
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

pub use byte_order::*;
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
