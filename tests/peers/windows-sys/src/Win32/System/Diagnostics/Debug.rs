pub use crate::passed::Debug::*;
