//! The run-time library of `ntdll.dll`, as far as no header of Microsoft declares it.
//!
//! The name of the module is the one of the community's headers (phnt).

use crate::winternl::NTSTATUS;

link_late! { "ntdll.dll";
    /// Returns the status behind this thread's last error: resolve at run time.
    ///
    /// Tells apart what one Win32 code merges. Read it right after the failed call: every status
    /// that is translated on this thread replaces it, by
    /// [`RtlNtStatusToDosError`](crate::RtlNtStatusToDosError) too; a call that sets the last error
    /// without a status leaves an older one. Never fails.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows XP. DLL: `ntdll.dll`. <https://ntdoc.m417z.com/rtlgetlastntstatus>
    pub fn RtlGetLastNtStatus() -> NTSTATUS as PFN_RtlGetLastNtStatus;
}
