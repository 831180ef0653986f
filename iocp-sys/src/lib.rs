//! Raw bindings to Windows I/O completion ports.
#![no_std]
// reason: names are those of the Windows SDK, unchanged, so that its documentation applies.
#![allow(non_snake_case, non_camel_case_types, non_upper_case_globals)]

#[macro_use]
mod layout;
#[macro_use]
mod link;
#[macro_use]
mod zeroed;

pub mod basetsd;
pub mod errhandlingapi;
pub mod fileapi;
pub mod guiddef;
pub mod handleapi;
pub mod ioapiset;
pub mod libloaderapi;
pub mod memoryapi;
pub mod minwinbase;
pub mod minwindef;
pub mod namedpipeapi;
pub mod ntstatus;
pub mod processthreadsapi;
pub mod synchapi;
pub mod winbase;
pub mod winerror;
pub mod winnt;
pub mod winternl;

pub use crate::basetsd::*;
pub use crate::errhandlingapi::*;
pub use crate::fileapi::*;
pub use crate::guiddef::*;
pub use crate::handleapi::*;
pub use crate::ioapiset::*;
pub use crate::libloaderapi::*;
pub use crate::memoryapi::*;
pub use crate::minwinbase::*;
pub use crate::minwindef::*;
pub use crate::namedpipeapi::*;
pub use crate::ntstatus::*;
pub use crate::processthreadsapi::*;
pub use crate::synchapi::*;
pub use crate::winbase::*;
pub use crate::winerror::*;
pub use crate::winnt::*;
pub use crate::winternl::*;
