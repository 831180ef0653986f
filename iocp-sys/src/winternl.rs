//! `winternl.h`: the native interface, as far as the SDK admits it.

mod calls;
mod options;
mod types;

pub use calls::*;
pub use options::*;
pub use types::*;
