//! What one might look for and does not find here, and why. Documentation only.
//!
//! The measure: a call that can queue a packet, that prepares one which can, or without which a
//! port cannot be used. windows-sys declares the rest, and its types are ours.
//!
//! | left out | why | instead |
//! | --- | --- | --- |
//! | `ReadFileEx`, `WriteFileEx` | completion routines (APCs): they fail on a handle that is tied to a port | [`ReadFile`](crate::ReadFile), [`WriteFile`](crate::WriteFile) |
//! | `LockFile`, `UnlockFile` | take no `OVERLAPPED` | [`LockFileEx`](crate::LockFileEx), [`UnlockFileEx`](crate::UnlockFileEx) |
//! | `CreateDirectoryW`, `DeleteFileW`, `MoveFileExW`, `RemoveDirectoryW` | synchronous | `std::fs` |
//! | `ClearCommError`, `SetCommMask`, `WaitCommEvent` | a serial line may be tied to a port, but its settings are a matter of their own | windows-sys for these, the rest here |
//! | `CreateFile2` | `CreateFileW` under another name, for Store apps | [`CreateFileW`](crate::CreateFileW) |
//! | `NtOpenFile`, `NtQueryDirectoryFile`, `NtFlushBuffersFileEx`, `NtCreateNamedPipeFile` | what they do with a port, others do | [`NtCreateFile`](crate::NtCreateFile), [`NtFsControlFile`](crate::NtFsControlFile), [`CreateNamedPipeW`](crate::CreateNamedPipeW) |
//! | `SetResourceManagerCompletionPort`, `GetNotificationResourceManagerAsync` | kernel transactions; Microsoft advises against them | |
//! | `HttpReceiveHttpRequest`, `RegNotifyChangeKeyValue`, `FindFirstChangeNotificationW` | other DLLs' interfaces with an `OVERLAPPED` or an event of their own | tie their handle with [`CreateIoCompletionPort`](crate::CreateIoCompletionPort), or forward the event: [`NtAssociateWaitCompletionPacket`](crate::NtAssociateWaitCompletionPacket) |
//! | `WaitForSingleObjectEx`, `WaitForMultipleObjectsEx`, `SignalObjectAndWait`, `QueueUserAPC2` | a port's own wait is alertable | [`GetQueuedCompletionStatusEx`](crate::GetQueuedCompletionStatusEx), [`SleepEx`](crate::SleepEx), [`QueueUserAPC`](crate::QueueUserAPC) |
//! | `CreateThreadpoolWork`, `CreateThreadpoolTimer`, `TrySubmitThreadpoolCallback`, `CreateTimerQueueTimer`, `QueueUserWorkItem` | the pool's work and timers; no handle is waited for | post to a port; [`CreateWaitableTimerExW`](crate::CreateWaitableTimerExW) |
//! | `GetNamedPipeClientProcessId`, `GetNamedPipeServerProcessId`, `ImpersonateNamedPipeClient`, `CallNamedPipeW` | who is at the other end; a whole exchange, synchronously | windows-sys; [`TransactNamedPipe`](crate::TransactNamedPipe) |
//! | `FILE_PIPE_LOCAL_INFORMATION`, `FILE_BASIC_INFORMATION` | tell of a file, not of its completions | windows-sys, for [`NtQueryInformationFile`](crate::NtQueryInformationFile) |
//! | `IsProcessInJob`, `OpenJobObjectW`, `JOBOBJECT_CPU_RATE_CONTROL_INFORMATION` and other limits | post nothing | windows-sys |
//! | `CreateIoRing`, `SubmitIoRing`, `PopIoRingCompletion`, `SetIoRingCompletionEvent`, `IORING_CQE` | another mechanism (Windows 11); it can only set an event | forward the event: [`NtAssociateWaitCompletionPacket`](crate::NtAssociateWaitCompletionPacket) |
//! | `GetStdHandle`, `SetConsoleCtrlHandler`, `GenerateConsoleCtrlEvent` | a console handle cannot be tied to a port | a thread that reads and posts |
//! | `MsgWaitForMultipleObjectsEx`, `PeekMessageW` | window messages | wait for the port's handle there, then dequeue without waiting |
//! | `select`, `FD_SET`, `TIMEVAL` | readiness in the BSD way | [`IOCTL_AFD_POLL`](crate::IOCTL_AFD_POLL), [`ProcessSocketNotifications`](crate::ProcessSocketNotifications), [`WSAPoll`](crate::WSAPoll) |
//! | `WSAEventSelect`, `WSAAsyncSelect`, `WSAEnumNetworkEvents`, `WSANETWORKEVENTS`, `WSACreateEvent`, `WSACloseEvent`, `WSAWaitForMultipleEvents` | readiness by events or windows | as above; events: [`CreateEventW`](crate::CreateEventW), [`CloseHandle`](crate::CloseHandle), [`WaitForMultipleObjects`](crate::WaitForMultipleObjects) |
//! | `WSAAccept`, `WSAConnect` | synchronous | [`AcceptEx`](crate::AcceptEx), [`LPFN_CONNECTEX`](crate::LPFN_CONNECTEX) |
//! | `WSARecvEx` | synchronous; only shows `MSG_PARTIAL` | [`WSARecv`](crate::WSARecv) |
//! | `getaddrinfo`, `freeaddrinfo`, `GetAddrInfoExW`, `GetAddrInfoExCancel`, `GetAddrInfoExOverlappedResult`, `ADDRINFOEXW` | complete by event or callback, never by packet | `std::net::ToSocketAddrs` on a thread that posts |
//! | `WSAProviderCompleteAsyncCall`, `WPUCompleteOverlappedRequest`, `SIO_EXT_POLL`, `SIO_EXT_SELECT`, `SIO_EXT_SENDMSG`, `SIO_SOCKET_CLOSE_NOTIFY` | for layered providers | |
//! | `WSALookupServiceBeginW`, `WSAQUERYSETW` | the queries that [`WSANSPIoctl`](crate::WSANSPIoctl) watches | windows-sys |
//! | `SIO_TCP_INFO`, `SIO_CPU_AFFINITY`, `SIO_QUERY_RSS_PROCESSOR_INFO`, `SIO_TIMESTAMPING`, `SO_TIMESTAMP`, `TCP_MAXRT` | tell or tune, but change nothing about completions | windows-sys |
//! | `IP_TTL`, `IP_TOS`, `IP_MULTICAST_IF`, `IP_ADD_MEMBERSHIP`, `IP_DROP_MEMBERSHIP`, `IP_MREQ`, `IPV6_ADD_MEMBERSHIP`, `IPV6_MREQ` | options that change nothing about completions | socket2 |
//! | `FormatMessageW` | the standard library has it | `std::io::Error::from_raw_os_error` |
//! | `SECURITY_DESCRIPTOR`, `SECURITY_DESCRIPTOR_CONTROL`, `SECURITY_QUALITY_OF_SERVICE`, `SECURITY_IMPERSONATION_LEVEL`, `ACL`, `PSID` | only pointed to, and often null | `*mut c_void` |
//! | `HWND`, `WPARAM` | only in one arm of [`WSACOMPLETION_0`](crate::WSACOMPLETION_0) | `*mut c_void`, `usize` |
