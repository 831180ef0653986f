//! `winerror.h`: Win32 error codes that completion ports, files, pipes and sockets report.
//!
//! In the order of their numbers; the codes of Winsock are in
//! [`winerror_wsa`](crate::winerror_wsa). [`errors`](crate::errors) says of each when it occurs,
//! which status is behind it, and whether a packet follows.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes>

use crate::winbase::WAIT_EVENT;

/// Win32 error code, as `GetLastError` returns it; a name of the Windows metadata.
pub type WIN32_ERROR = u32;

/// Done; also the status of every posted packet.
pub const ERROR_SUCCESS: WIN32_ERROR = 0;
/// [`ERROR_SUCCESS`] under its other name.
pub const NO_ERROR: WIN32_ERROR = 0;
/// The object does not know this request, e.g. a console handle or an unknown control code.
pub const ERROR_INVALID_FUNCTION: WIN32_ERROR = 1;
/// There is no such file or pipe.
pub const ERROR_FILE_NOT_FOUND: WIN32_ERROR = 2;
/// A directory on the way to the file does not exist.
pub const ERROR_PATH_NOT_FOUND: WIN32_ERROR = 3;
/// The access is not allowed; for a watch: the directory was deleted.
pub const ERROR_ACCESS_DENIED: WIN32_ERROR = 5;
/// Not an open handle, or of the wrong kind. Never try again: the value may be in use anew.
pub const ERROR_INVALID_HANDLE: WIN32_ERROR = 6;
/// Out of memory, or too many requests in flight.
pub const ERROR_NOT_ENOUGH_MEMORY: WIN32_ERROR = 8;
/// The list of files is at its end.
pub const ERROR_NO_MORE_FILES: WIN32_ERROR = 18;
/// The device or socket is in the wrong state.
pub const ERROR_BAD_COMMAND: WIN32_ERROR = 22;
/// The length does not fit the request.
pub const ERROR_BAD_LENGTH: WIN32_ERROR = 24;
/// Unspecific failure of a driver.
pub const ERROR_GEN_FAILURE: WIN32_ERROR = 31;
/// The file is open elsewhere with a share mode that forbids this.
pub const ERROR_SHARING_VIOLATION: WIN32_ERROR = 32;
/// The bytes are locked by another handle.
pub const ERROR_LOCK_VIOLATION: WIN32_ERROR = 33;
/// Read at or after the end of the file; may come at once (no packet) or in the packet.
pub const ERROR_HANDLE_EOF: WIN32_ERROR = 38;
/// The request is not supported.
pub const ERROR_NOT_SUPPORTED: WIN32_ERROR = 50;
/// The address exists already; in a packet: the address is in use.
pub const ERROR_DUP_NAME: WIN32_ERROR = 52;
/// The remote machine was not found.
pub const ERROR_BAD_NETPATH: WIN32_ERROR = 53;
/// Unexpected network failure.
pub const ERROR_UNEXP_NET_ERR: WIN32_ERROR = 59;
/// Connection reset by the peer, or the own socket was closed with operations in flight.
pub const ERROR_NETNAME_DELETED: WIN32_ERROR = 64;
/// The file exists, and was to be created.
pub const ERROR_FILE_EXISTS: WIN32_ERROR = 80;
/// A parameter is wrong; for a port: the handle is associated already.
pub const ERROR_INVALID_PARAMETER: WIN32_ERROR = 87;
/// The other end of the pipe is closed; for reads: end of file.
pub const ERROR_BROKEN_PIPE: WIN32_ERROR = 109;
/// The disk is full.
pub const ERROR_DISK_FULL: WIN32_ERROR = 112;
/// Timed out: connecting, sending, or waiting for a pipe.
pub const ERROR_SEM_TIMEOUT: WIN32_ERROR = 121;
/// The output buffer is too small.
pub const ERROR_INSUFFICIENT_BUFFER: WIN32_ERROR = 122;
/// The name of the file has a form that is not allowed.
pub const ERROR_INVALID_NAME: WIN32_ERROR = 123;
/// The module is not loaded, or was not found.
pub const ERROR_MOD_NOT_FOUND: WIN32_ERROR = 126;
/// The module exports no function of that name.
pub const ERROR_PROC_NOT_FOUND: WIN32_ERROR = 127;
/// The range to be unlocked is not locked.
pub const ERROR_NOT_LOCKED: WIN32_ERROR = 158;
/// It exists already; also the last error of creations that opened it, a success.
pub const ERROR_ALREADY_EXISTS: WIN32_ERROR = 183;
/// The pipe is in a state that does not allow this.
pub const ERROR_BAD_PIPE: WIN32_ERROR = 230;
/// Every instance of the pipe is taken: `WaitNamedPipeW`, then try again.
pub const ERROR_PIPE_BUSY: WIN32_ERROR = 231;
/// The pipe is being closed (write), or is empty in non-blocking mode (read).
pub const ERROR_NO_DATA: WIN32_ERROR = 232;
/// There is no process at the other end: the server disconnected the pipe.
pub const ERROR_PIPE_NOT_CONNECTED: WIN32_ERROR = 233;
/// The message is longer than the buffer: the bytes are valid, the rest waits (pipe) or is lost
/// (UDP).
pub const ERROR_MORE_DATA: WIN32_ERROR = 234;
/// The semaphore would go above its maximum.
pub const ERROR_TOO_MANY_POSTS: WIN32_ERROR = 298;
/// The name of a directory was expected, and it is none; also: not a valid name of one.
pub const ERROR_DIRECTORY: WIN32_ERROR = 267;
/// The status code has no translation to a Win32 code.
pub const ERROR_MR_MID_NOT_FOUND: WIN32_ERROR = 317;
/// The request is not for directories.
pub const ERROR_DIRECTORY_NOT_SUPPORTED: WIN32_ERROR = 336;
/// The client was there before `ConnectNamedPipe`: connected, and *no* packet is owed.
pub const ERROR_PIPE_CONNECTED: WIN32_ERROR = 535;
/// The pipe has no client yet.
pub const ERROR_PIPE_LISTENING: WIN32_ERROR = 536;
/// The handle was closed under the request.
pub const ERROR_HANDLES_CLOSED: WIN32_ERROR = 676;
/// A symbolic link on the way to the file was not to be followed.
pub const ERROR_STOPPED_ON_SYMLINK: WIN32_ERROR = 681;
/// The port was closed while this thread waited on it (Vista and later).
pub const ERROR_ABANDONED_WAIT_0: WIN32_ERROR = 735;
/// The directory handle was closed with a watch pending.
pub const ERROR_NOTIFY_CLEANUP: WIN32_ERROR = 745;
/// The operation was cancelled, or its handle closed; arrives in the packet.
pub const ERROR_OPERATION_ABORTED: WIN32_ERROR = 995;
/// Asked without waiting: the operation is still in flight.
pub const ERROR_IO_INCOMPLETE: WIN32_ERROR = 996;
/// The operation was started and a packet is owed: not a failure.
pub const ERROR_IO_PENDING: WIN32_ERROR = 997;
/// A buffer or pointer may not be accessed.
pub const ERROR_NOACCESS: WIN32_ERROR = 998;
/// Too many changes for the buffer of a watch: read the directory anew.
pub const ERROR_NOTIFY_ENUM_DIR: WIN32_ERROR = 1022;
/// The read or write took longer than the time limits of the line allow.
pub const ERROR_COUNTER_TIMEOUT: WIN32_ERROR = 1121;
/// The file has as many hard links as it may have.
pub const ERROR_TOO_MANY_LINKS: WIN32_ERROR = 1142;
/// The device is not connected.
pub const ERROR_DEVICE_NOT_CONNECTED: WIN32_ERROR = 1167;
/// Nothing to cancel: the operation is complete, its packet is queued or delivered.
pub const ERROR_NOT_FOUND: WIN32_ERROR = 1168;
/// The user cancelled the request.
pub const ERROR_CANCELLED: WIN32_ERROR = 1223;
/// The peer refused the connection.
pub const ERROR_CONNECTION_REFUSED: WIN32_ERROR = 1225;
/// The peer closed the connection gracefully.
pub const ERROR_GRACEFUL_DISCONNECT: WIN32_ERROR = 1226;
/// The local address is tied to that remote address already.
pub const ERROR_ADDRESS_ALREADY_ASSOCIATED: WIN32_ERROR = 1227;
/// There is no such connection.
pub const ERROR_CONNECTION_INVALID: WIN32_ERROR = 1229;
/// The connection is active already.
pub const ERROR_CONNECTION_ACTIVE: WIN32_ERROR = 1230;
/// There is no route to the network.
pub const ERROR_NETWORK_UNREACHABLE: WIN32_ERROR = 1231;
/// The host cannot be reached.
pub const ERROR_HOST_UNREACHABLE: WIN32_ERROR = 1232;
/// The host does not speak the protocol.
pub const ERROR_PROTOCOL_UNREACHABLE: WIN32_ERROR = 1233;
/// Nobody listens on the port; for UDP: the answer to an *earlier* send.
pub const ERROR_PORT_UNREACHABLE: WIN32_ERROR = 1234;
/// The provider aborted the request.
pub const ERROR_REQUEST_ABORTED: WIN32_ERROR = 1235;
/// The own side gave the connection up (retransmissions, keep-alive).
pub const ERROR_CONNECTION_ABORTED: WIN32_ERROR = 1236;
/// The operation could not be completed: try again.
pub const ERROR_RETRY: WIN32_ERROR = 1237;
/// The kernel's pool is exhausted.
pub const ERROR_NO_SYSTEM_RESOURCES: WIN32_ERROR = 1450;
/// Pages cannot be locked: fewer or smaller buffers in flight, or zero-byte receives.
pub const ERROR_WORKING_SET_QUOTA: WIN32_ERROR = 1453;
/// The operation timed out. Not what a port's wait returns: that is `WAIT_TIMEOUT`.
pub const ERROR_TIMEOUT: WIN32_ERROR = 1460;
/// The two handles do not refer to one object.
pub const ERROR_NOT_SAME_OBJECT: WIN32_ERROR = 1656;
/// Too many requests in flight, or a buffer size that the device refuses.
pub const ERROR_INVALID_USER_BUFFER: WIN32_ERROR = 1784;
/// The quota for locked pages or pool is used up.
pub const ERROR_NOT_ENOUGH_QUOTA: WIN32_ERROR = 1816;

/// Nothing came within the time given. The result of a wait, and the error of a port's dequeue.
pub const WAIT_TIMEOUT: WAIT_EVENT = 258;
