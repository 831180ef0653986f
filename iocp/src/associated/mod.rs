//! Sockets and other handles that belong to a port.

pub(crate) mod accepted;
#[allow(unsafe_code)]
mod attachment;
#[allow(unsafe_code)]
mod handle;
#[allow(unsafe_code)]
mod shared;
mod socket;
mod steady;

pub(crate) use self::{
    attachment::associating,
    shared::{SharedSocket, View},
};
pub use self::{handle::AssociatedHandle, socket::AssociatedSocket};
