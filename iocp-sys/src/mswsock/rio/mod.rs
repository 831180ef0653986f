//! Registered I/O (RIO), Windows 8: requests and results in shared memory, buffers locked beforehand.

mod functions;
mod table;

pub use functions::*;
pub use table::*;
