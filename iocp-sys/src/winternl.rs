//! `winternl.h`: the native interface, as far as the SDK admits it.

mod calls;
mod types;

pub use calls::*;
pub use types::*;
