//! Items that come from another version of windows-sys, one by one.
//!
//! iocp-sys leaves them out on purpose: they have nothing to do with completion ports, and none of
//! them mentions a struct of iocp-sys. `cargo xtask peers` prints this list and fails when iocp-sys
//! has one of its names.

/// Texts of errors (errno).
pub mod Debug {
    pub use real::Win32::System::Diagnostics::Debug::{
        FormatMessageW, FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS,
    };
}
