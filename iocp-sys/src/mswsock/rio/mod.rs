//! Registered I/O (RIO), Windows 8: requests and results in shared memory, over locked buffers.

mod queues;
mod requests;
mod table;

pub use queues::*;
pub use requests::*;
pub use table::*;
