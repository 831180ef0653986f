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

pub mod afd;
pub mod afunix;
pub mod basetsd;
pub mod errhandlingapi;
pub mod fileapi;
pub mod guiddef;
pub mod handleapi;
pub mod in6addr;
pub mod inaddr;
pub mod ioapiset;
pub mod jobapi2;
pub mod libloaderapi;
pub mod memoryapi;
pub mod minwinbase;
pub mod minwindef;
pub mod mstcpip;
pub mod mswsock;
pub mod mswsockdef;
pub mod namedpipeapi;
pub mod ntifs;
pub mod ntioapi;
pub mod ntstatus;
pub mod processthreadsapi;
pub mod synchapi;
pub mod threadpoolapiset;
pub mod threadpoollegacyapiset;
pub mod winbase;
pub mod winerror;
pub mod winerror_wsa;
pub mod winnt;
pub mod winsock2;
pub mod winternl;
pub mod ws2def;
pub mod ws2ipdef;
pub mod ws2tcpip;

pub use crate::afd::*;
pub use crate::afunix::*;
pub use crate::basetsd::*;
pub use crate::errhandlingapi::*;
pub use crate::fileapi::*;
pub use crate::guiddef::*;
pub use crate::handleapi::*;
pub use crate::in6addr::*;
pub use crate::inaddr::*;
pub use crate::ioapiset::*;
pub use crate::jobapi2::*;
pub use crate::libloaderapi::*;
pub use crate::memoryapi::*;
pub use crate::minwinbase::*;
pub use crate::minwindef::*;
pub use crate::mstcpip::*;
pub use crate::mswsock::*;
pub use crate::mswsockdef::*;
pub use crate::namedpipeapi::*;
pub use crate::ntifs::*;
pub use crate::ntioapi::*;
pub use crate::ntstatus::*;
pub use crate::processthreadsapi::*;
pub use crate::synchapi::*;
pub use crate::threadpoolapiset::*;
pub use crate::threadpoollegacyapiset::*;
pub use crate::winbase::*;
pub use crate::winerror::*;
pub use crate::winerror_wsa::*;
pub use crate::winnt::*;
pub use crate::winsock2::*;
pub use crate::winternl::*;
pub use crate::ws2def::*;
pub use crate::ws2ipdef::*;
pub use crate::ws2tcpip::*;
