//! The names of statuses.

use iocp_sys as sys;
use iocp_sys::NTSTATUS;

/// The name of a status without `STATUS_`, or its number.
pub(crate) fn status_name(status: u32) -> String {
    let signed = NTSTATUS::from_ne_bytes(status.to_ne_bytes());
    match NAMES.iter().find(|(value, _)| *value == signed) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("0x{status:08X}"),
    }
}

/// The same for what a native call returned.
pub(crate) fn named(status: NTSTATUS) -> String {
    status_name(u32::from_ne_bytes(status.to_ne_bytes()))
}

const NAMES: &[(NTSTATUS, &str)] = &[
    (sys::STATUS_SUCCESS, "SUCCESS"),
    (sys::STATUS_ABANDONED_WAIT_0, "ABANDONED_WAIT_0"),
    (sys::STATUS_USER_APC, "USER_APC"),
    (sys::STATUS_TIMEOUT, "TIMEOUT"),
    (sys::STATUS_PENDING, "PENDING"),
    (sys::STATUS_NOTIFY_ENUM_DIR, "NOTIFY_ENUM_DIR"),
    (sys::STATUS_BUFFER_OVERFLOW, "BUFFER_OVERFLOW"),
    (sys::STATUS_HANDLES_CLOSED, "HANDLES_CLOSED"),
    (sys::STATUS_INFO_LENGTH_MISMATCH, "INFO_LENGTH_MISMATCH"),
    (sys::STATUS_INVALID_HANDLE, "INVALID_HANDLE"),
    (sys::STATUS_INVALID_PARAMETER, "INVALID_PARAMETER"),
    (sys::STATUS_END_OF_FILE, "END_OF_FILE"),
    (sys::STATUS_BUFFER_TOO_SMALL, "BUFFER_TOO_SMALL"),
    (sys::STATUS_OBJECT_TYPE_MISMATCH, "OBJECT_TYPE_MISMATCH"),
    (sys::STATUS_PIPE_BUSY, "PIPE_BUSY"),
    (sys::STATUS_PIPE_DISCONNECTED, "PIPE_DISCONNECTED"),
    (sys::STATUS_PIPE_CLOSING, "PIPE_CLOSING"),
    (sys::STATUS_PIPE_CONNECTED, "PIPE_CONNECTED"),
    (sys::STATUS_PIPE_LISTENING, "PIPE_LISTENING"),
    (sys::STATUS_NOT_SUPPORTED, "NOT_SUPPORTED"),
    (sys::STATUS_CANCELLED, "CANCELLED"),
    (sys::STATUS_PIPE_BROKEN, "PIPE_BROKEN"),
    (sys::STATUS_CONNECTION_RESET, "CONNECTION_RESET"),
    (sys::STATUS_NOT_FOUND, "NOT_FOUND"),
    (sys::STATUS_CONNECTION_REFUSED, "CONNECTION_REFUSED"),
    (sys::STATUS_CONNECTION_ABORTED, "CONNECTION_ABORTED"),
];
