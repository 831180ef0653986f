//! What the behaviours of this package share: a deadline for every wait.
//!
//! They run twice, on iocp-sys and on windows-sys, and must come out alike: a difference is a
//! fault of iocp-sys. The drawback: what both do wrong is not seen here but in iocp-sys's own tests.

use std::time::Duration;

/// For each single wait. Generous, as the machine may be busy; only a failure takes so long.
pub const LIMIT: Duration = Duration::from_secs(30);
