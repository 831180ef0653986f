//! `ntstatus.h`: status codes of the kernel, as they stand in packets.
//!
//! Severity is in the two highest bits: `0` success, `1` information, `2` warning, `3` error.
//! `status >= 0` is what the SDK's `NT_SUCCESS` tests; warnings fail it although data may be valid.
//! Translate with [`RtlNtStatusToDosError`](crate::winternl::RtlNtStatusToDosError). In the order
//! of their numbers, as unsigned. [`errors`](crate::errors) says of each when it occurs, which
//! codes stand for it, and whether a packet follows.
//!
//! <https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55>

// reason: status codes are written as unsigned hexadecimal everywhere and stored as a signed
// number; `u32::cast_signed` needs a newer Rust.
#![allow(clippy::cast_possible_wrap)]

use crate::winternl::NTSTATUS;

/// Which component a status comes from, bits 16 to 27; a name of the Windows metadata.
pub type NTSTATUS_FACILITY_CODE = u32;
/// The status carries a Win32 error in its low 16 bits.
pub const FACILITY_NTWIN32: NTSTATUS_FACILITY_CODE = 7;

/// Done; also the status of every posted packet.
pub const STATUS_SUCCESS: NTSTATUS = 0x0000_0000;
/// The port was closed during the wait; becomes `ERROR_ABANDONED_WAIT_0`.
pub const STATUS_ABANDONED_WAIT_0: NTSTATUS = 0x0000_0080;
/// An APC ended the wait; becomes `WAIT_IO_COMPLETION`.
pub const STATUS_USER_APC: NTSTATUS = 0x0000_00C0;
/// The wait timed out; becomes `WAIT_TIMEOUT`. A success code: `status >= 0`.
pub const STATUS_TIMEOUT: NTSTATUS = 0x0000_0102;
/// The operation is in flight; the value of `OVERLAPPED::Internal` until it completes.
pub const STATUS_PENDING: NTSTATUS = 0x0000_0103;
/// The directory handle was closed with a watch pending. A success code.
pub const STATUS_NOTIFY_CLEANUP: NTSTATUS = 0x0000_010B;
/// Too many changes for the buffer of a watch: read the directory anew. A success code.
pub const STATUS_NOTIFY_ENUM_DIR: NTSTATUS = 0x0000_010C;
/// A pointer is not aligned. A warning.
pub const STATUS_DATATYPE_MISALIGNMENT: NTSTATUS = 0x8000_0002_u32 as NTSTATUS;
/// The data is longer than the buffer, the bytes given are valid. A warning: a packet is queued (on
/// Windows 7 not in skip mode, fact SKIP07).
pub const STATUS_BUFFER_OVERFLOW: NTSTATUS = 0x8000_0005_u32 as NTSTATUS;
/// The handle was closed under the request. A warning.
pub const STATUS_HANDLES_CLOSED: NTSTATUS = 0x8000_000A_u32 as NTSTATUS;
/// Unspecific failure of a driver.
pub const STATUS_UNSUCCESSFUL: NTSTATUS = 0xC000_0001_u32 as NTSTATUS;
/// The information class is unknown, e.g. detaching from a port before Windows 8.1.
pub const STATUS_INVALID_INFO_CLASS: NTSTATUS = 0xC000_0003_u32 as NTSTATUS;
/// The size does not fit the information class.
pub const STATUS_INFO_LENGTH_MISMATCH: NTSTATUS = 0xC000_0004_u32 as NTSTATUS;
/// A buffer or pointer may not be accessed.
pub const STATUS_ACCESS_VIOLATION: NTSTATUS = 0xC000_0005_u32 as NTSTATUS;
/// Not an open handle.
pub const STATUS_INVALID_HANDLE: NTSTATUS = 0xC000_0008_u32 as NTSTATUS;
/// A parameter is wrong; for a port: the handle is associated already.
pub const STATUS_INVALID_PARAMETER: NTSTATUS = 0xC000_000D_u32 as NTSTATUS;
/// The device does not know this request.
pub const STATUS_INVALID_DEVICE_REQUEST: NTSTATUS = 0xC000_0010_u32 as NTSTATUS;
/// Read at or after the end of the file.
pub const STATUS_END_OF_FILE: NTSTATUS = 0xC000_0011_u32 as NTSTATUS;
/// Out of memory.
pub const STATUS_NO_MEMORY: NTSTATUS = 0xC000_0017_u32 as NTSTATUS;
/// The access is not allowed.
pub const STATUS_ACCESS_DENIED: NTSTATUS = 0xC000_0022_u32 as NTSTATUS;
/// The output buffer is too small; nothing was written.
pub const STATUS_BUFFER_TOO_SMALL: NTSTATUS = 0xC000_0023_u32 as NTSTATUS;
/// The handle is of the wrong kind.
pub const STATUS_OBJECT_TYPE_MISMATCH: NTSTATUS = 0xC000_0024_u32 as NTSTATUS;
/// There is no object of that name.
pub const STATUS_OBJECT_NAME_NOT_FOUND: NTSTATUS = 0xC000_0034_u32 as NTSTATUS;
/// An object of that name exists.
pub const STATUS_OBJECT_NAME_COLLISION: NTSTATUS = 0xC000_0035_u32 as NTSTATUS;
/// The file is open elsewhere with a share mode that forbids this.
pub const STATUS_SHARING_VIOLATION: NTSTATUS = 0xC000_0043_u32 as NTSTATUS;
/// The quota for locked pages or pool is used up.
pub const STATUS_QUOTA_EXCEEDED: NTSTATUS = 0xC000_0044_u32 as NTSTATUS;
/// The bytes are locked by another handle.
pub const STATUS_FILE_LOCK_CONFLICT: NTSTATUS = 0xC000_0054_u32 as NTSTATUS;
/// The lock was not granted.
pub const STATUS_LOCK_NOT_GRANTED: NTSTATUS = 0xC000_0055_u32 as NTSTATUS;
/// The file or directory is being deleted.
pub const STATUS_DELETE_PENDING: NTSTATUS = 0xC000_0056_u32 as NTSTATUS;
/// The range to be unlocked is not locked.
pub const STATUS_RANGE_NOT_LOCKED: NTSTATUS = 0xC000_007E_u32 as NTSTATUS;
/// The kernel's pool is exhausted.
pub const STATUS_INSUFFICIENT_RESOURCES: NTSTATUS = 0xC000_009A_u32 as NTSTATUS;
/// Pages cannot be locked.
pub const STATUS_WORKING_SET_QUOTA: NTSTATUS = 0xC000_00A1_u32 as NTSTATUS;
/// The pipe has no free instance.
pub const STATUS_INSTANCE_NOT_AVAILABLE: NTSTATUS = 0xC000_00AB_u32 as NTSTATUS;
/// Every instance of the pipe is taken.
pub const STATUS_PIPE_NOT_AVAILABLE: NTSTATUS = 0xC000_00AC_u32 as NTSTATUS;
/// The pipe is busy.
pub const STATUS_PIPE_BUSY: NTSTATUS = 0xC000_00AE_u32 as NTSTATUS;
/// The server disconnected the pipe.
pub const STATUS_PIPE_DISCONNECTED: NTSTATUS = 0xC000_00B0_u32 as NTSTATUS;
/// The other end of the pipe is closing.
pub const STATUS_PIPE_CLOSING: NTSTATUS = 0xC000_00B1_u32 as NTSTATUS;
/// The client was there already.
pub const STATUS_PIPE_CONNECTED: NTSTATUS = 0xC000_00B2_u32 as NTSTATUS;
/// The pipe has no client yet.
pub const STATUS_PIPE_LISTENING: NTSTATUS = 0xC000_00B3_u32 as NTSTATUS;
/// Timed out: connecting or sending.
pub const STATUS_IO_TIMEOUT: NTSTATUS = 0xC000_00B5_u32 as NTSTATUS;
/// The request is not supported.
pub const STATUS_NOT_SUPPORTED: NTSTATUS = 0xC000_00BB_u32 as NTSTATUS;
/// Unexpected network failure.
pub const STATUS_UNEXPECTED_NETWORK_ERROR: NTSTATUS = 0xC000_00C4_u32 as NTSTATUS;
/// The network name (or connection) is gone.
pub const STATUS_NETWORK_NAME_DELETED: NTSTATUS = 0xC000_00C9_u32 as NTSTATUS;
/// The pipe is empty, in non-blocking mode.
pub const STATUS_PIPE_EMPTY: NTSTATUS = 0xC000_00D9_u32 as NTSTATUS;
/// Too many requests in flight, or a buffer that the device refuses.
pub const STATUS_INVALID_USER_BUFFER: NTSTATUS = 0xC000_00E8_u32 as NTSTATUS;
/// The operation was cancelled; becomes `ERROR_OPERATION_ABORTED`.
pub const STATUS_CANCELLED: NTSTATUS = 0xC000_0120_u32 as NTSTATUS;
/// The own side ended the connection.
pub const STATUS_LOCAL_DISCONNECT: NTSTATUS = 0xC000_013B_u32 as NTSTATUS;
/// The peer ended the connection.
pub const STATUS_REMOTE_DISCONNECT: NTSTATUS = 0xC000_013C_u32 as NTSTATUS;
/// There is no such connection.
pub const STATUS_INVALID_CONNECTION: NTSTATUS = 0xC000_0140_u32 as NTSTATUS;
/// The network address does not exist.
pub const STATUS_INVALID_ADDRESS: NTSTATUS = 0xC000_0141_u32 as NTSTATUS;
/// The other end of the pipe is closed.
pub const STATUS_PIPE_BROKEN: NTSTATUS = 0xC000_014B_u32 as NTSTATUS;
/// The device or socket is in the wrong state.
pub const STATUS_INVALID_DEVICE_STATE: NTSTATUS = 0xC000_0184_u32 as NTSTATUS;
/// A buffer size that the device refuses.
pub const STATUS_INVALID_BUFFER_SIZE: NTSTATUS = 0xC000_0206_u32 as NTSTATUS;
/// A part of the network address is wrong.
pub const STATUS_INVALID_ADDRESS_COMPONENT: NTSTATUS = 0xC000_0207_u32 as NTSTATUS;
/// The address is in use.
pub const STATUS_ADDRESS_ALREADY_EXISTS: NTSTATUS = 0xC000_020A_u32 as NTSTATUS;
/// The address object is closed.
pub const STATUS_ADDRESS_CLOSED: NTSTATUS = 0xC000_020B_u32 as NTSTATUS;
/// The connection was ended.
pub const STATUS_CONNECTION_DISCONNECTED: NTSTATUS = 0xC000_020C_u32 as NTSTATUS;
/// The peer reset the connection; becomes `ERROR_NETNAME_DELETED`.
pub const STATUS_CONNECTION_RESET: NTSTATUS = 0xC000_020D_u32 as NTSTATUS;
/// The network transaction was aborted.
pub const STATUS_TRANSACTION_ABORTED: NTSTATUS = 0xC000_020F_u32 as NTSTATUS;
/// Nothing to cancel: the operation is complete.
pub const STATUS_NOT_FOUND: NTSTATUS = 0xC000_0225_u32 as NTSTATUS;
/// The peer refused the connection.
pub const STATUS_CONNECTION_REFUSED: NTSTATUS = 0xC000_0236_u32 as NTSTATUS;
/// The peer closed the connection gracefully.
pub const STATUS_GRACEFUL_DISCONNECT: NTSTATUS = 0xC000_0237_u32 as NTSTATUS;
/// The local address is tied to that remote address already.
pub const STATUS_ADDRESS_ALREADY_ASSOCIATED: NTSTATUS = 0xC000_0238_u32 as NTSTATUS;
/// There is no such connection.
pub const STATUS_CONNECTION_INVALID: NTSTATUS = 0xC000_023A_u32 as NTSTATUS;
/// The connection is active already.
pub const STATUS_CONNECTION_ACTIVE: NTSTATUS = 0xC000_023B_u32 as NTSTATUS;
/// There is no route to the network.
pub const STATUS_NETWORK_UNREACHABLE: NTSTATUS = 0xC000_023C_u32 as NTSTATUS;
/// The host cannot be reached.
pub const STATUS_HOST_UNREACHABLE: NTSTATUS = 0xC000_023D_u32 as NTSTATUS;
/// The host does not speak the protocol.
pub const STATUS_PROTOCOL_UNREACHABLE: NTSTATUS = 0xC000_023E_u32 as NTSTATUS;
/// Nobody listens on the port.
pub const STATUS_PORT_UNREACHABLE: NTSTATUS = 0xC000_023F_u32 as NTSTATUS;
/// The provider aborted the request.
pub const STATUS_REQUEST_ABORTED: NTSTATUS = 0xC000_0240_u32 as NTSTATUS;
/// The own side gave the connection up.
pub const STATUS_CONNECTION_ABORTED: NTSTATUS = 0xC000_0241_u32 as NTSTATUS;
