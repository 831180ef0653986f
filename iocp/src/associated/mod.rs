//! Sockets and other handles that belong to a port.

pub(crate) mod accepted;
#[allow(unsafe_code)]
mod handle;
#[allow(unsafe_code)]
mod member;
mod socket;
mod steady;

pub(crate) use self::member::associating;
pub use self::{handle::AssociatedHandle, socket::AssociatedSocket};
