//! `securitybaseapi.h`: the end of acting in another's name.

use crate::minwindef::BOOL;

link! { "advapi32.dll";
    /// Lets this thread act in its own name again.
    ///
    /// Non-zero = it does. 0: it still acts in the client's name; end the process rather than go on.
    ///
    /// # Errors
    /// `ERROR_ACCESS_DENIED`, and others of rare states.
    ///
    /// # Safety
    /// * none: it may be called at any time.
    ///
    /// # Source
    /// Windows XP. DLL: `advapi32.dll`. Header: `securitybaseapi.h`.
    /// <https://learn.microsoft.com/en-us/windows/win32/api/securitybaseapi/nf-securitybaseapi-reverttoself>
    pub fn RevertToSelf() -> BOOL;
}
