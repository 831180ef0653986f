//! Which kernel the tests run on, and saying what is not shown on it.

use std::io::Write;

/// What carries out the system calls of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// Wine, of this major version.
    Wine(u32),
    /// Windows itself.
    Windows,
    /// No Windows kernel: only what is portable runs.
    Host,
}

impl Kernel {
    /// Whether this is Windows itself.
    #[must_use]
    pub fn is_windows(self) -> bool {
        self == Self::Windows
    }

    /// Whether this is a Wine.
    #[must_use]
    pub fn is_wine(self) -> bool {
        matches!(self, Self::Wine(_))
    }
}

/// Tells the kernels apart: Wine's `ntdll.dll` exports `wine_get_version`, that of Windows does not.
#[must_use]
pub fn kernel() -> Kernel {
    #[cfg(not(windows))]
    return Kernel::Host;
    #[cfg(windows)]
    match crate::raw::wine_version() {
        Some(version) => {
            let major = version.split('.').next().and_then(|major| major.parse().ok());
            Kernel::Wine(major.unwrap_or(0))
        }
        None => Kernel::Windows,
    }
}

/// Says that something is not shown on this kernel, and why.
///
/// The line goes past the capture of the test harness, so that it is seen when the test passes. The
/// sentences are kept in `NOT_HERE.md`.
pub fn not_here(sentence: &str) {
    // A closed standard output is no reason to fail.
    drop(writeln!(std::io::stdout().lock(), "not here: {sentence}"));
}
