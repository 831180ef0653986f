//! `ioringapi.h`: I/O rings, many operations in one call. Windows 11.
//!
//! Another mechanism than completion ports, for files only. Everything is late: resolve at run time.
//! Results are taken from a queue of the ring's own; an event leads to a port.
//!
//! <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-createioring>

mod types;

pub use types::*;

use crate::minwinbase::{FILE_FLUSH_MODE, FILE_WRITE_FLAGS};
use crate::minwindef::BOOL;
use crate::winnt::{HANDLE, HRESULT};

link_late! { "kernel32.dll";
    /// Tells what the rings of this system can do: resolve at run time. 0 = told.
    ///
    /// # Errors
    /// An `HRESULT` below 0.
    ///
    /// # Safety
    /// * `capabilities` may be written to.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-queryioringcapabilities>
    pub fn QueryIoRingCapabilities(
        capabilities: *mut IORING_CAPABILITIES,
    ) -> HRESULT as PFN_QueryIoRingCapabilities;

    /// Whether a ring knows a kind of entry: resolve at run time. Non-zero = yes.
    ///
    /// `op`: one `IORING_OP_…`.
    ///
    /// # Errors
    /// None; 0 also for an unknown kind.
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-isioringopsupported>
    pub fn IsIoRingOpSupported(
        ioRing: HIORING,
        op: IORING_OP_CODE,
    ) -> BOOL as PFN_IsIoRingOpSupported;

    /// Makes a ring: resolve at run time. 0 = made.
    ///
    /// `ioringVersion`: at most what [`QueryIoRingCapabilities`] told. `flags`: 0 and 0 = none.
    /// `submissionQueueSize` and `completionQueueSize` in entries, rounded up to powers of two; the
    /// second becomes at least twice the first.
    ///
    /// # Errors
    /// `IORING_E_VERSION_NOT_SUPPORTED` (0x80460003), `IORING_E_REQUIRED_FLAG_NOT_SUPPORTED`
    /// (0x80460001), `IORING_E_SUBMISSION_QUEUE_TOO_BIG` (0x80460004),
    /// `IORING_E_COMPLETION_QUEUE_TOO_BIG` (0x80460005).
    ///
    /// # Safety
    /// * `h` may be written to; the caller then owns the ring.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-createioring>
    pub fn CreateIoRing(
        ioringVersion: IORING_VERSION,
        flags: IORING_CREATE_FLAGS,
        submissionQueueSize: u32,
        completionQueueSize: u32,
        h: *mut HIORING,
    ) -> HRESULT as PFN_CreateIoRing;

    /// Tells what a ring is like: resolve at run time. 0 = told.
    ///
    /// # Errors
    /// An `HRESULT` below 0.
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile; `info` may be written to.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-getioringinfo>
    pub fn GetIoRingInfo(
        ioRing: HIORING,
        info: *mut IORING_INFO,
    ) -> HRESULT as PFN_GetIoRingInfo;

    /// Submits the entries built so far, and waits for results: resolve at run time. 0 = submitted.
    ///
    /// `waitOperations`: results to wait for, 0 = do not wait, `u32::MAX` = all. `milliseconds`:
    /// `INFINITE` = no limit.
    ///
    /// # Errors
    /// The time was over: submitted all the same. Another `HRESULT` below 0: nothing was submitted.
    /// A failed entry says so in its result.
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile; `submittedEntries` is null
    ///   or may be written to.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-submitioring>
    pub fn SubmitIoRing(
        ioRing: HIORING,
        waitOperations: u32,
        milliseconds: u32,
        submittedEntries: *mut u32,
    ) -> HRESULT as PFN_SubmitIoRing;

    /// Ends a ring: resolve at run time. 0 = ended.
    ///
    /// Operations in flight may go on: take their results before.
    ///
    /// # Errors
    /// An `HRESULT` below 0.
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile, and nobody uses it any more;
    ///   nothing is in flight.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-closeioring>
    pub fn CloseIoRing(
        ioRing: HIORING,
    ) -> HRESULT as PFN_CloseIoRing;

    /// Takes a result: resolve at run time. 0 = taken, 1 (`S_FALSE`) = there is none.
    ///
    /// # Errors
    /// An `HRESULT` below 0.
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile; `cqe` may be written to.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-popioringcompletion>
    pub fn PopIoRingCompletion(
        ioRing: HIORING,
        cqe: *mut IORING_CQE,
    ) -> HRESULT as PFN_PopIoRingCompletion;

    /// Sets an event when a result comes into an empty queue: resolve at run time. 0 = done.
    ///
    /// The only way to a port: forward the event with
    /// [`NtAssociateWaitCompletionPacket`](crate::NtAssociateWaitCompletionPacket). Take all
    /// results before waiting again.
    ///
    /// # Errors
    /// An `HRESULT` below 0 (the feature is missing).
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile; `hEvent` is an event and
    ///   stays open until the ring is closed.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-setioringcompletionevent>
    pub fn SetIoRingCompletionEvent(
        ioRing: HIORING,
        hEvent: HANDLE,
    ) -> HRESULT as PFN_SetIoRingCompletionEvent;

    /// Builds an entry that asks to cancel another one: resolve at run time. 0 = built.
    ///
    /// `opToCancel`: the user data of that one, 0 = all of the file. `userData` comes back in the
    /// result.
    ///
    /// # Errors
    /// `IORING_E_SUBMISSION_QUEUE_FULL` (0x80460002).
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile.
    /// * what the entry names stays open, valid and untouched until its result was taken.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-buildioringcancelrequest>
    pub fn BuildIoRingCancelRequest(
        ioRing: HIORING,
        file: IORING_HANDLE_REF,
        opToCancel: usize,
        userData: usize,
    ) -> HRESULT as PFN_BuildIoRingCancelRequest;

    /// Builds an entry that reads a file at an offset in bytes: resolve at run time. 0 = built.
    ///
    /// `fileOffset` and `numberOfBytesToRead` in bytes. `userData` comes back in the result.
    /// `sqeFlags` 0 = none.
    ///
    /// # Errors
    /// `IORING_E_SUBMISSION_QUEUE_FULL` (0x80460002).
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile.
    /// * what the entry names stays open, valid and untouched until its result was taken; the
    ///   buffer may be written for `numberOfBytesToRead` bytes.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-buildioringreadfile>
    pub fn BuildIoRingReadFile(
        ioRing: HIORING,
        fileRef: IORING_HANDLE_REF,
        dataRef: IORING_BUFFER_REF,
        numberOfBytesToRead: u32,
        fileOffset: u64,
        userData: usize,
        sqeFlags: IORING_SQE_FLAGS,
    ) -> HRESULT as PFN_BuildIoRingReadFile;

    /// Builds an entry that registers files in the place of those before: resolve at run time. 0 =
    /// built.
    ///
    /// `count`: how many. `userData` comes back in the result.
    ///
    /// # Errors
    /// `IORING_E_SUBMISSION_QUEUE_FULL` (0x80460002).
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile.
    /// * `handles` holds `count` open files; it and they stay valid until they are replaced or the
    ///   ring is closed.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-buildioringregisterfilehandles>
    pub fn BuildIoRingRegisterFileHandles(
        ioRing: HIORING,
        count: u32,
        handles: *const HANDLE,
        userData: usize,
    ) -> HRESULT as PFN_BuildIoRingRegisterFileHandles;

    /// Builds an entry that registers buffers in the place of those before: resolve at run time. 0
    /// = built.
    ///
    /// `count`: how many. `userData` comes back in the result.
    ///
    /// # Errors
    /// `IORING_E_SUBMISSION_QUEUE_FULL` (0x80460002).
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile.
    /// * `buffers` holds `count` entries; it and the buffers stay valid until they are replaced or
    ///   the ring is closed.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-buildioringregisterbuffers>
    pub fn BuildIoRingRegisterBuffers(
        ioRing: HIORING,
        count: u32,
        buffers: *const IORING_BUFFER_INFO,
        userData: usize,
    ) -> HRESULT as PFN_BuildIoRingRegisterBuffers;

    /// Builds an entry that writes a file at an offset in bytes: resolve at run time (Windows 11
    /// 22H2). 0 = built.
    ///
    /// `fileOffset` and `numberOfBytesToWrite` in bytes. `writeFlags` 0 = none. `userData` comes
    /// back in the result. `sqeFlags` 0 = none.
    ///
    /// # Errors
    /// `IORING_E_SUBMISSION_QUEUE_FULL` (0x80460002).
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile.
    /// * what the entry names stays open, valid and untouched until its result was taken; the
    ///   buffer may be read for `numberOfBytesToWrite` bytes.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-buildioringwritefile>
    pub fn BuildIoRingWriteFile(
        ioRing: HIORING,
        fileRef: IORING_HANDLE_REF,
        bufferRef: IORING_BUFFER_REF,
        numberOfBytesToWrite: u32,
        fileOffset: u64,
        writeFlags: FILE_WRITE_FLAGS,
        userData: usize,
        sqeFlags: IORING_SQE_FLAGS,
    ) -> HRESULT as PFN_BuildIoRingWriteFile;

    /// Builds an entry that writes a file to the disk: resolve at run time (Windows 11 22H2). 0 =
    /// built.
    ///
    /// `flushMode` 0 = all of it, as [`FlushFileBuffers`](crate::FlushFileBuffers). `userData`
    /// comes back in the result. `sqeFlags` 0 = none.
    ///
    /// # Errors
    /// `IORING_E_SUBMISSION_QUEUE_FULL` (0x80460002).
    ///
    /// # Safety
    /// * `ioRing` is an open ring that no other thread uses meanwhile.
    /// * what the entry names stays open, valid and untouched until its result was taken.
    ///
    /// # Source
    /// Windows 11. DLL: `kernel32.dll`. Header: `ioringapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/ioringapi/nf-ioringapi-buildioringflushfile>
    pub fn BuildIoRingFlushFile(
        ioRing: HIORING,
        fileRef: IORING_HANDLE_REF,
        flushMode: FILE_FLUSH_MODE,
        userData: usize,
        sqeFlags: IORING_SQE_FLAGS,
    ) -> HRESULT as PFN_BuildIoRingFlushFile;
}
