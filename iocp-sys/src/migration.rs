//! For those who come from windows-sys, winapi or miow: what is where, what changes.
//! Documentation only.
//!
//! # From windows-sys
//!
//! Names, field names and types are those of windows-sys 0.61 wherever it has the item: the same
//! aliases of the Windows metadata (`WIN32_ERROR`, `FILE_SHARE_MODE` …), the same names for unnamed
//! unions (`overlapped.Anonymous.Anonymous.Offset`, `IN_ADDR.S_un.S_addr`). So change the `use`
//! lines: everything is at the root of this crate.
//!
//! What then does not compile (the first row is all that miow 0.6.1 and uds_windows 1.2.1 need):
//!
//! | there | here |
//! | --- | --- |
//! | `GUID { data1: …, data2: …, data3: …, data4: … }` | the SDK's capitals, [`Data1`](crate::GUID::Data1) …; or one of the `WSAID_…`, or [`GUID::from_u128`](crate::GUID::from_u128), which both crates have |
//! | `bool`, since 0.60, in `RegisterWaitForSingleObject`'s callback, `NtLockFile`, `NtQueryDirectoryFile` | [`BOOLEAN`](crate::BOOLEAN), a `u8`: `!= 0`, `u8::from(flag)` |
//! | `bool`, since 0.60, in `FILE_STANDARD_INFO`, `FILE_DISPOSITION_INFO`, `FILE_RENAME_INFO_0`, `TCP_INFO_v0` | the same |
//!
//! A byte of the system that is neither 0 nor 1 is no `bool`, and undefined behaviour as one.
//!
//! ```
//! use iocp_sys::{BOOLEAN, GUID, WSAID_CONNECTEX};
//!
//! // Both crates have this; in windows-sys the type is `windows_sys::core::GUID`.
//! const CONNECT_EX: GUID = GUID::from_u128(0x25a207b9_ddf3_4660_8ee9_76e58c74063e);
//! assert_eq!(CONNECT_EX, WSAID_CONNECTEX);
//!
//! extern "system" fn waited(_context: *mut core::ffi::c_void, timed_out: BOOLEAN) {
//!     let _timed_out: bool = timed_out != 0;
//! }
//! let _callback: iocp_sys::WAITORTIMERCALLBACK = Some(waited);
//! ```
//!
//! Where each name is:
//!
//! | windows-sys | here |
//! | --- | --- |
//! | `Win32::System::IO` | [`ioapiset`](crate::ioapiset), [`minwinbase`](crate::minwinbase), [`winternl`](crate::winternl) |
//! | `Win32::Networking::WinSock` | [`winsock2`](crate::winsock2), [`mswsock`](crate::mswsock), [`mswsockdef`](crate::mswsockdef), [`ws2def`](crate::ws2def), [`ws2ipdef`](crate::ws2ipdef), [`mstcpip`](crate::mstcpip), [`afunix`](crate::afunix), [`inaddr`](crate::inaddr), [`in6addr`](crate::in6addr), [`winerror_wsa`](crate::winerror_wsa) |
//! | `Win32::Foundation` | [`handleapi`](crate::handleapi), [`errhandlingapi`](crate::errhandlingapi), [`minwindef`](crate::minwindef), [`winnt`](crate::winnt), [`winerror`](crate::winerror), [`ntstatus`](crate::ntstatus) |
//! | `Win32::Storage::FileSystem` | [`fileapi`](crate::fileapi), [`winbase`](crate::winbase), [`winnt`](crate::winnt) |
//! | `Win32::System::Pipes` | [`namedpipeapi`](crate::namedpipeapi), [`winbase`](crate::winbase) |
//! | `Win32::System::Threading` | [`synchapi`](crate::synchapi), [`threadpoolapiset`](crate::threadpoolapiset), [`processthreadsapi`](crate::processthreadsapi), [`winnt`](crate::winnt), [`winbase`](crate::winbase) |
//! | `Win32::System::Diagnostics::ToolHelp` | [`tlhelp32`](crate::tlhelp32) |
//! | `Win32::System::JobObjects`, `…::SystemServices` | [`jobapi2`](crate::jobapi2), [`winnt`](crate::winnt) |
//! | `Win32::System::LibraryLoader`, `…::Memory` | [`libloaderapi`](crate::libloaderapi), [`memoryapi`](crate::memoryapi) |
//! | `Win32::Security` (`SECURITY_ATTRIBUTES`) | [`minwinbase`](crate::minwinbase) |
//! | `Wdk::*` | [`winternl`](crate::winternl), [`ntifs`](crate::ntifs) |
//! | `core` (`BOOL`, `GUID`, `PCWSTR`) | [`minwindef`](crate::minwindef), [`guiddef`](crate::guiddef), [`winnt`](crate::winnt) |
//! | not there | [`ntioapi`](crate::ntioapi), [`afd`](crate::afd), `PFN_…`, `LPOVERLAPPED` and other aliases, `WSA_CMSG_…`, `RIO_INVALID_…`, `SIO_IDEAL_SEND_BACKLOG_…` |
//!
//! What changes:
//!
//! * Features: there are none. Delete the list; what is not used costs nothing in the program.
//! * Parameter names are the SDK's (`hFile`, not `hfile`); Rust calls do not show it.
//! * What else differs is at the end of this page: [`SOMAXCONN`](crate::SOMAXCONN) is 0x7FFF_FFFF;
//!   [`WSAPOLLDATA`](crate::WSAPOLLDATA) ends with an array of length 0; two constants have another
//!   width; the API sets are the DLLs behind them.
//! * Not here: `CreateProcessW`, the macros `w!` and `s!`, and what [`left_out`](crate::left_out) lists.
//! * Structures have `Debug`, and `Default` is all-zero bytes.
//! * A structure of windows-sys and one of this crate have the same bytes but are two types: cast the
//!   pointer where both meet (`overlapped.cast()`). Handles, sockets and codes need no cast.
//! * Functions that Windows 7 lacks have a type `PFN_…`; see "Late functions" on the crate's page.
//! * From windows-sys before 0.59: `HANDLE` was an `isize`. It is a pointer here: null, not 0, and it
//!   is neither `Send` nor `Sync`.
//!
//! # From winapi 0.3
//!
//! The modules have the same names (`um::ioapiset` → [`ioapiset`](crate::ioapiset),
//! `shared::ws2def` → [`ws2def`](crate::ws2def)); what changes is types.
//!
//! | winapi | here |
//! | --- | --- |
//! | `HANDLE = *mut c_void` of `winapi::ctypes` | `*mut core::ffi::c_void` |
//! | `c_int`, `c_char` in Winsock (`*mut c_char`) | `i32`; buffers are `*mut u8` and `*const u8` |
//! | `LPVOID` buffers of `ReadFile`, `LPCVOID` of `WriteFile` | `*mut u8`, `*const u8` |
//! | `LPCWSTR`, `LPCSTR`, `LPSECURITY_ATTRIBUTES` | `PCWSTR`, `PCSTR`, `*const SECURITY_ATTRIBUTES` |
//! | `overlapped.u.s().Offset`, `u.s_mut()` | `overlapped.Anonymous.Anonymous.Offset` |
//! | `in_addr.S_un.S_addr()`, `in6_addr.u.Byte()` (methods) | the fields `S_un.S_addr`, `u.Byte` |
//! | `SOCKADDR_IN6_LH`, `WSACMSGHDR` | [`SOCKADDR_IN6`](crate::SOCKADDR_IN6), [`CMSGHDR`](crate::CMSGHDR) (and `WSACMSGHDR`) |
//! | error codes `DWORD`, Winsock codes `DWORD` or `c_int` | `u32` ([`WIN32_ERROR`](crate::WIN32_ERROR)), `i32` ([`WSA_ERROR`](crate::WSA_ERROR)) |
//! | callbacks by the `FN!` macro | the same: `Option<unsafe extern "system" fn(…)>`, null is `None` |
//! | enums as `u32` with the `ENUM!` macro | `i32` constants (an `int` in C) |
//! | `PTP_…`: pointers | `isize`, as in windows-sys |
//! | import libraries of `winapi-*-pc-windows-gnu` | none |
//!
//! # From miow
//!
//! miow is a safe layer, and so is the crate `iocp` of this project: go there first. To replace it
//! by raw calls:
//!
//! | miow | call |
//! | --- | --- |
//! | `CompletionPort::new` | [`CreateIoCompletionPort`](crate::CreateIoCompletionPort) with [`INVALID_HANDLE_VALUE`](crate::INVALID_HANDLE_VALUE) |
//! | `add_handle`, `add_socket` | [`CreateIoCompletionPort`](crate::CreateIoCompletionPort) with both |
//! | `get`, `get_many` | [`GetQueuedCompletionStatus`](crate::GetQueuedCompletionStatus), [`…Ex`](crate::GetQueuedCompletionStatusEx) |
//! | `post` | [`PostQueuedCompletionStatus`](crate::PostQueuedCompletionStatus) |
//! | `Overlapped`, `set_event`, `offset` | [`OVERLAPPED`](crate::OVERLAPPED): `hEvent`, `Anonymous.Anonymous.Offset` |
//! | `read_overlapped`, `write_overlapped` (streams, datagrams) | [`WSARecv`](crate::WSARecv), [`WSASend`](crate::WSASend), [`WSARecvFrom`](crate::WSARecvFrom), [`WSASendTo`](crate::WSASendTo) |
//! | `connect_overlapped`, `connect_complete` | [`LPFN_CONNECTEX`](crate::LPFN_CONNECTEX), [`SO_UPDATE_CONNECT_CONTEXT`](crate::SO_UPDATE_CONNECT_CONTEXT) |
//! | `accept_overlapped`, `accept_complete`, `AcceptAddrsBuf` | [`LPFN_ACCEPTEX`](crate::LPFN_ACCEPTEX), [`SO_UPDATE_ACCEPT_CONTEXT`](crate::SO_UPDATE_ACCEPT_CONTEXT), [`LPFN_GETACCEPTEXSOCKADDRS`](crate::LPFN_GETACCEPTEXSOCKADDRS) |
//! | `result` | [`WSAGetOverlappedResult`](crate::WSAGetOverlappedResult), [`GetOverlappedResult`](crate::GetOverlappedResult) |
//! | `NamedPipe`, `pipe::anonymous` | [`CreateNamedPipeW`](crate::CreateNamedPipeW), [`CreatePipe`](crate::CreatePipe) |
#![doc = ""]
#![doc = include_str!("differences.md")]
