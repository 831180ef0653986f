//! What must not compile, each beside a twin that does.
//!
//! The twin differs only in the point, so that a sample cannot fail for another reason. Which error
//! it is, is checked where rustdoc is allowed to: `cargo xtask check` allows it.

pub mod buffers;
pub mod handles;
pub mod operations;
pub mod variance;
