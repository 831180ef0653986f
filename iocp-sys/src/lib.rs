//! Raw bindings to Windows I/O completion ports, and to what goes with them.
//!
//! A completion port is the queue into which the Windows kernel puts the outcome of overlapped
//! operations on files, pipes and sockets. This crate declares its calls by hand: no dependency, no
//! `std`, no build script, no import library. Names are those of the SDK, documentation says what a
//! caller must know: which errors there are, and whether a *packet* is still owed after a call.
//!
//! Everything is at the root, and in one module per header of the SDK:
//!
//! | header | module | what it holds |
//! | --- | --- | --- |
//! | `ioapiset.h` | [`ioapiset`] | the port, control codes, cancelling, asking for results |
//! | `minwinbase.h` | [`minwinbase`] | [`OVERLAPPED`] and [`OVERLAPPED_ENTRY`] |
//! | `handleapi.h`, `errhandlingapi.h` | [`handleapi`], [`errhandlingapi`] | closing and duplicating handles; the last error |
//! | `fileapi.h`, `namedpipeapi.h` | [`fileapi`], [`namedpipeapi`] | files; pipes |
//! | `winbase.h` | [`winbase`] | flags, notification modes, directory changes, registered waits, file information, serial lines |
//! | `winsock2.h` | [`winsock2`] | sockets and their overlapped calls |
//! | `ws2def.h`, `ws2ipdef.h`, `ws2tcpip.h` | [`ws2def`], [`ws2ipdef`], [`ws2tcpip`] | addresses, buffers, messages, options, multicast, looking up names |
//! | `inaddr.h`, `in6addr.h`, `afunix.h` | [`inaddr`], [`in6addr`], [`afunix`] | addresses of IPv4, IPv6, Unix sockets |
//! | `mswsock.h`, `mswsockdef.h` | [`mswsock`], [`mswsockdef`] | extension functions, registered I/O |
//! | `mstcpip.h` | [`mstcpip`] | control codes of TCP, what it tells |
//! | `afd.h` (not public) | [`afd`] | readiness of sockets through the driver below Winsock |
//! | `synchapi.h`, `processthreadsapi.h` | [`synchapi`], [`processthreadsapi`] | events, timers, waits; processes and APCs |
//! | `jobapi2.h`, `tlhelp32.h` | [`jobapi2`], [`tlhelp32`] | jobs: news about processes; the threads of a process |
//! | `ioringapi.h` | [`ioringapi`] | I/O rings of Windows 11, at run time |
//! | `consoleapi.h`, `securitybaseapi.h` | [`consoleapi`], [`securitybaseapi`] | Ctrl+C; the end of acting in a client's name |
//! | `threadpoolapiset.h`, `threadpoollegacyapiset.h` | [`threadpoolapiset`], [`threadpoollegacyapiset`] | the thread pool of Windows |
//! | `winternl.h`, `ntifs.h`, `ntioapi.h` and `ntrtl.h` (not public) | [`winternl`], [`ntifs`], [`ntioapi`], [`ntrtl`] | the native interface: documented, of the driver kit, undocumented |
//! | `winioctl.h` | [`winioctl`] | kinds of devices |
//! | `memoryapi.h`, `libloaderapi.h` | [`memoryapi`], [`libloaderapi`] | pages; finding functions at run time |
//! | `winerror.h`, `ntstatus.h` | [`winerror`], [`winerror_wsa`], [`ntstatus`] | error and status codes |
//! | `minwindef.h`, `basetsd.h`, `guiddef.h`, `winnt.h` | [`minwindef`], [`basetsd`], [`guiddef`], [`winnt`] | basic types, access rights, jobs, records of changes |
//!
//! A *fact* (fact SKIP07) is a row of `tests/FACTS.md` of the repository: what Windows does, with its source.
//!
//! Pages without declarations: [`errors`] ties status, Win32 and Winsock codes together;
//! [`migration`] is for those who come from windows-sys, winapi or miow; [`left_out`] says what is
//! not here, and why.
//!
//! # How do I …
//!
//! | … | call |
//! | --- | --- |
//! | create a port | [`CreateIoCompletionPort`] with [`INVALID_HANDLE_VALUE`] and null |
//! | associate a file, pipe or socket | [`CreateIoCompletionPort`] with both handles; once per file object |
//! | detach it again (Windows 8.1) | [`NtSetInformationFile`] with [`FileReplaceCompletionInformation`] |
//! | receive packets | [`GetQueuedCompletionStatusEx`]; one at a time: [`GetQueuedCompletionStatus`] |
//! | read a packet's error | low 32 bits of [`OVERLAPPED_ENTRY::Internal`], then [`errors`] or [`RtlNtStatusToDosError`]; as a Winsock code: [`WSAGetOverlappedResult`] |
//! | post a packet of my own, wake a waiter | [`PostQueuedCompletionStatus`]; with a status: [`NtSetIoCompletion`]; one that cannot fail: [`NtSetIoCompletionEx`] |
//! | cancel one operation, or all of a handle | [`CancelIoEx`]; the packet still comes |
//! | skip packets of operations done at once | [`SetFileCompletionNotificationModes`] with [`FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`]; sockets: only with [`XP1_IFS_HANDLES`] |
//! | have no packet for one operation | [`OVERLAPPED::hEvent`] = an event with its lowest bit set |
//! | know how many packets wait | [`NtQueryIoCompletion`] |
//! | know what a handle is | [`GetFileType`]; more exactly [`NtQueryVolumeInformationFile`] with [`FileFsDeviceInformation`]; whether two are one: [`CompareObjectHandles`] |
//! | close | [`CloseHandle`] (sockets: [`closesocket`]), when nothing is in flight any more |
//! | open a file, directory, pipe for overlapped I/O | [`CreateFileW`] with [`FILE_FLAG_OVERLAPPED`]; a directory also [`FILE_FLAG_BACKUP_SEMANTICS`] |
//! | make a plain file handle overlapped | [`ReOpenFile`] with [`FILE_FLAG_OVERLAPPED`]; to see what it is: [`FileModeInformation`] |
//! | read or write at an offset | [`ReadFile`], [`WriteFile`], the offset in [`OVERLAPPED_0_0`]; append: both halves all ones |
//! | lock a part of a file | [`LockFileEx`] |
//! | set a file's length, its name, that it goes | [`SetFileInformationByHandle`]; to ask: [`GetFileInformationByHandleEx`] |
//! | watch a directory | [`ReadDirectoryChangesW`], then walk [`FILE_NOTIFY_INFORMATION`] |
//! | serve a named pipe | [`CreateNamedPipeW`], [`ConnectNamedPipe`]; as client [`WaitNamedPipeW`], [`CreateFileW`] |
//! | send a control code | [`DeviceIoControl`], [`NtFsControlFile`]; sockets: [`WSAIoctl`] |
//! | make a socket | [`WSAStartup`] once, [`WSASocketW`] with [`WSA_FLAG_OVERLAPPED`] and [`WSA_FLAG_NO_HANDLE_INHERIT`] |
//! | get an extension function | [`WSAIoctl`] with [`SIO_GET_EXTENSION_FUNCTION_POINTER`] and a `WSAID_…`, into an `LPFN_…` |
//! | accept | [`LPFN_ACCEPTEX`] (with an example), then [`SO_UPDATE_ACCEPT_CONTEXT`]; addresses: [`LPFN_GETACCEPTEXSOCKADDRS`] |
//! | connect | [`bind`], [`LPFN_CONNECTEX`], then [`SO_UPDATE_CONNECT_CONTEXT`] |
//! | receive, send | [`WSARecv`], [`WSASend`]; datagrams [`WSARecvFrom`], [`WSASendTo`]; with control data [`LPFN_WSARECVMSG`], [`WSASendMsg`] |
//! | wait for data without lending a buffer | [`WSARecv`] with a buffer of length 0 (streams) |
//! | transmit a file | [`LPFN_TRANSMITFILE`]; memory and files: [`LPFN_TRANSMITPACKETS`] |
//! | send or receive many datagrams in one operation | [`UDP_SEND_MSG_SIZE`], [`UDP_RECV_MAX_COALESCED_SIZE`] |
//! | hear of changes of addresses or routes | [`WSAIoctl`] with [`SIO_ADDRESS_LIST_CHANGE`], [`SIO_ROUTING_INTERFACE_CHANGE`]; of names: [`WSANSPIoctl`] |
//! | disconnect and use the socket again | [`LPFN_DISCONNECTEX`] with [`TF_REUSE_SOCKET`] |
//! | hear that a socket is ready | [`IOCTL_AFD_POLL`]; Windows 11: [`ProcessSocketNotifications`]; without a port: [`WSAPoll`], [`WSAEventSelect`], [`select`] |
//! | know how a connection does | [`WSAIoctl`] with [`SIO_TCP_INFO`] and [`TCP_INFO_v0`] |
//! | look up a name | [`GetAddrInfoExW`] with a routine that posts |
//! | join a group | [`IP_ADD_MEMBERSHIP`] with [`IP_MREQ`]; IPv6: [`IPV6_ADD_MEMBERSHIP`] with [`IPV6_MREQ`] |
//! | read a serial line | [`SetCommState`], [`SetCommTimeouts`], then [`ReadFile`]; its events: [`WaitCommEvent`] |
//! | use registered I/O (Windows 8) | [`WSAIoctl`] with [`SIO_GET_MULTIPLE_EXTENSION_FUNCTION_POINTER`] and [`WSAID_MULTIPLE_RIO`], [`RIO_EXTENSION_FUNCTION_TABLE`] (with an example), [`RIO_IOCP_COMPLETION`] |
//! | wait for an event, a process, a timer as a packet | [`NtAssociateWaitCompletionPacket`] (Windows 8); older: [`RegisterWaitForSingleObject`], post from the callback |
//! | time out more finely than in ticks | [`CreateWaitableTimerExW`] with [`CREATE_WAITABLE_TIMER_HIGH_RESOLUTION`], then as for an event |
//! | get notified of a job | [`CreateJobObjectW`], [`SetInformationJobObject`] with [`JOBOBJECT_ASSOCIATE_COMPLETION_PORT`], [`AssignProcessToJobObject`]; its limits: [`JOBOBJECT_NOTIFICATION_LIMIT_INFORMATION`] |
//! | let the thread pool wait for me | [`CreateThreadpoolIo`], [`StartThreadpoolIo`] before each operation |
//! | call what an older Windows lacks | [`GetModuleHandleW`], [`GetProcAddress`], transmute to the `PFN_…` |
//!
//! # When is a packet owed?
//!
//! After a call that takes an `OVERLAPPED`, on a handle that is tied to a port:
//!
//! | the call says | packet |
//! | --- | --- |
//! | success | yes; no with [`FILE_SKIP_COMPLETION_PORT_ON_SUCCESS`] |
//! | failure with [`ERROR_IO_PENDING`] | yes, always |
//! | failure with a warning ([`ERROR_MORE_DATA`]) | yes; on Windows 7 not with that flag (fact SKIP07) |
//! | any other failure | no |
//!
//! Wine 8 and 10 keep two of these rows less well: with that flag a disconnect says
//! [`ERROR_IO_PENDING`] and no packet comes ([`LPFN_DISCONNECTEX`], fact SKIP16), and [`LockFileEx`]
//! succeeds without one.
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
//! # How it is linked
//!
//! Imports name their DLL (`raw-dylib`): rustc writes the import table, no SDK and no `.lib` is
//! needed, with MSVC and GNU. Functions that a program does not call are not imported. On x86 the
//! names are undecorated. Elsewhere than on Windows everything compiles, so that layouts and
//! constants can be tested on any host; only a *call* does not link there.
//!
//! What to know about that:
//!
//! * For `…-windows-gnu` targets rustc starts `dlltool` (of binutils: Debian's `mingw-w64`, MSYS2), on
//!   Windows too; without it a build ends with "Error calling dlltool". It lies beside the linker, or
//!   `-C dlltool=…` names it. That of binutils (2.40 too) splits a path with a space: "dlltool could not
//!   create import library". Seen on Linux: with Rust 1.71 and 1.77 it is the path of the temporary folder
//!   (`TMPDIR`, `TMP`) that must have none, with 1.95 that of the output, such as `target`; a nightly of 1.97
//!   bears both. Reported since 1.94 ([rust#155591](https://github.com/rust-lang/rust/issues/155591)), mended by
//!   [rust#155899](https://github.com/rust-lang/rust/pull/155899); which other releases fail is open.
//! * MSVC's `/DELAYLOAD` of a DLL that is imported in this way too (the standard library imports
//!   `ws2_32.dll` so) makes programs that crash in their first call of it: do not name the DLLs of this
//!   crate there. A function that may be missing is found at run time, as below.
//! * An import library of the same DLL may be linked beside it: the DLL then stands in the table twice,
//!   which does no harm.
//! * A library without `std` links into a C program as it is: `examples/from_c`.
//!
//! # Parameters and results
//!
//! Unless a function says otherwise:
//!
//! * Lengths are in bytes, 0 is allowed and moves nothing, and the largest value of the type is the
//!   limit. Times are in milliseconds: 0 does not wait, [`INFINITE`] has no limit. `LARGE_INTEGER`
//!   times are in 100 ns: see [`LARGE_INTEGER`].
//! * Parameters that the SDK calls reserved are 0 or null. A null pointer to a result means that nobody
//!   wants it only where the function says so.
//! * A [`BOOL`] result is non-zero after success, and any non-zero value means that; 0 = failed, and
//!   [`GetLastError`] says why. As a parameter, any non-zero value means yes.
//! * A [`HANDLE`] result is null or [`INVALID_HANDLE_VALUE`] after a failure; the function says which.
//! * An [`NTSTATUS`] result of 0 or more is a success, `0x8…` a warning, `0xC…` an error; the last
//!   error is not set. An [`HRESULT`] of 0 or more is a success.
//! * Winsock's `i32` results are 0 after success and [`SOCKET_ERROR`] after a failure: then
//!   [`WSAGetLastError`] says why. [`SOCKET`] results are [`INVALID_SOCKET`] after a failure; 0 is a
//!   socket.
//!
//! # First stumbles
//!
//! * A constant has no address of its own: `addr_of!(WSAID_ACCEPTEX)` is refused, and
//!   `&WSAID_ACCEPTEX` is a pointer to a temporary. Make a copy first, and point to that:
//!   `let id = WSAID_ACCEPTEX;`.
//! * `ERROR_IO_PENDING` is no failure, and success may still owe a packet: the table above.
//! * An `OVERLAPPED` on the stack is gone before its packet comes. So is a buffer that is moved.
//! * [`GetLastError`] is the very next call: even a `println!` may change it.
//! * `FILE_FLAG_OVERLAPPED` is missing: the first association then fails with
//!   `ERROR_INVALID_PARAMETER`.
//!
//! # Late functions
//!
//! A program that imports a function that the running Windows lacks is not even started. So each
//! function later than Windows 7, and each undocumented one, also has a `PFN_…` type and says
//! "resolve at run time". Winsock's extension functions have `LPFN_…` types. `# Source` of every
//! item begins with the earliest Windows; "Any Windows", 2000, XP and Vista mean: always there.
//!
//! ```no_run
//! use core::mem::transmute;
//!
//! use iocp_sys::*;
//!
//! let ntdll = ['n', 't', 'd', 'l', 'l', '\0'].map(|letter| letter as u16);
//! // SAFETY:
//! // * the name is closed by a zero.
//! let module = unsafe { GetModuleHandleW(ntdll.as_ptr()) };
//! // SAFETY:
//! // * `ntdll.dll` is in every process and is never unloaded.
//! // * the name is closed by a zero.
//! let found = unsafe { GetProcAddress(module, b"NtCreateWaitCompletionPacket\0".as_ptr()) };
//! // SAFETY:
//! // * both are optional function pointers, and this is the type of the function of that name.
//! let create = unsafe { transmute::<FARPROC, PFN_NtCreateWaitCompletionPacket>(found) };
//! assert!(create.is_some(), "Windows 7, or Wine: fall back to RegisterWaitForSingleObject");
//! ```
//!
//! The example `resolve_at_run_time` does both, the call and the way without it.
//!
//! # Platforms
//!
//! | targets | what is done for them | by |
//! | --- | --- | --- |
//! | `x86_64-pc-windows-gnu` | all tests run under Wine 8 and Wine 10 | every change |
//! | `i686-pc-windows-gnu` | all tests run as 32-bit programs under Wine 10: the imports without decoration are the riskiest linkage | every change |
//! | `x86_64-pc-windows-msvc`, `i686-pc-windows-msvc`, `aarch64-pc-windows-msvc` | compiled, linted, compared with windows-sys (the first two with the C headers too) | every change, on Linux |
//! | the same three | all tests run on Windows | the workflow |
//! | `arm64ec-pc-windows-msvc`, `x86_64-pc-windows-gnullvm`, `aarch64-pc-windows-gnullvm`, `i686-pc-windows-gnullvm`, `x86_64-win7-windows-msvc`, `x86_64-win7-windows-gnu`, `i686-win7-windows-msvc`, `thumbv7a-pc-windows-msvc` | compiled with a `core` of their own, never run | `cargo xtask deep targets`, each week |
//! | Linux and other hosts | types, constants and layouts tested; nothing to call | every change |
//!
//! Sizes, alignments and offsets are asserted at compile time under each structure, so a target on
//! which one differs does not build. Minimum Rust: 1.71.
#![no_std]
// reason: names are those of the Windows SDK, unchanged, so that its documentation applies.
#![allow(non_snake_case, non_camel_case_types, non_upper_case_globals)]

#[macro_use]
mod layout;
#[macro_use]
mod link;
#[macro_use]
mod plain;

pub mod afd;
pub mod afunix;
pub mod basetsd;
pub mod consoleapi;
pub mod errhandlingapi;
pub mod errors;
pub mod fileapi;
pub mod guiddef;
pub mod handleapi;
pub mod in6addr;
pub mod inaddr;
pub mod ioapiset;
pub mod ioringapi;
pub mod jobapi2;
#[rustfmt::skip] // one search term after the other
#[doc(alias("CreateFile2", "NtOpenFile", "SignalObjectAndWait", "FormatMessageW", "MAX_PATH", "CreateProcessW"))]
#[doc(alias("GetStdHandle", "CreateTimerQueueTimer", "LocalFree", "RegOpenKeyExW", "SECURITY_DESCRIPTOR"))]
#[doc(alias("WSAAsyncSelect", "WSACreateEvent", "WSAWaitForMultipleEvents", "FD_ISSET"))]
#[doc(alias("WSAAccept", "WSAConnect", "WSARecvEx", "getaddrinfo", "ACL", "PSID", "HKEY"))]
pub mod left_out;
pub mod libloaderapi;
pub mod memoryapi;
pub mod migration;
pub mod minwinbase;
pub mod minwindef;
pub mod mstcpip;
pub mod mswsock;
pub mod mswsockdef;
pub mod namedpipeapi;
pub mod ntifs;
pub mod ntioapi;
pub mod ntrtl;
pub mod ntstatus;
pub mod processthreadsapi;
pub mod securitybaseapi;
pub mod synchapi;
pub mod threadpoolapiset;
pub mod threadpoollegacyapiset;
pub mod tlhelp32;
pub mod winbase;
pub mod winerror;
pub mod winerror_wsa;
pub mod winioctl;
pub mod winnt;
pub mod winsock2;
pub mod winternl;
pub mod ws2def;
pub mod ws2ipdef;
pub mod ws2tcpip;

#[doc(hidden)]
pub use crate::afd::*;
#[doc(hidden)]
pub use crate::afunix::*;
#[doc(hidden)]
pub use crate::basetsd::*;
#[doc(hidden)]
pub use crate::consoleapi::*;
#[doc(hidden)]
pub use crate::errhandlingapi::*;
#[doc(hidden)]
pub use crate::fileapi::*;
#[doc(hidden)]
pub use crate::guiddef::*;
#[doc(hidden)]
pub use crate::handleapi::*;
#[doc(hidden)]
pub use crate::in6addr::*;
#[doc(hidden)]
pub use crate::inaddr::*;
#[doc(hidden)]
pub use crate::ioapiset::*;
#[doc(hidden)]
pub use crate::ioringapi::*;
#[doc(hidden)]
pub use crate::jobapi2::*;
#[doc(hidden)]
pub use crate::libloaderapi::*;
#[doc(hidden)]
pub use crate::memoryapi::*;
#[doc(hidden)]
pub use crate::minwinbase::*;
#[doc(hidden)]
pub use crate::minwindef::*;
#[doc(hidden)]
pub use crate::mstcpip::*;
#[doc(hidden)]
pub use crate::mswsock::*;
#[doc(hidden)]
pub use crate::mswsockdef::*;
#[doc(hidden)]
pub use crate::namedpipeapi::*;
#[doc(hidden)]
pub use crate::ntifs::*;
#[doc(hidden)]
pub use crate::ntioapi::*;
#[doc(hidden)]
pub use crate::ntrtl::*;
#[doc(hidden)]
pub use crate::ntstatus::*;
#[doc(hidden)]
pub use crate::processthreadsapi::*;
#[doc(hidden)]
pub use crate::securitybaseapi::*;
#[doc(hidden)]
pub use crate::synchapi::*;
#[doc(hidden)]
pub use crate::threadpoolapiset::*;
#[doc(hidden)]
pub use crate::threadpoollegacyapiset::*;
#[doc(hidden)]
pub use crate::tlhelp32::*;
#[doc(hidden)]
pub use crate::winbase::*;
#[doc(hidden)]
pub use crate::winerror::*;
#[doc(hidden)]
pub use crate::winerror_wsa::*;
#[doc(hidden)]
pub use crate::winioctl::*;
#[doc(hidden)]
pub use crate::winnt::*;
#[doc(hidden)]
pub use crate::winsock2::*;
#[doc(hidden)]
pub use crate::winternl::*;
#[doc(hidden)]
pub use crate::ws2def::*;
#[doc(hidden)]
pub use crate::ws2ipdef::*;
#[doc(hidden)]
pub use crate::ws2tcpip::*;

/// The examples of the readme must compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
