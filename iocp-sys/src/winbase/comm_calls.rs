//! The calls of serial lines.

use super::{
    CLEAR_COMM_ERROR_FLAGS, COMMTIMEOUTS, COMM_EVENT_MASK, COMSTAT, DCB, ESCAPE_COMM_FUNCTION,
    MODEM_STATUS_FLAGS, PURGE_COMM_FLAGS,
};
use crate::minwinbase::OVERLAPPED;
use crate::minwindef::BOOL;
use crate::winnt::HANDLE;

link! { "kernel32.dll";
    /// Ends the break of a serial line. Non-zero = done.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_FUNCTION` (not a serial line).
    ///
    /// # Safety
    /// * `hFile` is an open serial line.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-clearcommbreak>
    pub fn ClearCommBreak(hFile: HANDLE) -> BOOL;

    /// Tells errors and state of a serial line, and lets it go on after an error. `*lpErrors`:
    /// `CE_…`, 0 = none. Non-zero = told.
    ///
    /// # Errors
    /// As [`ClearCommBreak`].
    ///
    /// # Safety
    /// * `hFile` is an open serial line; both results are null or may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-clearcommerror>
    pub fn ClearCommError(
        hFile: HANDLE,
        lpErrors: *mut CLEAR_COMM_ERROR_FLAGS,
        lpStat: *mut COMSTAT,
    ) -> BOOL;

    /// Sets a line or state by hand. `dwFunc`: one of its type's. Non-zero = done.
    ///
    /// # Errors
    /// As [`ClearCommBreak`]; `ERROR_INVALID_PARAMETER` (the line is under the control of the
    /// driver).
    ///
    /// # Safety
    /// * `hFile` is an open serial line.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-escapecommfunction>
    pub fn EscapeCommFunction(hFile: HANDLE, dwFunc: ESCAPE_COMM_FUNCTION) -> BOOL;

    /// Tells which events [`WaitCommEvent`] waits for. Non-zero = told.
    ///
    /// # Errors
    /// As [`ClearCommBreak`].
    ///
    /// # Safety
    /// * `hFile` is an open serial line; `lpEvtMask` may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getcommmask>
    pub fn GetCommMask(hFile: HANDLE, lpEvtMask: *mut COMM_EVENT_MASK) -> BOOL;

    /// Tells which lines from the modem are high. Non-zero = told.
    ///
    /// # Errors
    /// As [`ClearCommBreak`].
    ///
    /// # Safety
    /// * `hFile` is an open serial line; `lpModemStat` may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getcommmodemstatus>
    pub fn GetCommModemStatus(hFile: HANDLE, lpModemStat: *mut MODEM_STATUS_FLAGS) -> BOOL;

    /// Tells speed and form of a serial line. Non-zero = told.
    ///
    /// # Errors
    /// As [`ClearCommBreak`].
    ///
    /// # Safety
    /// * `hFile` is an open serial line; `lpDCB` may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getcommstate>
    pub fn GetCommState(hFile: HANDLE, lpDCB: *mut DCB) -> BOOL;

    /// Tells the time limits of a serial line. Non-zero = told.
    ///
    /// # Errors
    /// As [`ClearCommBreak`].
    ///
    /// # Safety
    /// * `hFile` is an open serial line; `lpCommTimeouts` may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-getcommtimeouts>
    pub fn GetCommTimeouts(hFile: HANDLE, lpCommTimeouts: *mut COMMTIMEOUTS) -> BOOL;

    /// Drops what the driver holds, or ends operations in flight. `dwFlags`: `PURGE_…`. Non-zero =
    /// done.
    ///
    /// # Errors
    /// As [`ClearCommBreak`]. Operations that it ends still complete: their packets come, with
    /// `ERROR_OPERATION_ABORTED`.
    ///
    /// # Safety
    /// * `hFile` is an open serial line.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-purgecomm>
    pub fn PurgeComm(hFile: HANDLE, dwFlags: PURGE_COMM_FLAGS) -> BOOL;

    /// Begins a break: sending stops until [`ClearCommBreak`]. Non-zero = done.
    ///
    /// # Errors
    /// As [`ClearCommBreak`].
    ///
    /// # Safety
    /// * `hFile` is an open serial line.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setcommbreak>
    pub fn SetCommBreak(hFile: HANDLE) -> BOOL;

    /// Says which events [`WaitCommEvent`] waits for. `dwEvtMask`: `EV_…`, 0 = none. Non-zero =
    /// done.
    ///
    /// A wait in flight ends with no event.
    ///
    /// # Errors
    /// As [`ClearCommBreak`].
    ///
    /// # Safety
    /// * `hFile` is an open serial line.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setcommmask>
    pub fn SetCommMask(hFile: HANDLE, dwEvtMask: COMM_EVENT_MASK) -> BOOL;

    /// Sets speed and form of a serial line; what is queued stays. Non-zero = done.
    ///
    /// # Errors
    /// As [`ClearCommBreak`]; `ERROR_INVALID_PARAMETER` (the hardware cannot).
    ///
    /// # Safety
    /// * `hFile` is an open serial line; `lpDCB` may be read.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setcommstate>
    pub fn SetCommState(hFile: HANDLE, lpDCB: *const DCB) -> BOOL;

    /// Sets the time limits of later reads and writes. Non-zero = done.
    ///
    /// # Errors
    /// As [`ClearCommBreak`].
    ///
    /// # Safety
    /// * `hFile` is an open serial line; `lpCommTimeouts` may be read.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setcommtimeouts>
    pub fn SetCommTimeouts(hFile: HANDLE, lpCommTimeouts: *const COMMTIMEOUTS) -> BOOL;

    /// Wishes for sizes of the driver's queues: `dwInQueue` and `dwOutQueue`, in bytes. Non-zero =
    /// heard.
    ///
    /// # Errors
    /// As [`ClearCommBreak`]; `ERROR_INVALID_PARAMETER` (more than the driver has).
    ///
    /// # Safety
    /// * `hFile` is an open serial line.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-setupcomm>
    pub fn SetupComm(hFile: HANDLE, dwInQueue: u32, dwOutQueue: u32) -> BOOL;

    /// Waits for one of the events that [`SetCommMask`] named.
    ///
    /// Non-zero = one is there, 0 with `ERROR_IO_PENDING` = in flight. An event of 0: the mask was
    /// changed meanwhile. One wait at a time.
    ///
    /// # Errors
    /// As [`ClearCommBreak`]; `ERROR_INVALID_PARAMETER` (a wait is in flight already). A packet is
    /// owed after non-zero (unless `FILE_SKIP_COMPLETION_PORT_ON_SUCCESS` is set) and after
    /// `ERROR_IO_PENDING`; after others none.
    ///
    /// # Safety
    /// * `hFile` is an open serial line.
    /// * with an `OVERLAPPED`: it and `lpEvtMask` stay valid and untouched until the packet is
    ///   dequeued.
    /// * without one, the handle was not opened for overlapped I/O, and `lpEvtMask` may be written
    ///   to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `winbase.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-waitcommevent>
    pub fn WaitCommEvent(
        hFile: HANDLE,
        lpEvtMask: *mut COMM_EVENT_MASK,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;
}
