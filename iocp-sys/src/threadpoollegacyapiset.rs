//! `threadpoollegacyapiset.h`: removing a registered wait.

use crate::minwindef::BOOL;
use crate::winnt::HANDLE;

link! { "kernel32.dll";
    /// Removes a registered wait, and can wait for its callback to end.
    ///
    /// `CompletionEvent`: `INVALID_HANDLE_VALUE` = wait here until every callback has returned (so
    /// never from inside the callback); an event = set it then; null = as `UnregisterWait`.
    /// Non-zero = removed.
    ///
    /// # Errors
    /// `ERROR_IO_PENDING`: removed, but a callback still runs (not with `INVALID_HANDLE_VALUE`):
    /// not a failure. `ERROR_INVALID_HANDLE`.
    ///
    /// # Safety
    /// * `WaitHandle` is a registration that was not removed yet.
    /// * what the callback uses stays valid until it has returned.
    ///
    /// # Source
    /// Windows XP. DLL: `kernel32.dll`. Header: `threadpoollegacyapiset.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/threadpoollegacyapiset/nf-threadpoollegacyapiset-unregisterwaitex>
    pub fn UnregisterWaitEx(WaitHandle: HANDLE, CompletionEvent: HANDLE) -> BOOL;
}
