//! Raw bindings to Windows I/O completion ports.
#![no_std]

#[macro_use]
mod layout;
#[macro_use]
mod link;
