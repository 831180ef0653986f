//! `namedpipeapi.h`: anonymous and named pipes.

use core::ffi::c_void;

use crate::minwinbase::{OVERLAPPED, SECURITY_ATTRIBUTES};
use crate::minwindef::BOOL;
use crate::winbase::NAMED_PIPE_MODE;
use crate::winnt::{FILE_FLAGS_AND_ATTRIBUTES, HANDLE, PCWSTR, PWSTR};

link! { "kernel32.dll";
    /// Creates an anonymous pipe. Its ends are never overlapped: no completion port.
    ///
    /// `nSize`: wished-for buffer in bytes, 0 = default. Non-zero = made.
    ///
    /// # Errors
    /// `ERROR_NOT_ENOUGH_MEMORY`.
    ///
    /// # Safety
    /// * both handle pointers may be written to; `lpPipeAttributes` is null or valid.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-createpipe>
    pub fn CreatePipe(
        hReadPipe: *mut HANDLE,
        hWritePipe: *mut HANDLE,
        lpPipeAttributes: *const SECURITY_ATTRIBUTES,
        nSize: u32,
    ) -> BOOL;

    /// Waits for a client of a pipe instance.
    ///
    /// Non-zero = connected, of a handle that is not overlapped. An overlapped call returns 0 even
    /// when all is well; look at the error.
    ///
    /// # Errors
    /// * `ERROR_IO_PENDING`: in flight, a packet is owed.
    /// * `ERROR_PIPE_CONNECTED`: a client is there already: connected, and *no* packet is owed.
    /// * `ERROR_NO_DATA`: the previous client closed its end; `DisconnectNamedPipe` first. No
    ///   packet.
    /// * `ERROR_INVALID_PARAMETER`, `ERROR_INVALID_HANDLE`: no packet.
    ///
    /// # Safety
    /// * `hNamedPipe` is the server's end, open.
    /// * the `OVERLAPPED` stays valid and untouched until the packet is dequeued. Null is allowed
    ///   only if the handle was not opened for overlapped I/O.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-connectnamedpipe>
    pub fn ConnectNamedPipe(hNamedPipe: HANDLE, lpOverlapped: *mut OVERLAPPED) -> BOOL;

    /// Throws the client out; the instance can then serve another one.
    ///
    /// Data that the client has not read is lost (`FlushFileBuffers` waits for it). Operations in
    /// flight fail with `ERROR_PIPE_NOT_CONNECTED` (fact PIPE38) and their packets come. Non-zero =
    /// done.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`; `ERROR_PIPE_NOT_CONNECTED` (done already, fact PIPE22).
    ///
    /// # Safety
    /// * `hNamedPipe` is the server's end, open.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-disconnectnamedpipe>
    pub fn DisconnectNamedPipe(hNamedPipe: HANDLE) -> BOOL;

    /// Sets the read mode of an end, and for remote clients the buffering.
    ///
    /// Null = leave as it is. `*lpMode`: read mode and wait mode together. `lpCollectDataTimeout`
    /// in milliseconds, `lpMaxCollectionCount` in bytes. Non-zero = set.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` (needs `FILE_WRITE_ATTRIBUTES`), `ERROR_INVALID_PARAMETER` (message
    /// mode on a byte pipe).
    ///
    /// # Safety
    /// * `hNamedPipe` is open; each pointer is null or may be read.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-setnamedpipehandlestate>
    pub fn SetNamedPipeHandleState(
        hNamedPipe: HANDLE,
        lpMode: *const NAMED_PIPE_MODE,
        lpMaxCollectionCount: *const u32,
        lpCollectDataTimeout: *const u32,
    ) -> BOOL;

    /// Looks at the data in a pipe without removing it, and at how much there is (bytes).
    ///
    /// Also for anonymous pipes. On a synchronous handle in use by another thread it may wait for
    /// that. Queues no packet.
    ///
    /// `*lpBytesRead`: copied; `*lpTotalBytesAvail`: in the pipe; `*lpBytesLeftThisMessage`: of the
    /// message, 0 if the pipe has none. Non-zero = told.
    ///
    /// # Errors
    /// `ERROR_BROKEN_PIPE`, `ERROR_BAD_PIPE`, `ERROR_PIPE_NOT_CONNECTED`.
    ///
    /// # Safety
    /// * `hNamedPipe` is open for reading; the buffer is null or may be written for `nBufferSize`
    ///   bytes; each count is null or may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-peeknamedpipe>
    pub fn PeekNamedPipe(
        hNamedPipe: HANDLE,
        lpBuffer: *mut c_void,
        nBufferSize: u32,
        lpBytesRead: *mut u32,
        lpTotalBytesAvail: *mut u32,
        lpBytesLeftThisMessage: *mut u32,
    ) -> BOOL;

    /// Writes one message to a pipe and reads one as the answer.
    ///
    /// `nInBufferSize` and `nOutBufferSize` in bytes. `lpBytesRead` counts only if the call
    /// succeeds at once. Non-zero = done, 0 with `ERROR_IO_PENDING` = in flight.
    ///
    /// # Errors
    /// `ERROR_MORE_DATA` (the answer is longer than the buffer; a warning, the packet still comes),
    /// `ERROR_PIPE_BUSY` (data unread, fact PIPE47), `ERROR_BAD_PIPE` (not in message mode, fact
    /// PIPE48), `ERROR_PIPE_NOT_CONNECTED`. From Windows 8 on the call says `ERROR_IO_PENDING` before
    /// the last three too. A packet is owed after success (unless skipped) and after
    /// `ERROR_IO_PENDING`; after other errors none.
    ///
    /// # Safety
    /// * `hNamedPipe` is open for both, in message read mode; the buffers hold the sizes given.
    /// * with an `OVERLAPPED`: it and both buffers stay valid and untouched until the packet is
    ///   dequeued.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-transactnamedpipe>
    pub fn TransactNamedPipe(
        hNamedPipe: HANDLE,
        lpInBuffer: *const c_void,
        nInBufferSize: u32,
        lpOutBuffer: *mut c_void,
        nOutBufferSize: u32,
        lpBytesRead: *mut u32,
        lpOverlapped: *mut OVERLAPPED,
    ) -> BOOL;

    /// Creates an instance of a named pipe, the server's end (`\\.\pipe\name`).
    ///
    /// For a completion port add `FILE_FLAG_OVERLAPPED` to `dwOpenMode`, which has one
    /// `PIPE_ACCESS_…`. `dwPipeMode` 0 = bytes, blocking, also from other machines.
    /// `nOutBufferSize` and `nInBufferSize` in bytes, a hint. `nDefaultTimeOut` in milliseconds (0
    /// = 50), for clients that wait with `NMPWAIT_USE_DEFAULT_WAIT`. `nMaxInstances`: 1 to 254, or
    /// `PIPE_UNLIMITED_INSTANCES`. The name: up to 256 units, no further backslash, compared
    /// without regard to case.
    ///
    /// # Returns
    /// The handle; `INVALID_HANDLE_VALUE` (not null) on failure.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED` (`FILE_FLAG_FIRST_PIPE_INSTANCE` and it is not the first; another
    /// direction than the first one's, fact PIPE03; or rights), `ERROR_PIPE_BUSY` (`nMaxInstances`
    /// of the first reached, fact PIPE02), `ERROR_INVALID_PARAMETER` (instances; bytes with message
    /// read mode, fact PIPE01), `ERROR_INVALID_NAME` (123). Another type, size or time limit than the
    /// first one's is no error (fact PIPE04).
    ///
    /// # Safety
    /// * `lpName` is NUL-terminated UTF-16; `lpSecurityAttributes` is null or valid.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-createnamedpipew>
    pub fn CreateNamedPipeW(
        lpName: PCWSTR,
        dwOpenMode: FILE_FLAGS_AND_ATTRIBUTES,
        dwPipeMode: NAMED_PIPE_MODE,
        nMaxInstances: u32,
        nOutBufferSize: u32,
        nInBufferSize: u32,
        nDefaultTimeOut: u32,
        lpSecurityAttributes: *const SECURITY_ATTRIBUTES,
    ) -> HANDLE;

    /// Waits until an instance of a pipe is free. No promise: another client may be faster.
    ///
    /// `nTimeOut` in milliseconds, or `NMPWAIT_USE_DEFAULT_WAIT` (0), `NMPWAIT_WAIT_FOREVER`.
    /// Non-zero = one is free.
    ///
    /// # Errors
    /// `ERROR_SEM_TIMEOUT`, `ERROR_FILE_NOT_FOUND` (no such pipe: returns at once).
    ///
    /// # Safety
    /// * `lpNamedPipeName` is NUL-terminated UTF-16.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-waitnamedpipew>
    pub fn WaitNamedPipeW(lpNamedPipeName: PCWSTR, nTimeOut: u32) -> BOOL;

    /// Returns the type, buffer sizes (bytes) and maximum instances of a pipe.
    ///
    /// `*lpFlags`: the end and the type. `*lpOutBufferSize` and `*lpInBufferSize`: 0 = taken as
    /// needed. `*lpMaxInstances`: `PIPE_UNLIMITED_INSTANCES` = no limit. Non-zero = told.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_INVALID_FUNCTION` (not a pipe), `ERROR_ACCESS_DENIED` (needs
    /// `FILE_READ_ATTRIBUTES`).
    ///
    /// # Safety
    /// * `hNamedPipe` is open; each pointer is null or may be written to.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipeinfo>
    pub fn GetNamedPipeInfo(
        hNamedPipe: HANDLE,
        lpFlags: *mut NAMED_PIPE_MODE,
        lpOutBufferSize: *mut u32,
        lpInBufferSize: *mut u32,
        lpMaxInstances: *mut u32,
    ) -> BOOL;

    /// Queries the mode of this end of a pipe, and how many instances there are. Parameters may be
    /// null.
    ///
    /// For a handle from elsewhere: with `PIPE_NOWAIT` in `lpState` it never has an operation in
    /// flight. `lpUserName`, of a client that the server acts for, has room for `nMaxUserNameSize`
    /// characters.
    ///
    /// `*lpCurInstances`: how many. `*lpMaxCollectionCount` in bytes, `*lpCollectDataTimeout` in
    /// milliseconds: of a client on another machine only, else null. Non-zero = told.
    ///
    /// # Errors
    /// `ERROR_INVALID_HANDLE`, `ERROR_ACCESS_DENIED` (no `GENERIC_READ`), `ERROR_INVALID_PARAMETER`
    /// (collection values of the server's end).
    ///
    /// # Safety
    /// * `hNamedPipe` is a pipe; each pointer is null or may be written to, `lpUserName` for
    ///   `nMaxUserNameSize` characters.
    ///
    /// # Source
    /// Windows 2000. DLL: `kernel32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-getnamedpipehandlestatew>
    pub fn GetNamedPipeHandleStateW(
        hNamedPipe: HANDLE,
        lpState: *mut NAMED_PIPE_MODE,
        lpCurInstances: *mut u32,
        lpMaxCollectionCount: *mut u32,
        lpCollectDataTimeout: *mut u32,
        lpUserName: PWSTR,
        nMaxUserNameSize: u32,
    ) -> BOOL;
}

link! { "advapi32.dll";
    /// Lets this thread act in the name of the client of a pipe, until `RevertToSelf`.
    ///
    /// Non-zero = it does. 0: it acts in its own name as before, so do nothing for the client. The
    /// client says how far it goes ([`SECURITY_SQOS_PRESENT`](crate::SECURITY_SQOS_PRESENT)).
    ///
    /// # Errors
    /// `ERROR_CANNOT_IMPERSONATE` (1368, nothing was read from the client yet),
    /// `ERROR_NO_IMPERSONATION_TOKEN`, `ERROR_INVALID_HANDLE`. Queues no packet.
    ///
    /// # Safety
    /// * `hNamedPipe` is an open server end.
    ///
    /// # Source
    /// Windows XP. DLL: `advapi32.dll`. Header: `namedpipeapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/namedpipeapi/nf-namedpipeapi-impersonatenamedpipeclient>
    pub fn ImpersonateNamedPipeClient(hNamedPipe: HANDLE) -> BOOL;
}
