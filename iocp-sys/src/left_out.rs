//! What one might look for and does not find here, and why. Documentation only.
//!
//! The measure: what a crate that does I/O on Windows calls, through a port or beside one. What
//! managing security, the registry, windows and memory takes is not I/O: windows-sys declares it, and
//! its types are ours.
//!
//! | left out | why | instead |
//! | --- | --- | --- |
//! | `CreateDirectoryW`, `DeleteFileW`, `MoveFileExW`, `RemoveDirectoryW` | synchronous | `std::fs` |
//! | `CreateFile2` | `CreateFileW` under another name, for Store apps | [`CreateFileW`](crate::CreateFileW) |
//! | `NtOpenFile`, `NtCreateNamedPipeFile` | what they do with a port, others do | [`NtCreateFile`](crate::NtCreateFile), [`CreateNamedPipeW`](crate::CreateNamedPipeW) |
//! | `FindFirstFileW`, `FindNextFileW` | synchronous | `std::fs`; [`NtQueryDirectoryFile`](crate::NtQueryDirectoryFile) |
//! | `SetResourceManagerCompletionPort`, `GetNotificationResourceManagerAsync` | kernel transactions; Microsoft advises against them | |
//! | `HttpReceiveHttpRequest`, `RegNotifyChangeKeyValue`, `FindFirstChangeNotificationW` | other DLLs' interfaces with an `OVERLAPPED` or an event of their own | tie their handle with [`CreateIoCompletionPort`](crate::CreateIoCompletionPort), or forward the event: [`NtAssociateWaitCompletionPacket`](crate::NtAssociateWaitCompletionPacket) |
//! | `WaitForMultipleObjectsEx`, `SignalObjectAndWait`, `QueueUserAPC2` | a port's own wait is alertable | [`GetQueuedCompletionStatusEx`](crate::GetQueuedCompletionStatusEx), [`WaitForSingleObjectEx`](crate::WaitForSingleObjectEx), [`QueueUserAPC`](crate::QueueUserAPC) |
//! | `CreateThreadpoolWork`, `CreateThreadpoolTimer`, `CreateTimerQueueTimer`, `QueueUserWorkItem` | the pool's work and timers; no handle is waited for | [`TrySubmitThreadpoolCallback`](crate::TrySubmitThreadpoolCallback); post to a port; [`CreateWaitableTimerExW`](crate::CreateWaitableTimerExW) |
//! | `CallNamedPipeW`, `ImpersonateLoggedOnUser`, `OpenThreadToken` | a whole exchange, synchronously; acting in the name of others than a pipe's client | [`TransactNamedPipe`](crate::TransactNamedPipe), [`ImpersonateNamedPipeClient`](crate::ImpersonateNamedPipeClient) |
//! | `FILE_PIPE_LOCAL_INFORMATION`, `FILE_BASIC_INFORMATION`, `FILE_ID_BOTH_DIR_INFO` | told by other calls | [`GetNamedPipeInfo`](crate::GetNamedPipeInfo), [`FILE_BASIC_INFO`](crate::FILE_BASIC_INFO), [`FILE_ID_FULL_DIR_INFORMATION`](crate::FILE_ID_FULL_DIR_INFORMATION) |
//! | `IsProcessInJob`, `OpenJobObjectW`, `JOBOBJECT_CPU_RATE_CONTROL_INFORMATION` and other limits | post nothing | windows-sys |
//! | `CreateProcessW`, `STARTUPINFOW`, `PROCESS_INFORMATION`, `CREATE_SUSPENDED` | starting processes is no I/O | `std::process::Command` (`creation_flags(4)` is suspended, [`ResumeThread`](crate::ResumeThread) lets it go); windows-sys, its `Win32::System::Threading` |
//! | `GenerateConsoleCtrlEvent`, `CREATE_NEW_PROCESS_GROUP` | asks other processes to end; no I/O | windows-sys, its `Win32::System::Console` |
//! | `GetStdHandle`, `ReadConsoleInputW` | a console handle cannot be tied to a port | that there is input: [`NtAssociateWaitCompletionPacket`](crate::NtAssociateWaitCompletionPacket); reading it: a thread that posts |
//! | `MsgWaitForMultipleObjectsEx`, `PeekMessageW` | window messages | wait for the port's handle there, then dequeue without waiting |
//! | `FD_ISSET`, `__WSAFDIsSet` | a loop over a list | look through [`FD_SET::fd_array`](crate::FD_SET) |
//! | `WSAAsyncSelect`, `WSACreateEvent`, `WSACloseEvent`, `WSAWaitForMultipleEvents` | readiness by windows; other names of calls that are here | [`CreateEventW`](crate::CreateEventW), [`CloseHandle`](crate::CloseHandle), [`WaitForMultipleObjects`](crate::WaitForMultipleObjects) |
//! | `WSAAccept`, `WSAConnect` | synchronous | [`AcceptEx`](crate::AcceptEx), [`LPFN_CONNECTEX`](crate::LPFN_CONNECTEX) |
//! | `WSARecvEx` | synchronous; only shows `MSG_PARTIAL` | [`WSARecv`](crate::WSARecv) |
//! | `getaddrinfo`, `freeaddrinfo`, `GetNameInfoW` | synchronous | `std::net::ToSocketAddrs`, [`GetAddrInfoExW`](crate::GetAddrInfoExW) |
//! | `WSAProviderCompleteAsyncCall`, `WPUCompleteOverlappedRequest`, `SIO_EXT_POLL`, `SIO_EXT_SELECT`, `SIO_EXT_SENDMSG`, `SIO_SOCKET_CLOSE_NOTIFY` | for layered providers | |
//! | `WSALookupServiceBeginW`, `WSAQUERYSETW` | the queries that [`WSANSPIoctl`](crate::WSANSPIoctl) watches | windows-sys |
//! | `SIO_CPU_AFFINITY`, `SIO_QUERY_RSS_PROCESSOR_INFO`, `SIO_TIMESTAMPING`, `SO_TIMESTAMP`, `TCP_MAXRT` | tune the network itself | windows-sys |
//! | `GROUP_REQ`, `GROUP_SOURCE_REQ`, `MCAST_JOIN_GROUP`, `IPPROTO_HOPOPTS` | the same with larger structures; headers | [`IP_MREQ`](crate::IP_MREQ), [`IP_MREQ_SOURCE`](crate::IP_MREQ_SOURCE), [`IPV6_MREQ`](crate::IPV6_MREQ) |
//! | `FormatMessageW` | the standard library has it | `std::io::Error::from_raw_os_error` |
//! | `SECURITY_DESCRIPTOR`, `SECURITY_DESCRIPTOR_CONTROL`, `SECURITY_QUALITY_OF_SERVICE`, `SECURITY_IMPERSONATION_LEVEL`, `SECURITY_DYNAMIC_TRACKING`, `SE_DACL_PROTECTED` | only pointed to, and often null | `*mut c_void` |
//! | `ACL`, `ACE_HEADER`, `PSID`, `InitializeSecurityDescriptor`, `SetSecurityDescriptorDacl`, `InitializeAcl`, `AddAce`, `GetAce`, `CopySid`, `FreeSid`, `IsValidSid` | say who may open something; no I/O | windows-sys, its `Win32::Security` |
//! | `ConvertStringSecurityDescriptorToSecurityDescriptorW`, `SDDL_REVISION_1`, `LocalAlloc`, `LocalFree`, `LMEM_FIXED` | the same as text, and its memory | windows-sys |
//! | `HKEY`, `RegOpenKeyExA`, `RegEnumValueA`, `RegQueryInfoKeyA`, `RegCloseKey`, `KEY_READ`, `REG_SZ`, `ERROR_NO_MORE_ITEMS` | the registry, where the names of serial ports are | windows-sys |
//! | `MAX_PATH`, `MAXDWORD`, `SUCCESS` | 260, [`u32::MAX`], 0 | |
//! | `PROCESS_SYNCHRONIZE` | a name of the Windows metadata that no header has | [`SYNCHRONIZE`](crate::SYNCHRONIZE) |
//! | `w!`, `s!` | macros of windows-sys, no names of Windows: a name closed by a zero, at compile time | `"name\0".encode_utf16().collect::<Vec<u16>>()`, `b"name\0".as_ptr()`; windows-sys, its pointers are ours |
//! | `HWND`, `WPARAM` | only in one arm of [`WSACOMPLETION_0`](crate::WSACOMPLETION_0) | `*mut c_void`, `usize` |
