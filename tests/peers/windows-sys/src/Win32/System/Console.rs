pub use crate::passed::Console::*;
