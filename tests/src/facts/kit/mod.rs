//! What the facts are looked at with: raw calls, whose answers are told in words.

pub(crate) mod apc;
pub(crate) mod extension;
pub(crate) mod folder;
pub(crate) mod handle;
pub(crate) mod job;
pub(crate) mod memory;
pub(crate) mod native;
pub(crate) mod pipe;
pub(crate) mod port;
pub(crate) mod port_native;
pub(crate) mod socket;
mod status;

pub(crate) use self::status::{named, status_name};
pub(crate) use crate::raw::last_error;
