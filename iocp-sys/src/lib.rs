//! Raw bindings to Windows I/O completion ports, and to what goes with them.
//!
//! A completion port is the queue into which the Windows kernel puts the outcome of overlapped
//! operations on files, pipes and sockets. This crate declares its calls by hand: no dependency, no
//! `std`, no build script, no import library. Names are those of the SDK, documentation says what a
//! caller must know: which errors there are, and whether a *packet* is still owed after a call.
//!
//! Everything is at the root, and in one module per header:
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`ioapiset`] | the port, control codes, cancelling, asking for results |
//! | [`minwinbase`] | [`OVERLAPPED`] and [`OVERLAPPED_ENTRY`] |
//! | [`handleapi`], [`errhandlingapi`] | closing and duplicating handles; the last error |
//! | [`fileapi`], [`namedpipeapi`] | files; pipes |
//! | [`winbase`] | flags, notification modes, directory changes, registered waits |
//! | [`winsock2`], [`ws2def`], [`ws2ipdef`], [`mswsock`], [`mswsockdef`] | sockets, their extension functions, registered I/O |
//! | [`ws2tcpip`], [`mstcpip`], [`afunix`], [`inaddr`], [`in6addr`] | addresses and options |
//! | [`afd`] | readiness of sockets through the driver below Winsock |
//! | [`synchapi`], [`processthreadsapi`] | events, timers, waits; processes and APCs |
//! | [`jobapi2`] | jobs: news about processes |
//! | [`threadpoolapiset`], [`threadpoollegacyapiset`] | the thread pool of Windows |
//! | [`winternl`], [`ntifs`], [`ntioapi`] | the native interface: documented, of the driver kit, undocumented |
//! | [`memoryapi`], [`libloaderapi`] | pages; finding functions at run time |
//! | [`winerror`], [`winerror_wsa`], [`ntstatus`] | error and status codes; [`errors`] ties them together |
//! | [`minwindef`], [`basetsd`], [`guiddef`], [`winnt`] | basic types, access rights |
//!
//! # How do I …
//!
//! | … | call |
//! | --- | --- |
//! | create a port | [`CreateIoCompletionPort`] with [`INVALID_HANDLE_VALUE`] |
//! | associate a file, pipe or socket | [`CreateIoCompletionPort`] with both handles |
//! | start an operation | [`ReadFile`], [`WriteFile`], [`ConnectNamedPipe`], [`DeviceIoControl`], [`WSARecv`], [`WSASend`] … |
//! | receive packets | [`GetQueuedCompletionStatusEx`]; one at a time: [`GetQueuedCompletionStatus`] |
//! | read a packet's error | low 32 bits of [`OVERLAPPED_ENTRY::Internal`], then [`RtlNtStatusToDosError`] |
//! | cancel | [`CancelIoEx`]; the packet still comes |
//! | skip packets of operations done at once | [`SetFileCompletionNotificationModes`] |
//! | post a packet of my own | [`PostQueuedCompletionStatus`] |
//! | wait for an event, a process, a timer | [`RegisterWaitForSingleObject`] and post; Windows 8: [`NtAssociateWaitCompletionPacket`] |
//! | hear about processes | [`SetInformationJobObject`] |
//! | detach a handle (Windows 8.1) | [`NtSetInformationFile`] with [`FileReplaceCompletionInformation`] |
//! | close | [`CloseHandle`], when nothing is in flight any more |
//!
//! # When is a packet owed?
//!
//! After a call that takes an `OVERLAPPED`, on a handle that is tied to a port:
//!
//! | the call says | packet |
//! | --- | --- |
//! | success | yes; no with [`FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`] |
//! | failure with [`ERROR_IO_PENDING`] | yes, always |
//! | failure with a warning ([`ERROR_MORE_DATA`]) | yes |
//! | any other failure | no |
//!
//! Memory that the operation uses (its `OVERLAPPED`, its buffers) belongs to the kernel until the
//! packet is dequeued, or until the call says that there will be none.
//!
//! # Example
//!
//! ```no_run
//! use core::ptr::{null, null_mut};
//!
//! use iocp_sys::*;
//!
//! // SAFETY: no file, no existing port.
//! let port = unsafe { CreateIoCompletionPort(INVALID_HANDLE_VALUE, null_mut(), 0, 0) };
//! assert!(!port.is_null());
//!
//! // SAFETY: the port is open; nobody dereferences the null pointer.
//! assert_ne!(unsafe { PostQueuedCompletionStatus(port, 3, 7, null()) }, FALSE);
//!
//! let mut entries = [OVERLAPPED_ENTRY::default(); 8];
//! let mut count = 0;
//! // SAFETY: the port is open, there is room for 8 entries and one count.
//! let ok = unsafe {
//!     GetQueuedCompletionStatusEx(port, entries.as_mut_ptr(), 8, &mut count, 1000, FALSE)
//! };
//! assert_ne!(ok, FALSE);
//! assert_eq!((count, entries[0].lpCompletionKey), (1, 7));
//!
//! // SAFETY: the port is ours, nothing is in flight.
//! unsafe { CloseHandle(port) };
//! ```
//!
//! # Platforms
//!
//! Windows on x86-64, x86 and ARM64, MSVC and GNU. Elsewhere everything compiles, so that layouts
//! and constants can be tested on any host; a *call* does not link there. What a Windows may lack
//! has a `PFN_…` (or `LPFN_…`) type too and says "resolve at run time". Sizes, alignments and
//! offsets are asserted at compile time under each structure. Minimum Rust: 1.71.
#![no_std]
// reason: names are those of the Windows SDK, unchanged, so that its documentation applies.
#![allow(non_snake_case, non_camel_case_types, non_upper_case_globals)]

#[macro_use]
mod layout;
#[macro_use]
mod link;
#[macro_use]
mod zeroed;

pub mod afd;
pub mod afunix;
pub mod basetsd;
pub mod errhandlingapi;
pub mod errors;
pub mod fileapi;
pub mod guiddef;
pub mod handleapi;
pub mod in6addr;
pub mod inaddr;
pub mod ioapiset;
pub mod jobapi2;
pub mod libloaderapi;
pub mod memoryapi;
pub mod minwinbase;
pub mod minwindef;
pub mod mstcpip;
pub mod mswsock;
pub mod mswsockdef;
pub mod namedpipeapi;
pub mod ntifs;
pub mod ntioapi;
pub mod ntstatus;
pub mod processthreadsapi;
pub mod synchapi;
pub mod threadpoolapiset;
pub mod threadpoollegacyapiset;
pub mod winbase;
pub mod winerror;
pub mod winerror_wsa;
pub mod winnt;
pub mod winsock2;
pub mod winternl;
pub mod ws2def;
pub mod ws2ipdef;
pub mod ws2tcpip;

pub use crate::afd::*;
pub use crate::afunix::*;
pub use crate::basetsd::*;
pub use crate::errhandlingapi::*;
pub use crate::fileapi::*;
pub use crate::guiddef::*;
pub use crate::handleapi::*;
pub use crate::in6addr::*;
pub use crate::inaddr::*;
pub use crate::ioapiset::*;
pub use crate::jobapi2::*;
pub use crate::libloaderapi::*;
pub use crate::memoryapi::*;
pub use crate::minwinbase::*;
pub use crate::minwindef::*;
pub use crate::mstcpip::*;
pub use crate::mswsock::*;
pub use crate::mswsockdef::*;
pub use crate::namedpipeapi::*;
pub use crate::ntifs::*;
pub use crate::ntioapi::*;
pub use crate::ntstatus::*;
pub use crate::processthreadsapi::*;
pub use crate::synchapi::*;
pub use crate::threadpoolapiset::*;
pub use crate::threadpoollegacyapiset::*;
pub use crate::winbase::*;
pub use crate::winerror::*;
pub use crate::winerror_wsa::*;
pub use crate::winnt::*;
pub use crate::winsock2::*;
pub use crate::winternl::*;
pub use crate::ws2def::*;
pub use crate::ws2ipdef::*;
pub use crate::ws2tcpip::*;

/// The examples of the readme must compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
