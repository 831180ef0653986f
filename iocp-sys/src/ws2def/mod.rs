//! `ws2def.h`: addresses, buffers, messages, option names and control codes shared by user-mode and
//! kernel sockets.
//!
//! Split by noun, each file in header order.

mod address;
mod control;
mod ioctls;
mod message;
mod names;
mod options;
mod protocols;

pub use address::*;
pub use control::*;
pub use ioctls::*;
pub use message::*;
pub use names::*;
pub use options::*;
pub use protocols::*;
