//! Wait completion packets: a waitable object that posts a packet when it is signalled.
//!
//! Documented by Microsoft, but without an import library. Wine 8 lacks them.

use core::ffi::c_void;

use crate::winnt::{BOOLEAN, HANDLE};
use crate::winternl::{NTSTATUS, OBJECT_ATTRIBUTES};

link_late! { "ntdll.dll";
    /// Creates a wait completion packet: resolve at run time with `GetProcAddress`.
    ///
    /// `DesiredAccess`: 1, or `GENERIC_ALL` (0x10000000). Close it with `CloseHandle`. 0 or more =
    /// created.
    ///
    /// # Errors
    /// `STATUS_INSUFFICIENT_RESOURCES`, `STATUS_ACCESS_DENIED`.
    ///
    /// # Safety
    /// * `WaitCompletionPacketHandle` may be written to; `ObjectAttributes` is null or valid.
    ///
    /// # Source
    /// Windows 8. DLL: `ntdll.dll`.
    /// <https://learn.microsoft.com/en-us/windows/win32/devnotes/ntcreatewaitcompletionpacket>
    pub fn NtCreateWaitCompletionPacket(
        WaitCompletionPacketHandle: *mut HANDLE,
        DesiredAccess: u32,
        ObjectAttributes: *const OBJECT_ATTRIBUTES,
    ) -> NTSTATUS as PFN_NtCreateWaitCompletionPacket;

    /// Starts one wait: when the target is signalled, a packet with these values is queued. Resolve
    /// at run time with `GetProcAddress`.
    ///
    /// One shot: associate again after each packet. If the target is signalled already, the packet
    /// is queued at once and `*AlreadySignaled` is non-zero. `IoStatus` and `IoStatusInformation`
    /// arrive as they are. 0 or more = started.
    ///
    /// # Errors
    /// `STATUS_INVALID_PARAMETER` (in use already), `STATUS_OBJECT_TYPE_MISMATCH` (target not
    /// waitable), `STATUS_INVALID_HANDLE`: no packet is owed. After success one is.
    ///
    /// # Safety
    /// * the three handles are open; `AlreadySignaled` is null or may be written to.
    /// * whoever dequeues can tell this `ApcContext` from those of operations.
    ///
    /// # Source
    /// Windows 8. DLL: `ntdll.dll`.
    /// <https://learn.microsoft.com/en-us/windows/win32/devnotes/ntassociatewaitcompletionpacket>
    pub fn NtAssociateWaitCompletionPacket(
        WaitCompletionPacketHandle: HANDLE,
        IoCompletionHandle: HANDLE,
        TargetObjectHandle: HANDLE,
        KeyContext: *mut c_void,
        ApcContext: *mut c_void,
        IoStatus: NTSTATUS,
        IoStatusInformation: usize,
        AlreadySignaled: *mut BOOLEAN,
    ) -> NTSTATUS as PFN_NtAssociateWaitCompletionPacket;

    /// Stops a wait: resolve at run time with `GetProcAddress`.
    ///
    /// `RemoveSignaledPacket` non-zero: take the packet out of the queue again if it is there.
    ///
    /// # Errors
    /// Result 0 = the packet will not come. `STATUS_PENDING` (a *success* code): it is queued and
    /// was not removed, so it is still owed, and the object cannot be used again yet.
    /// `STATUS_CANCELLED`: the packet was dequeued already, or there was no wait.
    ///
    /// # Safety
    /// * `WaitCompletionPacketHandle` is an open wait completion packet.
    ///
    /// # Source
    /// Windows 8. DLL: `ntdll.dll`.
    /// <https://learn.microsoft.com/en-us/windows/win32/devnotes/ntcancelwaitcompletionpacket>
    pub fn NtCancelWaitCompletionPacket(
        WaitCompletionPacketHandle: HANDLE,
        RemoveSignaledPacket: BOOLEAN,
    ) -> NTSTATUS as PFN_NtCancelWaitCompletionPacket;
}
