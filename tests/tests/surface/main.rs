//! The rest of the surface against literal values of the SDK, on any host: what `constants.rs` and
//! `layout.rs` do not hold. Each file is a table of one area.
#![allow(clippy::cast_lossless)] // reason: a table compares numbers of many types in one

use iocp_sys as sys;

#[macro_use]
mod layouts;

mod files;
