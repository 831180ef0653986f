//! Native completion ports: calls of `ntdll.dll` that no header of Microsoft declares.
//!
//! The name of the module is the one of the community's headers (phnt). Microsoft promises nothing
//! about most of them: resolve them at run time with `GetProcAddress` and have a fallback. They do
//! what the `kernel32` calls do, plus: timeouts in 100 ns, a status of the poster's choice, packets
//! that cannot fail for memory, packets from waitable objects.

mod file;
mod wait_packet;

pub use file::*;
pub use wait_packet::*;

use core::ffi::c_void;

use crate::winnt::{BOOLEAN, HANDLE};
use crate::winternl::{IO_STATUS_BLOCK, NTSTATUS, OBJECT_ATTRIBUTES};

/// One packet as [`NtRemoveIoCompletionEx`] returns it; the same bytes as an `OVERLAPPED_ENTRY`.
///
/// # Layout
/// 32 bytes, align 8 (64-bit); 16 bytes, align 4 (32-bit).
///
/// # Source
/// Windows Vista. In no header of Microsoft.
/// <https://ntdoc.m417z.com/file_io_completion_information>
#[repr(C)]
#[derive(Debug)]
pub struct FILE_IO_COMPLETION_INFORMATION {
    /// The completion key.
    pub KeyContext: *mut c_void,
    /// The operation; `lpOverlapped` in the other form.
    pub ApcContext: *mut c_void,
    /// Status and bytes transferred.
    pub IoStatusBlock: IO_STATUS_BLOCK,
}
layout!(FILE_IO_COMPLETION_INFORMATION: size 16 | 32, align 4 | 8;
    KeyContext: 0 | 0, ApcContext: 4 | 8, IoStatusBlock: 8 | 16);
plain!(FILE_IO_COMPLETION_INFORMATION);

/// State of a port, class 0 of [`NtQueryIoCompletion`].
///
/// # Layout
/// 4 bytes, align 4 (64- and 32-bit).
///
/// # Source
/// NT 3.5. In no header of Microsoft.
/// <https://ntdoc.m417z.com/io_completion_basic_information>
#[repr(C)]
#[derive(Debug)]
pub struct IO_COMPLETION_BASIC_INFORMATION {
    /// Number of packets in the queue.
    pub Depth: i32,
}
layout!(IO_COMPLETION_BASIC_INFORMATION: size 4 | 4, align 4 | 4; Depth: 0 | 0);
plain!(IO_COMPLETION_BASIC_INFORMATION);

link_late! { "ntdll.dll";
    /// Asks to cancel the operations that this thread started on a file: resolve at run time.
    ///
    /// What `CancelIo` calls. 0 or more = asked.
    ///
    /// # Errors
    /// `STATUS_INVALID_HANDLE`. Never changes which packets are owed.
    ///
    /// # Safety
    /// * `FileHandle` is open; `IoStatusBlock` may be written to and is not that of an operation.
    ///
    /// # Source
    /// Any Windows. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntcanceliofile>
    pub fn NtCancelIoFile(
        FileHandle: HANDLE,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
    ) -> NTSTATUS as PFN_NtCancelIoFile;

    /// Creates a port, named if the attributes say so: resolve at run time.
    ///
    /// `Count`: threads that may run at the same time, 0 = number of processors. `DesiredAccess`:
    /// `IO_COMPLETION_ALL_ACCESS`. 0 or more = there it is.
    ///
    /// # Errors
    /// `STATUS_OBJECT_NAME_COLLISION` (0xC0000035), `STATUS_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `IoCompletionHandle` may be written to; `ObjectAttributes` is null or valid.
    ///
    /// # Source
    /// NT 3.5. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntcreateiocompletion>
    pub fn NtCreateIoCompletion(
        IoCompletionHandle: *mut HANDLE,
        DesiredAccess: u32,
        ObjectAttributes: *const OBJECT_ATTRIBUTES,
        Count: u32,
    ) -> NTSTATUS as PFN_NtCreateIoCompletion;

    /// Opens a named port: resolve at run time.
    ///
    /// `DesiredAccess`: as for [`NtCreateIoCompletion`]. 0 or more = opened.
    ///
    /// # Errors
    /// `STATUS_OBJECT_NAME_NOT_FOUND` (0xC0000034), `STATUS_OBJECT_TYPE_MISMATCH`,
    /// `STATUS_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `IoCompletionHandle` may be written to; `ObjectAttributes` is valid.
    ///
    /// # Source
    /// NT 3.5. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntopeniocompletion>
    pub fn NtOpenIoCompletion(
        IoCompletionHandle: *mut HANDLE,
        DesiredAccess: u32,
        ObjectAttributes: *const OBJECT_ATTRIBUTES,
    ) -> NTSTATUS as PFN_NtOpenIoCompletion;

    /// Asks a port for the length of its queue: resolve at run time.
    ///
    /// `IoCompletionInformationClass` is 0: an [`IO_COMPLETION_BASIC_INFORMATION`] of
    /// `IoCompletionInformationLength` bytes. 0 or more = told. The number is old as soon as it is
    /// read.
    ///
    /// # Errors
    /// `STATUS_INVALID_INFO_CLASS`, `STATUS_INFO_LENGTH_MISMATCH`, `STATUS_ACCESS_DENIED` (needs
    /// `IO_COMPLETION_QUERY_STATE`).
    ///
    /// # Safety
    /// * the port is open; the information may be written for its length (bytes); `ReturnLength` is
    ///   null or may be written to.
    ///
    /// # Source
    /// NT 3.5. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntqueryiocompletion>
    pub fn NtQueryIoCompletion(
        IoCompletionHandle: HANDLE,
        IoCompletionInformationClass: i32,
        IoCompletionInformation: *mut c_void,
        IoCompletionInformationLength: u32,
        ReturnLength: *mut u32,
    ) -> NTSTATUS as PFN_NtQueryIoCompletion;

    /// Posts a packet with a status and a full-width count of the caller's choice: resolve at run
    /// time.
    ///
    /// What `PostQueuedCompletionStatus` calls (with status 0). `IoStatus` and
    /// `IoStatusInformation` arrive as they are. 0 or more = queued.
    ///
    /// # Errors
    /// `STATUS_INSUFFICIENT_RESOURCES`, `STATUS_INVALID_HANDLE`: then no packet is queued.
    ///
    /// # Safety
    /// * the port is open; whoever dequeues can tell this `ApcContext` from those of operations.
    ///
    /// # Source
    /// NT 3.5. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntsetiocompletion>
    pub fn NtSetIoCompletion(
        IoCompletionHandle: HANDLE,
        KeyContext: *mut c_void,
        ApcContext: *mut c_void,
        IoStatus: NTSTATUS,
        IoStatusInformation: usize,
    ) -> NTSTATUS as PFN_NtSetIoCompletion;

    /// Posts a packet allocated beforehand, which cannot fail for memory: resolve at run time.
    ///
    /// The packet is from [`NtAllocateReserveObject`] (type 1) and is free again once dequeued.
    /// Wine 8 lacks it. `IoStatus` and `IoStatusInformation` arrive as they are. 0 or more =
    /// queued.
    ///
    /// # Errors
    /// `STATUS_INVALID_HANDLE`, `STATUS_INVALID_PARAMETER` (the reserve is still in a queue):
    /// nothing is queued.
    ///
    /// # Safety
    /// * as for [`NtSetIoCompletion`]; `IoCompletionPacketHandle` is an open reserve object.
    ///
    /// # Source
    /// Windows 7. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntsetiocompletionex>
    pub fn NtSetIoCompletionEx(
        IoCompletionHandle: HANDLE,
        IoCompletionPacketHandle: HANDLE,
        KeyContext: *mut c_void,
        ApcContext: *mut c_void,
        IoStatus: NTSTATUS,
        IoStatusInformation: usize,
    ) -> NTSTATUS as PFN_NtSetIoCompletionEx;

    /// Allocates a packet for [`NtSetIoCompletionEx`] (`Type` 1; 0 = for an APC): resolve at run
    /// time.
    ///
    /// 0 or more = allocated.
    ///
    /// # Errors
    /// `STATUS_INSUFFICIENT_RESOURCES`, `STATUS_INVALID_PARAMETER`.
    ///
    /// # Safety
    /// * `MemoryReserveHandle` may be written to; `ObjectAttributes` is null or valid.
    ///
    /// # Source
    /// Windows 7. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntallocatereserveobject>
    pub fn NtAllocateReserveObject(
        MemoryReserveHandle: *mut HANDLE,
        ObjectAttributes: *const OBJECT_ATTRIBUTES,
        Type: i32,
    ) -> NTSTATUS as PFN_NtAllocateReserveObject;

    /// Dequeues one packet: resolve at run time.
    ///
    /// `Timeout` in units of 100 ns: negative = from now, 0 = do not wait, null = no limit. Result
    /// 0 = a packet.
    ///
    /// # Errors
    /// `STATUS_TIMEOUT` (a *success* code: no packet), `STATUS_ABANDONED_WAIT_0` (closed meanwhile;
    /// also a success code), `STATUS_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * the port is open; the three results may be written to; `Timeout` is null or may be read.
    ///
    /// # Source
    /// NT 3.5. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntremoveiocompletion>
    pub fn NtRemoveIoCompletion(
        IoCompletionHandle: HANDLE,
        KeyContext: *mut *mut c_void,
        ApcContext: *mut *mut c_void,
        IoStatusBlock: *mut IO_STATUS_BLOCK,
        Timeout: *const i64,
    ) -> NTSTATUS as PFN_NtRemoveIoCompletion;

    /// Dequeues up to `Count` packets: resolve at run time. What `GetQueuedCompletionStatusEx`
    /// calls.
    ///
    /// `Timeout` as for [`NtRemoveIoCompletion`]. Result 0 = packets.
    ///
    /// # Errors
    /// `STATUS_TIMEOUT`, `STATUS_USER_APC`, `STATUS_ABANDONED_WAIT_0` (*success* codes: no packet),
    /// `STATUS_INVALID_PARAMETER` (`Count` is 0), `STATUS_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * the port is open; `IoCompletionInformation` may be written for `Count` entries,
    ///   `NumEntriesRemoved` for one number; `Timeout` is null or may be read.
    /// * with `Alertable`, any APC of this thread may run inside the call.
    ///
    /// # Source
    /// Windows Vista. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/ntremoveiocompletionex>
    pub fn NtRemoveIoCompletionEx(
        IoCompletionHandle: HANDLE,
        IoCompletionInformation: *mut FILE_IO_COMPLETION_INFORMATION,
        Count: u32,
        NumEntriesRemoved: *mut u32,
        Timeout: *const i64,
        Alertable: BOOLEAN,
    ) -> NTSTATUS as PFN_NtRemoveIoCompletionEx;
}
